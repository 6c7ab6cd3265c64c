"""How variables and their values are called on a page, in a workbook and on paper: the section ``labels``."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.queries.organisation import LOCAL_ZONE, names_of
from engine.reports.cases import HIDDEN_TITLE, Case
from engine.reports.definition import Figure, localised, text_of
from engine.reports.figures import UNKNOWN_VALUE
from engine.values import Value
from models import ProcessInstance, Unit

_PEOPLE = frozenset({"user", "users"})
_UNITS = frozenset({"unit", "units"})

_CASE_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_BUILT_IN: dict[str, dict[str, str]] = {
    "number": {"zh": "编号", "en": "Number"},
    "title": {"zh": "案名", "en": "Title"},
    "state": {"zh": "状态", "en": "State"},
    "period": {"zh": "届次", "en": "Session"},
    "id": {"zh": "标识", "en": "Id"},
}
_STATES: dict[str, dict[str, str]] = {
    "running": {"zh": "办理中", "en": "In progress"},
    "completed": {"zh": "已办结", "en": "Closed"},
    "cancelled": {"zh": "已取消", "en": "Cancelled"},
    "archived": {"zh": "往届", "en": "Past session"},
}
_UNKNOWN = {"zh": "尚未确定", "en": "not yet decided"}
_HIDDEN = {"zh": HIDDEN_TITLE, "en": "(not public)"}
_YES_NO = {True: {"zh": "是", "en": "yes"}, False: {"zh": "否", "en": "no"}}


class Display:
    """Names of variables and values in one language; people and units by name."""

    def __init__(self, session: Session, manifest: Mapping[str, Any], language: str = "zh") -> None:
        self._session = session
        self._labels: Mapping[str, Any] = manifest.get("labels") or {}
        self._types = _types(manifest)
        self._fact_labels = {
            str(fact["variable"]): fact["label"]
            for fact in manifest.get("facts") or ()
            if isinstance(fact, Mapping) and "label" in fact
        }
        self._people: dict[str, str] = {}
        self._units: dict[str, str] | None = None
        self._cases: dict[str, ProcessInstance] = {}
        self.language = language

    def label(self, variable: str) -> str:
        """What a variable is called; its own name if nobody said."""
        entry = self._labels.get(variable)
        if isinstance(entry, Mapping):
            entry = entry.get("label", entry if "zh" in entry else None)
        if entry is None:
            entry = self._fact_labels.get(variable) or _BUILT_IN.get(variable)
        return variable if entry is None else localised(text_of(entry), self.language)

    def value_label(self, variable: str, value: str) -> str:
        """What one value of a variable is called: a declared value, a person, a unit, or the text itself."""
        if value == UNKNOWN_VALUE:
            return localised(_UNKNOWN, self.language)
        if variable == "state" and value in _STATES:
            return localised(_STATES[value], self.language)
        entry = self._labels.get(variable)
        values = entry.get("values") if isinstance(entry, Mapping) else None
        if isinstance(values, Mapping) and value in values:
            return localised(text_of(values[value]), self.language)
        kind = self._types.get(variable)
        if kind in _PEOPLE:
            return self._person(value)
        if kind in _UNITS:
            return self._unit(value)
        return self._case(value) if _CASE_ID.fullmatch(value) else value

    def value(self, variable: str, value: Value) -> str:
        """A value as text in a cell; nothing for what was never set."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return localised(_YES_NO[value], self.language)
        if isinstance(value, list):
            joint = ", " if self.language == "en" else "、"
            return joint.join(self.value(variable, item) for item in value)
        if isinstance(value, datetime):
            return value.astimezone(LOCAL_ZONE).date().isoformat()
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        return self.value_label(variable, str(value))

    @property
    def hidden_title(self) -> str:
        """What stands for the title of a sealed case."""
        return localised(_HIDDEN, self.language)

    def cell(self, case: Case, variable: str) -> str:
        """One column of one case."""
        if variable in ("number", "title", "state", "id"):
            built_in = getattr(case, variable)
            return self.value(variable, built_in)
        return self.value(variable, case.variables.get(variable))

    def group_label(self, figure: Figure, value: str) -> str:
        """One value of a grouped figure: as the report calls it, else as the labels do."""
        for declared in figure.values:
            if declared.key == value and declared.label != {"zh": value}:
                return localised(declared.label, self.language)
        return self.value_label(figure.variable or "", value)

    def prefetch(self, cases: Iterable[Case], variables: Iterable[str]) -> None:
        """Look up the people of many cases at once."""
        people = [name for name in variables if self._types.get(name) in _PEOPLE]
        self.look_up((case.variables for case in cases), people)

    def look_up(self, contexts: Iterable[Mapping[str, Any]], variables: Iterable[str]) -> None:
        """Look up the people and the other cases that many contexts name in these variables, at once."""
        names = list(variables)
        people: set[str] = set()
        cases: set[UUID] = set()
        for context in contexts:
            for name in names:
                found = _texts(context.get(name))
                if self._types.get(name) in _PEOPLE:
                    people.update(found)
                else:
                    cases.update(UUID(text) for text in found if _CASE_ID.fullmatch(text))
        self._people.update(names_of(self._session, people - self._people.keys()))
        if cases:
            query = select(ProcessInstance).where(ProcessInstance.id.in_(cases))
            self._cases.update((str(case.id), case) for case in self._session.scalars(query))

    def _person(self, user_id: str) -> str:
        if user_id not in self._people:
            self._people[user_id] = names_of(self._session, [user_id]).get(user_id, user_id)
        return self._people[user_id]

    def _unit(self, unit_id: str) -> str:
        if self._units is None:
            self._units = {row.id: row.name for row in self._session.execute(select(Unit.id, Unit.name))}
        return self._units.get(unit_id, unit_id)

    def _case(self, case_id: str) -> str:
        """A case that a variable refers to, by number and title."""
        case = self._cases.get(case_id) or self._session.get(ProcessInstance, UUID(case_id))
        if case is None:
            return case_id
        title = self.hidden_title if case.is_sealed else case.title
        return " ".join(filter(None, (case.number, title))) or case_id


def _types(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Variables that hold people or units, as the labels or the facts say."""
    types = {
        str(fact["variable"]): str(fact["type"])
        for fact in manifest.get("facts") or ()
        if isinstance(fact, Mapping) and "type" in fact
    }
    for name, entry in (manifest.get("labels") or {}).items():
        if isinstance(entry, Mapping) and "type" in entry:
            types[str(name)] = str(entry["type"])
    return types


def _texts(value: Value) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]
