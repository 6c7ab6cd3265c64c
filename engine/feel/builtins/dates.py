"""Functions of dates and times."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from engine.feel import kinds as k
from engine.feel.builtins import arguments as take
from engine.feel.builtins.registry import ABSENT, builtin
from engine.feel.errors import Refused
from engine.feel.kinds import kind
from engine.feel.runtime import Run
from engine.feel.temporal import (
    MAX_OFFSET,
    PARSE_STEPS,
    combined,
    midnight,
    parse_date,
    parse_date_and_time,
    parse_time,
    parse_zone,
)
from engine.feel.wide import WideDate, WideDateTime, alike, make_day

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@builtin("date", ("from",), ("year", "month", "day"))
def make_date(run: Run, source: Any, month: Any = ABSENT, day: Any = ABSENT) -> date | WideDate:
    """A date from a text, from an instant, or from its numbers."""
    if month is not ABSENT or day is not ABSENT:
        run.spend(2)
        return make_day(take.whole(source), take.whole(month), take.whole(day))
    run.spend(PARSE_STEPS)
    source = take.need(source, k.STRING, k.DATE, k.DATE_AND_TIME)
    if kind(source) == k.STRING:
        return _parsed_date(source)
    return make_day(source.year, source.month, source.day)


def _parsed_date(source: str) -> date | WideDate:
    day = parse_date(source)
    if day is None and "T" in source:
        moment = parse_date_and_time(source)
        day = moment.date() if moment else None
    if day is None:
        raise Refused(f"“{source[:40]}”不是日期")
    return day


@builtin("time", ("from",), ("hour", "minute", "second", "offset?"))
def make_time(run: Run, source: Any, minute: Any = ABSENT, second: Any = ABSENT, offset: Any = ABSENT) -> time:
    """A time of day from a text, from an instant, or from its numbers."""
    if minute is not ABSENT or second is not ABSENT:
        return _time_of(source, minute, second, offset)
    run.spend(PARSE_STEPS)
    source = take.need(source, k.STRING, k.TIME, k.DATE_AND_TIME, k.DATE)
    of = kind(source)
    if of == k.STRING:
        return _parsed_time(source)
    if of == k.DATE:
        return time(tzinfo=UTC)
    moment: time = source.timetz() if of == k.DATE_AND_TIME else source
    return moment


def _time_of(hour: Any, minute: Any, second: Any, offset: Any) -> time:
    zone = None
    if offset is not ABSENT and offset is not None:
        zone = _zone(take.need(offset, k.DAYS_AND_TIME))
    seconds = Decimal(take.number(second))
    if not 0 <= seconds < 60:
        raise Refused("秒应在 0 到 60 之间", "arguments")
    whole = int(seconds)
    return time(take.whole(hour), take.whole(minute), whole, int((seconds - whole) * 1_000_000), zone)


def _zone(offset: timedelta) -> timezone:
    if abs(offset) > MAX_OFFSET:
        raise Refused("时差超出范围", "arguments")
    return timezone(offset)


def _parsed_time(source: str) -> time:
    moment = parse_time(source)
    if moment is None and "T" in source:
        instant = parse_date_and_time(source)
        moment = instant.timetz() if instant else None
    if moment is None:
        raise Refused(f"“{source[:40]}”不是时间")
    return moment


@builtin("date and time", ("from",), ("date", "time"), ("date", "timezone"))
def make_date_and_time(run: Run, source: Any, clock: Any = ABSENT) -> datetime | WideDateTime:
    """An instant from a text, or from a date and a time or zone."""
    run.spend(PARSE_STEPS)
    if clock is ABSENT:
        source = take.need(source, k.STRING, k.DATE_AND_TIME, k.DATE)
        if kind(source) != k.STRING:
            made: datetime | WideDateTime = source if kind(source) == k.DATE_AND_TIME else midnight(source)
            return made
        moment = parse_date_and_time(source)
        if moment is None:
            raise Refused(f"“{source[:40]}”不是日期时间")
        return moment
    source = take.need(source, k.DATE, k.DATE_AND_TIME)
    clock = take.need(clock, k.TIME, k.STRING)
    if isinstance(clock, str):
        return _in_zone(source, clock)
    return combined(make_day(source.year, source.month, source.day), clock)


def _in_zone(day: Any, name: str) -> datetime:
    zone = parse_zone(name if name[:1] in ("Z", "+", "-") else f"@{name}")
    if zone is None:
        raise Refused(f"没有时区“{name[:40]}”")
    moment: Any = day if kind(day) == k.DATE_AND_TIME else midnight(day)
    zoned: datetime = moment.replace(tzinfo=zone)
    return zoned


def _day(value: Any) -> date:
    taken: date = take.need(value, k.DATE, k.DATE_AND_TIME)
    return taken


@builtin("day of year", ("date",))
def day_of_year(run: Run, day: Any) -> Decimal:
    """1 to 366."""
    return Decimal(alike(_day(day)).timetuple().tm_yday)


@builtin("day of week", ("date",))
def day_of_week(run: Run, day: Any) -> str:
    """The English name of the weekday."""
    return _WEEKDAYS[_day(day).weekday()]


@builtin("month of year", ("date",))
def month_of_year(run: Run, day: Any) -> str:
    """The English name of the month."""
    return _MONTHS[_day(day).month - 1]


@builtin("week of year", ("date",))
def week_of_year(run: Run, day: Any) -> Decimal:
    """The ISO week."""
    return Decimal(alike(_day(day)).isocalendar()[1])


@builtin("last day of month", ("date",))
def last_day_of_month(run: Run, day: Any) -> Decimal:
    """28 to 31."""
    return Decimal(monthrange(alike(_day(day)).year, _day(day).month)[1])


def _now(run: Run) -> datetime:
    if run.now is None:
        raise Refused("这里没有当前时间")
    return run.now


@builtin("now", ())
def now(run: Run) -> datetime:
    """The instant of this evaluation."""
    return _now(run)


@builtin("today", ())
def today(run: Run) -> date:
    """The day of this evaluation."""
    return _now(run).date()
