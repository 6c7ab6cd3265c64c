"""How a deadline was computed, in parts: a page says them in its language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from engine.rules.due_dates import DeadlineUnit, local_day
from engine.rules.working_days import WEEKEND
from engine.unit_of_work import UnitOfWork
from models import CalendarDay, DayKind


@dataclass(frozen=True)
class DueReason:
    """Value and unit of the table, the day that does not count, and what the calendar changed on the way."""

    value: Decimal  # negative: before the anchor
    unit: DeadlineUnit
    anchor: datetime | None
    due_at: datetime
    holidays: tuple[date, ...] = ()  # between anchor and deadline, on weekdays: left out
    worked_weekends: tuple[date, ...] = ()  # counted


def due_reason_of(uow: UnitOfWork, stored: Mapping[str, Any] | None, due_at: datetime | None) -> DueReason | None:
    """The parts of a stored ``Deadline.reason()``; None for a deadline that no table gave."""
    if not stored or due_at is None or not stored.get("value") or not stored.get("unit"):
        return None
    unit = DeadlineUnit(stored["unit"])
    anchor = datetime.fromisoformat(stored["anchor"]) if stored.get("anchor") else None
    reason = DueReason(Decimal(stored["value"]), unit, anchor, due_at)
    if anchor is None or unit is not DeadlineUnit.WORKING_DAYS:
        return reason
    holidays, worked = _exceptions(uow, local_day(anchor), local_day(due_at))
    return DueReason(reason.value, unit, anchor, due_at, holidays, worked)


def _exceptions(uow: UnitOfWork, anchor: date, due: date) -> tuple[tuple[date, ...], tuple[date, ...]]:
    between = CalendarDay.day.between(min(anchor, due), max(anchor, due))
    query = select(CalendarDay.day, CalendarDay.kind).where(between, CalendarDay.day != anchor)
    rows = uow.session.execute(query.order_by(CalendarDay.day)).all()
    return (
        tuple(row.day for row in rows if row.kind is DayKind.HOLIDAY and row.day.weekday() < WEEKEND),
        tuple(row.day for row in rows if row.kind is DayKind.WORKING and row.day.weekday() >= WEEKEND),
    )
