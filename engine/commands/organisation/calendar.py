"""The calendar: holidays and shifted working days; one day, or a whole announced year."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import insert
from sqlalchemy.orm import Session

from engine.commands.organisation.trail import ensure_may, record, snapshot
from engine.commands.recompute_deadlines import recompute_deadlines
from engine.errors import ConflictError, InvalidInputError
from engine.queries.working_days import days_in_year
from engine.rules.administration import Area
from engine.rules.announced_days import announced_by, announced_days
from engine.sentences import say
from models import CalendarDay, DayKind

if TYPE_CHECKING:
    from engine.unit_of_work import UnitOfWork

FIELDS = ("kind", "name", "source")
NAME_LENGTH = 120
YEARS = range(2000, 2101)


def set_calendar_day(uow: "UnitOfWork", day: date, kind: str, name: str, *, source: str = "") -> None:
    """Make a day a holiday or a working day.

    Raises:
        InvalidInputError: ``day``, ``kind`` or ``name``.
    """
    ensure_may(uow, Area.CALENDAR)
    errors: dict[str, str] = {}
    if day.year not in YEARS:
        errors["day"] = "日期应在 2000 至 2100 年之间"
    if kind not in set(DayKind):
        errors["kind"] = "请选择放假或上班"
    if not name.strip() or len(name.strip()) > NAME_LENGTH:
        errors["name"] = say("请填写名称，最多 {most} 个字符", most=NAME_LENGTH)
    if errors:
        raise InvalidInputError(errors)
    row = uow.session.get(CalendarDay, day)
    before = snapshot(row, FIELDS) if row else None
    if row is None:
        row = CalendarDay(day=day, kind=DayKind(kind), name=name.strip())
        uow.session.add(row)
    row.kind, row.name, row.source = DayKind(kind), name.strip(), source.strip()[:255] or None
    record(uow, "calendar_day.set", day.isoformat(), before=before, after=snapshot(row, FIELDS))
    recompute_deadlines(uow)


def clear_calendar_day(uow: "UnitOfWork", day: date) -> None:
    """Let a day follow the week again; nothing happens when it already does."""
    ensure_may(uow, Area.CALENDAR)
    row = uow.session.get(CalendarDay, day)
    if row is None:
        return
    record(uow, "calendar_day.cleared", day.isoformat(), before=snapshot(row, FIELDS), after=None)
    uow.session.delete(row)
    recompute_deadlines(uow)


def seed_year(uow: "UnitOfWork", year: int) -> int:
    """Fill an empty year with the announced holidays.

    Returns:
        The number of days added.

    Raises:
        ConflictError: the year has days already, or its holidays are not announced yet.
    """
    ensure_may(uow, Area.CALENDAR)
    added = seed_calendar(uow.session, [year]).get(year, 0)
    if not added:
        raise ConflictError(say("{year} 年已有安排，或节假日安排尚未公布，请逐日填写", year=year))
    record(uow, "calendar_year.seeded", str(year), before=None, after={"days": added})
    recompute_deadlines(uow)
    return added


def seed_calendar(session: Session, years: Iterable[int]) -> dict[int, int]:
    """Add the announced days of years that have no row yet; what the institution edited stays.

    Returns:
        The number of days added, by year; years that are not announced are missing.
    """
    source = announced_by()
    added: dict[int, int] = {}
    for year in years:
        if days_in_year(session, year):
            continue
        rows = [{"day": day, "kind": kind, "name": name, "source": source} for day, kind, name in announced_days(year)]
        if rows:
            session.execute(insert(CalendarDay), rows)
            added[year] = len(rows)
    return added
