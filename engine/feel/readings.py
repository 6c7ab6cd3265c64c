"""All readings of one text: whether ``a - b`` is a difference or a name depends on the scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from engine.feel.builtins import BUILTINS
from engine.feel.errors import FeelSyntaxError
from engine.feel.parser import Parser
from engine.feel.scope import NameIndex

_T = TypeVar("_T")
_BUILTIN_NAMES = frozenset(BUILTINS)
_BUILTIN_INDEX = NameIndex(BUILTINS)
_MAX_READINGS = 64  # of one text in different scopes


def make_parser(text: str, names: frozenset[str]) -> Parser:
    """A parser that knows the built-ins and these names of several tokens."""
    known = NameIndex(names, _BUILTIN_INDEX) if names else _BUILTIN_INDEX
    return Parser(text, known, _BUILTIN_NAMES)


class Readings(Generic[_T]):
    """Reads a text once, and once more for every scope with names that read it differently."""

    __slots__ = ("_doubts", "_names", "_plain", "_read", "_special", "_text")

    def __init__(self, text: str, names: frozenset[str], read: Callable[[Parser], _T]) -> None:
        self._text = text
        self._names = names
        self._read = read
        self._special: dict[frozenset[str], _T] = {}
        parser = make_parser(text, names)
        self._plain: _T | FeelSyntaxError
        try:
            self._plain = read(parser)
        except FeelSyntaxError as error:
            self._plain = error
        doubts = parser.doubts
        self._doubts = doubts if doubts.outer or doubts.inner else None
        if self._doubts is None and isinstance(self._plain, FeelSyntaxError):
            raise self._plain

    def check(self) -> None:
        """Raise the error of a text that is wrong in a scope without special names."""
        if isinstance(self._plain, FeelSyntaxError):
            raise self._plain

    @property
    def only(self) -> _T | None:
        """The reading in every scope, where there is but one."""
        plain = self._plain
        return None if self._doubts is not None or isinstance(plain, FeelSyntaxError) else plain

    def select(self, context: Mapping[str, Any]) -> _T:
        """The reading for this context.

        Raises:
            FeelSyntaxError: there is none.
        """
        if self._doubts is not None:
            relevant = self._doubts.relevant(context)
            if not relevant <= self._names:
                return self._reading(relevant)
        plain = self._plain
        if isinstance(plain, FeelSyntaxError):
            raise plain
        return plain

    def _reading(self, relevant: frozenset[str]) -> _T:
        made = self._special.get(relevant)
        if made is None:
            made = self._read(make_parser(self._text, self._names | relevant))
            if len(self._special) >= _MAX_READINGS:
                self._special.clear()
            self._special[relevant] = made
        return made
