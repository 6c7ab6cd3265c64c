"""One deployment, compiled: diagrams, decisions and forms, shared by all its instances in this process."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine.bpmn.titles import titled
from engine.definitions.folder import with_suffix
from engine.definitions.locales import ENGLISH, read_english, with_english
from engine.definitions.manifest import Manifest, parse_manifest
from engine.definitions.words import with_words
from engine.forms import FormSchema, FormSchemaError
from engine.spiff import BpmnRefusedError, Definitions, compile_definitions

FORMS = "forms/"


@dataclass(frozen=True)
class Compiled:
    """What the resources of a folder mean."""

    manifest: Manifest
    definitions: Definitions
    decisions: Any | None  # engine.dmn model; None without decision tables
    forms: Mapping[str, FormSchema]


@dataclass(frozen=True)
class Deployed:
    """A compiled deployment with its place in the database."""

    id: UUID
    key: str
    version: int
    manifest: Manifest
    definitions: Definitions
    decisions: Any | None
    forms: Mapping[str, FormSchema]
    resources: Mapping[str, bytes]
    process_definition_ids: Mapping[str, UUID]  # by BPMN id of the process

    def form(self, form_key: str | None) -> FormSchema | None:
        """The form of a user task, if it has one."""
        return self.forms.get(form_key) if form_key else None

    def diagram_of(self, process_id: str) -> bytes | None:
        """The file in which a process is drawn."""
        info = self.definitions.processes.get(process_id)
        return self.resources.get(info.file) if info else None


def compile_resources(resources: Mapping[str, bytes]) -> tuple[Compiled | None, list[str]]:
    """Compile a folder's files.

    Returns:
        The compiled folder, or None with every problem that was found: file, element, line, reason.
    """
    data, problems = parse_manifest(resources.get("process.yaml", b""))
    definitions = _compile_diagrams(with_suffix(resources, ".bpmn"), problems)
    decisions = _load_decisions(with_suffix(resources, ".dmn"), problems)
    forms = _load_forms(resources, problems)
    english, wrong = read_english(resources.get(ENGLISH, b""))
    problems.extend(wrong)
    if problems or definitions is None:
        return None, problems
    said = with_english(with_words(data, resources, english), english)
    return Compiled(Manifest(said), definitions, decisions, forms), []


def _compile_diagrams(files: Mapping[str, bytes], problems: list[str]) -> Definitions | None:
    if not files:
        problems.append("没有流程图（*.bpmn）")
        return None
    try:
        return compile_definitions(dict(files))
    except BpmnRefusedError as error:
        problems.extend(_sentence(problem) for problem in error.problems)
        return None


def _load_decisions(files: Mapping[str, bytes], problems: list[str]) -> Any | None:
    from engine.dmn import DmnError, load_decisions

    if not files:
        return None
    try:
        return load_decisions(dict(files))
    except DmnError as error:
        problems.append(str(error))
        return None


def _load_forms(resources: Mapping[str, bytes], problems: list[str]) -> dict[str, FormSchema]:
    forms: dict[str, FormSchema] = {}
    for name, content in with_suffix(resources, ".json").items():
        if not name.startswith(FORMS):
            continue
        try:
            forms[name[len(FORMS) : -len(".json")]] = FormSchema.load(json.loads(content))
        except FormSchemaError as error:
            problems.append(f"{name}：{error}")
        except (ValueError, RecursionError) as error:
            problems.append(f"{name}：不是 JSON（{error}）")
    return forms


def _sentence(problem: Any) -> str:
    place = " ".join(
        part
        for part in (
            problem.file or "",
            f"第 {problem.line} 行" if problem.line else "",
            f"{problem.type or ''} {problem.element or ''}".strip(),
        )
        if part
    )
    said = f"{titled(problem.code, problem.message, problem.file or '')}（{problem.code}）"
    return f"{place}：{said}" if place else said
