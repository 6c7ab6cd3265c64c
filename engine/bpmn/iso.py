"""Dates, durations and cycles of timers in ISO 8601; times without an offset are Asia/Shanghai."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Asia/Shanghai")
MAX_YEARS: Final = 100
_DURATION = re.compile(
    r"(?P<sign>-?)P(?=[\dT])(?:(?P<y>\d{1,5})Y)?(?:(?P<mo>\d{1,5})M)?(?:(?P<w>\d{1,5})W)?(?:(?P<d>\d{1,6})D)?"
    r"(?:T(?=\d)(?:(?P<h>\d{1,7})H)?(?:(?P<mi>\d{1,8})M)?(?:(?P<s>\d{1,9})(?:\.(?P<f>\d{1,9}))?S)?)?",
    re.ASCII,
)
_CYCLE = re.compile(r"R(?P<n>\d{0,9})/(?P<a>[^/]+)(?:/(?P<b>[^/]+))?", re.ASCII)


class TimerValueError(ValueError):
    """A timer's text or value is not a date, duration or cycle within bounds."""


@dataclass(frozen=True, slots=True)
class Span:
    """A duration in calendar months and exact time."""

    months: int
    exact: timedelta

    def after(self, start: datetime, times: int = 1) -> datetime:
        """The instant ``times`` spans after ``start``; months count in Shanghai's calendar, from the start.

        Raises:
            TimerValueError: it is not in the years 1 to 9999.
        """
        try:
            if not self.months:
                return _shown(start + self.exact * times)
            local = start.astimezone(ZONE)
            year, month = divmod(local.year * 12 + local.month - 1 + self.months * times, 12)
            day = min(local.day, calendar.monthrange(year, month + 1)[1])
            return _shown((local.replace(year=year, month=month + 1, day=day) + self.exact * times).astimezone(UTC))
        except (OverflowError, ValueError):
            raise TimerValueError("the instant is out of range") from None

    @property
    def positive(self) -> bool:
        """True if it moves time forward."""
        return self.months > 0 or (self.months == 0 and self.exact > timedelta(0))


