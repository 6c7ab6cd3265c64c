"""Moving what a running case waits for: timers and due dates whose calendar, anchor or variables have changed.

A deadline keeps the value and unit that its table gave when the wait began; only the calendar and the anchor are
applied again. A time that the diagram computes (``timeDate``, ``banli:due="=…"``) is evaluated again, with ``now`` as
it was when the wait began. What has fired or was completed stays; timers that repeat keep their rhythm.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from engine.bpmn.iso import TimerValueError, first_due
from engine.database.prepared import Prepared
from engine.feel import strip_marker
from engine.feel.mentions import mentioned_names
from engine.rules.due_dates import SHANGHAI, Deadline, compute_again, today
from engine.rules.working_days import Calendar
from engine.spiff import Effects, Execution
from engine.step.advance import failing_as_sentence, finish
from engine.step.environment import StepEnvironment
from engine.step.history import HistoryEntry
from engine.step.instance import LoadedInstance
from engine.step.opening import as_instant, deadline_of
from engine.step.save import JOB, TASK
from engine.unit_of_work import UnitOfWork
from engine.values import dumps, loads
from models import JobKind, JobState, waits

if TYPE_CHECKING:
    from engine.spiff import OpenedUserTask, WaitingTimer

_OF_INSTANCE: Any = bindparam("instance_id")
_TIMERS = Prepared(
    select(JOB.c.no, JOB.c.payload, JOB.c.created_at).where(
        JOB.c.process_instance_id == _OF_INSTANCE, JOB.c.kind == JobKind.TIMER, JOB.c.state == JobState.WAITING
    )
)
_TASKS = Prepared(
    select(TASK.c.id, TASK.c.no, TASK.c.created_at, TASK.c.due_at, TASK.c.due_reason).where(
        TASK.c.process_instance_id == _OF_INSTANCE, waits()
    )
)
_MOVE_TASK = Prepared(
    TASK.update().where(TASK.c.id == bindparam("task_id")).values(due_at=bindparam("due"), due_reason=bindparam("why"))
)
# a worker that holds the job finds that it holds it no more, and leaves it; it is claimed again when it is due
_MOVE_TIMER = Prepared(
    JOB.update()
    .where(JOB.c.process_instance_id == _OF_INSTANCE, JOB.c.kind == JobKind.TIMER, JOB.c.no == bindparam("timer_no"))
    .values(due_at=bindparam("due"), payload=bindparam("kept"), locked_by=None, locked_until=None)
)


@dataclass(frozen=True)
class Move:
    """One instant that moves; ``before`` is None for a task that had no due date."""

    no: int
    flow_node_id: str
    before: datetime | None
    after: datetime
    reason: Mapping[str, Any]  # Deadline.reason()

    def told(self) -> dict[str, Any]:
        """As the history keeps it."""
        before = None if self.before is None else self.before.isoformat()
        return {"no": str(self.no), "node": self.flow_node_id, "from": before, "to": self.after.isoformat()}


@dataclass(frozen=True)
class Moves:
    """What moved in one case or in several."""

    cases: int = 0
    timers: int = 0
    tasks: int = 0
    due_now: int = 0  # timers whose new instant has passed: they fire at once

    def __add__(self, other: "Moves") -> "Moves":
        return Moves(
            self.cases + other.cases,
            self.timers + other.timers,
            self.tasks + other.tasks,
            self.due_now + other.due_now,
        )


@dataclass
class _Plan:
    timers: list[Move] = field(default_factory=list)
    tasks: list[tuple[Any, Move]] = field(default_factory=list)  # with the task's id


def retime(uow: UnitOfWork, instance: LoadedInstance, *, cause: str, changes: Mapping[str, Any] | None = None) -> Moves:
    """Compute anew what a case waits for, after the calendar or some of its variables have changed.

    Args:
        uow: one transaction; the instance's row is locked in it.
        instance: as loaded; it may not be used for a step afterwards.
        cause: ``calendar`` or ``session``: why, for the history; without the first only ``changes`` move anything.
        changes: variables with their new values; they are set, and what reads them follows.

    Raises:
        StepFailedError: an expression gives no instant any more.
        BusyError: another transaction was quicker; nothing may be kept of this one.
    """
    changed = {name: value for name, value in (changes or {}).items() if instance.variables.get(name) != value}
    environment = StepEnvironment(uow, instance.deployed, instance.id, instance.business_key, instance.started_by)
    before = dict(instance.variables)
    with failing_as_sentence(environment):
        state = instance.sealer.open_state(instance.state)
        execution = Execution.restore(instance.deployed.definitions, state, dict(before), environment)
        effects = _set(instance, execution, changed)
        calendar = environment.calendar if cause == "calendar" else None
        plan = _Planner(environment, execution, frozenset(changed), calendar).plan()
    if not (changed or plan.timers or plan.tasks):
        return Moves()
    for move in plan.timers:
        execution.move_timer(move.no, move.after)
    finish(uow, instance, environment, execution, effects, [_entry(uow, cause, changed, plan)], before=before)
    return _write(uow, instance, plan)


def _set(instance: LoadedInstance, execution: Execution, changed: Mapping[str, Any]) -> Effects:
    if changed and instance.is_active:
        return execution.set_variables(changed)  # conditional events look at them
    execution.variables.update(changed)
    return Effects()


def _entry(uow: UnitOfWork, cause: str, changed: Mapping[str, Any], plan: _Plan) -> HistoryEntry:
    body = {
        "cause": cause,
        "timers": [move.told() for move in plan.timers],
        "tasks": [move.told() for _, move in plan.tasks],
    }
    return HistoryEntry("deadlines.moved", body=body, data=changed or None, actor_id=uow.actor)


def _write(uow: UnitOfWork, instance: LoadedInstance, plan: _Plan) -> Moves:
    connection, due_now = uow.link, 0
    for move in plan.timers:
        kept = dumps({"deadline": dict(move.reason)} if move.reason.get("unit") else {})
        _MOVE_TIMER.run(connection, {"instance_id": instance.id, "timer_no": move.no, "due": move.after, "kept": kept})
        due_now += move.after <= uow.now
    _MOVE_TASK.run_many(
        connection, [{"task_id": task, "due": move.after, "why": dict(move.reason)} for task, move in plan.tasks]
    )
    if due_now:
        uow.jobs_are_due()
    return Moves(1, len(plan.timers), len(plan.tasks), due_now)


class _Planner:
    """Finds what moves in one case; writes nothing."""

    def __init__(
        self,
        environment: StepEnvironment,
        execution: Execution,
        changed: frozenset[str],
        calendar: Calendar | None,
    ) -> None:
        self.environment = environment
        self.execution = execution
        self.changed = changed
        self.calendar = calendar

    def plan(self) -> _Plan:
        plan, of = _Plan(), {"instance_id": self.environment.instance_id}
        connection = self.environment.uow.link
        jobs = {row.no: row for row in _TIMERS.rows(connection, of)}
        for timer in self.execution.timers() if jobs else ():
            if timer.no in jobs:
                deadline = self._timer(timer, jobs[timer.no])
                plan.timers += _moved(timer.no, timer.flow_node_id, timer.due_at, deadline)
        tasks = {row.no: row for row in _TASKS.rows(connection, of)}
        for task in self.execution.user_tasks() if tasks else ():
            if task.no in tasks:
                row = tasks[task.no]
                moves = _moved(task.no, task.flow_node_id, row.due_at, self._task(task, row))
                plan.tasks += [(row.id, move) for move in moves]
        return plan

    def _timer(self, timer: "WaitingTimer", job: Any) -> Deadline | None:
        reason = loads(job.payload).get("deadline")
        kind, text = ("date", timer.deadline) if timer.deadline else timer.timer or ("date", "")
        if not self._reads_changed(timer.anchor, text if text.startswith("=") else None):
            return self._by_calendar(reason)
        context = self._as_of(job.created_at, timer.visible)
        anchor = self._instant("date", timer.anchor, context, job.created_at) or job.created_at
        if timer.deadline and not text.startswith("="):
            return compute_again(reason, self.environment.calendar, anchor=anchor) or (
                self.environment.explained_deadline(text, context, anchor)
            )
        due = self._instant(kind, text, context, anchor)
        return Deadline(due, None, None, None, None) if due else None

    def _task(self, task: "OpenedUserTask", row: Any) -> Deadline | None:
        due, anchor = task.attributes.due, task.attributes.anchor
        if not due:
            return None
        reason = json.loads(row.due_reason) if isinstance(row.due_reason, str) else row.due_reason
        if not self._reads_changed(anchor, due if due.startswith("=") else None):
            return self._by_calendar(reason)
        context = self._as_of(row.created_at, self.environment.context(self.execution.variables, task.local))
        start = as_instant(self.environment.evaluate(anchor, context)) if anchor else None
        if reason and reason.get("unit") and not due.startswith("="):
            return compute_again(reason, self.environment.calendar, anchor=start)
        return deadline_of(self.environment, due, context, start or row.created_at)

    def _by_calendar(self, reason: Mapping[str, Any] | None) -> Deadline | None:
        return None if self.calendar is None else compute_again(reason, self.calendar)

    def _reads_changed(self, *texts: str | None) -> bool:
        return any(text and not self.changed.isdisjoint(mentioned_names(strip_marker(text))) for text in texts)

    def _as_of(self, created_at: datetime, visible: Mapping[str, Any]) -> dict[str, Any]:
        return {**visible, "now": created_at.astimezone(SHANGHAI), "today": today(created_at)}

    def _instant(self, kind: str, text: str | None, context: Mapping[str, Any], base: datetime) -> datetime | None:
        """The instant that an expression gives; None if it gives none any more."""
        if not text:
            return None
        try:
            value = self.environment.evaluate(text, context)
            due = first_due(kind, value, base)
        except (TimerValueError, OverflowError) as error:
            self.environment.warn(
                "timer-no-time", self.environment.tellable(f"{text[:200]}: {error}", text)
            )  # it keeps the instant it has
            return None
        return None if due is None else due.at


def _moved(no: int, node: str, before: datetime | None, deadline: Deadline | None) -> list[Move]:
    if deadline is None or deadline.due_at == before:
        return []
    return [Move(no, node, before, deadline.due_at, deadline.reason())]
