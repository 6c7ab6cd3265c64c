"""Every function and operator on what takes longest: to be evaluated over and over until the budget ends."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel import evaluate
from engine.feel.builtins import BUILTINS

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_LENGTH = 1_000


def _nested(depth: int) -> Any:
    made: Any = [Decimal(1)]
    for _ in range(depth):
        made = [made]
    return made


def _tree(depth: int) -> Any:
    made: Any = [Decimal(1)]
    for _ in range(depth):
        made = [made, made, made]
    return made


#: Variables by name, each large or slow in its own way.
CONTEXT: dict[str, Any] = {
    "text": "aaaaaaaaab" * 20_000,
    "texts": ["x" * 300 + str(number) for number in range(_LENGTH)],
    "quotes": [f'"\\{number}' for number in range(_LENGTH)],
    "numbers": [Decimal(number) for number in range(3 * _LENGTH)],
    "thirds": [Decimal(number) / 3 for number in range(_LENGTH)],
    "contexts": [{"a": {"b": Decimal(number)}} for number in range(_LENGTH)],
    "entries": [{"key": str(number), "value": Decimal(number)} for number in range(_LENGTH)],
    "pairs": [[Decimal(number), Decimal(2)] for number in range(_LENGTH)],
    "wide": {str(number): Decimal(number) for number in range(3 * _LENGTH)},
    "booleans": [True] * _LENGTH,
    "nulls": [None] * _LENGTH,
    "days": [date(2020, 1, 1) + timedelta(number) for number in range(_LENGTH)],
    "instants": [datetime(2020, 1, 1, tzinfo=_SHANGHAI)] * _LENGTH,
    "clocks": [time(10, tzinfo=_SHANGHAI)] * _LENGTH,
    "durations": [timedelta(microseconds=10**12 + number) for number in range(_LENGTH)],
    "instant": datetime(2026, 1, 1, tzinfo=UTC),
    "deep": _nested(150),
    "tree": _tree(10),
    **evaluate(
        '{remote: @"999999999-01-01T00:00:00@Asia/Shanghai", largest: 9.99e6144, smallest: 1e-6143,'
        ' ranges: [[1..5], ["a".."b"]], range: [1..99999999], years: @"P99999Y", days999: @"P999999D",'
        " less: function(a, b) a < b, yes: function(a, b) true}",
        {},
    ).result,
}
CONTEXT["remotes"] = [CONTEXT["remote"]] * _LENGTH
_ATOMS = (
    *CONTEXT,
    *("1", "-1", "2", "0.5", "6000", "null", '"a"', '""', '","', '"i"', 'text + "b"', '"2026-01-01"', '@"P1D"'),
    *('"([ab]+)+[a-z]{1,90}Q"', '"(a*)\\\\1"', '"(a|b)*c"', '"1.5"', '["a", "b"]', "{a: 1}", "[numbers, numbers]"),
)
_OPERATORS = ("+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", "and", "or", "in")
_TYPES = ("number", "list<list<number>>", "context<a: list<number>>", "date and time", "range<number>")


class HostileSource:
    """Makes loop bodies from one seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def next(self) -> str:
        """An expression over the variables of CONTEXT and the loop variable ``i``."""
        choose = self._random.choice
        a, b = choose(_ATOMS), choose(_ATOMS)
        return choose(
            (
                self._call(),
                self._call(),
                self._call(),
                self._call(),
                f"({a}) {choose(_OPERATORS)} ({b})",
                f"({a}) {choose(_OPERATORS)} ({a})",
                f"({a})[{choose((b, 'item = 1', 'a = 1', 'item', 'i'))}]",
                f"({a}).{choose(('a', 'year', 'time offset', 'start'))}",
                f"({a}) instance of {choose(_TYPES)}",
                f"({a}) between {b} and {b}",
                f"for j in {a} return {choose(('j', 'partial', b))}",
                f"{choose(('some', 'every'))} j in {a} satisfies j = {b}",
                f"{{x: {a}, y: [x, {b}]}}",
            )
        )

    def _call(self) -> str:
        name = self._random.choice(sorted(BUILTINS))
        signature = self._random.choice(BUILTINS[name].signatures)
        count = self._random.randint(signature.minimum, len(signature.names))
        return f"{name}({', '.join(self._random.choice(_ATOMS) for _ in range(count))})"
