"""Connections whose statements somebody listens to: tests that kill, count or rewrite them, and logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection
from sqlalchemy import Engine as Database

from engine.database.link import Link

if TYPE_CHECKING:
    from engine.database.statement import Statement


class WatchedLink(Link):
    """One connection with its transaction; statements pass through SQLAlchemy, which tells who listens."""

    __slots__ = ()
    keepable = False

    def begin(self) -> None:
        """Begin SQLAlchemy's transaction."""
        self.shared()

    def rows(self, statement: Statement, values: Mapping[str, Any]) -> list[Any]:
        """What a statement selects."""
        return statement.converted(self._told(statement, values).fetchall())

    def count(self, statement: Statement, values: Mapping[str, Any]) -> int:
        """How many rows a statement changes."""
        changed: int = self._told(statement, values).rowcount
        return changed

    def write(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute a statement for each row."""
        for row in rows:
            self._told(statement, row)

    def _told(self, statement: Statement, values: Mapping[str, Any]) -> Any:
        given = statement.parameters(values)
        return self.alchemy.exec_driver_sql(statement.sql, tuple(given) if isinstance(given, list) else given)


def is_watched(place: Database | Connection) -> bool:
    """Whether somebody listens to its statements, so that they must pass through SQLAlchemy."""
    dispatch: Any = place.dispatch
    before, after = dispatch.before_cursor_execute, dispatch.after_cursor_execute
    # what the truth of the two says as well, which takes a call each
    return bool(before.parent_listeners or before.listeners or after.parent_listeners or after.listeners)
