"""Working days of the calendar: Monday to Friday, but for public holidays and shifted working days (调休)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from engine.sentences import say

WEEKEND = 5  # weekday() of Saturday
SEARCH_LIMIT = 20_000  # days; further than any deadline, so a calendar of holidays only cannot hang a step


@dataclass(frozen=True)
class Calendar:
    """Days that differ from the weekly pattern: True works, False does not."""

    exceptions: Mapping[date, bool] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        """Whether people are at work on that day."""
        known = self.exceptions.get(day)
        return day.weekday() < WEEKEND if known is None else known

    def add_working_days(self, start: date, count: int) -> date:
        """The ``count``-th working day after ``start`` (before it, if negative); ``start`` itself never counts.

        Raises:
            OverflowError: there is none within ``SEARCH_LIMIT`` days.
        """
        step = timedelta(days=1 if count >= 0 else -1)
        day, left = start, abs(count)
        for _ in range(SEARCH_LIMIT):
            if left == 0:
                return day
            day += step
            left -= self.is_working_day(day)
        raise OverflowError(say("{start} 起没有第 {count} 个工作日", start=start, count=count))

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and including ``end``; negative when ``end`` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        days = (start + timedelta(days=offset) for offset in range(1, (end - start).days + 1))
        return sum(map(self.is_working_day, days))
