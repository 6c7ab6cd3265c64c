"""How values of our columns stand in PostgreSQL's protocol: as text, bytes as they are."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Date, Enum, Integer, LargeBinary, String, Uuid

from engine.database.notation import StoredId, digits, id_of
from models.base import UtcDateTime


def to_wire(kind: Any) -> Callable[[Any], bytes]:
    """The conversion of a parameter of an SQLAlchemy type.

    Raises:
        TypeError: no prepared statement has had one of that type.
    """
    if isinstance(kind, UtcDateTime):
        return _instant_out
    if isinstance(kind, Uuid):
        return _uuid_out
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return {member: str(member.value).encode() for member in kind.enum_class}.__getitem__
    for known, convert in _OUT:
        if isinstance(kind, known):
            return convert
    raise TypeError(f"no way to send a {kind!r}")


def from_wire(kind: Any) -> Callable[[bytes], Any]:
    """The conversion of a column of an SQLAlchemy type.

    Raises:
        TypeError: no prepared statement has had one of that type.
    """
    if isinstance(kind, UtcDateTime):
        return _instant_in
    if isinstance(kind, Uuid):
        return _uuid_in
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return {str(member.value).encode(): member for member in kind.enum_class}.__getitem__
    for known, convert in _IN:
        if isinstance(kind, known):
            return convert
    raise TypeError(f"no way to read a {kind!r}")


def _bool_out(value: bool) -> bytes:
    return b"t" if value else b"f"


def _date_out(value: date) -> bytes:
    return value.isoformat().encode()


def _json_out(value: Any) -> bytes:
    return json.dumps(value).encode()


def _uuid_out(value: UUID) -> bytes:
    return (value.digits if type(value) is StoredId else digits(value.int)).encode()


@lru_cache(maxsize=256)  # one instant stands in a dozen columns of a step
def _instant_out(value: datetime) -> bytes:
    if value.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return value.astimezone(UTC).isoformat().encode()


def _bool_in(value: bytes) -> bool:
    return value == b"t"


def _bytes_in(value: bytes) -> bytes:
    return bytes.fromhex(value[2:].decode())


def _date_in(value: bytes) -> date:
    return date.fromisoformat(value.decode())


@lru_cache(maxsize=4096)
def _uuid_in(value: bytes) -> UUID:
    text = value.decode().replace("-", "")
    return id_of(text, int(text, 16))


@lru_cache(maxsize=1024)
def _instant_in(value: bytes) -> datetime:
    return datetime.fromisoformat(value.decode()).astimezone(UTC)


_OUT: tuple[tuple[Any, Callable[[Any], bytes]], ...] = (
    (Boolean, _bool_out),
    (Integer, b"%d".__mod__),
    (LargeBinary, bytes),
    (Date, _date_out),
    (JSON, _json_out),
    (String, str.encode),
)
_IN: tuple[tuple[Any, Callable[[bytes], Any]], ...] = (
    (Boolean, _bool_in),
    (Integer, int),
    (LargeBinary, _bytes_in),
    (Date, _date_in),
    (JSON, json.loads),
    (String, bytes.decode),
)
