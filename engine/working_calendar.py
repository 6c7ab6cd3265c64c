"""The institution's calendar: public holidays and shifted working days (调休), seeded from ``holidays``.

The State Council announces the swaps of a year in the autumn before it; until then the library knows the statutory
days only. Such a year is not seeded: a deadline computed from half a calendar would look right and be wrong.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.metadata import version

import holidays
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from models import CalendarDay, DayKind

SOURCE = "国务院办公厅节假日安排（holidays {version}）"
WEEKEND = 5  # Saturday and Sunday are 5 and 6 in date.weekday()


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


def seed_calendar(session: Session, years: Iterable[int]) -> dict[int, int]:
    """Add the announced days of years that have no row yet; what the institution edited stays.

    Returns:
        The number of days added, by year; years that are not announced are missing.
    """
    source = SOURCE.format(version=version("holidays"))
    added: dict[int, int] = {}
    for year in years:
        if days_in_year(session, year):
            continue
        rows = [{"day": day, "kind": kind, "name": name, "source": source} for day, kind, name in announced_days(year)]
        if rows:
            session.execute(insert(CalendarDay), rows)
            added[year] = len(rows)
    return added


def days_in_year(session: Session, year: int) -> int:
    """How many days of a year differ from the week."""
    query = select(func.count()).select_from(CalendarDay)
    return session.scalar(query.where(CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)))) or 0
