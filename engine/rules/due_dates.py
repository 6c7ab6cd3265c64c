"""Deadlines: how an instant follows from an anchor, a value and a unit, and how to explain it.

The day of the anchor does not count; a deadline ends at 24:00 Asia/Shanghai of its last day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from engine.rules.working_days import Calendar
from engine.sentences import say

SHANGHAI = ZoneInfo("Asia/Shanghai")


class DeadlineUnit(StrEnum):
    """In what a deadline counts."""

    WORKING_DAYS = "WD"
    CALENDAR_DAYS = "CD"
    HOURS = "H"


@dataclass(frozen=True)
class Deadline:
    """An instant with its reason."""

    due_at: datetime  # aware, UTC
    key: str | None
    value: Decimal | None
    unit: DeadlineUnit | None
    anchor: datetime | None

    def reason(self) -> dict[str, str | None]:
        """What a person needs to recompute it; plain JSON."""
        return {
            "key": self.key,
            "value": None if self.value is None else str(self.value),
            "unit": None if self.unit is None else self.unit.value,
            "anchor": None if self.anchor is None else self.anchor.isoformat(),
        }


def compute_again(
    reason: Mapping[str, Any] | None, calendar: Calendar, *, anchor: datetime | None = None
) -> Deadline | None:
    """The deadline that a stored ``Deadline.reason()`` gives by this calendar, or from another anchor.

    Value and unit stay what the table gave. None: it is no deadline of a table, or its calendar is of no account
    and the anchor the old one.
    """
    if not reason or not reason.get("unit") or not reason.get("anchor"):
        return None
    unit = DeadlineUnit(reason["unit"])
    if anchor is None and unit is not DeadlineUnit.WORKING_DAYS:
        return None
    start = anchor or datetime.fromisoformat(reason["anchor"])
    return compute(str(reason["key"]), Decimal(reason["value"]), unit, start, calendar)


def compute(key: str, value: Decimal, unit: DeadlineUnit, anchor: datetime, calendar: Calendar) -> Deadline:
    """The deadline ``value`` units after ``anchor``; a negative value lies before it.

    An anchor at exactly 24:00 belongs to the day that ends with it, so that "three days before the due date" is
    three days before the day that people read.
    """
    if unit is DeadlineUnit.HOURS:
        return Deadline(anchor.astimezone(UTC) + timedelta(hours=float(value)), key, value, unit, anchor)
    if value != value.to_integral_value():
        raise ValueError(say("期限 {key} 不是整数天：{value}", key=key, value=value))
    day = local_day(anchor)
    if unit is DeadlineUnit.WORKING_DAYS:
        last = calendar.add_working_days(day, int(value))
    else:
        last = day + timedelta(days=int(value))
    return Deadline(end_of_day(last), key, value, unit, anchor)


def local_day(instant: datetime) -> date:
    """The Shanghai day to which an instant belongs; 24:00 belongs to the day that ends."""
    return (instant.astimezone(SHANGHAI) - timedelta(microseconds=1)).date()


def end_of_day(day: date) -> datetime:
    """24:00 Asia/Shanghai of a day, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


def today(now: datetime) -> date:
    """The date on the wall in Shanghai."""
    return now.astimezone(SHANGHAI).date()
