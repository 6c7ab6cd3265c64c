"""The chain of an instance's history: each event hashes the one before it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from engine.sealing import Sealer
from engine.values import dumps


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Something that happened, before it gets its place in the chain. ``data`` may hold sensitive variables."""

    kind: str
    flow_node_id: str | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] | None = None
    actor_id: str | None = None
    on_behalf_of_id: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class ChainHead:
    """Length of a chain and hash of its last event; "" for an empty one."""

    length: int = 0
    hash: str = ""


def chain(
    entries: Iterable[HistoryEntry], head: ChainHead, instance_id: UUID, at: datetime, sealer: Sealer
) -> tuple[list[dict[str, Any]], ChainHead]:
    """Rows of ``history_event`` for the entries, and the new head."""
    rows: list[dict[str, Any]] = []
    length, previous = head.length, head.hash
    for entry in entries:
        length += 1
        body = _body_text(entry, sealer, f"history:{length}")
        row = {
            "process_instance_id": instance_id,
            "seq": length,
            "kind": entry.kind,
            "at": at,
            "actor_id": entry.actor_id,
            "on_behalf_of_id": entry.on_behalf_of_id,
            "role": entry.role,
            "flow_node_id": entry.flow_node_id,
            "body": body,
            "previous_hash": previous,
        }
        row["hash"] = previous = event_hash(row)
        rows.append(row)
    return rows, ChainHead(length, previous)


def event_hash(row: Mapping[str, Any]) -> str:
    """SHA-256 over the previous hash and everything else that stands in the row."""
    at: datetime = row["at"]
    fields = [
        row["previous_hash"],
        str(row["process_instance_id"]),
        row["seq"],
        row["kind"],
        at.astimezone(UTC).isoformat(timespec="microseconds"),
        row["actor_id"],
        row["on_behalf_of_id"],
        row["role"],
        row["flow_node_id"],
        row["body"],
    ]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


def read_body(text: str, seq: int, sealer: Sealer) -> dict[str, Any]:
    """The body of an event with its data opened."""
    from engine.values import loads

    body = loads(text)
    if isinstance(body.get("data"), str):
        body["data"] = sealer.open(body["data"], f"history:{seq}")
    return body


def _body_text(entry: HistoryEntry, sealer: Sealer, place: str) -> str:
    body = {key: value for key, value in entry.body.items() if value is not None}
    if entry.data:
        body["data"] = sealer.seal(entry.data, place)
    return dumps(body)
