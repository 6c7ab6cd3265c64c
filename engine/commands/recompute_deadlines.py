"""Compute anew what waits, after the calendar or a congress session has changed."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.rules.due_dates import SHANGHAI, compute_again, local_day
from engine.rules.working_days import Calendar
from engine.step.environment import calendar_of
from engine.step.instance import INSTANCE, LoadedInstance, load_instance
from engine.step.retime import Moves, retime
from engine.step.save import JOB, TASK
from engine.step.starting import follow_calendar
from engine.unit_of_work import UnitOfWork
from engine.values import loads
from models import Deployment, InstanceStatus, JobKind, JobState, ProcessDefinition, waits

DEFINITION = ProcessDefinition.__table__
UNDER_WAY = (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED)


def recompute_deadlines(uow: UnitOfWork) -> Moves:
    """Move due dates and waiting timers that count working days; answers what moved.

    A deadline stays what its decision gave when the wait began: only the calendar is applied again. Variables that
    hold such an instant (``deadline_variables`` of process.yaml) move as well, and with them what counts from them;
    so do the timers that start a process. All of it belongs to the transaction of the change. Only cases in which
    something moves are loaded and locked, in the order of their ids.
    """
    uow.session.flush()  # the change itself may still be in the session
    calendar = calendar_of(uow, anew=True)
    moves = Moves()
    for identifier in sorted(_cases_that_move(uow, calendar)):
        instance = load_instance(uow, identifier)
        moves += retime(uow, instance, cause="calendar", changes=_moved_variables(instance, calendar))
    return moves + follow_calendar(uow, calendar)


def follow_session(uow: UnitOfWork, session_id: str, dates: Mapping[str, Any]) -> Moves:
    """Let the running cases of a congress session follow its dates.

    Which variables follow, ``follows_session`` of process.yaml says; every timer and due date that reads one of them
    is computed again. A date that was taken away leaves the case with the one it has.

    Args:
        uow: one transaction.
        session_id: "4-5", the period of the cases.
        dates: ``opens_on``, ``closes_on`` (the last day) and ``congress_on``.
    """
    moves = Moves()
    for identifier in _under_way(uow, "follows_session", INSTANCE.c.period == session_id):
        instance = load_instance(uow, identifier)
        followed = instance.deployed.manifest.session_variables(instance.process_key)
        changes = {variable: dates[of] for variable, of in followed.items() if dates.get(of) is not None}
        if changes:
            moves += retime(uow, instance, cause="session", changes=changes)
    return moves


def _under_way(uow: UnitOfWork, section: str, *where: Any) -> list[UUID]:
    """Running cases whose process.yaml, in the version they began with, has this section; in the order of locking."""
    deployments = uow.session.execute(select(Deployment.id, Deployment.manifest))
    having = [row.id for row in deployments if row.manifest.get(section)]
    query = (
        select(INSTANCE.c.id)
        .join(DEFINITION, DEFINITION.c.id == INSTANCE.c.process_definition_id)
        .where(DEFINITION.c.deployment_id.in_(having), INSTANCE.c.status.in_(UNDER_WAY), *where)
    )
    return sorted(uow.connection.execute(query).scalars())


def _cases_that_move(uow: UnitOfWork, calendar: Calendar) -> set[UUID]:
    tasks = select(TASK.c.process_instance_id, TASK.c.due_at, TASK.c.due_reason).where(
        waits(), TASK.c.due_at.is_not(None)
    )
    timers = select(JOB.c.process_instance_id, JOB.c.due_at, JOB.c.payload).where(
        JOB.c.kind == JobKind.TIMER, JOB.c.state == JobState.WAITING, JOB.c.process_instance_id.is_not(None)
    )
    found = {case for case, due, reason in uow.connection.execute(tasks) if _moves(_mapping(reason), due, calendar)}
    found |= {
        case
        for case, due, payload in uow.connection.execute(timers)
        if _moves(loads(payload).get("deadline"), due, calendar)
    }
    for identifier in _under_way(uow, "deadline_variables"):
        if identifier not in found and _moved_variables(load_instance(uow, identifier, for_update=False), calendar):
            found.add(identifier)
    return found


def _moves(reason: Mapping[str, Any] | None, due_at: datetime, calendar: Calendar) -> bool:
    deadline = compute_again(reason, calendar)
    return deadline is not None and deadline.due_at != due_at


def _mapping(reason: Any) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = json.loads(reason) if isinstance(reason, str) else reason
    return found


def _moved_variables(instance: LoadedInstance, calendar: Calendar) -> dict[str, Any]:
    """``deadline_variables`` whose instant this calendar moves, with the results they come from."""
    found: dict[str, Any] = {}
    for name, source in instance.deployed.manifest.deadline_variables.items():
        computed = instance.variables.get(source)
        if not isinstance(computed, Mapping) or computed.get("due_at") is None:
            continue
        if instance.variables.get(name) != computed["due_at"]:  # set by somebody since: an extension to a date
            continue
        deadline = compute_again(computed.get("reason"), calendar)
        if deadline is not None and deadline.due_at != computed["due_at"]:
            at = deadline.due_at.astimezone(SHANGHAI)
            found[name] = at
            found[source] = {**computed, "due_at": at, "due_on": local_day(at)}
    return found
