"""The page of a committee member who follows motions (督办): due colours, and a button to urge."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from engine.batch.follow import followed_cases
from engine.batch.offers import follows_cases
from engine.commands.urge_instance import urge_instance
from engine.errors import ConflictError, NotFoundError
from web.extensions import current_engine
from web.i18n import counted as _n
from web.i18n import translated

bp = Blueprint("follow", __name__, template_folder="templates")


@bp.get("/follow/")
@login_required
def index() -> ResponseReturnValue:
    """The cases that this person follows, overdue first."""
    with current_engine().reading(current_user.id) as uow:
        if not follows_cases(uow):
            raise NotFoundError
        cases = followed_cases(uow)
    return render_template("batch/follow.html", cases=cases, request_id=uuid4().hex)


@bp.post("/follow/<uuid:instance_id>/urge")
@login_required
def urge(instance_id: UUID) -> ResponseReturnValue:
    """Remind whoever has to act; recorded, once a day."""
    try:
        with current_engine().unit_of_work(current_user.id) as uow:
            told = urge_instance(uow, instance_id, request_id=_request_id(instance_id))
        flash(_n("已催办，通知了 %(n)s 人，并已记入办理记录", n=told), "success")
    except ConflictError as error:
        flash(translated(error.message), "warning")
    return redirect(url_for("follow.index"), code=303)


def _request_id(instance_id: UUID) -> str | None:
    given = request.form.get("request_id", "")[:31]
    return f"{given}{instance_id.hex}" if given else None
