"""The entries of the menus: what exists and what this person may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, has_request_context, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from engine.batch.offers import follows_cases, has_list_pages, has_open_list
from engine.queries.inbox import MenuCounts, menu_counts
from engine.queries.startable import may_start_any
from engine.reports.access import readable_reports
from engine.unit_of_work import UnitOfWork
from web.extensions import current_engine
from web.i18n import language

PLACES_ON_A_PHONE = 5  # at the foot of a page, wide enough for a thumb


@dataclass(frozen=True)
class Entry:
    """One entry of a menu; ``endpoint`` is a view."""

    endpoint: str
    label: str
    icon: str  # name of a symbol of macros/icons.html
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


@dataclass(frozen=True)
class Menu:
    """What a person may open, and what waits for them."""

    entries: list[Entry]
    numbers: MenuCounts

    @property
    def others(self) -> list[Entry]:
        """What a phone has no fixed place for."""
        return [entry for entry in self.entries if not entry.on_phone]

    @property
    def beside(self) -> list[Entry]:
        """Those of the others that still fit into the row at the foot of a phone."""
        taken = len(self.entries) - len(self.others) + 1  # the notices have a place of their own
        free = PLACES_ON_A_PHONE - taken
        return self.others if len(self.others) <= free else self.others[: free - 1]

    @property
    def folded(self) -> list[Entry]:
        """The rest, behind one more place."""
        return self.others[len(self.beside) :]


Offer = Callable[[UnitOfWork], bool]


def menu_of_person() -> Menu:
    """The menu of this person, most used first. The pages ask the same rules."""
    everything: tuple[tuple[Entry, Offer], ...] = (
        (Entry("inbox.index", _("待办"), "inbox", on_phone=True), _everybody),
        (Entry("instances.start", _("发起"), "plus", on_phone=True), may_start_any),
        (Entry("open_list.index", _("附议广场"), "users"), has_open_list),
        (Entry("batch.index", _("批量办理"), "checks"), has_list_pages),
        (Entry("register.index", _("提案库"), "list", on_phone=True), _everybody),
        (Entry("follow.index", _("督办"), "clock"), follows_cases),
        (Entry("reports.index", _("统计报告"), "chart"), lambda uow: bool(readable_reports(uow))),
        (Entry("admin.index", _("管理"), "settings"), lambda _uow: bool(current_user.areas)),
    )
    with current_engine().reading(current_user.id) as uow:
        return Menu([entry for entry, offered in everything if offered(uow)], menu_counts(uow))


def _everybody(_uow: UnitOfWork) -> bool:
    return True


def init_app(app: Flask) -> None:
    """Give the layout its menus."""
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    if not has_request_context():
        return {}
    return {
        "menu": menu_of_person,
        "has_view": lambda endpoint: endpoint in current_app.view_functions,
        "other_language": "zh" if language() == "en" else "en",
        "here": request.full_path.rstrip("?") if request.method == "GET" else "/",
    }
