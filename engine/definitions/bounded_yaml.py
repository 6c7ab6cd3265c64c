"""YAML of a folder, read within bounds: a few lines of it can say a thing that is nested or repeated without end."""

from __future__ import annotations

from typing import Any, Final

import yaml

MAX_DEPTH: Final = 64
MAX_VALUES: Final = 200_000  # what is said once and referred to often counts as often

_Size = tuple[int, int]  # values and depth


class _Loader(yaml.SafeLoader):
    """Stops at the first value that is nested too deeply, before it has read the rest."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self._depth += 1
        _ensure(1, self._depth)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def load_yaml(content: bytes) -> Any:
    """The one document of a file, as plain values.

    Raises:
        yaml.YAMLError, UnicodeDecodeError: it cannot be read, or is over its bounds.
    """
    loader = _Loader(content.decode("utf-8"))
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _measure(node, {})
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _measure(node: yaml.Node, known: dict[int, _Size | None]) -> _Size:
    if id(node) in known:
        size = known[id(node)]
        if size is None:  # we are in the middle of it
            raise yaml.YAMLError("一个值包含它自己")
        return size
    known[id(node)] = None
    values, depth = 1, 0
    for inner in _inside(node):
        more, below = _measure(inner, known)
        values, depth = values + more, max(depth, below)
        _ensure(values, depth + 1)
    known[id(node)] = values, depth + 1
    return values, depth + 1


def _inside(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [each for pair in node.value for each in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _ensure(values: int, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise yaml.YAMLError(f"嵌套超过 {MAX_DEPTH} 层")
    if values > MAX_VALUES:
        raise yaml.YAMLError(f"超过 {MAX_VALUES} 个值")
