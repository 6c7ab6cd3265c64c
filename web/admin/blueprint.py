"""The blueprint, who may enter which part of it, and the tabs that lead through it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required

from engine.errors import NotFoundError
from engine.rules.administration import Area
from engine.rules.roles import UNIT_KIND_NAMES, role_name

bp = Blueprint("admin", __name__, url_prefix="/admin", template_folder="templates")

View = Callable[..., Any]


def area_required(area: Area) -> Callable[[View], View]:
    """Only for those who may work in the area; for everybody else the address does not exist."""

    def decorate(view: View) -> View:
        @wraps(view)
        @login_required
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.may(area):
                raise NotFoundError
            return view(*args, **kwargs)

        return guarded

    return decorate


@dataclass(frozen=True)
class Tab:
    """A part of the administration that this person may enter."""

    key: str
    label: str
    url: str


def tabs() -> list[Tab]:
    """The parts this person may enter, most used first."""
    everything = (
        (Area.CASES, "incidents", _("异常事项"), "admin.incidents"),
        (Area.PEOPLE, "people", _("人员"), "admin.people"),
        (Area.UNITS, "units", _("单位"), "admin.units"),
        (Area.ROLES, "roles", _("角色"), "admin.roles"),
        (Area.CONGRESS, "congress", _("届次"), "admin.congress"),
        (Area.CALENDAR, "calendar", _("日历"), "admin.calendar"),
        (Area.SETTINGS, "settings", _("设置"), "admin.settings"),
        (Area.PEOPLE, "import", _("导入"), "admin.import_people"),
        (Area.TRAIL, "trail", _("操作记录"), "admin.trail"),
    )
    open_to_all_three = {Area.PEOPLE, Area.ROLES}
    return [
        Tab(key, label, url_for(endpoint))
        for area, key, label, endpoint in everything
        if current_user.may(area)
        or (area in open_to_all_three and key != "import" and current_user.may(Area.ADMINISTRATORS))
    ]


@bp.app_template_global()
def admin_tabs() -> list[Tab]:
    """The tabs of the administration."""
    return tabs()


@bp.app_template_global("role_name")
def translated_role(role: str) -> str:
    """A role's name in the language of the page."""
    return _(role_name(role))


@bp.app_template_global()
def unit_kind_name(kind: str) -> str:
    """What a kind of unit is called."""
    return _(UNIT_KIND_NAMES.get(kind, kind))


@bp.app_template_global()
def page_url(page: int) -> str:
    """The address of another page of this list, with the same filters."""
    assert request.endpoint is not None
    arguments = {**request.args.to_dict(), **(request.view_args or {}), "page": page}
    return url_for(request.endpoint, **arguments)
