"""Days and instants in years that Python's datetime does not have: -999,999,999 to 0, and 10,000 to 999,999,999.

They can be read, written, compared, taken apart and moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, time, tzinfo
from functools import total_ordering
from typing import Any

MAX_YEAR = 999_999_999
_CYCLE = 400  # years after which the calendar repeats, weekdays included
_DAYS_OF_CYCLE = 146_097
_EPOCH = date(2000, 1, 1).toordinal()


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class WideDate:
    """A day of the proleptic Gregorian calendar."""

    year: int
    month: int
    day: int

    def __post_init__(self) -> None:
        if abs(self.year) > MAX_YEAR:
            raise ValueError("year out of range")
        alike(self)

    def isoweekday(self) -> int:
        """1 for Monday to 7."""
        return alike(self).isoweekday()

    def weekday(self) -> int:
        """0 for Monday to 6."""
        return alike(self).weekday()

    def isoformat(self) -> str:
        """As XML Schema writes it."""
        sign = "-" if self.year < 0 else ""
        return f"{sign}{abs(self.year):04d}-{self.month:02d}-{self.day:02d}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, date | WideDate | WideDateTime) and _key(self) == _key(other)

    def __lt__(self, other: object) -> bool:
        return _key(self) < _key(other)

    def __hash__(self) -> int:
        return hash(_key(self))


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class WideDateTime:
    """An instant of such a day."""

    day_of: WideDate
    clock: time

    @property
    def year(self) -> int:
        """The year."""
        return self.day_of.year

    @property
    def month(self) -> int:
        """1 to 12."""
        return self.day_of.month

    @property
    def day(self) -> int:
        """Day of the month."""
        return self.day_of.day

    @property
    def hour(self) -> int:
        """Hour of the day."""
        return self.clock.hour

    @property
    def minute(self) -> int:
        """Minute of the hour."""
        return self.clock.minute

    @property
    def second(self) -> int:
        """Second of the minute."""
        return self.clock.second

    @property
    def microsecond(self) -> int:
        """What is beyond the second."""
        return self.clock.microsecond

    @property
    def tzinfo(self) -> tzinfo | None:
        """The zone."""
        return self.clock.tzinfo

    def isoweekday(self) -> int:
        """1 for Monday to 7."""
        return self.day_of.isoweekday()

    def date(self) -> WideDate:
        """The day."""
        return self.day_of

    def timetz(self) -> time:
        """The time of day with its zone."""
        return self.clock

    def __eq__(self, other: object) -> bool:
        return isinstance(other, date | WideDate | WideDateTime) and _key(self) == _key(other)

    def __lt__(self, other: object) -> bool:
        return _key(self) < _key(other)

    def __hash__(self) -> int:
        return hash(_key(self))


def _key(value: Any) -> tuple[Any, ...]:
    day = (value.year, value.month, value.day)
    return (*day, value.timetz().replace(tzinfo=None)) if hasattr(value, "timetz") else day


def alike(day: Any) -> date:
    """The same day of a year that has the same calendar.

    Raises:
        ValueError: there is no such day.
    """
    return date(2000 + day.year % _CYCLE, day.month, day.day)


def ordinal_of(day: Any) -> int:
    """Days since the beginning of the calendar, as date.toordinal counts them."""
    days: int = alike(day).toordinal() + (day.year // _CYCLE - 2000 // _CYCLE) * _DAYS_OF_CYCLE
    return days


def from_ordinal(ordinal: int) -> date | WideDate:
    """The day that has this number.

    Raises:
        ValueError: there is no such day.
    """
    cycles, rest = divmod(ordinal - _EPOCH, _DAYS_OF_CYCLE)
    day = date.fromordinal(_EPOCH + rest)
    return make_day(day.year + cycles * _CYCLE, day.month, day.day)


def make_day(year: int, month: int, day: int) -> date | WideDate:
    """A day of any year.

    Raises:
        ValueError: there is no such day.
    """
    return date(year, month, day) if MINYEAR <= year <= MAXYEAR else WideDate(year, month, day)
