"""Congress terms and sessions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engine.commands.organisation.congress import (
    SessionData,
    change_session,
    chinese_number,
    create_session,
    save_term,
)
from engine.errors import InvalidInputError, NotFoundError
from engine.queries.congress import SessionEntry, congress_session, congress_terms
from engine.rules.administration import Area
from engine.step.retime import Moves
from engine.unit_of_work import UnitOfWork
from web.admin import posted
from web.admin.blueprint import area_required, bp
from web.extensions import current_engine

DATES = ("opens_on", "window_closes_at", "congress_on")  # fields whose change running cases follow


@bp.get("/congress")
@area_required(Area.CONGRESS)
def congress() -> ResponseReturnValue:
    """Terms with their sessions."""
    return _congress_page()


@bp.post("/congress/terms")
@area_required(Area.CONGRESS)
def save_term_now() -> ResponseReturnValue:
    """Create a term, or move its dates."""

    def work(uow: UnitOfWork) -> None:
        starts_on, ends_on = posted.day("starts_on", required=True), posted.day("ends_on", required=True)
        assert starts_on is not None
        assert ends_on is not None
        save_term(uow, posted.number("term"), starts_on, ends_on)

    return _do(work, "term")


@bp.post("/congress/sessions")
@area_required(Area.CONGRESS)
def new_session() -> ResponseReturnValue:
    """Add a session."""
    return _do(
        lambda uow: create_session(uow, _session_data(posted.number("term"), posted.number("meeting"))), "session"
    )


@bp.route("/congress/sessions/<session_id>", methods=["GET", "POST"])
@area_required(Area.CONGRESS)
def session(session_id: str) -> ResponseReturnValue:
    """Change a session's name, window and day; what will move is shown before it is saved."""
    with current_engine().reading(current_user.id) as uow:
        shown = congress_session(uow.session, session_id)
    if shown is None:
        raise NotFoundError
    if request.method == "GET":
        return _session_page(shown, _values(shown))
    typed = request.form.to_dict()
    dates = "|".join(typed.get(name, "") for name in DATES)
    try:
        with current_engine().unit_of_work(actor=current_user.id) as uow:
            moves = change_session(uow, session_id, _session_data(shown.term, shown.meeting))
            is_agreed = not moves.cases or typed.get("agreed") == dates
            if not is_agreed:
                uow.discard()
    except InvalidInputError as error:
        return _session_page(shown, typed, errors=error.fields), 422
    if not is_agreed:
        return _session_page(shown, {**typed, "agreed": dates}, moves=moves)
    flash(_("已保存。"), "success")
    return redirect(url_for("admin.congress"), code=303)


def _session_page(
    shown: SessionEntry, values: dict[str, Any], *, errors: dict[str, str] | None = None, moves: Moves | None = None
) -> str:
    return render_template("admin/session.html", shown=shown, values=values, errors=errors or {}, moves=moves)


def _do(work: Callable[[UnitOfWork], object], form: str) -> ResponseReturnValue:
    try:
        with current_engine().unit_of_work(actor=current_user.id) as uow:
            work(uow)
    except InvalidInputError as error:
        return _congress_page(form, error.fields), 422
    flash(_("已保存。"), "success")
    return redirect(url_for("admin.congress"), code=303)


def _congress_page(form: str = "", errors: dict[str, str] | None = None) -> str:
    with current_engine().reading(current_user.id) as uow:
        terms = congress_terms(uow.session)
        today = uow.today
    return render_template(
        "admin/congress.html",
        terms=terms,
        term_choices=[(term.term, _("第 %(n)s 届", n=term.term)) for term in terms],
        chinese_number=chinese_number,
        open_form=form,
        errors=errors or {},
        values=request.form.to_dict(),
        first_day=posted.first_day,
        last_day=posted.last_day,
        today=today,
    )


def _session_data(term: int, meeting: int) -> SessionData:
    return SessionData(
        term=term,
        meeting=meeting,
        name=posted.text("name"),
        window_opens_at=posted.start_of(posted.day("opens_on")),
        window_closes_at=posted.end_of(posted.day("window_closes_at")),
        congress_on=posted.day("congress_on"),
    )


def _values(shown: SessionEntry) -> dict[str, Any]:
    return {
        "name": shown.name,
        "opens_on": posted.first_day(shown.window_opens_at),
        "window_closes_at": posted.last_day(shown.window_closes_at),
        "congress_on": shown.congress_on,
    }
