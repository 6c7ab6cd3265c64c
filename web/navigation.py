"""The entries of the menus: what exists and what this person may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, has_request_context, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from web.i18n import language
from web.inbox.counts import numbers_of_menu


@dataclass(frozen=True)
class Entry:
    """One entry of a menu. ``endpoint`` is a view; the entry is shown only where that view exists."""

    endpoint: str
    label: str
    icon: str  # name of a symbol of macros/icons.html
    roles: frozenset[str] = frozenset()  # empty: for everybody
    on_phone: bool = False

    @property
    def url(self) -> str:
        """The address."""
        return url_for(self.endpoint)

    @property
    def active(self) -> bool:
        """Whether the page belongs to it."""
        here = request.endpoint or ""
        own = self.endpoint.partition(".")[0]
        if here == "inbox.notices":  # has an entry of its own
            return False
        return here == self.endpoint or (here.partition(".")[0] == own and self.endpoint.endswith(".index"))


FOLLOWERS = frozenset({"motion_committee", "motion_committee_head"})
REPORT_READERS = frozenset({"presidium", "audit"}) | FOLLOWERS | {"union_clerk", "chair", "vice_chair"}
OFFICE = frozenset({"union_clerk", "motion_committee", "motion_committee_head", "chair", "vice_chair"})


def entries() -> list[Entry]:
    """The menu of this person, most used first."""
    everything = (
        Entry("inbox.index", _("待办"), "inbox", on_phone=True),
        Entry("instances.start", _("发起"), "plus", on_phone=True),
        Entry("open_list.index", _("附议广场"), "users"),
        Entry("batch.index", _("批量办理"), "checks", OFFICE),
        Entry("register.index", _("提案库"), "list", on_phone=True),
        Entry("follow.index", _("督办"), "clock", FOLLOWERS),
        Entry("reports.index", _("统计报告"), "chart", REPORT_READERS),
        Entry("admin.index", _("管理"), "settings"),
    )
    return [entry for entry in everything if entry.endpoint in current_app.view_functions and _may_use(entry)]


def _may_use(entry: Entry) -> bool:
    if entry.endpoint == "admin.index":
        return bool(getattr(current_user, "areas", ()))
    return not entry.roles or bool(entry.roles & person_roles())


def person_roles() -> frozenset[str]:
    """Ids of the roles that the person who is logged in holds today."""
    return frozenset(getattr(current_user, "roles", ()) or ())


def init_app(app: Flask) -> None:
    """Give the layout its menus."""
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    if not has_request_context():
        return {}
    return {
        "menu": entries if current_user.is_authenticated else list,
        "counts": _counts,
        "has_view": lambda endpoint: endpoint in current_app.view_functions,
        "other_language": "zh" if language() == "en" else "en",
        "here": request.full_path.rstrip("?") if request.method == "GET" else "/",
    }


def _counts() -> Any:
    """Numbers beside the menu: open work items and unread notices. Asked once per page, by the layout."""
    return numbers_of_menu()
