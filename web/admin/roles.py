"""Roles: the catalogue, and who holds each."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from engine.errors import NotFoundError
from engine.queries.directory import holders_of, role_counts
from engine.rules.administration import Area
from engine.rules.roles import ROLES
from web.admin.blueprint import bp
from web.extensions import current_engine


@bp.get("/roles")
@login_required
def roles() -> ResponseReturnValue:
    """Every role with the number of people who hold it."""
    _open_to_me()
    with current_engine().reading(current_user.id) as uow:
        counts = role_counts(uow.session, uow.today)
    return render_template("admin/roles.html", roles=ROLES.values(), people=counts)


@bp.get("/roles/<role_id>")
@login_required
def role(role_id: str) -> ResponseReturnValue:
    """Who holds a role today."""
    _open_to_me()
    if role_id not in ROLES:
        raise NotFoundError
    with current_engine().reading(current_user.id) as uow:
        lines = holders_of(uow.session, role_id, uow.today)
    return render_template("admin/role.html", role=ROLES[role_id], lines=lines)


def _open_to_me() -> None:
    if not (current_user.may(Area.ROLES) or current_user.may(Area.ADMINISTRATORS)):
        raise NotFoundError
