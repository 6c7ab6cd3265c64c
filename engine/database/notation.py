"""How ids and instants are written where they are stored."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, TypeVar
from uuid import UUID, SafeUUID

Id = TypeVar("Id", bound=UUID)
_set: Final = object.__setattr__
_LENGTH = len("2026-01-31 16:00:00.000000")  # what follows is the zone


def id_of(number: int, kind: type[Id]) -> Id:
    """The id with that number: what its constructor makes, without looking at what cannot be wrong."""
    made = object.__new__(kind)
    _set(made, "int", number)
    _set(made, "is_safe", SafeUUID.unknown)
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
