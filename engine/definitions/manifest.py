"""``process.yaml``: checked against its schema, read into fields with defaults."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from engine.computed_once import computed_once
from engine.definitions.bounded_yaml import load_yaml
from engine.sentences import Label

SCHEMA_PATH = Path(__file__).with_name("process.schema.json")


@dataclass(frozen=True)
class Fact:
    """A variable shown at the head of every page of a case; with ``linked``, the cases that such links lead from."""

    variable: str
    label: str
    type: str = "text"
    long: bool = False
    roles: tuple[str, ...] = ()
    initiator: bool = True  # with roles: whether who began the case sees it as well
    when: str | None = None
    linked: str | None = None  # a kind of link: no variable, but the cases that are linked to this one
    fields: tuple["Fact", ...] = ()  # with type records: what is shown of each context of the list


@dataclass(frozen=True)
class VisibilityRule:
    """Holders of the roles may read a case while ``when`` is true (at ``units``, if given)."""

    roles: tuple[str, ...]
    units: str | None
    when: str | None
    process: str | None


@dataclass(frozen=True)
class RecordRule:
    """Who sees why a decision table decided as it did: the roles, and every reader of the case once it is open."""

    roles: tuple[str, ...]
    recused: str | None  # people for whom the roles do not count
    open_when: str | None


@dataclass(frozen=True)
class Section:
    """A section of a case's conversation."""

    key: str
    label: str
    roles: tuple[str, ...]
    initiator: bool
    process: str | None = None  # id of the only process whose cases have it


