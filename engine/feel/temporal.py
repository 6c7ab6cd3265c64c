"""Dates, times and durations: reading, writing, and what Python's datetime lacks."""

from __future__ import annotations

import re
from calendar import monthrange
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from engine.feel.wide import WideDate, WideDateTime, from_ordinal, make_day, ordinal_of

_DATE = re.compile(r"(-?)(\d{4,9})-(\d\d)-(\d\d)", re.ASCII)
_ZONE = r"[Zz]|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z_][A-Za-z0-9_+\-]*(?:/[A-Za-z0-9_+\-]+)*"
_TIME = re.compile(rf"(\d\d):(\d\d):(\d\d)(\.\d+)?({_ZONE})?", re.ASCII)
_END_OF_DAY = re.compile(r"24:00:00(?:\.0+)?(?![\d.])", re.ASCII)
_DURATION = re.compile(
    r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(\.\d*)?S)?)?", re.ASCII
)
#: An offset from UTC is at most this, either way.
MAX_OFFSET = timedelta(hours=18)
#: What reading one of these costs, in steps.
PARSE_STEPS = 4
_MAX_TEXT = 120  # characters; what is longer is nothing of these
_MAX_DIGITS = 18  # of one number in a duration
MICROSECOND = timedelta(microseconds=1)
_REFERENCE_DAY = date(2000, 1, 1)  # gives a zone's offset to a time that has no date
_FIRST_DAY = datetime.combine(date(1, 1, 1), time())
_MICROSECONDS_OF_DAY = 86_400_000_000
_YEARS_OF_CALENDAR, _LIKE_ANY_YEAR = 400, 2000  # the calendar repeats
Moment = date | datetime | WideDate | WideDateTime


@dataclass(frozen=True, slots=True, order=True)
class YearsMonthsDuration:
    """A duration in whole months, negative or not."""

    months: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return ("-" if self.months < 0 else "") + "P" + (text or "0M")


Temporal = date | time | datetime | timedelta | YearsMonthsDuration | WideDate | WideDateTime


def _whole(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return pattern.fullmatch(text) if len(text) <= _MAX_TEXT else None


def parse_date(text: str) -> date | WideDate | None:
    """Read ``2026-01-31``; None for anything else."""
    found = _whole(_DATE, text)
    if not found or (len(found[2]) > 4 and found[2][0] == "0"):
        return None
    try:
        return make_day(int(found[1] + found[2]), int(found[3]), int(found[4]))
    except ValueError:
        return None


def parse_zone(text: str) -> tzinfo | None:
    """Read ``Z``, ``+08:00`` or ``@Asia/Shanghai``; None for anything else."""
    if text in ("Z", "z"):  # XML Schema has only the first, DMN's own examples the second as well
        return UTC
    if text.startswith("@"):
        return _zone(text[1:])
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    if minutes > 59 or (seconds and seconds[0] > 59):
        return None
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
    if offset > MAX_OFFSET:
        return None
    return timezone(-offset if text[0] == "-" else offset) if offset else UTC


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=1_024)  # there are some 600
def _known_zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _zone(name: str) -> tzinfo | None:
    """A zone by its name; whether there is one is known without looking for a file."""
    return _known_zone(name) if name in _zone_names() else None


def parse_time(text: str) -> time | None:
    """Read ``09:30:00``, with a fraction and a zone if present; None for anything else.

    ``24:00:00`` is midnight, as in XML Schema; of an instant, the following day's.
    """
    if _END_OF_DAY.match(text):
        text = "00" + text[2:]
    found = _whole(_TIME, text)
    if not found:
        return None
    zone = None
    if found[5]:
        zone = parse_zone(found[5])
        if zone is None:
            return None
    microsecond = int((found[4] or ".0")[1:7].ljust(6, "0"))
    try:
        return time(int(found[1]), int(found[2]), int(found[3]), microsecond, zone)
    except ValueError:
        return None


def midnight(day: date | WideDate) -> datetime | WideDateTime:
    """The beginning of a day, without zone."""
    return combined(day, time())


def combined(day: date | WideDate, clock: time) -> datetime | WideDateTime:
    """A day and a time of day."""
    return WideDateTime(day, clock) if isinstance(day, WideDate) else datetime.combine(day, clock)


def parse_date_and_time(text: str) -> datetime | WideDateTime | None:
    """Read ``2026-01-31T09:30:00``; a date alone is its midnight; None for anything else."""
    day_text, separator, time_text = text[: _MAX_TEXT + 1].partition("T")
    day = parse_date(day_text)
    if day is None:
        return None
    if not separator:
        return midnight(day)
    moment = parse_time(time_text)
    if moment is None:
        return None
    if not _END_OF_DAY.match(time_text):
        return combined(day, moment)
    try:
        return combined(from_ordinal(ordinal_of(day) + 1), moment)
    except ValueError:
        return None


def parse_duration(text: str) -> timedelta | YearsMonthsDuration | None:
    """Read an ISO 8601 duration of either kind; mixing both is None."""
    found = _whole(_DURATION, text)
    if not found or text.endswith(("T", "P")) or any(len(part or "") > _MAX_DIGITS for part in found.groups()[1:7]):
        return None
    years, months, days, hours, minutes, seconds = (int(part) if part else None for part in found.groups()[1:7])
    sign = -1 if found[1] else 1
    if years is not None or months is not None:
        if any(part is not None for part in (days, hours, minutes, seconds)):
            return None
        return YearsMonthsDuration(sign * ((years or 0) * 12 + (months or 0)))
    microseconds = int((found[8] or ".")[1:7].ljust(6, "0"))
    try:
        return sign * timedelta(days or 0, seconds or 0, microseconds, 0, minutes or 0, hours or 0)
    except OverflowError:
        return None


