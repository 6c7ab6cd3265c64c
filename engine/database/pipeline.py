"""Links to PostgreSQL: a step's statements go over in two round trips, through libpq itself.

psycopg's cursors cost more than the server does for statements this small, and each waits for its answer. Here writes
wait until something is read or the transaction ends; then everything goes over at once, prepared, in libpq's pipeline
mode. A statement that must change exactly one row fails the transaction by itself when it does not.
"""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg import errors as failures
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Connection

from engine.database.link import Link
from engine.database.statement import Wire

if TYPE_CHECKING:
    from engine.database.statement import Statement

_BEGIN: Final = Wire("BEGIN", [], [])
_COMMIT: Final = Wire("COMMIT", [], [])
_DONE: Final = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)


class _Sent(NamedTuple):
    statement: Wire
    values: list[bytes | None]
    refusal: Callable[[], Exception] | None


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
        return statement.unwired([[get(row, column) for column in columns] for row in range(result.ntuples)])

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
            self._waiting.append(_Sent(statement.wire, statement.wired(row), None))
        self._send_where_shared()

    def _answer(self, statement: Statement, values: Mapping[str, Any]) -> Any:
        self._waiting.append(_Sent(statement.wire, statement.wired(values), None))
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
        elif self._waiting or self._libpq.transaction_status != TransactionStatus.IDLE:
            self._waiting.append(_Sent(_COMMIT, [], None))
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
        if self._libpq.transaction_status == TransactionStatus.IDLE:
            self._waiting.appendleft(_Sent(_BEGIN, [], None))
        batch = list(self._waiting)
        self._waiting.clear()
        try:
            results = self._exchanged(batch)
        except self.errors as error:
            raise self.wrapped(batch[-1].statement.sql, error) from error
        for sent, result in zip(batch, results, strict=True):
            if result.status not in _DONE:
                self._fail(sent, result)
        return results[-1]

    def _fail(self, sent: _Sent, result: Any) -> None:
        error = failures.error_from_result(result)
        if sent.refusal is not None and isinstance(error, failures.DivisionByZero):
            raise sent.refusal() from error
        raise self.wrapped(sent.statement.sql, error) from error

    def _exchanged(self, batch: Sequence[_Sent]) -> list[Any]:
        """The result of each statement; a failed one makes the rest fail as well."""
        libpq, prepared = self._libpq, self._prepared
        libpq.enter_pipeline_mode()
        plan: list[str | None] = []  # the statement that an answer prepares; None: it answers an execution
        for statement, values, refusal in batch:
            sql = statement.sql if refusal is None else statement.guarded
            name = prepared.get(sql)
            if name is None:
                verb = sql.partition(" ")[0]
                name = prepared[sql] = f"banli_{len(prepared)}_{verb}".encode()
                libpq.send_prepare(name, sql.encode())
                plan.append(sql)
            libpq.send_query_prepared(name, values, statement.formats)
            plan.append(None)
        libpq.pipeline_sync()
        results, failed = [], None
        try:
            self._flush()
            for preparing in plan:
                result = self._result()
                self._result()  # the end of this one
                if result.status not in _DONE:
                    failed = failed or result
                    if preparing is not None:
                        prepared.pop(preparing, None)
                if preparing is None:
                    results.append(failed or result)
            self._result()  # the synchronisation
        finally:
            if not self.is_broken:
                libpq.exit_pipeline_mode()
        return results

    def _flush(self) -> None:
        while self._libpq.flush():
            select.select([self._libpq.socket], [self._libpq.socket], [])
            self._libpq.consume_input()

    def _result(self) -> Any:
        libpq = self._libpq
        while libpq.is_busy():
            self._poll.poll()
            libpq.consume_input()
        return libpq.get_result()
