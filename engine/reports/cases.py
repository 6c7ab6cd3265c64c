"""A case as a report sees it: its contract variables and nothing else of the process."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from engine.feel import compile_expression
from engine.queries.organisation import LOCAL_ZONE
from engine.values import Value

HIDDEN_TITLE = "（内容不公开）"  # what stands for the title of a sealed case
ARCHIVED = "archived"  # state of a case that was brought in from a workbook


@dataclass(frozen=True)
class Case:
    """One case of a period, running, ended or brought in from a past year."""

    id: str  # business key of the line it came from, else its number, else the instance's id
    number: str | None
    title: str  # HIDDEN_TITLE when the case is sealed
    state: str  # running | completed | cancelled | archived
    variables: Mapping[str, Value]  # every contract variable, None where it was never set
    instance_id: UUID | None = None  # None: brought in, there is no instance behind it
    sealed: bool = False

    def names(self, now: datetime | None = None) -> dict[str, Value]:
        """The names that a report's conditions may use: contract variables, built-in ones, ``now`` and ``today``."""
        today = now.astimezone(LOCAL_ZONE).date() if now is not None else None
        built_in = {"number": self.number, "title": self.title, "state": self.state, "now": now, "today": today}
        case_id = str(self.instance_id) if self.instance_id is not None else None
        return {**self.variables, **built_in, "case_id": case_id}


def meets(condition: str | None, names: Mapping[str, Value]) -> bool:
    """Whether a FEEL condition is true; null is not true, no condition always is."""
    return condition is None or compile_expression(condition).evaluate(names).result is True


def select(cases: Iterable[Case], condition: str | None, now: datetime | None = None) -> tuple[Case, ...]:
    """The cases that meet a condition, in their order."""
    return tuple(case for case in cases if meets(condition, case.names(now)))
