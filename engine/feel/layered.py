"""Variables by name that are looked up, or made, only when somebody asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

_ABSENT: Final = object()


class _Asked(Mapping[str, Any]):
    """Values for which ``get`` is the one way to look."""

    __slots__ = ()

    def __getitem__(self, name: str) -> Any:
        value = self.get(name, _ABSENT)
        if value is _ABSENT:
            raise KeyError(name)
        return value


class Made(_Asked):
    """Values by name, each made from one thing when it is first asked for.

    Args:
        makers: what makes each value.
        source: what it is made from.
    """

    __slots__ = ("_made", "_makers", "_source")

    def __init__(self, makers: Mapping[str, Callable[[Any], Any]], source: Any) -> None:
        self._makers = makers
        self._source = source
        self._made: dict[str, Any] = {}

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name."""
        made = self._made.get(name, _ABSENT)
        if made is not _ABSENT:
            return made
        maker = self._makers.get(name)
        if maker is None:
            return default
        value = self._made[name] = maker(self._source)
        return value

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


class Layered(_Asked):
    """Several layers of values as one; the first that has a name hides the others. Nothing is copied.

    It is for reading at once, while no layer changes.
    """

    __slots__ = ("_found", "_layers")

    def __init__(self, layers: list[Mapping[str, Any]]) -> None:
        self._layers = layers
        self._found: dict[str, Any] = {}

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name."""
        value = self._found.get(name, _ABSENT)
        if value is not _ABSENT:
            return value
        for layer in self._layers:
            value = layer.get(name, _ABSENT)
            if value is not _ABSENT:
                self._found[name] = value
                return value
        return default

    def __contains__(self, name: object) -> bool:
        return any(name in layer for layer in self._layers)

    def __iter__(self) -> Iterator[str]:
        return iter(merged(self._layers))

    def __len__(self) -> int:
        return len(merged(self._layers))


def merged(layers: list[Mapping[str, Any]]) -> dict[str, Any]:
    """The layers as one dictionary; the first hides the others."""
    values: dict[str, Any] = {}
    for layer in reversed(layers):
        values.update(layer)
    return values
