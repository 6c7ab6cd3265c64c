"""What the bodies of a multi-instance activity have in common: a shape without numbers, and what is a body's own.

Ten thousand bodies that wait at the same place differ in their numbers, and sometimes in a value or an instant. Numbers
become places in a list; values become holes that are filled again.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat
from typing import Any, Final

import msgspec

# Columns of scopes, activities and subscriptions, as the codec writes them: numbers, and what may be a body's own.
_NUMBERS: Final = ((0, 1), (0, 2, 3, 10), (0, 4, 5))
_OWN: Final = ((3, 5, 6), (4, 5, 6, 7, 9), (7, 8, 9, 10, 11, 12))
_ACTIVITIES: Final = 1
_INDEX, _LOOP = 4, 7  # columns of an activity: its loop counter, its own loop
_FIRST, _BITS = 7, 8  # columns of a loop: the number of the first of parallel user tasks, which of them are open
_decoder = msgspec.msgpack.Decoder()
_encoder = msgspec.msgpack.Encoder()

Rows = Any  # scopes, activities and subscriptions of one body; its own activity is the first one
Split = tuple[bytes, list[int], list[Any]]


def split(rows: Rows, body: int, outside: Iterable[int]) -> Split:
    """A body's shape, the numbers that fill it, in the order in which they come, and the values that are its own.

    Args:
        rows: the body.
        body: its loop counter.
        outside: numbers of what is around all bodies; they belong to the shape.
    """
    places: dict[int, int] = {}
    for number in (0, *outside):
        places.setdefault(number, len(places))
    known = len(places)
    own: list[Any] = []
    shape = []
    for kind, table in enumerate(rows):
        columns, holes, lines = _NUMBERS[kind], _OWN[kind], []
        for row in table:
            line = list(row)
            for column in columns:
                line[column] = places.setdefault(line[column], len(places))
            own += [line[hole] for hole in holes]
            for hole in holes:
                line[hole] = None
            lines.append(line)
        shape.append(lines)
    counter = _counter(rows)
    if counter is not None and own[counter] == body:
        own[counter] = None
    return _encoder.encode(shape), list(places)[known:], own


def join(shape: bytes, numbers: list[int], own: list[Any] | None, body: int, outside: Iterable[int]) -> Rows:
    """The body again; ``own`` is None where all of it is."""
    rows = _decoder.decode(shape)
    known = list(dict.fromkeys((0, *outside)))
    numbers = [*known, *numbers]
    values = iter(own) if own is not None else repeat(None)
    for kind, table in enumerate(rows):
        columns, holes = _NUMBERS[kind], _OWN[kind]
        for row in table:
            for column in columns:
                row[column] = numbers[row[column]]
            for hole in holes:
                row[hole] = next(values)
    first = rows[_ACTIVITIES][0]
    if first[_INDEX] is None:
        first[_INDEX] = body
    return rows


def _counter(rows: Rows) -> int | None:
    """Where the loop counter of the body itself stands among what is its own."""
    scopes, activities, _ = rows
    return len(scopes) * len(_OWN[0]) if activities else None


def waiting_in(rows: Rows) -> list[int]:
    """The numbers by which something in a body is found: its activities, waits, and first parallel user tasks."""
    _, activities, subscriptions = rows
    ranges = [row[_LOOP][_FIRST] for row in activities if row[_LOOP] is not None and row[_LOOP][_BITS] is not None]
    return [*(row[0] for row in activities), *(row[0] for row in subscriptions), *ranges]
