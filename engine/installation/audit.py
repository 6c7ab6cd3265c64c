"""Verifying the history: every chain from its first event to the head that stands in the instance's row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Connection, select

from engine.step.history import event_hash
from models import HistoryEvent, ProcessInstance

if TYPE_CHECKING:
    from engine.bootstrap import Engine

EVENT = HistoryEvent.__table__
INSTANCE = ProcessInstance.__table__
BATCH = 1000  # rows fetched at once


@dataclass(frozen=True)
class ChainProblem:
    """Where a chain is broken; ``seq`` None concerns the chain as a whole."""

    instance_id: UUID
    seq: int | None
    reason: str


@dataclass
class AuditResult:
    """What was verified and what is wrong."""

    instances: int = 0
    events: int = 0
    problems: list[ChainProblem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything fits together."""
        return not self.problems


@dataclass(frozen=True)
class Head:
    """Length and last hash of a chain at some time, kept elsewhere."""

    length: int
    hash: str


def heads(engine: "Engine") -> dict[UUID, Head]:
    """The present head of every chain, to be kept outside the database."""
    with engine.reading() as uow:
        return _heads(uow.connection)


def _heads(connection: Connection) -> dict[UUID, Head]:
    rows = connection.execute(select(INSTANCE.c.id, INSTANCE.c.history_length, INSTANCE.c.history_head))
    return {row.id: Head(row.history_length, row.history_head) for row in rows}


def verify(engine: "Engine", known: Mapping[UUID, Head] | None = None) -> AuditResult:
    """Recompute every hash, of one moment: people may go on working.

    Args:
        engine: the database.
        known: heads exported earlier; a chain that no longer runs through one of them was rewritten.
    """
    result = AuditResult()
    snapshot: dict[str, Any] = {} if engine.settings.is_sqlite else {"isolation_level": "REPEATABLE READ"}
    with engine.readers.connect().execution_options(**snapshot) as connection, connection.begin():
        present = _heads(connection)
        waiting = dict(present)
        for instance_id, events in _chains(connection):
            head = waiting.pop(instance_id, None)
            result.events += _verify_chain(result, instance_id, events, head, (known or {}).get(instance_id))
    for instance_id, head in waiting.items():
        if head.length:
            result.problems.append(ChainProblem(instance_id, None, "历史记录全部缺失"))
    for instance_id in set(known or {}) - set(present):
        result.problems.append(ChainProblem(instance_id, None, "流程本身已不存在"))
    result.instances = len(present)
    return result


def _chains(connection: Connection) -> Iterator[tuple[UUID, list[Mapping[str, Any]]]]:
    query = select(EVENT).order_by(EVENT.c.process_instance_id, EVENT.c.seq).execution_options(yield_per=BATCH)
    rows = connection.execute(query).mappings()
    for instance_id, events in groupby(rows, key=lambda row: row["process_instance_id"]):
        yield instance_id, [dict(event) for event in events]


def _verify_chain(
    result: AuditResult, instance_id: UUID, events: list[Mapping[str, Any]], head: Head | None, known: Head | None
) -> int:
    previous = ""
    for place, event in enumerate(events, start=1):
        if event["seq"] != place:
            result.problems.append(ChainProblem(instance_id, place, "缺少记录"))
            return len(events)
        if event["previous_hash"] != previous or event_hash(event) != event["hash"]:
            result.problems.append(ChainProblem(instance_id, place, "记录被改动"))
            return len(events)
        previous = event["hash"]
        if known is not None and known.length == place and known.hash != previous:
            result.problems.append(ChainProblem(instance_id, place, "与此前导出的链头不符：历史被重写"))
    if head is None or head != Head(len(events), previous):
        result.problems.append(ChainProblem(instance_id, len(events), "链头与流程不符：末尾被截断或追加"))
    if known is not None and known.length > len(events):
        result.problems.append(ChainProblem(instance_id, known.length, "比此前导出的链头短"))
    return len(events)
