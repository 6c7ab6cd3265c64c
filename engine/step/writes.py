"""What operations and rules want written once the instance's own row is there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, and_, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from engine.step.ids import ordered_id
from models import InstanceAudience, InstanceLink, InstanceParticipant, Notice

AUDIENCE = InstanceAudience.__table__
LINK = InstanceLink.__table__
NOTICE = Notice.__table__
PARTICIPANT = InstanceParticipant.__table__


@dataclass
class PendingWrites:
    """Rows beside the step's own, in the order in which they were asked for."""

    notices: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)
    participants: list[tuple[str, str]] = field(default_factory=list)  # (user id, part)
    audience_added: set[tuple[str, str]] = field(default_factory=set)  # (role, unit id or "")
    audience_removed: set[tuple[str, str]] = field(default_factory=set)
    sealed_for: frozenset[str] | None = None  # roles; None: not sealed in this step
    incidents: list[dict[str, Any]] = field(default_factory=list)

    def notice(self, user_id: str, instance_id: UUID | None, kind: str, title: str, body: str) -> None:
        """Tell one person something, in the inbox."""
        self.notices.append(
            {"user_id": user_id, "process_instance_id": instance_id, "kind": kind, "title": title[:500], "body": body}
        )


def write_pending(connection: Connection, pending: PendingWrites, instance_id: UUID, now: datetime) -> None:
    """Write them; what is there already stays as it is."""
    if pending.notices:
        rows = [{**row, "id": ordered_id(now), "created_at": now} for row in pending.notices]
        connection.execute(NOTICE.insert(), rows)
    if pending.links:
        rows = [{**row, "linked_at": now} for row in pending.links]
        connection.execute(insert_missing(connection, LINK), rows)
    if pending.participants:
        rows = [
            {"process_instance_id": instance_id, "user_id": user, "part": part, "since": now}
            for user, part in dict.fromkeys(pending.participants)
        ]
        connection.execute(insert_missing(connection, PARTICIPANT), rows)
    _write_audience(connection, pending, instance_id)


def _write_audience(connection: Connection, pending: PendingWrites, instance_id: UUID) -> None:
    if pending.sealed_for is not None:
        connection.execute(delete(AUDIENCE).where(AUDIENCE.c.process_instance_id == instance_id))
        added = {(role, "") for role in pending.sealed_for}
    else:
        added = pending.audience_added
        for role, unit in pending.audience_removed:
            connection.execute(
                delete(AUDIENCE).where(
                    and_(
                        AUDIENCE.c.process_instance_id == instance_id,
                        AUDIENCE.c.role == role,
                        AUDIENCE.c.unit_id == unit,
                    )
                )
            )
    if added:
        rows = [{"process_instance_id": instance_id, "role": role, "unit_id": unit} for role, unit in sorted(added)]
        connection.execute(insert_missing(connection, AUDIENCE), rows)


def insert_missing(connection: Connection, table: Table) -> Insert:
    """INSERT that leaves rows with the same key alone."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def upsert(connection: Connection, table: Table, key: tuple[str, ...], changed: tuple[str, ...]) -> Insert:
    """INSERT that overwrites ``changed`` where a row with the same key is there."""
    statement: Any = postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
    updates: Mapping[str, Any] = {name: statement.excluded[name] for name in changed}
    result: Insert = statement.on_conflict_do_update(index_elements=list(key), set_=updates)
    return result
