"""Public holidays and shifted working days (调休) as they are announced, from the library ``holidays``.

The State Council announces the swaps of a year in the autumn before it; until then the library knows the statutory
days only. Such a year has no days here: a deadline computed from half a calendar would look right and be wrong.
"""

from datetime import date
from functools import cache
from importlib.metadata import version

import holidays

from engine.rules.working_days import WEEKEND
from models import DayKind


@cache
def announced_days(year: int) -> tuple[tuple[date, DayKind, str], ...]:
    """What differs from Monday-to-Friday in a year whose swaps are announced; empty for any other year.

    A holiday that falls on a weekend changes nothing and is left out.
    """
    china = holidays.country_holidays("CN", years=year, language="zh_CN")
    swapped = sorted(day for day in china.weekend_workdays if day.year == year)
    if not swapped:
        return ()
    free = [(day, DayKind.HOLIDAY, name) for day, name in china.items() if day.year == year and day.weekday() < WEEKEND]
    worked = [(day, DayKind.WORKING, "调休上班") for day in swapped]
    return tuple(sorted(free + worked))


def announced_by() -> str:
    """Where the days come from, as it stands beside each of them."""
    return f"国务院办公厅节假日安排（holidays {version('holidays')}）"
