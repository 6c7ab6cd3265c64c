"""The entries of the menus: what exists and what this person may use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, has_request_context, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from engine.batch.offers import (
    follows_cases,
    has_list_pages,
    has_open_list,
    overdue_where_followed,
    waiting_on_lists,
    waiting_on_open_list,
)
from engine.queries.inbox import menu_counts
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
    waiting: int = 0  # what waits for this person there
    is_duty: bool = False  # rather than an offer, or what the inbox counts already

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
    notices: int  # unread

    @property
    def at_foot(self) -> list[Entry]:
        """The first entries: those that fit into the row at the foot of a phone, beside the notices."""
        places = PLACES_ON_A_PHONE - 1
        return self.entries if len(self.entries) <= places else self.entries[: places - 1]

    @property
    def folded(self) -> list[Entry]:
        """The rest, behind one more place."""
        return self.entries[len(self.at_foot) :]

    @property
    def folded_waiting(self) -> int:
        """What waits behind that place."""
        return sum(entry.waiting for entry in self.folded)

    @property
    def folded_duty(self) -> bool:
        """Whether some of it is a duty."""
        return any(entry.waiting and entry.is_duty for entry in self.folded)


def menu_of_person() -> Menu:
    """The menu of this person: work first, then what one looks up. The pages ask the same rules."""
    with current_engine().reading(current_user.id) as uow:
        counts = menu_counts(uow)
        return Menu(list(_entries(uow, counts.todo)), counts.notices)


def _entries(uow: UnitOfWork, todo: int) -> Iterator[Entry]:
    yield Entry("inbox.index", _("待办"), "inbox", todo, is_duty=True)
    if has_open_list(uow):
        yield Entry("open_list.index", _("附议广场"), "users", waiting_on_open_list(uow))
    if has_list_pages(uow):
        yield Entry("batch.index", _("批量办理"), "checks", waiting_on_lists(uow))
    if may_start_any(uow):
        yield Entry("instances.start", _("发起"), "plus")
    yield Entry("register.index", _("提案库"), "list")
    if follows_cases(uow):
        yield Entry("follow.index", _("督办"), "clock", overdue_where_followed(uow), is_duty=True)
    if readable_reports(uow):
        yield Entry("reports.index", _("统计报告"), "chart")
    if current_user.areas:
        yield Entry("admin.index", _("管理"), "settings")


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
