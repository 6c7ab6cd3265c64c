"""Read what looks for seconders, and second it."""

from __future__ import annotations

from uuid import UUID, uuid4, uuid5

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_required

from engine.batch.offers import has_open_list
from engine.batch.open_list import OpenCase, open_cases
from engine.commands.complete_work_item import complete_work_item
from engine.errors import EngineError, NotFoundError
from web.extensions import current_engine
from web.forms.posted import shown_version
from web.i18n import language, translated

bp = Blueprint("open_list", __name__, template_folder="templates")


@bp.get("/open/")
@login_required
def index() -> ResponseReturnValue:
    """Everything this person may take up."""
    return render_template("open_list/index.html", cases=_cases(), request_id=uuid4().hex)


@bp.post("/open/<uuid:work_item_id>")
@login_required
def respond(work_item_id: UUID) -> ResponseReturnValue:
    """Take one up with the button that was pressed."""
    case = next((one for one in _cases() if one.work_item_id == work_item_id), None)
    if case is None:
        raise NotFoundError
    decision = request.form.get("decision", "")
    version = shown_version(request.form.get("version"))
    request_id = request.form.get("request_id", "")[:64]
    data = {case.action: decision} if case.action else {}
    try:
        with current_engine().unit_of_work(current_user.id) as uow:
            complete_work_item(
                uow,
                work_item_id,
                data,
                request_id=uuid5(work_item_id, request_id).hex if request_id else None,
                expected_version=version,
            )
        flash(_("已附议：%(title)s", title=case.title), "success")
    except NotFoundError:
        raise
    except EngineError as error:
        flash(translated(error.message), "warning")
    return redirect(url_for("open_list.index"), code=303)


def _cases() -> list[OpenCase]:
    with current_engine().reading(current_user.id) as uow:
        if not has_open_list(uow):
            raise NotFoundError
        return open_cases(uow, language=language())
