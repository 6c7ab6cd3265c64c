"""Links to PostgreSQL: a step's statements go over in two round trips, through libpq itself.

psycopg's cursors cost more than the server does for statements this small, and each waits for its answer. Here writes
wait until something is read or the transaction ends; then everything goes over at once, prepared, in libpq's pipeline
mode. A statement that must change exactly one row fails the transaction by itself when it does not.
"""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from psycopg import errors as failures
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Connection

from engine.database.link import Link
from engine.database.statement import Wire

if TYPE_CHECKING:
    from engine.database.statement import Statement

_DONE: Final = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)
_IDLE: Final = TransactionStatus.IDLE


class _Sent(Struct, frozen=True):
    statement: Wire
    values: Sequence[bytes | None] = ()
    refusal: Callable[[], Exception] | None = None

    @property
    def sql(self) -> str:
        return self.statement.sql if self.refusal is None else self.statement.guarded


_BEGIN: Final = _Sent(Wire("BEGIN"))
_COMMIT: Final = _Sent(Wire("COMMIT"))


class PipelineLink(Link):
    """One connection to PostgreSQL with its transaction, and the writes that have not gone over yet."""

    __slots__ = ("_libpq", "_poll", "_prepared", "_waiting")

    def __init__(self, alchemy: Connection) -> None:
        super().__init__(alchemy)
        self._libpq: Final[Any] = self._raw.pgconn
        self._prepared: Final[dict[str, bytes]] = alchemy.info.setdefault("prepared", {})  # as long as the connection
        self._waiting: Final[deque[_Sent]] = deque()
        self._poll: Final = select.poll()
        self._poll.register(self._libpq.socket, select.POLLIN)

    def rows(self, statement: Statement, values: Mapping[str, Any]) -> list[Any]:
        """What a statement selects, after what waits has been written."""
        result = self._answer(statement, values)
        get, columns = result.get_value, range(result.nfields)
        return statement.unwired([map(get, repeat(row), columns) for row in range(result.ntuples)])

    def count(self, statement: Statement, values: Mapping[str, Any]) -> int:
        """How many rows a statement changes, after what waits has been written."""
        return int(self._answer(statement, values).command_tuples or 0)

    def expect(self, statement: Statement, values: Mapping[str, Any], refusal: Callable[[], Exception]) -> None:
        """Change exactly one row before the next read or the end; ``refusal`` is raised then, unless it was one."""
        self._waiting.append(_Sent(statement.wire, statement.wired(values), refusal))
        self._send_where_shared()

    def write(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write something before the next read or the end."""
        for row in rows:
            self._waiting.append(_Sent(statement.wire, statement.wired(row)))
        self._send_where_shared()

    def _answer(self, statement: Statement, values: Mapping[str, Any]) -> Any:
        self._waiting.append(_Sent(statement.wire, statement.wired(values)))
        return self._send()

    def _send_where_shared(self) -> None:
        if self.is_shared and self.alchemy.in_transaction():
            self._send()  # who has SQLAlchemy's connection may read without asking us

    def shared(self) -> Connection:
        """SQLAlchemy's connection, in the same transaction, after what waits has been written."""
        if self._waiting:
            self._send()
        return super().shared()

    def commit(self) -> None:
        """End the transaction and keep it."""
        if self.is_shared and self.alchemy.in_transaction():
            self.shared()
            super().commit()
            return
        self.is_shared = False  # a session has ended it itself
        if self._waiting or self._libpq.transaction_status != _IDLE:
            self._waiting.append(_COMMIT)
            self._send()

    def rollback(self) -> None:
        """End the transaction and keep nothing of it."""
        self._waiting.clear()
        status = self._libpq.transaction_status
        if status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
            self._libpq.exec_(b"ROLLBACK")  # psycopg's own would forget what is prepared
        elif status == TransactionStatus.ACTIVE:  # interrupted while it waited for an answer
            self.alchemy.invalidate()
        super().rollback()

    def _send(self) -> Any:
        """Send what waits and answer the last result; the first failure is raised."""
        if self._libpq.transaction_status == _IDLE:
            self._waiting.appendleft(_BEGIN)
        batch = list(self._waiting)
        self._waiting.clear()
        try:
            results = self._exchanged(batch)
        except self.errors as error:
            raise self.wrapped(batch[-1].statement.sql, error) from error
        if results[-1].status not in _DONE:
            self._fail(batch, results)
        return results[-1]

    def _fail(self, batch: Sequence[_Sent], results: Sequence[Any]) -> None:
        """Raise the first failure; it made the rest fail as well."""
        sent, result = next(pair for pair in zip(batch, results, strict=True) if pair[1].status not in _DONE)
        error = failures.error_from_result(result)
        if sent.refusal is not None and isinstance(error, failures.DivisionByZero):
            raise sent.refusal() from error
        raise self.wrapped(sent.statement.sql, error) from error

    def _exchanged(self, batch: Sequence[_Sent]) -> list[Any]:
        """The result of each statement; a failed one makes the rest fail as well."""
        libpq = self._libpq
        libpq.enter_pipeline_mode()
        plan = self._sent_off(batch)
        try:
            results = self._results(plan)
        except BaseException:
            if not self.is_broken:
                libpq.exit_pipeline_mode()
            raise
        if results[-1].status in _DONE or not self.is_broken:
            libpq.exit_pipeline_mode()
        return results

    def _sent_off(self, batch: Sequence[_Sent]) -> list[str | None]:
        """What the answers will belong to: the statement that one prepares; None: an execution."""
        libpq, prepared = self._libpq, self._prepared
        plan: list[str | None] = []
        for sent in batch:
            sql = sent.sql
            name = prepared.get(sql)
            if name is None:
                verb = sql.partition(" ")[0]
                name = prepared[sql] = f"banli_{len(prepared)}_{verb}".encode()
                libpq.send_prepare(name, sql.encode())
                plan.append(sql)
            libpq.send_query_prepared(name, sent.values, sent.statement.formats)
            plan.append(None)
        libpq.pipeline_sync()
        return plan

    def _results(self, plan: Sequence[str | None]) -> list[Any]:
        self._flush()
        libpq, failed = self._libpq, None
        is_busy, get_result = libpq.is_busy, libpq.get_result
        results: list[Any] = []
        for preparing in plan:
            while is_busy():
                self._await()
            result = get_result()
            while is_busy():
                self._await()
            get_result()  # the end of this one
            if result.status not in _DONE:
                failed = failed or result
                if preparing is not None:
                    self._prepared.pop(preparing, None)
            if preparing is None:
                results.append(failed or result)
        while is_busy():
            self._await()
        get_result()  # the synchronisation
        return results

    def _flush(self) -> None:
        while self._libpq.flush():
            select.select([self._libpq.socket], [self._libpq.socket], [])
            self._libpq.consume_input()

    def _await(self) -> None:
        self._poll.poll()
        self._libpq.consume_input()
