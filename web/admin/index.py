"""The entrance: what there is, and what needs attention."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from engine.errors import NotFoundError
from engine.queries.directory import people_page, role_counts, unit_rows
from engine.queries.incidents import count_open_incidents
from engine.queries.working_days import missing_year
from engine.rules.administration import Area
from web.admin.blueprint import bp
from web.extensions import current_engine


@bp.get("/")
@login_required
def index() -> ResponseReturnValue:
    """Tiles of the parts this person may enter."""
    if not current_user.areas:
        raise NotFoundError
    with current_engine().reading(current_user.id) as uow:
        roles = role_counts(uow.session, uow.today)
        return render_template(
            "admin/index.html",
            figures={
                "people": people_page(uow.session, on=uow.today).total,
                "log_ins": people_page(uow.session, on=uow.today, state="login").total,
                "units": len(unit_rows(uow.session, on=uow.today)),
                "reps": roles.get("rep", 0),
            },
            open_incidents=count_open_incidents(uow),
            missing_year=missing_year(uow.session, uow.today) if current_user.may(Area.CALENDAR) else None,
            missing_roles=[role for role in ("security_admin", "audit_admin") if not roles.get(role)],
        )
