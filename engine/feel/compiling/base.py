"""The table of node compilers and what one compilation knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from engine.feel.nodes import Node
from engine.feel.runtime import Frame

Closure = Callable[[Frame], Any]
MISSING: Any = object()

_N = TypeVar("_N", bound=Node)
_COMPILERS: dict[type[Node], Callable[[Any, Any], Closure]] = {}


def compiles(
    node_type: type[_N],
) -> Callable[[Callable[[_N, Compilation], Closure]], Callable[[_N, Compilation], Closure]]:
    """Register the compiler of one node type."""

    def register(function: Callable[[_N, Compilation], Closure]) -> Callable[[_N, Compilation], Closure]:
        _COMPILERS[node_type] = function
        return function

    return register


class Compilation:
    """Turns the nodes of one text into closures and counts them: a loop pays for its body's size."""

    __slots__ = ("_depth", "deepest", "size", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.size = 0
        self.deepest = 0
        self._depth = 0

    def closure(self, node: Node) -> Closure:
        """Compile a node and all below it."""
        self.size += 1
        self._depth += 1
        self.deepest = max(self.deepest, self._depth)
        made = _COMPILERS[type(node)](node, self)
        self._depth -= 1
        return made

    def measured(self, node: Node) -> tuple[Closure, int, int]:
        """Compile a body that may run many times: closure, size, depth."""
        size_before, deepest_before, self.deepest = self.size, self.deepest, self._depth
        made = self.closure(node)
        depth = self.deepest - self._depth
        self.deepest = max(self.deepest, deepest_before)
        return made, self.size - size_before, depth

    def place(self, node: Node) -> tuple[int, str]:
        """Where a warning of this node points to."""
        return node.pos, self.text
