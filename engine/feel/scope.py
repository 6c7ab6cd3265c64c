"""Which runs of tokens form one name: names with spaces and symbols exist only if the scope has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.feel.lexer import name_parts

_MAX_DEPTH = 6
_MAX_ITEMS = 32  # of one list: its rows have one shape


class NameIndex:
    """Names of more than one token; the longest that fits is meant."""

    __slots__ = ("_lengths", "_names")

    def __init__(self, names: Iterable[str] = (), base: NameIndex | None = None) -> None:
        self._names: dict[tuple[str, ...], str] = dict(base._names) if base else {}
        self._lengths: dict[str, tuple[int, ...]] = dict(base._lengths) if base else {}  # by first token, longest first
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Make a name known; one of a single token needs no entry."""
        parts = name_parts(name)
        if len(parts) < 2:
            return
        self._names.setdefault(parts, name)
        lengths = self._lengths.get(parts[0], ())
        if len(parts) not in lengths:
            self._lengths[parts[0]] = tuple(sorted((*lengths, len(parts)), reverse=True))

    def match(self, texts: list[str], index: int) -> tuple[str, int] | None:
        """The longest name that starts at a token, and the token after it."""
        for length in self._lengths.get(texts[index], ()):
            name = self._names.get(tuple(texts[index : index + length]))
            if name is not None:
                return name, index + length
        return None


class Doubts:
    """First tokens of names that might be longer than they look, gathered while parsing."""

    __slots__ = ("inner", "outer")

    def __init__(self) -> None:
        self.outer: set[str] = set()
        self.inner: set[str] = set()

    def relevant(self, context: Mapping[str, Any]) -> frozenset[str]:
        """The names of a context that would change how the text is read."""
        found: set[str] = set()
        first = self.outer | self.inner
        for key in context:
            if _starts(key, first):
                found.add(key)
        if self.inner:
            for value in context.values():
                _gather(value, self.inner, found, 1)
        return frozenset(found)


def _starts(key: Any, first: set[str]) -> bool:
    if not isinstance(key, str) or key.isidentifier():
        return False
    parts = name_parts(key)
    return len(parts) > 1 and parts[0] in first


def _gather(value: Any, first: set[str], found: set[str], depth: int) -> None:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if _starts(key, first):
                found.add(key)
            _gather(item, first, found, depth + 1)
    elif isinstance(value, list):
        for item in value[:_MAX_ITEMS]:
            _gather(item, first, found, depth + 1)


def canonical(source: str) -> str:
    """A name as written, with its white space reduced to single spaces."""
    return " ".join(source.split())
