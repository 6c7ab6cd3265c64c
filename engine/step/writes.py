"""What operations and rules want written once the instance's own row is there."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, delete
from sqlalchemy.dialects import postgresql, sqlite

from engine.database.prepared import Place, Prepared, insert_into
from engine.rules.due_dates import Deadline
from engine.sentences import Message, as_json
from engine.step.ids import ordered_id
from models import InstanceAudience, InstanceLink, InstanceParticipant, Notice

AUDIENCE = InstanceAudience.__table__
LINK = InstanceLink.__table__
NOTICE = Notice.__table__
PARTICIPANT = InstanceParticipant.__table__


def insert_missing(table: Table) -> Prepared:
    """INSERT that leaves rows with the same key alone."""
    return insert_into(table, lambda system: _insert(system, table).on_conflict_do_nothing())


def upsert(table: Table, key: tuple[str, ...], changed: tuple[str, ...]) -> Prepared:
    """INSERT that overwrites ``changed`` where a row with the same key is there."""

    def make(system: str) -> Any:
        statement = _insert(system, table)
        updates = {name: statement.excluded[name] for name in changed}
        return statement.on_conflict_do_update(index_elements=list(key), set_=updates)

    return insert_into(table, make)


def _insert(system: str, table: Table) -> Any:
    return postgresql.insert(table) if system == "postgresql" else sqlite.insert(table)


_ADD_NOTICE = insert_into(NOTICE)
_ADD_LINK = insert_missing(LINK)
_ADD_PARTICIPANT = insert_missing(PARTICIPANT)
_ADD_AUDIENCE = insert_missing(AUDIENCE)
_DROP_PARTICIPANT = Prepared(
    delete(PARTICIPANT).where(
        PARTICIPANT.c.process_instance_id == bindparam("process_instance_id"),
        PARTICIPANT.c.user_id == bindparam("user_id"),
        PARTICIPANT.c.part == bindparam("part"),
    )
)
_OF_INSTANCE = AUDIENCE.c.process_instance_id == bindparam("process_instance_id")
_CLEAR_AUDIENCE = Prepared(delete(AUDIENCE).where(_OF_INSTANCE))
_DROP_AUDIENCE = Prepared(
    delete(AUDIENCE).where(
        _OF_INSTANCE, AUDIENCE.c.role == bindparam("role"), AUDIENCE.c.unit_id == bindparam("unit_id")
    )
)


@dataclass(slots=True)
class PendingWrites:
    """Rows beside the step's own, in the order in which they were asked for."""

    notices: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)
    participants: list[tuple[str, str]] = field(default_factory=list)  # (user id, part)
    participants_removed: set[tuple[str, str]] = field(default_factory=set)
    audience_added: set[tuple[str, str]] = field(default_factory=set)  # (role, unit id or "")
    audience_removed: set[tuple[str, str]] = field(default_factory=set)
    sealed_for: frozenset[str] | None = None  # roles; None: not sealed in this step
    timer_deadlines: list[Deadline] = field(default_factory=list)  # in the order in which their timers opened

    def notice(self, user_id: str, instance_id: UUID | None, kind: str, title: str, body: str) -> None:
        """Tell one person something, in the inbox."""
        told: dict[str, Any] = {"user_id": user_id, "process_instance_id": instance_id, "kind": kind}
        told |= {"title": title[:500], "body": body, "sentences": None}
        if isinstance(title, Message) or isinstance(body, Message):
            told["sentences"] = {"title": as_json(title), "body": as_json(body)}
        self.notices.append(told)

    def timer_reason(self, due_at: datetime | None) -> dict[str, Any]:
        """What a timer's job keeps of its deadline, so that it can be computed again when the calendar changes."""
        for number, deadline in enumerate(self.timer_deadlines):
            if deadline.due_at == due_at:
                del self.timer_deadlines[: number + 1]
                return {"deadline": deadline.reason()}
        return {}


def write_pending(link: Place, pending: PendingWrites, instance_id: UUID, now: datetime) -> None:
    """Write them; what is there already stays as it is."""
    if pending.notices:
        rows = [{**row, "id": ordered_id(now), "created_at": now} for row in pending.notices]
        _ADD_NOTICE.run_many(link, rows)
    if pending.links:
        rows = [{**row, "linked_at": now} for row in pending.links]
        _ADD_LINK.run_many(link, rows)
    if pending.participants_removed:
        gone = [
            {"process_instance_id": instance_id, "user_id": user, "part": part}
            for user, part in sorted(pending.participants_removed)
        ]
        _DROP_PARTICIPANT.run_many(link, gone)
    if pending.participants:
        rows = [
            {"process_instance_id": instance_id, "user_id": user, "part": part, "since": now}
            for user, part in dict.fromkeys(pending.participants)
        ]
        _ADD_PARTICIPANT.run_many(link, rows)
    if pending.sealed_for is not None or pending.audience_added or pending.audience_removed:
        _write_audience(link, pending, instance_id)


def _write_audience(link: Place, pending: PendingWrites, instance_id: UUID) -> None:
    if pending.sealed_for is not None:
        _CLEAR_AUDIENCE.run_many(link, [{"process_instance_id": instance_id}])
        added = {(role, "") for role in pending.sealed_for}
    else:
        added = pending.audience_added
        _DROP_AUDIENCE.run_many(link, _audience_rows(instance_id, pending.audience_removed))
    _ADD_AUDIENCE.run_many(link, _audience_rows(instance_id, added))


def _audience_rows(instance_id: UUID, pairs: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"process_instance_id": instance_id, "role": role, "unit_id": unit} for role, unit in sorted(pairs)]
