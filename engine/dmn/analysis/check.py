"""All findings about decision files, as objects and as ``banli check`` prints them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from lxml import etree

from engine.bpmn.read import UnreadableError, read_xml
from engine.dmn import model as m
from engine.dmn.analysis.examples import Example, boundary_examples
from engine.dmn.analysis.expressions import expression_problems
from engine.dmn.analysis.problems import Problem
from engine.dmn.analysis.regions import allowed_values
from engine.dmn.analysis.tables import TableAnalysis
from engine.dmn.decisions import DecisionModel, load_decisions
from engine.dmn.errors import DmnError
from engine.values import to_plain

_COUNTED = frozenset(
    {
        *("decision", "inputData", "businessKnowledgeModel", "knowledgeSource", "decisionService"),
        *("informationRequirement", "knowledgeRequirement", "authorityRequirement", "itemDefinition"),
        *("decisionTable", "rule", "textAnnotation", "association"),
    }
)


def analyse(model: DecisionModel) -> list[Problem]:
    """Findings about the main file of a model, in file order."""
    library = model.library
    problems = list(expression_problems(library, library.main))
    for node in library.main.nodes.values():
        for table in _tables(node):
            problems += TableAnalysis(table, node.id, allowed_values(library, table), library.names).problems()
    return sorted(problems, key=lambda problem: problem.line or 0)


def _tables(part: Any) -> Iterator[m.DecisionTable]:
    """All decision tables inside anything."""
    if isinstance(part, m.DecisionTable):
        yield part
    elif isinstance(part, list):
        for item in part:
            yield from _tables(item)
    elif is_dataclass(part):
        for field in fields(part):
            yield from _tables(getattr(part, field.name))


def check_dmn(data: bytes, filename: str, others: Mapping[str, bytes] | None = None) -> dict[str, Any]:
    """One file's entry of ``banli check --json``; ``others`` are files that it may import."""
    try:
        model = load_decisions({filename: data, **(others or {})})
    except DmnError as error:
        missing = error.code == "missing-import"
        found = Problem(
            error.code, "warning" if missing else "error", error.reason, error.element, error.line, None, ""
        )
        return _report(filename, data, [found], {}, ok=missing)
    problems = analyse(model)
    decisions = {node.id: node.name for node in model.library.main.of_type(m.Decision)}
    report = _report(filename, data, problems, decisions, ok=True)
    if report["executable"]:
        report["examples"] = [
            _example(node, example) for node in decisions for example in boundary_examples(model, node)
        ]
    return report


def _example(decision: str, example: Example) -> dict[str, Any]:
    return {
        "decision": decision,
        "column": example.column,
        "threshold": to_plain(example.threshold),
        "input": {name: to_plain(value) for name, value in example.inputs.items()},
        "matched": list(example.matched),
        "result": to_plain(example.result),
    }


def _report(
    filename: str, data: bytes, problems: list[Problem], decisions: dict[str, str], *, ok: bool
) -> dict[str, Any]:
    broken = {problem.element for problem in problems if problem.severity == "error"}
    return {
        "file": filename,
        "ok": ok,
        "executable": ok and not broken,
        "decisions": [
            {"id": identity, "name": name, "executable": identity not in broken} for identity, name in decisions.items()
        ],
        "elements": _elements(data),
        "problems": [_as_dict(problem) for problem in problems],
    }


def _as_dict(problem: Problem) -> dict[str, Any]:
    made: dict[str, Any] = {
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "element": problem.element,
        "type": problem.type,
        "line": problem.line,
    }
    if problem.example is not None:
        made["example"] = {name: to_plain(value) for name, value in problem.example.items()}
    return made


def _elements(data: bytes) -> dict[str, int]:
    try:
        root = read_xml(data)
    except UnreadableError:
        return {}
    names = (etree.QName(element).localname for element in root.iter(etree.Element))
    return dict(Counter(name for name in names if name in _COUNTED))
