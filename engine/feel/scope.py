"""Which runs of tokens form one name: names with spaces and symbols exist only if the scope has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.feel.lexer import name_parts

_MAX_DEPTH = 6
_MAX_ITEMS = 32  # of one list: its rows have one shape


class NameIndex:
    """Names of more than one token by their first token, longest first."""

    __slots__ = ("_by_first",)

    def __init__(self, names: Iterable[str] = (), base: NameIndex | None = None) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = dict(base._by_first) if base else {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Make a name known; one of a single token needs no entry."""
        parts = name_parts(name)
        if len(parts) < 2:
            return
        entries = list(self._by_first.get(parts[0], ()))
        if (parts, name) not in entries:
            entries.append((parts, name))
            entries.sort(key=lambda entry: -len(entry[0]))
            self._by_first[parts[0]] = entries

    def match(self, texts: list[str], index: int) -> tuple[str, int] | None:
        """The longest name that starts at a token, and the token after it."""
        for parts, name in self._by_first.get(texts[index], ()):
            if tuple(texts[index : index + len(parts)]) == parts:
                return name, index + len(parts)
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
