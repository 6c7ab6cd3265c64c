"""The calendar as people edit it: the days of a year that differ from the week, and what is missing."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.rules.announced_days import announced_days
from models import CalendarDay

WARN_FROM_MONTH = 11  # the coming year's holidays are announced in autumn


@dataclass(frozen=True)
class DayLine:
    """A day that differs from the week."""

    day: date
    kind: str  # holiday, working
    name: str
    source: str | None


@dataclass(frozen=True)
class CalendarYear:
    """A year of the calendar. ``can_seed``: it is empty and its holidays are announced."""

    year: int
    days: tuple[DayLine, ...]
    can_seed: bool


def calendar_year(session: Session, year: int) -> CalendarYear:
    """The days of a year that differ from Monday-to-Friday."""
    query = (
        select(CalendarDay)
        .where(CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(CalendarDay.day)
    )
    days = tuple(DayLine(row.day, row.kind.value, row.name, row.source) for row in session.scalars(query))
    return CalendarYear(year, days, can_seed=not days and bool(announced_days(year)))


def missing_year(session: Session, today: date) -> int | None:
    """The year whose calendar should be there and is not: this one, and from November on the next."""
    years = [today.year] + ([today.year + 1] if today.month >= WARN_FROM_MONTH else [])
    return next((year for year in years if not days_in_year(session, year)), None)


def days_in_year(session: Session, year: int) -> int:
    """How many days of a year differ from the week."""
    query = select(func.count()).select_from(CalendarDay)
    return session.scalar(query.where(CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)))) or 0
