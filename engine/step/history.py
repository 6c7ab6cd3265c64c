"""The chain of an instance's history: each event hashes the one before it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from engine.secrecy.sealing import Sealer
from engine.values import dumps

_json: Final = msgspec.json.Encoder().encode
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class HistoryEntry(NamedTuple):
    """Something that happened, before it gets its place in the chain. ``data`` may hold sensitive variables."""

    kind: str
    flow_node_id: str | None = None
    body: Mapping[str, Any] = _NOTHING
    data: Mapping[str, Any] | None = None
    actor_id: str | None = None
    on_behalf_of_id: str | None = None
    role: str | None = None


class ChainHead(NamedTuple):
    """Length of a chain and hash of its last event; "" for an empty one."""

    length: int = 0
    hash: str = ""


def chain(
    entries: Iterable[HistoryEntry], head: ChainHead, instance_id: UUID, at: datetime, sealer: Sealer
) -> tuple[list[dict[str, Any]], ChainHead]:
    """Rows of ``history_event`` for the entries, and the new head."""
    rows: list[dict[str, Any]] = []
    length, previous = head
    instance, instant = str(instance_id), _instant(at)
    for kind, flow_node_id, body, data, actor_id, on_behalf_of_id, role in entries:
        length += 1
        text = _body_text(body, data, sealer, length)
        digest = _digest(previous, instance, length, kind, instant, actor_id, on_behalf_of_id, role, flow_node_id, text)
        rows.append(
            {
                "process_instance_id": instance_id,
                "seq": length,
                "kind": kind,
                "at": at,
                "actor_id": actor_id,
                "on_behalf_of_id": on_behalf_of_id,
                "role": role,
                "flow_node_id": flow_node_id,
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
        str(row["process_instance_id"]),
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


@lru_cache(maxsize=64)
def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def read_body(text: str, seq: int, sealer: Sealer) -> dict[str, Any]:
    """The body of an event with its data opened."""
    from engine.values import loads

    body = loads(text)
    if isinstance(body.get("data"), str):
        body["data"] = sealer.open(body["data"], f"history:{seq}")
    return body


def _body_text(body: Mapping[str, Any], data: Mapping[str, Any] | None, sealer: Sealer, seq: int) -> str:
    made = {key: value for key, value in body.items() if value is not None}
    if data:
        made["data"] = sealer.seal(data, "history", seq)
    return dumps(made)
