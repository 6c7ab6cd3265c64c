"""How values of our columns stand in SQLite, and SQLAlchemy's conversions for what the driver takes by itself."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Boolean, Date, Dialect, Enum, LargeBinary, Uuid

from engine.database.notation import StoredId, digits, id_of, utc_text
from models.base import UtcDateTime

Convert = Callable[[Any], Any]
_ADAPTED: Final = (Boolean, Date, LargeBinary, UtcDateTime, Uuid)


def _hex(identifier: UUID) -> str:
    return digits(identifier.int)


# How SQLite's driver writes what it does not know: as the columns have it. The last two it takes as they are, but first
# it looks in vain for somebody who would change them.
sqlite3.register_adapter(UUID, _hex)
sqlite3.register_adapter(StoredId, attrgetter("digits"))
sqlite3.register_adapter(datetime, utc_text)
sqlite3.register_adapter(date, date.isoformat)
sqlite3.register_adapter(bytes, bytes)
sqlite3.register_adapter(type(None), {None: None}.__getitem__)


def to_driver(dialect: Dialect, kind: Any, processor: Convert | None) -> Convert | None:
    """SQLAlchemy's conversion, or for SQLite a quicker one that writes the same."""
    if dialect.name != "sqlite":
        return processor
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return {member: str(member.value) for member in kind.enum_class}.__getitem__
    return None if isinstance(kind, _ADAPTED) else processor  # the driver takes these as they are


def from_driver(dialect: Dialect, kind: Any) -> Convert | None:
    """The same way back; it takes NULL as well."""
    processor: Convert | None = kind._cached_result_processor(dialect, None)
    if dialect.name == "sqlite":
        if isinstance(kind, UtcDateTime):
            return _instant
        if isinstance(kind, Uuid):
            return _uuid
        if isinstance(kind, Enum) and kind.enum_class is not None:
            return {None: None, **{member.value: member for member in kind.enum_class}}.__getitem__
        if isinstance(kind, Boolean):
            return {None: None, 0: False, 1: True}.__getitem__
    if processor is None:
        return None
    return lambda value: None if value is None else processor(value)


@lru_cache(maxsize=4096)
def _uuid(text: str | None) -> UUID | None:
    return None if text is None else id_of(text, int(text, 16))


@lru_cache(maxsize=1024)
def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)
