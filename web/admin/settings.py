"""Settings: every one with its value, where that comes from, and who changed it."""

from __future__ import annotations

from itertools import groupby

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engine.commands.organisation.settings import change_setting
from engine.errors import InvalidInputError
from engine.queries.settings import setting_lines
from engine.rules.administration import Area
from engine.rules.setting_values import show_setting
from web.admin import posted
from web.admin.blueprint import area_required, bp
from web.extensions import current_engine


@bp.get("/settings")
@area_required(Area.SETTINGS)
def settings() -> ResponseReturnValue:
    """All settings by group."""
    return _settings_page()


@bp.post("/settings/<key>")
@area_required(Area.SETTINGS)
def change_setting_now(key: str) -> ResponseReturnValue:
    """Change one setting."""
    try:
        with current_engine().unit_of_work(actor=current_user.id) as uow:
            change_setting(uow, key, request.form.get("value", ""), source=posted.text("source"))
    except InvalidInputError as error:
        return _settings_page(key, error.fields), 422
    flash(_("已保存。已经算好的期限不变，新的事项按新值。"), "success")
    return redirect(url_for("admin.settings", _anchor=key), code=303)


def _settings_page(key: str = "", errors: dict[str, str] | None = None) -> str:
    with current_engine().reading(current_user.id) as uow:
        lines = setting_lines(uow.session)
    groups = [(group, list(found)) for group, found in groupby(lines, key=lambda line: line.declaration.group)]
    return render_template(
        "admin/settings.html",
        groups=groups,
        show=show_setting,
        open_key=key,
        errors=errors or {},
        typed=request.form.to_dict() if key else {},
    )