def parse_span(text: str) -> Span:
    """Parse an ISO 8601 duration.

    Raises:
        TimerValueError: not a duration, or longer than a century.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise TimerValueError(f"not an ISO 8601 duration: “{text[:60]}”")
    part = {k: int(v or 0) for k, v in match.groupdict().items() if k not in {"sign", "f"}}
    months = part["y"] * 12 + part["mo"]
    fraction = int(((match["f"] or "") + "000000")[:6])
    exact = timedelta(
        days=part["w"] * 7 + part["d"], hours=part["h"], minutes=part["mi"], seconds=part["s"], microseconds=fraction
    )
    if months > MAX_YEARS * 12 or exact > timedelta(days=366 * MAX_YEARS):
        raise TimerValueError(f"longer than {MAX_YEARS} years: “{text[:60]}”")
    return Span(-months, -exact) if match["sign"] else Span(months, exact)


def parse_instant(text: str) -> datetime:
    """Parse an ISO 8601 date or date-time; a date is its first instant in Shanghai."""
    try:
        value = datetime.fromisoformat(text.strip())
    except ValueError:
        raise TimerValueError(f"not an ISO 8601 date: “{text[:60]}”") from None
    return _in_utc(value)


def _shown(instant: datetime) -> datetime:
    """The instant, if it is one in Shanghai as well: there the year 9999 ends eight hours earlier.

    Raises:
        OverflowError
    """
    if instant.year == MAXYEAR:
        instant.astimezone(ZONE)
    return instant


def _in_utc(value: datetime) -> datetime:
    try:
        return _shown((value if value.tzinfo else value.replace(tzinfo=ZONE)).astimezone(UTC))
    except OverflowError:  # within the years 1 to 9999 where it was written, outside of them in UTC or Shanghai
        raise TimerValueError(f"the instant is out of range: “{value.isoformat()}”") from None


@dataclass(frozen=True, slots=True)
class Cycle:
    """A repeating interval: how often (None: for ever), from when, how far apart, until when."""

    times: int | None
    start: datetime | None
    span: Span
    end: datetime | None = None


def parse_cycle(text: str) -> Cycle:
    """Parse ``R[n]/duration``, ``R[n]/start/duration`` or ``R[n]/duration/end``."""
    match = _CYCLE.fullmatch(text.strip())
    if match is None:
        raise TimerValueError(f"not an ISO 8601 repeating interval: “{text[:60]}”")
    times = int(match["n"]) if match["n"] else None
    first, second = match["a"].strip(), match["b"]
    if second is None:
        cycle = Cycle(times, None, parse_span(first))
    elif first.startswith("P"):
        cycle = Cycle(times, None, parse_span(first), parse_instant(second))
    else:
        cycle = Cycle(times, parse_instant(first), parse_span(second))
    if not cycle.span.positive or (not cycle.span.months and cycle.span.exact < timedelta(seconds=1)):
        raise TimerValueError(f"a cycle repeats at most once a second: “{text[:60]}”")
    return cycle


@dataclass(frozen=True, slots=True)
class Due:
    """The next instant of a timer, and how it goes on."""

    at: datetime
    cycle: str | None = None  # if it repeats after this one
    anchor: datetime | None = None


def first_due(kind: str, value: Any, base: datetime) -> Due | None:
    """When a timer is due for the first time; None if it is never.

    Args:
        kind: date, duration or cycle.
        value: what the timer's expression gave: text, date, datetime or a duration.
        base: the instant that durations count from.

    Raises:
        TimerValueError
    """
    if kind == "cycle" or (isinstance(value, str) and value.strip().startswith("R")):
        return cycle_due(str(value), base, 0)
    if isinstance(value, str):
        value = parse_span(value) if value.strip().startswith(("P", "-P")) else parse_instant(value)
    return Due(_instant(value, base))


def _instant(value: Any, base: datetime) -> datetime:
    if isinstance(value, datetime):
        return _in_utc(value)
    if isinstance(value, date):
        return _in_utc(datetime.combine(value, time(), ZONE))
    if isinstance(value, timedelta):
        return Span(0, value).after(base)
    if isinstance(value, Span):
        return value.after(base)
    months = getattr(value, "months", None)  # FEEL's years and months duration
    if isinstance(months, int):
        return Span(months, timedelta(0)).after(base)
    raise TimerValueError("the timer has no date, duration or cycle")


def cycle_due(text: str, base: datetime, turn: int) -> Due | None:
    """The repetition ``turn`` (from 0) of a cycle; None if there is no such repetition.

    ``R3/PT1H`` fires after one, two and three hours; ``R3/<start>/PT1H`` at the start and twice more.
    """
    cycle = parse_cycle(text)
    if cycle.times is not None and turn >= cycle.times:
        return None
    start = cycle.start or base
    at = cycle.span.after(start, turn if cycle.start else turn + 1)
    if cycle.end is not None and at > cycle.end:
        return None
    more = cycle.times is None or turn + 1 < cycle.times
    return Due(at, text if more else None, base)


def next_repetition(text: str, base: datetime, turn: int, after: datetime) -> tuple[int, Due] | None:
    """The first repetition behind ``turn`` that comes after an instant, with its number; None if there is none.

    Repetitions in between are passed over, however many: their number is found by halving, not by counting.
    """

    def is_over(number: int) -> bool:
        due = cycle_due(text, base, number)
        return due is not None and due.at <= after

    step = 1
    while is_over(turn + step):
        step *= 2
    low, high = turn + step // 2, turn + step  # the first is over, the second is not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if is_over(middle) else (low, middle)
    due = cycle_due(text, base, high)
    return None if due is None else (high, due)


def check_timer_literal(kind: str, text: str) -> None:
    """Check a literal as it stands in a file; ``kind`` is date, duration or cycle.

    Raises:
        TimerValueError
    """
    first_due(kind, text, datetime(2030, 1, 1, tzinfo=UTC))
    if text.startswith("R") and parse_cycle(text).times == 0:
        raise TimerValueError(f"it never fires: “{text[:60]}”")
