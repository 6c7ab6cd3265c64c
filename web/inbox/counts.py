"""The two numbers that stand in every menu."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g
from flask_login import current_user

from engine.queries.inbox import inbox_counts
from web.extensions import current_engine


@dataclass(frozen=True)
class MenuCounts:
    """Open work items of this person, and unread notices."""

    todo: int = 0
    notices: int = 0


def menu_counts() -> MenuCounts:
    """Ask the engine once per request."""
    if not current_user.is_authenticated:
        return MenuCounts()
    if "menu_counts" not in g:
        with current_engine().reading(current_user.id) as uow:
            found = inbox_counts(uow)
        g.menu_counts = MenuCounts(found.todo, found.notices)
    counts: MenuCounts = g.menu_counts
    return counts
