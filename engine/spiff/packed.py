"""A list of texts that may be long: whole pages are compressed, so that ten thousand short ones take few bytes each."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from engine.spiff.errors import StateError

PAGE: Final = 64  # texts; reading one unpacks so many, adding one rewrites no more
_END = struct.Struct("<I")


class Texts:
    """Items or outputs of a multi-instance activity, as they lie in the state.

    Nothing is unpacked by loading; one text is read in constant time. The last page, not yet full, lies open.
    """

    __slots__ = ("_read", "blob", "ends", "tail")

    def __init__(self, ends: bytes = b"", blob: bytes = b"", tail: Iterable[str] = ()) -> None:
        self.ends = ends  # where each page ends in the blob
        self.blob = blob
        self.tail = list(tail)
        self._read: tuple[int, list[str]] | None = None  # the page that was read last

    @classmethod
    def of(cls, texts: Iterable[str]) -> Texts:
        """Pack texts."""
        waiting = list(texts)
        full = len(waiting) - len(waiting) % PAGE
        pages = [_pack(waiting[start : start + PAGE]) for start in range(0, full, PAGE)]
        ends, at = [], 0
        for page in pages:
            at += len(page)
            ends.append(_END.pack(at))
        return cls(b"".join(ends), b"".join(pages), waiting[full:])

    def parts(self) -> tuple[bytes, bytes, list[str]]:
        """As it is stored."""
        return self.ends, self.blob, self.tail

    def __len__(self) -> int:
        return len(self.ends) // _END.size * PAGE + len(self.tail)

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self):
            raise IndexError(index)
        number, place = divmod(index, PAGE)
        if number == len(self.ends) // _END.size:
            return self.tail[place]
        return self._page(number)[place]

    def __iter__(self) -> Iterator[str]:
        for number in range(len(self.ends) // _END.size):
            yield from self._page(number)
        yield from self.tail

    def append(self, text: str) -> None:
        """Add a text at the end."""
        self.tail.append(text)
        if len(self.tail) == PAGE:
            self.blob += _pack(self.tail)
            self.ends += _END.pack(len(self.blob))
            self.tail = []

    def _page(self, number: int) -> list[str]:
        if self._read is None or self._read[0] != number:
            start = _END.unpack_from(self.ends, (number - 1) * _END.size)[0] if number else 0
            end = _END.unpack_from(self.ends, number * _END.size)[0]
            self._read = number, _unpack(self.blob[start:end])
        return self._read[1]


def _pack(texts: list[str]) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(texts))


def _unpack(page: bytes) -> list[str]:
    try:
        return msgspec.msgpack.decode(zlib.decompress(page), type=list[str])
    except (zlib.error, msgspec.MsgspecError) as error:
        raise StateError(f"a page of texts cannot be unpacked: {error}") from error


def loose(ends: bytes, blob: bytes) -> list[str]:
    """The texts of a list that was stored without pages."""
    stops = [end for (end,) in _END.iter_unpack(ends)]
    return [blob[start:stop].decode() for start, stop in zip([0, *stops], stops, strict=False)]


def loose_numbers(packed: bytes) -> list[int]:
    """The loop counters that were stored beside such a list."""
    return [number for (number,) in _END.iter_unpack(packed)]
