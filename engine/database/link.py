"""Connections of units of work: kept open between them, spoken to through the driver, shared with SQLAlchemy.

Taking a connection from SQLAlchemy's pool, beginning and ending its transaction costs more than a small step does.
A link keeps its connection; its statements go to the driver, and whoever asks for SQLAlchemy's connection gets one
that stands in the same transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection

from engine.database.refusals import refusal

if TYPE_CHECKING:
    from engine.database.statement import Statement

_TRUSTED_SECONDS: Final = 1.0  # a server may have gone away while a connection lay idle for longer


class Link:
    """One connection with its transaction; statements go to the driver."""

    __slots__ = (
        "_execute",
        "_raw",
        "alchemy",
        "database",
        "dialect",
        "errors",
        "idle_since",
        "is_gone",
        "is_shared",
        "kind",
    )

    keepable = True  # for the next unit of work

    def __init__(self, alchemy: Connection) -> None:
        self.alchemy: Final = alchemy
        self.database: Final = alchemy.engine
        self.dialect: Final = alchemy.dialect
        self.kind: Final = alchemy.dialect.name
        self.errors: Final[Any] = alchemy.dialect.loaded_dbapi.Error
        raw: Any = alchemy.connection.dbapi_connection
        self._raw: Final[Any] = raw
        # one cursor for all statements, each read to its end at once; psycopg's connection makes better ones itself
        self._execute: Final[Any] = raw.cursor().execute if self.kind == "sqlite" else raw.execute
        self.is_shared = alchemy.in_transaction()  # whether SQLAlchemy has a transaction of its own on top
        self.is_gone = False  # the server is; nothing can be done with the connection any more
        self.idle_since = 0.0

    def begin(self) -> None:
        """Begin a transaction that writes; PostgreSQL's driver begins with the first statement."""
        if self.kind == "sqlite":
            try:
                self._execute("BEGIN IMMEDIATE")
            except self.errors as error:
                raise self.wrapped("BEGIN IMMEDIATE", error) from error

    def shared(self) -> Connection:
        """SQLAlchemy's connection, in the same transaction."""
        if not self.is_shared or not self.alchemy.in_transaction():
            self.alchemy.begin()
            self.is_shared = True
        return self.alchemy

    def commit(self) -> None:
        """End the transaction and keep it."""
        if self.is_shared and self.alchemy.in_transaction():
            self.is_shared = False
            self.alchemy.commit()
            self.is_gone = self.alchemy.invalidated
            return
        self.is_shared = False  # a session has ended it itself
        try:
            if self.kind != "sqlite":
                self._raw.commit()
            elif self._raw.in_transaction:
                self._execute("COMMIT")  # the driver's own commit() compiles it anew each time
        except self.errors as error:
            raise self.wrapped("COMMIT", error) from error

    def rollback(self) -> None:
        """End the transaction and keep nothing of it."""
        if self.is_shared and self.alchemy.in_transaction():
            self.alchemy.rollback()
            self.is_gone = self.alchemy.invalidated
        self.is_shared = False
        if not self.is_broken:
            self._raw.rollback()

    @property
    def is_broken(self) -> bool:
        """Whether the server is gone; nothing can be done with it any more."""
        if self.kind == "sqlite":  # there is none that could go away unnoticed
            return self.is_gone
        return self.is_gone or self.alchemy.invalidated or bool(getattr(self._raw, "closed", False))

    def rows(self, statement: Statement, values: Mapping[str, Any]) -> list[Any]:
        """What a statement selects, as named tuples of our types."""
        try:
            found = self._execute(statement.sql, statement.parameters(values)).fetchall()
        except self.errors as error:
            raise self.wrapped(statement.sql, error) from error
        return statement.converted(found) if found else []

    def count(self, statement: Statement, values: Mapping[str, Any]) -> int:
        """How many rows a statement changes."""
        try:
            changed: int = self._execute(statement.sql, statement.parameters(values)).rowcount
        except self.errors as error:
            raise self.wrapped(statement.sql, error) from error
        return changed

    def expect(self, statement: Statement, values: Mapping[str, Any], refusal: Callable[[], Exception]) -> None:
        """Change exactly one row; ``refusal`` is raised otherwise, at the latest by the commit."""
        if self.count(statement, values) != 1:
            raise refusal()

    def write(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute a statement for each row, before the next read or the commit."""
        if len(rows) == 1:
            self.count(statement, rows[0])
            return
        try:
            self._raw.cursor().executemany(statement.sql, list(map(statement.parameters, rows)))
        except self.errors as error:
            raise self.wrapped(statement.sql, error) from error

    def wrapped(self, sql: str, error: Any) -> BaseException:
        """The driver's error as SQLAlchemy raises it, without the values; a connection that is gone leaves the pool."""
        gone = self.dialect.is_disconnect(error, self._raw, None)
        found = refusal(self.dialect, sql, error, gone=gone)
        if gone:
            self.is_gone = True
            self.alchemy.invalidate(error)
        return found

    def answers(self) -> bool:
        """Whether the connection to a server still works."""
        if self.is_broken:
            return False
        if time.monotonic() - self.idle_since < _TRUSTED_SECONDS:
            return True
        try:
            self._execute("SELECT 1")
            self._raw.rollback()
        except self.errors:
            return False
        return True

    def close(self) -> None:
        """Give the connection back to its pool."""
        if not self.alchemy.closed:
            self.alchemy.close()

    def end(self) -> None:
        """Close the connection itself: its pool may not be there any more."""
        if not self.alchemy.closed and not self.is_broken:
            self.alchemy.invalidate()
        self.close()
