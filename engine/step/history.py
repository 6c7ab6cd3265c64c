"""The chain of an instance's history: each event hashes the one before it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import Struct

from engine.database.notation import utc_text
from engine.secrecy.sealing import Sealer
from engine.step.ids import id_text
from engine.values import dumps

_json: Final = msgspec.json.Encoder().encode
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class HistoryEntry(Struct, frozen=True):
    """Something that happened, before it gets its place in the chain. ``data`` may hold sensitive variables."""

    kind: str
    flow_node_id: str | None = None
    body: Mapping[str, Any] = _NOTHING
    data: Mapping[str, Any] | None = None
    actor_id: str | None = None
    on_behalf_of_id: str | None = None
    role: str | None = None


class ChainHead(Struct, frozen=True):
    """Length of a chain and hash of its last event; "" for an empty one."""

    length: int = 0
    hash: str = ""


def chain(
    entries: Iterable[HistoryEntry], head: ChainHead, instance_id: UUID, at: datetime, sealer: Sealer
) -> tuple[list[dict[str, Any]], ChainHead]:
    """Rows of ``history_event`` for the entries, and the new head."""
    rows: list[dict[str, Any]] = []
    length, previous = head.length, head.hash
    instance, instant = id_text(instance_id), _instant(at)
    for entry in entries:
        length += 1
        kind, actor, represented = entry.kind, entry.actor_id, entry.on_behalf_of_id
        role, node, text = entry.role, entry.flow_node_id, _body_text(entry, sealer, length)
        digest = _digest(previous, instance, length, kind, instant, actor, represented, role, node, text)
        rows.append(
            {
                "process_instance_id": instance_id,
                "seq": length,
                "kind": kind,
                "at": at,
                "actor_id": actor,
                "on_behalf_of_id": represented,
                "role": role,
                "flow_node_id": node,
                "body": text,
                "previous_hash": previous,
                "hash": digest,
            }
        )
        previous = digest
    return rows, ChainHead(length, previous)


def event_hash(row: Mapping[str, Any]) -> str:
    """SHA-256 over the previous hash and everything else that stands in the row."""
    return _digest(
        row["previous_hash"],
        id_text(row["process_instance_id"]),
        row["seq"],
        row["kind"],
        _instant(row["at"]),
        row["actor_id"],
        row["on_behalf_of_id"],
        row["role"],
        row["flow_node_id"],
        row["body"],
    )


def _digest(*fields: str | int | None) -> str:
    return sha256(b"[" + b", ".join(map(_json, fields)) + b"]").hexdigest()


def _instant(at: datetime) -> str:
    return utc_text(at).replace(" ", "T") + "+00:00"


def read_body(text: str, seq: int, sealer: Sealer) -> dict[str, Any]:
    """The body of an event with its data opened."""
    from engine.values import loads

    body = loads(text)
    if isinstance(body.get("data"), str):
        body["data"] = sealer.open(body["data"], f"history:{seq}")
    return body


def _body_text(entry: HistoryEntry, sealer: Sealer, seq: int) -> str:
    made = dict(entry.body)
    if None in made.values():
        made = {key: value for key, value in made.items() if value is not None}
    if entry.data:
        made["data"] = sealer.seal(entry.data, "history", seq)
    return dumps(made)
