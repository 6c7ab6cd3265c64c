"""Taking an argument as the kind a function needs; a list of one stands for its item."""

from __future__ import annotations

from typing import Any

from engine.feel import kinds as k
from engine.feel.errors import Refused
from engine.feel.kinds import LABELS, Function, kind, label
from engine.feel.operators import is_whole


def need(value: Any, *wanted: str) -> Any:
    """The value, if it is of one of these kinds.

    Raises:
        Refused: it is not.
    """
    of = kind(value)
    if of in wanted:
        return value
    if of == k.LIST and len(value) == 1 and kind(value[0]) in wanted:
        return value[0]
    raise Refused(f"需要{'或'.join(LABELS[name] for name in wanted)}，这里是{label(value)}", "arguments")


def text(value: Any) -> str:
    """A string argument."""
    taken: str = need(value, k.STRING)
    return taken


def number(value: Any) -> Any:
    """A number argument."""
    return need(value, k.NUMBER)


def whole(value: Any) -> int:
    """An argument that is a whole number."""
    taken = number(value)
    if not is_whole(taken):
        raise Refused(f"需要整数，这里是“{taken}”", "arguments")
    return int(taken)


def items(value: Any) -> list[Any]:
    """A list argument; any other value is a list of one, null is refused."""
    if value is None:
        raise Refused("需要列表，这里是空值", "arguments")
    return value if isinstance(value, list) else [value]


def one_list(values: tuple[Any, ...]) -> list[Any]:
    """The arguments of a function that takes either one list or its items."""
    if len(values) == 1:
        return items(values[0])
    return list(values)


def numbers(values: list[Any]) -> list[Any]:
    """A list of nothing but numbers."""
    for value in values:
        if kind(value) != k.NUMBER:
            raise Refused(f"列表中应只有数字，却有{label(value)}", "arguments")
    return values


def function(value: Any, parameters: int) -> Function:
    """A function argument with so many parameters."""
    taken = need(value, k.FUNCTION)
    if not isinstance(taken, Function) or len(taken.parameters) != parameters:
        raise Refused(f"需要有 {parameters} 个参数的函数", "arguments")
    return taken


def position(index: Any, length: int, *, one_more: bool = False) -> int:
    """A 1-based position, negative from the end, as Python's index."""
    wanted = whole(index)
    at = wanted - 1 if wanted > 0 else length + wanted
    if wanted == 0 or at < 0 or at >= length + one_more:
        raise Refused(f"列表有 {length} 项，没有第 {wanted} 项")
    return at
