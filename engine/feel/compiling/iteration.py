"""``for``, ``some`` and ``every``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.feel import kinds as k
from engine.feel import nodes as n
from engine.feel.compiling.base import Closure, Compilation, compiles
from engine.feel.errors import Refused
from engine.feel.kinds import Range, kind
from engine.feel.operators import is_whole
from engine.feel.runtime import Frame, Run

_DAY = timedelta(days=1)
Iterator = tuple[str, Closure, Closure | None]


@compiles(n.For)
def loop(node: n.For, compilation: Compilation) -> Closure:
    """``for … return``; ``partial`` is the list of the results so far."""
    iterators = _iterators(node.iterators, compilation)
    body, size, _ = compilation.measured(node.body)
    needs_partial = "partial" in compilation.text
    place = compilation.place(node)

    def run_loop(frame: Frame) -> list[Any] | None:
        results: list[Any] = []
        try:
            for scope in _bindings(iterators, 0, frame, 2 + size):
                results.append(body(_with_partial(scope, results) if needs_partial else scope))
        except Refused as refused:
            frame.run.warn(place, refused.reason, refused.code)
            return None
        return results

    return run_loop


def _with_partial(scope: Frame, results: list[Any]) -> Frame:
    scope.run.spend(1 + len(results) // 16)
    return Frame({"partial": results[:]}, scope, scope.run)


@compiles(n.Quantified)
def quantified(node: n.Quantified, compilation: Compilation) -> Closure:
    """``some`` and ``every`` in three-valued logic."""
    iterators = _iterators(node.iterators, compilation)
    body, size, _ = compilation.measured(node.body)
    decisive, place = node.some, compilation.place(node)

    def decide(frame: Frame) -> bool | None:
        result: bool | None = not decisive
        try:
            for scope in _bindings(iterators, 0, frame, 2 + size):
                verdict: bool | None = body(scope)
                if verdict is decisive:
                    return decisive
                if verdict is not (not decisive):
                    result = None
        except Refused as refused:
            frame.run.warn(place, refused.reason, refused.code)
            return None
        return result

    return decide


def _iterators(nodes: list[n.Iterator], compilation: Compilation) -> list[Iterator]:
    return [
        (node.name, compilation.closure(node.domain), compilation.closure(node.end) if node.end else None)
        for node in nodes
    ]


def _bindings(iterators: list[Iterator], index: int, frame: Frame, price: int) -> Iterable[Frame]:
    """One scope for every combination, the last iterator turning fastest."""
    name, domain, end = iterators[index]
    start = domain(frame)
    items = _between(start, end(frame), frame.run) if end else _members(start, frame.run)
    last = index == len(iterators) - 1
    for item in items:
        frame.run.spend(price)
        scope = Frame({name: item}, frame, frame.run)
        if last:
            yield scope
        else:
            yield from _bindings(iterators, index + 1, scope, price)


def _members(domain: Any, run: Run) -> Iterable[Any]:
    if isinstance(domain, list):
        return domain
    if domain is None:
        raise Refused("循环的对象为空", "type")
    if isinstance(domain, Range):
        return members(domain, run)
    return [domain]


def members(where: Range, run: Run) -> Iterable[Any]:
    """The whole numbers or days of a range.

    Raises:
        Refused: a range of something else, or an open one.
    """
    values = _between(where.start, where.end, run)
    return (
        value
        for value in values
        if (where.start_included or value != where.start) and (where.end_included or value != where.end)
    )


def _between(start: Any, end: Any, run: Run) -> Iterable[Any]:
    of = kind(start)
    if of == kind(end) == k.NUMBER and is_whole(start) and is_whole(end):
        step = 1 if start <= end else -1
        return (Decimal(number) for number in range(int(start), int(end) + step, step))
    if isinstance(start, date) and of == kind(end) == k.DATE and isinstance(end, date):
        distance = (end - start).days
        step = 1 if distance >= 0 else -1
        return (start + offset * _DAY for offset in range(0, distance + step, step))
    raise Refused("循环的区间两端应为整数或日期", "type")
