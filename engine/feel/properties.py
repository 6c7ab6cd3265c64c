"""What may follow a dot: entries of contexts and the parts of temporal values and ranges."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel import kinds as k
from engine.feel.errors import Refused
from engine.feel.kinds import kind, label
from engine.feel.temporal import YearsMonthsDuration, offset_of


def property_of(value: Any, name: str) -> Any:
    """One property of one value.

    Raises:
        Refused: there is none of this name.
    """
    of = kind(value)
    if of == k.CONTEXT:
        if name in value:
            return value[name]
        raise Refused(f"上下文中没有“{name}”", "unknown-name")
    read = _PROPERTIES.get(of, {}).get(name)
    if read is None:
        raise Refused(f"{label(value)}没有属性“{name}”", "no-such-property")
    return read(value)


def _zone_name(moment: time | datetime) -> str | None:
    return moment.tzinfo.key if isinstance(moment.tzinfo, ZoneInfo) else None


def _seconds(seconds: int, microseconds: int) -> Decimal:
    """Whole seconds, or with their fraction."""
    return Decimal(seconds) + Decimal(microseconds).scaleb(-6).normalize() if microseconds else Decimal(seconds)


def _part(read: Callable[[timedelta], int | Decimal]) -> Callable[[timedelta], Decimal]:
    return lambda duration: Decimal(read(abs(duration)) * (-1 if duration < timedelta(0) else 1))


def _months_part(read: Callable[[int], int]) -> Callable[[YearsMonthsDuration], Decimal]:
    return lambda duration: Decimal(read(abs(duration.months)) * (-1 if duration.months < 0 else 1))


_DATE: dict[str, Callable[[Any], Any]] = {
    "year": lambda day: Decimal(day.year),
    "month": lambda day: Decimal(day.month),
    "day": lambda day: Decimal(day.day),
    "weekday": lambda day: Decimal(day.isoweekday()),
}
_TIME: dict[str, Callable[[Any], Any]] = {
    "hour": lambda moment: Decimal(moment.hour),
    "minute": lambda moment: Decimal(moment.minute),
    "second": lambda moment: _seconds(moment.second, moment.microsecond),
    "time offset": offset_of,
    "timezone": _zone_name,
}
_PROPERTIES: dict[str, dict[str, Callable[[Any], Any]]] = {
    k.DATE: _DATE,
    k.TIME: _TIME,
    k.DATE_AND_TIME: {**_DATE, **_TIME},
    k.DAYS_AND_TIME: {
        "days": _part(lambda size: size.days),
        "hours": _part(lambda size: size.seconds // 3600),
        "minutes": _part(lambda size: size.seconds % 3600 // 60),
        "seconds": _part(lambda size: _seconds(size.seconds % 60, size.microseconds)),
    },
    k.YEARS_AND_MONTHS: {
        "years": _months_part(lambda size: size // 12),
        "months": _months_part(lambda size: size % 12),
    },
    k.RANGE: {
        "start": lambda where: where.start,
        "end": lambda where: where.end,
        "start included": lambda where: where.start_included,
        "end included": lambda where: where.end_included,
    },
}
