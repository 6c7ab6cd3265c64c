"""What people fill in during a replay: ``demo/answers.yaml`` of a process folder, FEEL throughout."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from engine.feel import Expression, FeelSyntaxError, compile_expression
from engine.replay.errors import ReplayError
from engine.rules.due_dates import SHANGHAI
from engine.step.opening import as_instant

SATURDAY = 5  # as datetime.weekday counts
_TASK_KEYS = frozenset({"after", "at", "data", "may_be_refused", "keep_draft"})
_TOP_KEYS = frozenset({"key", "people", "congress", "until", "pace", "start", "season", "tasks", "office_hours"})


@dataclass(frozen=True)
class Rule:
    """One expression of the file, with its place for messages."""

    place: str
    expression: Expression

    def value(self, context: Mapping[str, Any]) -> Any:
        """The value; an expression that fails gives null."""
        return self.expression.evaluate(context).result


@dataclass(frozen=True)
class OfficeHours:
    """When people work; without them they work at any hour."""

    first: int  # hour of the day at which they begin
    last: int  # hour at which they stop

    def next_after(self, instant: datetime, *, weekends: bool) -> datetime:
        """The instant itself, or one that follows within the hours, spread over the day by its own hour and minute."""
        local = instant.astimezone(SHANGHAI)
        if not self.first <= local.hour < self.last:
            moved = local.replace(hour=self.first + local.hour % (self.last - self.first))
            local = moved if moved >= local else moved + timedelta(days=1)
        while not weekends and local.weekday() >= SATURDAY:
            local += timedelta(days=1)
        return local


@dataclass(frozen=True)
class TaskAnswer:
    """When and with what a person completes a user task."""

    after: Rule | None
    at: Rule | None
    data: Rule
    may_be_refused: Rule | None
    keep_draft: Rule | None

    def instant(self, context: Mapping[str, Any], created: datetime, pace: Any) -> datetime:
        """When it is done: the pace of the case, else a fixed instant, else a time after its creation."""
        if isinstance(pace, timedelta):
            return created + pace
        rule = self.at or self.after
        if rule is None:
            return created
        value = rule.value(context)
        if isinstance(value, timedelta):
            return created + value
        instant = as_instant(value)
        if instant is None:
            raise ReplayError(f"{rule.place}：没有得出时间")
        return instant

    def form_data(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """What is filled in."""
        value = self.data.value(context)
        if not isinstance(value, Mapping):
            raise ReplayError(f"{self.data.place}：没有得出表单内容")
        return dict(value)


@dataclass(frozen=True)
class Companion:
    """The process that runs once for each congress session beside its cases."""

    process: str
    key: Rule
    by_role: str
    at: Rule


@dataclass(frozen=True)
class Answers:
    """The whole file, compiled."""

    key: Rule
    people: tuple[str, ...]
    congress: Rule
    until: Rule | None
    pace: Rule | None
    start_by: Rule
    start_at: Rule
    start_variables: Rule | None
    companion: Companion | None
    office_hours: OfficeHours | None
    tasks: Mapping[str, TaskAnswer | None]  # None: left alone on purpose

    @classmethod
    def load(cls, path: Path) -> "Answers":
        """Read and compile a file.

        Raises:
            ReplayError: there is none, or an entry is unknown or wrong; the sentence names it.
        """
        if not path.is_file():
            raise ReplayError(f"没有 {path}")
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(data, dict) or (unknown := set(data) - _TOP_KEYS):
            raise ReplayError(
                f"{path.name}：不认识 {'、'.join(sorted(unknown)) if isinstance(data, dict) else '的内容'}"
            )
        start = _section(data, "start")
        return cls(
            key=_rule(data, "key"),
            people=tuple(data.get("people", ())),
            congress=_rule(data, "congress"),
            until=_optional(data, "until"),
            pace=_optional(data, "pace"),
            start_by=_rule(start, "by", "start."),
            start_at=_rule(start, "at", "start."),
            start_variables=_optional(start, "variables", "start."),
            companion=_companion(data),
            office_hours=OfficeHours(*data["office_hours"]) if "office_hours" in data else None,
            tasks={node: _task(node, entry) for node, entry in _section(data, "tasks").items()},
        )


def _companion(data: Mapping[str, Any]) -> Companion | None:
    if "season" not in data:
        return None
    entry = _section(data, "season")
    return Companion(
        process=str(entry["process"]),
        key=_rule(entry, "key", "season."),
        by_role=str(entry["by_role"]),
        at=_rule(entry, "at", "season."),
    )


def _task(node: str, entry: Any) -> TaskAnswer | None:
    if entry == {"skip": True}:
        return None
    if not isinstance(entry, dict) or (unknown := set(entry) - _TASK_KEYS):
        raise ReplayError(f"tasks.{node}：不认识 {'、'.join(sorted(unknown)) if isinstance(entry, dict) else '的内容'}")
    place = f"tasks.{node}."
    return TaskAnswer(
        after=_optional(entry, "after", place),
        at=_optional(entry, "at", place),
        data=_rule(entry, "data", place),
        may_be_refused=_optional(entry, "may_be_refused", place),
        keep_draft=_optional(entry, "keep_draft", place),
    )


def _section(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    section = data.get(name)
    if not isinstance(section, dict):
        raise ReplayError(f"缺少 {name}")
    return section


def _optional(entry: Mapping[str, Any], name: str, place: str = "") -> Rule | None:
    return _rule(entry, name, place) if name in entry else None


def _rule(entry: Mapping[str, Any], name: str, place: str = "") -> Rule:
    if name not in entry:
        raise ReplayError(f"缺少 {place}{name}")
    try:
        return Rule(place + name, compile_expression(str(entry[name])))
    except FeelSyntaxError as error:
        raise ReplayError(f"{place}{name}：{error}") from error
