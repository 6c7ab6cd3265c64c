"""Literals, names, lists, contexts, ranges and ``if``."""

from __future__ import annotations

from typing import Any

from engine.feel import kinds as k
from engine.feel import nodes as n
from engine.feel.builtins import BUILTINS
from engine.feel.compiling.base import MISSING, Closure, Compilation, compiles
from engine.feel.errors import Refused
from engine.feel.kinds import FROM_OUTSIDE, KINDS, Range, adopt, kind
from engine.feel.operators import less
from engine.feel.runtime import Frame, Run
from engine.feel.temporal import parse_temporal

_NO_RANGE = frozenset({k.BOOLEAN, k.LIST, k.CONTEXT, k.FUNCTION, k.RANGE, k.FOREIGN})


@compiles(n.Literal)
def literal(node: n.Literal, compilation: Compilation) -> Closure:
    """A constant."""
    value = node.value
    return lambda frame: value


@compiles(n.AtLiteral)
def at_literal(node: n.AtLiteral, compilation: Compilation) -> Closure:
    """A temporal constant; a wrong one is null with a warning."""
    value = parse_temporal(node.text)
    if value is not None:
        return lambda frame: value
    place = compilation.place(node)

    def wrong(frame: Frame) -> None:
        frame.run.warn(place, f"“{node.text}”不是日期、时间或时长")

    return wrong


@compiles(n.Name)
def name(node: n.Name, compilation: Compilation) -> Closure:
    """A variable, from the innermost scope outwards, then a built-in."""
    wanted, place = node.name, compilation.place(node)

    def look_up(frame: Frame) -> Any:
        value = frame.names.get(wanted, MISSING)
        if value is MISSING:
            value = _outer(frame, wanted, place)
        kind_of = type(value)
        return adopt(value) if kind_of in FROM_OUTSIDE or kind_of not in KINDS else value

    return look_up


def _outer(frame: Frame, wanted: str, place: tuple[int, str]) -> Any:
    scope = frame.parent
    while scope is not None:
        value = scope.names.get(wanted, MISSING)
        if value is not MISSING:
            return value
        scope = scope.parent
    builtin = BUILTINS.get(wanted)
    if builtin is None:
        frame.run.warn(place, f"名称“{wanted}”不存在", "unknown-name")
    return builtin


@compiles(n.ListLiteral)
def list_literal(node: n.ListLiteral, compilation: Compilation) -> Closure:
    """``[a, b]``."""
    items = [compilation.closure(item) for item in node.items]

    def make(frame: Frame) -> list[Any]:
        made = []
        for item in items:
            made.append(item(frame))
        return made

    return make


@compiles(n.ContextLiteral)
def context_literal(node: n.ContextLiteral, compilation: Compilation) -> Closure:
    """``{a: 1, b: a + 1}``: an entry sees those before it; a key twice makes it null."""
    entries = [(key, compilation.closure(value)) for key, value in node.entries]
    place = compilation.place(node)
    if len({key for key, _ in entries}) < len(entries):
        return lambda frame: frame.run.warn(place, "上下文中有重复的键")

    def make(frame: Frame) -> dict[str, Any]:
        made: dict[str, Any] = {}
        scope = Frame(made, frame, frame.run)
        for key, value in entries:
            made[key] = value(scope)
        return made

    return make


@compiles(n.RangeLiteral)
def range_literal(node: n.RangeLiteral, compilation: Compilation) -> Closure:
    """``[a..b)``."""
    start = compilation.closure(node.start) if node.start else None
    end = compilation.closure(node.end) if node.end else None
    place = compilation.place(node)
    start_included, end_included = node.start_included, node.end_included

    def make(frame: Frame) -> Range | None:
        low = start(frame) if start else None
        high = end(frame) if end else None
        try:
            return checked_range(Range(start_included, low, high, end_included), frame.run)
        except Refused as refused:
            frame.run.warn(place, refused.reason, refused.code)
            return None

    return make


def checked_range(where: Range, run: Run) -> Range:
    """A range whose ends fit together.

    Raises:
        Refused: ends of different kinds, without an order, or in the wrong one.
    """
    ends = [end for end in (where.start, where.end) if end is not None]
    if any(kind(end) in _NO_RANGE for end in ends):
        raise Refused("区间的端点没有大小之分", "type")
    if len(ends) == 2:
        backwards = less(where.end, where.start, run)
        if backwards is None:
            raise Refused("区间的两端类型不同", "type")
        if backwards:
            raise Refused("区间的起点大于终点")
    return where


@compiles(n.If)
def conditional(node: n.If, compilation: Compilation) -> Closure:
    """``if``: only true takes the first branch."""
    condition, yes, no = (compilation.closure(part) for part in (node.condition, node.yes, node.no))
    return lambda frame: yes(frame) if condition(frame) is True else no(frame)
