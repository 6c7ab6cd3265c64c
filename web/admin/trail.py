"""The administration's trail."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from engine.queries.trail import trail_page
from engine.rules.administration import Area
from web.admin import posted
from web.admin.blueprint import area_required, bp
from web.extensions import current_engine


@bp.get("/trail")
@area_required(Area.TRAIL)
def trail() -> ResponseReturnValue:
    """Who changed what."""
    asked = {name: request.args.get(name, "")[:120] for name in ("q", "kind")}
    with current_engine().reading(current_user.id) as uow:
        found = trail_page(uow.session, q=asked["q"], kind=asked["kind"], page=posted.page_number())
    return render_template("admin/trail.html", found=found, asked=asked)
