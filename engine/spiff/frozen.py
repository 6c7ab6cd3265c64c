"""Open bodies of a parallel multi-instance activity, each as bytes: a step unpacks only the one that it touches."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Any, Final

_SLOT = struct.Struct("<II")  # where a body lies in the blob, and its length; 0: it is not here
_ENTRY = struct.Struct("<II")  # number of something that waits, index of its body
_GONE: Final = 0xFFFFFFFF
_SLACK: Final = 4096  # bytes or entries that may lie waste before the blob or the index is written anew


class Frozen:
    """Bodies by loop counter, and which of them holds what waits under a number.

    Every change costs a few bytes at the end of a byte string; what has been replaced is swept out now and then.
    """

    __slots__ = ("base", "dead", "index", "signals", "slots", "tail", "used")

    def __init__(
        self,
        slots: bytes,
        base: bytes = b"",
        tail: bytes = b"",
        index: bytes = b"",
        used: int = 0,
        dead: int = 0,
        signals: bool = False,
    ) -> None:
        self.slots = bytearray(slots)
        self.base, self.tail, self.index = base, bytearray(tail), bytearray(index)
        self.used = used  # bytes of bodies that are here
        self.dead = dead  # entries of the index that lead nowhere
        self.signals = signals  # some body waits for a signal

    @classmethod
    def empty(cls, total: int) -> Frozen:
        """For this many bodies, none of them here yet."""
        return cls(bytes(total * _SLOT.size))

    def parts(self) -> tuple[Any, ...]:
        """As it is stored."""
        return (
            bytes(self.slots), self.base, bytes(self.tail), bytes(self.index), self.used, self.dead, self.signals,
        )  # fmt: skip

    def bodies(self) -> Iterator[int]:
        """The loop counters of the bodies that are here."""
        for body in range(len(self.slots) // _SLOT.size):
            if _SLOT.unpack_from(self.slots, body * _SLOT.size)[1]:
                yield body

    def find(self, number: int) -> int | None:
        """The body in which something with this number waits.

        The entry before an absent number is taken: parallel user tasks in a body have one entry for all their numbers.
        """
        place = self._place(number)
        if place < 0:
            return None
        body: int = _ENTRY.unpack_from(self.index, place * _ENTRY.size)[1]
        return None if body == _GONE else body

    def take(self, body: int) -> bytes:
        """Remove a body; :meth:`forget` its numbers then."""
        at, length = _SLOT.unpack_from(self.slots, body * _SLOT.size)
        size = len(self.base)
        data = self.base[at : at + length] if at < size else bytes(self.tail[at - size : at - size + length])
        _SLOT.pack_into(self.slots, body * _SLOT.size, 0, 0)
        self.used -= length
        return data

    def forget(self, numbers: Iterable[int]) -> None:
        """Nothing waits here any more under these numbers."""
        for number in numbers:
            self._mark(number, _GONE)

    def put(self, bodies: Iterable[tuple[int, bytes, list[int]]]) -> None:
        """Add bodies with the numbers of what waits in them."""
        new: list[tuple[int, int]] = []
        for body, data, numbers in bodies:
            _SLOT.pack_into(self.slots, body * _SLOT.size, len(self.base) + len(self.tail), len(data))
            self.tail += data
            self.used += len(data)
            new += [(number, body) for number in numbers if not self._mark(number, body)]
        self._extend(sorted(new))
        if len(self.base) + len(self.tail) > 2 * self.used + _SLACK:
            self._sweep_blob()
        if self.dead * _ENTRY.size > len(self.index) // 2 + _SLACK:
            self._write_index(list(self._entries()))

    def _place(self, number: int) -> int:
        """The last entry whose number is not greater, -1 if there is none."""
        low, high = 0, len(self.index) // _ENTRY.size
        while low < high:
            middle = (low + high) // 2
            if _ENTRY.unpack_from(self.index, middle * _ENTRY.size)[0] <= number:
                low = middle + 1
            else:
                high = middle
        return low - 1

    def _mark(self, number: int, body: int) -> bool:
        """Change the entry of a number; False if it has none."""
        place = self._place(number)
        if place < 0:
            return False
        found, before = _ENTRY.unpack_from(self.index, place * _ENTRY.size)
        if found != number:
            return False
        self.dead += (body == _GONE) - (before == _GONE)
        _ENTRY.pack_into(self.index, place * _ENTRY.size, number, body)
        return True

    def _entries(self) -> Iterator[tuple[int, int]]:
        return ((number, body) for number, body in _ENTRY.iter_unpack(self.index) if body != _GONE)

    def _extend(self, new: list[tuple[int, int]]) -> None:
        if not new:
            return
        if self.index and new[0][0] < _ENTRY.unpack_from(self.index, len(self.index) - _ENTRY.size)[0]:
            self._write_index(sorted([*self._entries(), *new]))
            return
        self.index += b"".join(_ENTRY.pack(number, body) for number, body in new)

    def _write_index(self, entries: list[tuple[int, int]]) -> None:
        self.index = bytearray(b"".join(_ENTRY.pack(number, body) for number, body in entries))
        self.dead = 0

    def _sweep_blob(self) -> None:
        blob = self.base + self.tail
        parts: list[bytes] = []
        at = 0
        for body in self.bodies():
            start, length = _SLOT.unpack_from(self.slots, body * _SLOT.size)
            parts.append(blob[start : start + length])
            _SLOT.pack_into(self.slots, body * _SLOT.size, at, length)
            at += length
        self.base, self.tail = b"".join(bytes(part) for part in parts), bytearray()
