"""Functions of lists."""

from __future__ import annotations

from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from engine.feel.builtins import aggregates
from engine.feel.builtins import arguments as take
from engine.feel.builtins.registry import ABSENT, builtin
from engine.feel.errors import Refused
from engine.feel.kinds import Function
from engine.feel.operators import equal, less
from engine.feel.runtime import Run

__all__ = ["aggregates"]


@builtin("list contains", ("list", "element"))
def list_contains(run: Run, source: Any, element: Any) -> bool:
    """Whether an item equals the element; null may be one."""
    source = take.items(source)
    run.spend(len(source))
    return any(equal(item, element, run) is True for item in source)


@builtin("sublist", ("list", "start position", "length?"))
def sublist(run: Run, source: Any, start: Any, length: Any = ABSENT) -> list[Any]:
    """So many items from a position."""
    all_items = take.items(source)
    run.spend(len(all_items))
    first = take.position(start, len(all_items))
    if length is ABSENT or length is None:
        return all_items[first:]
    count = take.whole(length)
    if count < 1 or first + count > len(all_items):
        raise Refused(f"列表只有 {len(all_items)} 项", "arguments")
    return all_items[first : first + count]


@builtin("append", ("list", "*item"))
def append(run: Run, source: Any, *added: Any) -> list[Any]:
    """The list and further items."""
    source = take.items(source)
    run.spend(len(source) + len(added))
    return [*source, *added]


@builtin("concatenate", ("*list",))
def concatenate(run: Run, *lists: Any) -> list[Any]:
    """All lists in one."""
    joined: list[Any] = []
    for part in lists:
        run.spend(len(take.items(part)))
        joined.extend(take.items(part))
    return joined


@builtin("insert before", ("list", "position", "newItem"))
def insert_before(run: Run, source: Any, position: Any, item: Any) -> list[Any]:
    """The list with an item put in."""
    source = take.items(source)
    run.spend(len(source))
    at = take.position(position, len(source))
    return [*source[:at], item, *source[at:]]


@builtin("remove", ("list", "position"))
def remove(run: Run, source: Any, position: Any) -> list[Any]:
    """The list without one item."""
    source = take.items(source)
    run.spend(len(source))
    at = take.position(position, len(source))
    return [*source[:at], *source[at + 1 :]]


@builtin("list replace", ("list", "position", "newItem"), ("list", "match", "newItem"))
def list_replace(run: Run, source: Any, where: Any, item: Any) -> list[Any]:
    """The list with the item at a position, or those a function picks, replaced."""
    source = take.items(source)
    run.spend(len(source))
    if not isinstance(where, Function):
        at = take.position(where, len(source))
        return [*source[:at], item, *source[at + 1 :]]
    picks = take.function(where, 2)
    return [item if _verdict(picks, run, old, item) else old for old in source]


def _verdict(function: Function, run: Run, *arguments: Any) -> bool:
    run.spend(1)
    verdict = function.invoke(run, list(arguments))
    if not isinstance(verdict, bool):
        raise Refused("函数应返回布尔值", "arguments")
    return verdict


@builtin("reverse", ("list",))
def reverse(run: Run, source: Any) -> list[Any]:
    """The list backwards."""
    run.spend(len(take.items(source)))
    return take.items(source)[::-1]


@builtin("index of", ("list", "match"))
def index_of(run: Run, source: Any, match: Any) -> list[Any]:
    """All positions of an item."""
    source = take.items(source)
    run.spend(len(source))
    return [Decimal(at) for at, item in enumerate(source, 1) if equal(item, match, run) is True]


@builtin("union", ("*list",))
def union(run: Run, *lists: Any) -> list[Any]:
    """All lists in one, without repetitions."""
    return _distinct(concatenate(run, *lists), run)


@builtin("distinct values", ("list",))
def distinct_values(run: Run, source: Any) -> list[Any]:
    """The list without repetitions."""
    return _distinct(take.items(source), run)


def _distinct(source: list[Any], run: Run) -> list[Any]:
    kept: list[Any] = []
    for item in source:
        run.spend(1 + len(kept))
        if not any(equal(item, other, run) is True for other in kept):
            kept.append(item)
    return kept


@builtin("duplicate values", ("list",))
def duplicate_values(run: Run, source: Any) -> list[Any]:
    """Items that occur more than once, each one time."""
    source = take.items(source)
    run.spend(len(source) * len(source))
    repeated = [item for at, item in enumerate(source) if any(equal(item, other, run) is True for other in source[:at])]
    return _distinct(repeated, run)


@builtin("flatten", ("list",))
def flatten(run: Run, source: Any) -> list[Any]:
    """All items of inner lists, in order."""
    flat: list[Any] = []
    pending = [iter(take.items(source))]
    while pending:
        run.spend(1)
        for item in pending[-1]:
            if isinstance(item, list):
                pending.append(iter(item))
                break
            run.spend(1)
            flat.append(item)
        else:
            pending.pop()
    return flat


@builtin("sort", ("list", "precedes?"))
def sort(run: Run, source: Any, precedes: Any = ABSENT) -> list[Any]:
    """The list in order, by a function that says which of two comes first."""
    source = take.items(source)
    run.spend(len(source))
    if precedes is ABSENT or precedes is None:
        return sorted(source, key=cmp_to_key(lambda a, b: _natural(a, b, run)))
    before = take.function(precedes, 2)

    def order(a: Any, b: Any) -> int:
        run.spend(1)
        if before.invoke(run, [a, b]) is True:
            return -1
        return 1 if before.invoke(run, [b, a]) is True else 0

    return sorted(source, key=cmp_to_key(order))


def _natural(a: Any, b: Any, run: Run) -> int:
    run.spend(1)
    below = less(a, b, run)
    if below is None:
        raise Refused("列表中的值没有共同的大小顺序", "type")
    return -1 if below else int(less(b, a, run) is True)
