"""How ids and instants are written where they are stored."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from uuid import UUID, SafeUUID

_set: Final = object.__setattr__  # as an id's constructor does it: an id cannot be changed
_UNKNOWN: Final = SafeUUID.unknown
_LENGTH = len("2026-01-31 16:00:00.000000")  # what follows is the zone


class StoredId(UUID):
    """An id of a row, with the digits it is stored as: it is written a few times in the step that makes or reads it."""

    __slots__ = ("digits",)
    digits: str

    def __reduce__(self) -> tuple[type[UUID], tuple[str]]:
        return UUID, (self.digits,)  # a copy is an id like any other


def id_of(text: str, number: int) -> StoredId:
    """The id with these 32 hexadecimal digits: what its constructor makes, without looking at what cannot be wrong."""
    made = object.__new__(StoredId)
    _set(made, "int", number)
    _set(made, "is_safe", _UNKNOWN)
    _set(made, "digits", text)
    return made


def digits(number: int) -> str:
    """The 32 hexadecimal digits of an id's number."""
    return number.to_bytes(16, "big").hex()


@lru_cache(maxsize=256)  # one instant stands in a dozen columns of a step
def utc_text(at: datetime) -> str:
    """``2026-01-31 16:00:00.000000``: in UTC, to the microsecond, so that texts sort as instants do.

    Raises:
        ValueError: the instant has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return at.astimezone(UTC).isoformat(" ", "microseconds")[:_LENGTH]
