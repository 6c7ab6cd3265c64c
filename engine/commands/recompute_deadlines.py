"""Compute the open deadlines anew after the calendar has changed."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update

from engine.rules.due_dates import DeadlineUnit, compute
from engine.rules.working_days import Calendar
from engine.step.save import TASK
from engine.unit_of_work import UnitOfWork
from models import CalendarDay, DayKind, UserTaskState

DAY = CalendarDay.__table__


def recompute_deadlines(uow: UnitOfWork) -> int:
    """Move the due dates of open tasks that count working days; answers how many moved.

    A deadline stays what its decision gave when the task was created: only the calendar is applied again. Timers of
    diagrams keep their instant; they are computed when their wait begins.
    """
    uow.session.flush()  # the change itself may still be in the session
    rows = uow.connection.execute(select(DAY.c.day, DAY.c.kind))
    calendar = Calendar({row.day: DayKind(row.kind) is DayKind.WORKING for row in rows})
    open_tasks = select(TASK.c.id, TASK.c.due_at, TASK.c.due_reason).where(
        TASK.c.state == UserTaskState.CREATED, TASK.c.due_at.is_not(None)
    )
    moved = 0
    for row in uow.connection.execute(open_tasks).all():
        due_at = _again(row.due_reason, calendar)
        if due_at is not None and due_at != row.due_at:
            uow.connection.execute(update(TASK).where(TASK.c.id == row.id).values(due_at=due_at))
            moved += 1
    return moved


def _again(reason: Any, calendar: Calendar) -> datetime | None:
    found = json.loads(reason) if isinstance(reason, str) else reason
    if not found or found.get("unit") != DeadlineUnit.WORKING_DAYS.value:
        return None
    anchor = datetime.fromisoformat(found["anchor"])
    return compute(found["key"], Decimal(found["value"]), DeadlineUnit.WORKING_DAYS, anchor, calendar).due_at
