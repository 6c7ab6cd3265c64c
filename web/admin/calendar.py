"""The calendar: twelve months, holidays and shifted working days."""

from __future__ import annotations

import calendar as months
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engine.commands.organisation.calendar import clear_calendar_day, seed_year, set_calendar_day
from engine.errors import ConflictError, InvalidInputError, NotFoundError
from engine.queries.working_days import CalendarYear, calendar_year, missing_year
from engine.rules.administration import Area
from web.admin import posted
from web.admin.blueprint import area_required, bp
from web.extensions import current_engine
from web.i18n import translated

WEEK = months.Calendar(firstweekday=0)
SATURDAY = 5  # date.weekday()


@bp.get("/calendar")
@area_required(Area.CALENDAR)
def calendar() -> ResponseReturnValue:
    """This year, or the one asked for."""
    return _calendar_page()


@bp.post("/calendar/days")
@area_required(Area.CALENDAR)
def set_day() -> ResponseReturnValue:
    """Make a day a holiday or a working day."""
    try:
        day = posted.day("day", required=True)
        assert day is not None
        with current_engine().unit_of_work(actor=current_user.id) as uow:
            set_calendar_day(uow, day, posted.text("kind"), posted.text("name"), source=posted.text("source"))
    except InvalidInputError as error:
        return _calendar_page(error.fields), 422
    flash(_("已保存。"), "success")
    return redirect(url_for("admin.calendar", year=day.year), code=303)


@bp.post("/calendar/days/<day>/clear")
@area_required(Area.CALENDAR)
def clear_day(day: str) -> ResponseReturnValue:
    """Let a day follow the week again."""
    try:
        cleared = date.fromisoformat(day)
    except ValueError:
        raise NotFoundError from None
    with current_engine().unit_of_work(actor=current_user.id) as uow:
        clear_calendar_day(uow, cleared)
    flash(_("已恢复为按周计算。"), "success")
    return redirect(url_for("admin.calendar", year=cleared.year), code=303)


@bp.post("/calendar/years/<int(min=1900, max=2200):year>/seed")
@area_required(Area.CALENDAR)
def seed(year: int) -> ResponseReturnValue:
    """Fill an empty year with the announced holidays."""
    try:
        with current_engine().unit_of_work(actor=current_user.id) as uow:
            seed_year(uow, year)
    except ConflictError as error:
        flash(translated(error.message), "warning")
    else:
        flash(_("已导入国务院办公厅公布的安排。"), "success")
    return redirect(url_for("admin.calendar", year=year), code=303)


def _calendar_page(errors: dict[str, str] | None = None) -> str:
    with current_engine().reading(current_user.id) as uow:
        shown = calendar_year(uow.session, _year(uow.today))
        missing = missing_year(uow.session, uow.today)
        today = uow.today
    return render_template(
        "admin/calendar.html",
        shown=shown,
        months=_months(shown, today),
        missing=missing,
        errors=errors or {},
        values=request.form.to_dict(),
        today=today,
    )


def _year(today: date) -> int:
    typed = request.args.get("year", "")
    year = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else today.year
    return min(max(year, 2000), 2100)


def _months(shown: CalendarYear, today: date) -> list[list[list[tuple[date | None, str]]]]:
    """Weeks of each month: (day, "" | "holiday" | "working" | "weekend", with " today")."""
    kinds = {line.day: line.kind for line in shown.days}

    def cell(day: date, month: int) -> tuple[date | None, str]:
        if day.month != month:
            return None, ""
        kind = kinds.get(day, "weekend" if day.weekday() >= SATURDAY else "")
        return day, f"{kind} today" if day == today else kind

    return [
        [[cell(day, month) for day in week] for week in WEEK.monthdatescalendar(shown.year, month)]
        for month in range(1, 13)
    ]
