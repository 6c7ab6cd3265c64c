"""Functions that make one value of a list, given as a list or as arguments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from engine.feel import kinds as k
from engine.feel.builtins import arguments as take
from engine.feel.builtins.registry import builtin
from engine.feel.errors import Refused
from engine.feel.kinds import kind
from engine.feel.operators import ARITHMETIC, less
from engine.feel.runtime import Run
from engine.feel.temporal import YearsMonthsDuration


def _aggregate(
    name: str, variadic: str, steps: int = 1
) -> Callable[[Callable[[list[Any]], Any]], Callable[[list[Any]], Any]]:
    """Register a function of a list that takes so many steps for each item."""

    def register(compute: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
        def call(run: Run, *values: Any) -> Any:
            source = take.one_list(values)
            run.spend(1 + steps * len(source))
            return compute(source)

        builtin(name, ("list",), (f"*{variadic}",))(call)
        return compute

    return register


@_aggregate("count", "c")
def count(source: list[Any]) -> Decimal:
    """Number of items."""
    return Decimal(len(source))


def _extreme(name: str, better: Callable[[Any, Any, Run], bool | None]) -> None:
    def call(run: Run, *values: Any) -> Any:
        source = take.one_list(values)
        run.spend(1 + len(source))
        best = source[0] if source else None
        for item in source:
            verdict = better(item, best, run)
            if verdict is None:
                raise Refused("列表中的值没有共同的大小顺序", "type")
            if verdict:
                best = item
        return best

    builtin(name, ("list",), ("*c",))(call)


_extreme("min", less)
_extreme("max", lambda item, best, run: less(best, item, run))


def _total(source: list[Any]) -> Decimal:
    total = Decimal(0)
    for value in take.numbers(source):
        total = ARITHMETIC.add(total, value)
    return total


@_aggregate("sum", "n")
def total(source: list[Any]) -> Any:
    """The sum of numbers or of durations; null of none."""
    if not source:
        return None
    kinds = {kind(item) for item in source}
    if kinds == {k.DAYS_AND_TIME}:
        return sum(source, timedelta(0))
    if kinds == {k.YEARS_AND_MONTHS}:
        return YearsMonthsDuration(sum(item.months for item in source))
    return _total(source)


@_aggregate("mean", "n")
def mean(source: list[Any]) -> Decimal | None:
    """The average; null of none."""
    if not source:
        return None
    return ARITHMETIC.divide(_total(source), len(source))


@_aggregate("median", "n", steps=2)
def median(source: list[Any]) -> Decimal | None:
    """The middle value, or the mean of the two middle ones; null of none."""
    if not source:
        return None
    ordered = sorted(take.numbers(source))
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return Decimal(ordered[middle])
    return ARITHMETIC.divide(ARITHMETIC.add(ordered[middle - 1], ordered[middle]), 2)


@_aggregate("stddev", "n", steps=5)
def standard_deviation(source: list[Any]) -> Decimal:
    """The standard deviation of a sample of two or more."""
    if len(take.numbers(source)) < 2:
        raise Refused("标准差至少需要两个数", "arguments")
    average = ARITHMETIC.divide(_total(source), len(source))
    squares = [ARITHMETIC.power(ARITHMETIC.subtract(value, average), 2) for value in source]
    return ARITHMETIC.sqrt(ARITHMETIC.divide(_total(squares), len(source) - 1))


@_aggregate("mode", "n", steps=2)
def mode(source: list[Any]) -> list[Any]:
    """The most frequent numbers, in ascending order."""
    occurrences = Counter(take.numbers(source))
    most = max(occurrences.values(), default=0)
    return sorted(value for value, times in occurrences.items() if times == most)


@_aggregate("product", "n", steps=2)
def product(source: list[Any]) -> Decimal | None:
    """The product; null of none."""
    if not source:
        return None
    result = Decimal(1)
    for value in take.numbers(source):
        result = ARITHMETIC.multiply(result, value)
    return result


@_aggregate("all", "b")
def all_true(source: list[Any]) -> bool | None:
    """False if one is false, true if all are true, else null."""
    if any(item is False for item in source):
        return False
    return True if all(item is True for item in source) else None


@_aggregate("any", "b")
def any_true(source: list[Any]) -> bool | None:
    """True if one is true, false if all are false, else null."""
    if any(item is True for item in source):
        return True
    return False if all(item is False for item in source) else None
