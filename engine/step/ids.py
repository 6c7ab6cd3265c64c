"""Row ids that sort in the order in which they were made (the layout of UUID version 7)."""

import itertools
import os
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from engine.database.notation import digits, id_of

_COUNTER = itertools.count(1)
_COUNTER_BITS = 30  # rows of one process before the counter wraps; within one millisecond it never does
_RANDOM_BYTES = 4


def ordered_id(now: datetime) -> UUID:
    """An id: 48 bits of milliseconds, the version, a counter of this process, 32 random bits."""
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    counter = next(_COUNTER) & ((1 << _COUNTER_BITS) - 1)
    high, low = counter >> 18, counter & ((1 << 18) - 1)  # 12 bits beside the version, 18 beside the variant
    random = int.from_bytes(os.urandom(_RANDOM_BYTES), "big")
    value = milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low << 44 | random << 12
    return id_of(digits(value), value)


def id_text(identifier: UUID) -> str:
    """An id as ``str`` writes it, and quicker."""
    return _text(identifier.int)


@lru_cache(maxsize=4096)
def _text(number: int) -> str:
    text = digits(number)
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