@dataclass(frozen=True)
class Manifest:
    """A checked ``process.yaml``; what has no field here is read from ``data`` by whoever owns the section."""

    data: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Folder key."""
        return str(self.data["key"])

    @property
    def main_process(self) -> str:
        """BPMN id of the process that a start starts."""
        return str(self.data["main_process"])

    @property
    def name(self) -> str:
        """Chinese name."""
        return text_of(self.data["name"])

    @property
    def title_variable(self) -> str:
        """Variable that is the case's title."""
        return str(self.data.get("title_variable", "title"))

    @property
    def number_variable(self) -> str:
        """Variable that is the case's number."""
        return str(self.data.get("number_variable", "number"))

    @property
    def deadlines_decision(self) -> str | None:
        """Decision that turns a deadline key into value and unit."""
        return self.data.get("deadlines_decision")

    @property
    def deadline_variables(self) -> Mapping[str, str]:
        """Variables that hold the instant of a computed deadline, with the variable that says how it was computed."""
        found: Mapping[str, str] = self.data.get("deadline_variables", {})
        return found

    def session_variables(self, process_id: str) -> Mapping[str, str]:
        """Variables of a process that follow the congress session of its period, with what they are of it."""
        found: Mapping[str, str] = self.data.get("follows_session", {}).get(process_id, {})
        return found

    @computed_once
    def sensitive(self) -> Mapping[str, tuple[str, ...]]:
        """Sensitive variables with the roles that may read them."""
        return {name: tuple(entry["roles"]) for name, entry in self.data.get("sensitive", {}).items()}

    @computed_once
    def period_variables(self) -> tuple[str, ...]:
        """Variables that place a case in a period, e.g. term and meeting."""
        return tuple(self.data.get("report", {}).get("period", {}).get("variables", ()))

    @computed_once
    def listed_variables(self) -> tuple[str, ...]:
        """Variables that lists show of every case: its title, its number and its period."""
        return (self.title_variable, self.number_variable, *self.period_variables)

    @computed_once
    def report_variables(self) -> tuple[str, ...]:
        """Variables of the report contract."""
        return tuple(self.data.get("report", {}).get("variables", ()))

    @property
    def withdraw_message(self) -> str:
        """Message that a withdrawal correlates."""
        return str(self.data.get("withdraw", {}).get("message", "withdraw"))

    @property
    def withdraw_when(self) -> str | None:
        """Condition for a withdrawal."""
        return as_feel(self.data.get("withdraw", {}).get("when"))

    @property
    def withdraw_roles(self) -> tuple[str, ...]:
        """Who may withdraw besides the initiator."""
        return tuple(self.data.get("withdraw", {}).get("roles", ()))

    def starters(self, process_id: str) -> tuple[str, ...]:
        """Roles that may start one of the folder's processes; none: only messages and timers start it."""
        if process_id == self.main_process:
            return tuple(self.data["may_start"]["roles"])
        return tuple(self.data.get("start", {}).get(process_id, {}).get("roles", ()))

    def facts(self) -> tuple[Fact, ...]:
        """Facts in order; a plain text is a variable with its label from ``labels``."""
        entries = (entry if isinstance(entry, dict) else {"variable": entry} for entry in self.data.get("facts", ()))
        return tuple(
            Fact(
                variable=entry["variable"],
                label=text_of(entry["label"]) if "label" in entry else self.label(entry["variable"]),
                type=entry.get("type", "text"),
                long=entry.get("long", False),
                roles=tuple(entry.get("roles", ())),
                initiator=bool(entry.get("initiator", True)),
                when=as_feel(entry.get("when")),
                linked=entry.get("linked"),
                fields=tuple(
                    Fact(field["name"], text_of(field["label"]), field.get("type", "text"))
                    for field in entry.get("fields", ())
                ),
            )
            for entry in entries
        )

    def label(self, variable: str) -> str:
        """How people call a variable."""
        entry = self.data.get("labels", {}).get(variable)
        if isinstance(entry, dict):
            entry = entry.get("label", entry)
        return variable if entry is None else text_of(entry)

    def value_label(self, variable: str, value: str) -> str:
        """How people call a value of a variable."""
        entry = self.data.get("labels", {}).get(variable)
        values = entry.get("values", {}) if isinstance(entry, dict) else {}
        return text_of(values[value]) if value in values else value

    @computed_once
    def visibility(self) -> tuple[VisibilityRule, ...]:
        """Rules of visibility."""
        return tuple(
            VisibilityRule(
                tuple(entry["roles"]), as_feel(entry.get("units")), as_feel(entry.get("when")), entry.get("process")
            )
            for entry in self.data.get("visibility", ())
        )

    @computed_once
    def records(self) -> Mapping[str, RecordRule]:
        """Who sees the records of a decision table, by decision; those of other tables are shown to nobody."""
        return {
            name: RecordRule(
                tuple(entry.get("roles", ())), as_feel(entry.get("except")), as_feel(entry.get("open_when"))
            )
            for name, entry in self.data.get("decisions", {}).items()
        }

    @computed_once
    def participants(self) -> Mapping[str, str]:
        """Expressions that name people who take part, by part."""
        return {part: str(as_feel(text)) for part, text in self.data.get("participants", {}).items()}

    @computed_once
    def participants_while_named(self) -> frozenset[str]:
        """Parts that end when the expression names the person no longer."""
        return frozenset(self.data.get("participants_while_named", ()))

    def sections(self) -> tuple[Section, ...]:
        """Sections of the conversation."""
        return tuple(
            Section(
                key,
                text_of(entry.get("label", key)),
                tuple(entry.get("roles", ())),
                entry.get("initiator", True),
                entry.get("process"),
            )
            for key, entry in self.data.get("conversation", {}).items()
        )

    @computed_once
    def setting_defaults(self) -> Mapping[str, Any]:
        """Default of each setting, as written."""
        return {name: entry["default"] for name, entry in self.data.get("settings", {}).items()}


def parse_manifest(content: bytes) -> tuple[dict[str, Any], list[str]]:
    """Read ``process.yaml``.

    Returns:
        The data as plain JSON, and the problems found, each with its place; the data are usable only without any.
    """
    try:
        loaded = load_yaml(content)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return {}, [f"process.yaml：{error}"]
    if not isinstance(loaded, dict):
        return {}, ["process.yaml：应为键值表"]
    try:
        data = json.loads(json.dumps(loaded, ensure_ascii=False))
    except (TypeError, ValueError) as error:
        return {}, [f"process.yaml：{error}（日期请加引号）"]
    problems = [
        f"process.yaml {'.'.join(map(str, error.absolute_path)) or '（顶层）'}：{error.message}"
        for error in sorted(_validator().iter_errors(data), key=lambda error: list(map(str, error.absolute_path)))
    ]
    return data, problems


def text_of(entry: Any, language: str = "zh") -> str:
    """A text in one language; a plain text is Chinese. The Chinese one knows its English."""
    if not isinstance(entry, Mapping):
        return str(entry)
    text = str(entry.get(language) or entry.get("zh") or "")
    return Label(text, entry.get("en")) if language == "zh" else text


def as_feel(entry: Any) -> str | None:
    """YAML reads an unquoted ``true`` as a boolean; FEEL wants its text."""
    if entry is None:
        return None
    return str(entry).lower() if isinstance(entry, bool) else str(entry)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA_PATH.read_text(encoding="utf-8")))