def parse_temporal(text: str) -> Temporal | None:
    """Read what may stand in an at-literal."""
    for parse in (parse_date, parse_time, parse_date_and_time, parse_duration):
        value = parse(text)
        if value is not None:
            return value
    return None


def offset_of(moment: time | datetime | WideDateTime) -> timedelta | None:
    """Offset from UTC; a zone's winter offset for a time without a date; None without zone."""
    if moment.tzinfo is None:
        return None
    if isinstance(moment, datetime):
        return moment.utcoffset()
    if isinstance(moment, WideDateTime):
        return offset_of(moment.clock)
    return moment.tzinfo.utcoffset(datetime.combine(_REFERENCE_DAY, moment.replace(tzinfo=None)))


def seconds_in_utc(moment: time) -> timedelta:
    """A time as its distance from midnight, in UTC when it has an offset."""
    clock = timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond)
    return clock - (offset_of(moment) or timedelta(0))


def format_zone(moment: time | datetime | WideDateTime) -> str:
    """The zone as FEEL writes it; empty without one."""
    zone = moment.tzinfo
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    offset = offset_of(moment) or timedelta(0)
    if not offset:
        return "Z"
    sign = "-" if offset < timedelta(0) else "+"
    minutes, seconds = divmod(abs(offset) // timedelta(seconds=1), 60)
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")


def format_time(moment: time | datetime) -> str:
    """The time of day with its zone."""
    fraction = f".{moment.microsecond:06d}".rstrip("0") if moment.microsecond else ""
    return f"{moment.hour:02d}:{moment.minute:02d}:{moment.second:02d}{fraction}{format_zone(moment)}"


def format_duration(duration: timedelta) -> str:
    """A days and time duration in ISO 8601."""
    size = abs(duration)
    hours, rest = divmod(size.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{size.microseconds:06d}".rstrip("0") if size.microseconds else ""
    days = f"{size.days}D" if size.days else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    sign = "-" if duration < timedelta(0) else ""
    if not days and not clock:
        return "PT0S"
    return f"{sign}P{days}" + (f"T{clock}" if clock else "")


def format_temporal(value: Temporal) -> str:
    """What parse_temporal reads back."""
    if isinstance(value, datetime):
        return f"{value.date().isoformat()}T{format_time(value)}"
    if isinstance(value, WideDateTime):
        return f"{value.day_of.isoformat()}T{format_time(value.clock)}"
    if isinstance(value, date | WideDate):
        return value.isoformat()
    if isinstance(value, time):
        return format_time(value)
    if isinstance(value, timedelta):
        return format_duration(value)
    return str(value)


def add_months(moment: Moment, months: int) -> Moment:
    """Move a day or instant by calendar months; the day is cut to the month's last one.

    Raises:
        ValueError: there is no such year.
    """
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    last = monthrange(_LIKE_ANY_YEAR + year % _YEARS_OF_CALENDAR, month + 1)[1]
    return _on_day(moment, make_day(year, month + 1, min(moment.day, last)))


def add_days(moment: Moment, duration: timedelta) -> Moment:
    """Move a day or instant without a zone's rules by a duration.

    Raises:
        ValueError, OverflowError: there is no such year.
    """
    if isinstance(moment, datetime):
        with suppress(OverflowError):
            return moment + duration
    clock = moment.timetz() if isinstance(moment, datetime | WideDateTime) else time()
    since_midnight = timedelta(
        hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond
    )
    days, rest = divmod(since_midnight + duration, timedelta(days=1))
    day = from_ordinal(ordinal_of(moment) + days)
    if not isinstance(moment, datetime | WideDateTime):
        return day
    moved = (datetime.combine(_REFERENCE_DAY, time()) + rest).time()
    return combined(day, moved.replace(tzinfo=clock.tzinfo))


def _on_day(moment: Moment, day: date | WideDate) -> Moment:
    return combined(day, moment.timetz()) if isinstance(moment, datetime | WideDateTime) else day


def instant_of(moment: datetime | WideDateTime) -> int:
    """Microseconds since the beginning of the calendar, in UTC when it has an offset; of any year."""
    if isinstance(moment, datetime):
        since = moment.replace(tzinfo=None) - _FIRST_DAY - (moment.utcoffset() or timedelta(0))
        return _MICROSECONDS_OF_DAY + since // MICROSECOND
    clock = seconds_in_utc(moment.timetz().replace(tzinfo=None)) - (offset_of(moment) or timedelta(0))
    return ordinal_of(moment) * _MICROSECONDS_OF_DAY + clock // MICROSECOND


def without_zone(moment: Any) -> Any:
    """The same time of day or instant as its place sees it."""
    if isinstance(moment, WideDateTime):
        return WideDateTime(moment.day_of, moment.clock.replace(tzinfo=None))
    return moment.replace(tzinfo=None)


def in_microseconds(duration: timedelta) -> Decimal:
    """A duration as an exact number."""
    return Decimal(duration // MICROSECOND)
