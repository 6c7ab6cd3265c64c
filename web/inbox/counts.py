"""The two numbers that stand in every menu."""

from __future__ import annotations

from flask import g
from flask_login import current_user

from engine.queries.inbox import MenuCounts, menu_counts
from web.extensions import current_engine

NOTHING = MenuCounts(todo=0, notices=0, incidents=0)


def numbers_of_menu() -> MenuCounts:
    """Ask the engine once per request."""
    if not current_user.is_authenticated:
        return NOTHING
    if "menu_counts" not in g:
        with current_engine().reading(current_user.id) as uow:
            g.menu_counts = menu_counts(uow)
    counts: MenuCounts = g.menu_counts
    return counts
