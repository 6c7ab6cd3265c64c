"""Connections of units of work: kept open between them, spoken to through the driver, shared with SQLAlchemy.

Taking a connection from SQLAlchemy's pool, beginning and ending its transaction costs more than a small step does.
A link keeps its connection; its statements go to the driver, and whoever asks for SQLAlchemy's connection gets one
that stands in the same transaction.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection
from sqlalchemy import Engine as Database
from sqlalchemy.exc import DBAPIError

KEPT: Final = 4  # links that wait for the next unit of work
_TRUSTED_SECONDS: Final = 1.0  # a server may have gone away while a connection lay idle for longer


class Wire(NamedTuple):
    """A statement as PostgreSQL's protocol has it: parameters by number, values as text or as they are."""

    sql: str
    names: Sequence[str]
    formats: Sequence[int]

    @property
    def guarded(self) -> str:
        """The same UPDATE, which fails unless it changes a row."""
        return f"WITH changed AS ({self.sql} RETURNING 1) SELECT 1 / count(*) FROM changed"  # noqa: S608 (ours)


class Answer:
    """Rows of a result of libpq, as bytes."""

    def __init__(self, result: Any) -> None:
        self._result = result

    @property
    def rowcount(self) -> int:
        """How many rows were changed or found."""
        return int(self._result.command_tuples or 0)

    def fetchall(self) -> list[list[bytes | None]]:
        """All rows."""
        get, columns = self._result.get_value, range(self._result.nfields)
        return [[get(row, column) for column in columns] for row in range(self._result.ntuples)]


class Link:
    """One connection with its transaction."""

    __slots__ = (
        "_raw",
        "alchemy",
        "database",
        "dialect",
        "errors",
        "execute",
        "idle_since",
        "is_gone",
        "is_shared",
        "is_watched",
        "kind",
    )

    is_pipeline = False

    def __init__(self, alchemy: Connection) -> None:
        self.alchemy: Final = alchemy
        self.database: Final = alchemy.engine
        self.dialect: Final = alchemy.dialect
        self.kind: Final = alchemy.dialect.name
        self.errors: Final[Any] = alchemy.dialect.loaded_dbapi.Error
        raw: Any = alchemy.connection.dbapi_connection
        self._raw: Final[Any] = raw
        # one cursor for all statements, each read to its end at once; psycopg's connection makes better ones itself
        self.execute: Final[Any] = raw.cursor().execute if self.kind == "sqlite" else raw.execute
        self.is_watched = is_watched(alchemy)
        self.is_shared = alchemy.in_transaction()  # whether SQLAlchemy has a transaction of its own on top
        self.is_gone = False  # the server is; nothing can be done with the connection any more
        self.idle_since = 0.0

    def begin(self) -> None:
        """Begin a transaction that writes; PostgreSQL's driver begins with the first statement."""
        if self.is_watched:
            self.shared()
        elif self.kind == "sqlite":
            try:
                self.execute("BEGIN IMMEDIATE")
            except self.errors as error:
                raise self.wrapped("BEGIN IMMEDIATE", (), error) from error

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
        try:
            if self.kind != "sqlite":
                self._raw.commit()
            elif self._raw.in_transaction:
                self.execute("COMMIT")  # the driver's own commit() compiles it anew each time
        except self.errors as error:
            raise self.wrapped("COMMIT", (), error) from error

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

    def executemany(self, sql: str, rows: list[Any]) -> None:
        """Execute one statement for each row."""
        self._raw.cursor().executemany(sql, rows)

    def wrapped(self, sql: str, parameters: Any, error: Any) -> BaseException:
        """The driver's error as SQLAlchemy raises it; a connection that is gone leaves the pool."""
        gone = self.dialect.is_disconnect(error, self._raw, None)
        wrapped: BaseException = DBAPIError.instance(
            sql, parameters, error, self.errors, connection_invalidated=gone, dialect=self.dialect
        )
        if gone:
            self.is_gone = True
            self.alchemy.invalidate(error)
        return wrapped

    def answers(self) -> bool:
        """Whether the connection to a server still works."""
        if self.is_broken:
            return False
        if time.monotonic() - self.idle_since < _TRUSTED_SECONDS:
            return True
        try:
            self.execute("SELECT 1")
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


class Links:
    """The links of one engine that nobody uses now, the last one on top. Thread-safe."""

    def __init__(self) -> None:
        self._idle: deque[Link] = deque()
        self._lock = threading.Lock()

    def take(self, database: Database) -> Link:
        """A link in a new transaction."""
        idle, usable = self._idle, not is_watched(database)
        while True:
            try:
                link = idle.pop()
            except IndexError:
                link = kept_link(database.connect())
                break
            if usable and link.database is database and (link.kind == "sqlite" or link.answers()):
                break
            link.end()
        try:
            link.begin()
        except BaseException:
            link.close()
            raise
        return link

    def give(self, link: Link) -> None:
        """Keep a link for the next one; its transaction has ended."""
        if link.is_watched or link.is_shared or len(self._idle) >= KEPT or link.is_broken:
            link.close()
            return
        if link.kind != "sqlite":
            link.idle_since = time.monotonic()
        self._idle.append(link)

    def close(self) -> None:
        """Give back every connection that is not in use."""
        with self._lock:
            while self._idle:
                self._idle.pop().end()


def kept_link(alchemy: Connection) -> Link:
    """The quickest kind of link for a connection that is kept."""
    if alchemy.dialect.name != "postgresql" or is_watched(alchemy):
        return Link(alchemy)
    from engine.database.pipeline import PipelineLink

    return PipelineLink(alchemy)


def is_watched(place: Database | Connection) -> bool:
    """Whether somebody listens to its statements, so that they must pass through SQLAlchemy."""
    dispatch: Any = place.dispatch
    before, after = dispatch.before_cursor_execute, dispatch.after_cursor_execute
    # what the truth of the two says as well, which takes a call each
    return bool(before.parent_listeners or before.listeners or after.parent_listeners or after.listeners)
