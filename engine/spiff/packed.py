"""A list of texts as two byte strings: loaded without looking at it, one entry read in constant time."""

from __future__ import annotations

import struct
from collections.abc import Iterable

_END = struct.Struct("<I")


class Texts:
    """Items or outputs of a multi-instance activity, as they lie in the state."""

    __slots__ = ("blob", "ends")

    def __init__(self, ends: bytes = b"", blob: bytes = b"") -> None:
        self.ends = ends  # where each text ends in the blob
        self.blob = blob

    @classmethod
    def of(cls, texts: Iterable[str]) -> Texts:
        """Pack texts."""
        encoded = [text.encode() for text in texts]
        ends, at = [], 0
        for item in encoded:
            at += len(item)
            ends.append(_END.pack(at))
        return cls(b"".join(ends), b"".join(encoded))

    def __len__(self) -> int:
        return len(self.ends) // _END.size

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self):
            raise IndexError(index)
        start = _END.unpack_from(self.ends, (index - 1) * _END.size)[0] if index else 0
        end = _END.unpack_from(self.ends, index * _END.size)[0]
        return self.blob[start:end].decode()

    def append(self, text: str) -> None:
        """Add a text at the end."""
        self.blob += text.encode()
        self.ends += _END.pack(len(self.blob))


def pack_number(number: int) -> bytes:
    """A small number, as :func:`numbers` reads it."""
    return _END.pack(number)


def numbers(packed: bytes) -> list[int]:
    """The numbers in a packed sequence."""
    return [number for (number,) in _END.iter_unpack(packed)]
