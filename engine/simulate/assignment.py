"""Who a simulated task is offered to, and when it is due: evaluated once, when the task opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.bpmn.iso import TimerValueError, first_due
from engine.simulate.environment import SimulationEnvironment
from engine.simulate.script import Person
from engine.spiff import Execution, ExecutionError, OpenedUserTask


@dataclass(frozen=True, slots=True)
class Assignment:
    """The assignment rule of one task with its expressions evaluated."""

    assignee: str | None
    people: tuple[str, ...]
    roles: tuple[str, ...]
    units: tuple[str, ...]
    excluded: tuple[str, ...]
    lane: str | None
    due: datetime | None

    @property
    def shown(self) -> tuple[str, ...]:
        """Candidate people and groups, as the simulation result names them."""
        return self.people + self.roles

    def entitles(self, who: str, person: Person) -> bool:
        """Whether somebody may complete the task. A lane names a group if nothing else says who."""
        if who in self.excluded:
            return False
        if self.assignee is not None or self.people:
            return who == self.assignee or who in self.people
        if self.units and person.unit not in self.units:
            return False
        groups = self.roles or ((self.lane,) if self.lane else ())
        return not groups or bool(person.groups.intersection(groups))


def assignment_of(environment: SimulationEnvironment, case: Execution, task: OpenedUserTask) -> Assignment:
    """Evaluate who may do a task."""
    attributes = task.attributes
    context = {**case.variables, **task.local, **environment.names()}
    assigned = texts(_feel(environment, attributes.assignee, context))
    single = len(assigned) == 1
    return Assignment(
        assignee=assigned[0] if single else None,
        people=() if single else assigned,
        roles=texts(_literal_or_feel(environment, attributes.candidate_role, context)),
        units=texts(_literal_or_feel(environment, attributes.candidate_unit, context)),
        excluded=texts(_feel(environment, attributes.exclude, context)),
        lane=task.lane,
        due=_due(environment, task, context),
    )


def texts(value: Any) -> tuple[str, ...]:
    """One or several identifiers."""
    if value is None:
        return ()
    values = value if isinstance(value, list) else [value]
    return tuple(str(item) for item in values if item is not None)


def _feel(environment: SimulationEnvironment, text: str | None, context: Mapping[str, Any]) -> Any:
    return None if not text else environment.evaluate(text.removeprefix("="), context)


def _literal_or_feel(environment: SimulationEnvironment, text: str | None, context: Mapping[str, Any]) -> Any:
    if text is None or not text.startswith("="):
        return text
    return environment.evaluate(text[1:], context)


def _due(environment: SimulationEnvironment, task: OpenedUserTask, context: Mapping[str, Any]) -> datetime | None:
    text = task.attributes.due
    if text is None:
        return None
    try:
        now = environment.now()
        start = _feel(environment, task.attributes.anchor, context)
        anchor = first_due("date", start, now) if start is not None else None
        base = anchor.at if anchor is not None else None
        value = environment.evaluate(text[1:], context) if text.startswith("=") else text
        if isinstance(value, str) and not value.startswith(("P", "R", "2", "1")):
            return environment.deadline(value, context, base)
        due = first_due("date", value, base or now)
    except (TimerValueError, ExecutionError, OverflowError) as error:
        environment.warn("timer-no-time", f"due date of {task.flow_node_id}: {error}")
        return None
    return due.at if due is not None else None
