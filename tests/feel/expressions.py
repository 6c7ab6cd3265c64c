"""Random expressions: from the grammar, mostly well-formed, and from mutilated text."""

from __future__ import annotations

import random
from collections.abc import Callable

_ATOMS = (
    *("0", "1", "-1", "2.5", "1e9", "99999999999999999999", ".5", "0.1", "1e6000"),
    *('"a"', '"慰问品"', '""', '"2026-01-01"', "true", "false", "null", "x", "amount", "l", "c", "first name", "?"),
    *('@"2026-02-28"', '@"10:00:00"', '@"P1D"', '@"P1Y"', '@"2026-01-01T00:00:00@Asia/Shanghai"', '@"nope"'),
    *('@"99999-01-01"', '@"-0005-01-01T00:00:00Z"', 'date and time("10000-01-01T00:00:00@Asia/Shanghai")'),
    *('@"0001-01-01T00:00:00+14:00"', '@"9999-12-31T23:59:59@America/New_York"', '@"P999999999D"', '@"-P99999Y"'),
    *('"(a*)\\\\1"', '"[a-z-[b]]+"', '"(a|b)\\\\1{2}"', '"aabb"', "1e-6000", "1e6144", "function(a, b) a"),
    *("[]", "{}", "[1..5]", "(1..5)", '["a".."b"]', "[1..9999999999]", "c.a", "l[1]", "nobody", "item", "partial"),
)
_FUNCTIONS = (
    *("count", "sum", "min", "max", "mean", "median", "mode", "stddev", "product", "all", "any", "not", "abs", "sqrt"),
    *("string", "number", "date", "time", "date and time", "duration", "upper case", "string length", "exp", "log"),
    *("flatten", "distinct values", "reverse", "sort", "get entries", "context merge", "day of week", "odd", "range"),
)
_FUNCTIONS_OF_TWO = (
    *("contains", "matches", "split", "substring", "append", "concatenate", "union", "remove", "index of", "modulo"),
    *("list contains", "decimal", "get value", "string join", "before", "overlaps", "includes", "is", "round up"),
    *("time", "date and time", "finishes", "meets", "overlaps after", "coincides", "split", "sublist", "range"),
    *("years and months duration", "list replace", "insert before", "replace", "context put"),
)
_OPERATORS = ("+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in", "between 1 and")
_FRAGMENTS = (*'()[]{}.,:"@?-+*/<>=', " ", "if", "then", "for", "in", "..", "//", "/*", "’", "\\", "instance of")


class ExpressionSource:
    """Makes expressions from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def next(self) -> str:
        """An expression, one in five of them damaged."""
        text = self._expression(self.random.randint(1, 5))
        return self._damaged(text) if self.random.random() < 0.2 else text

    def _expression(self, depth: int) -> str:
        if depth <= 0:
            return self.random.choice(_ATOMS)
        return self.random.choice(self._productions())(depth - 1)

    def _productions(self) -> list[Callable[[int], str]]:
        return [self._binary, self._binary, self._call, self._call, self._loop, self._filter, self._other, self._growth]

    def _binary(self, depth: int) -> str:
        operator = self.random.choice(_OPERATORS)
        return f"({self._expression(depth)}) {operator} ({self._expression(depth)})"

    def _call(self, depth: int) -> str:
        if self.random.random() < 0.5:
            return f"{self.random.choice(_FUNCTIONS)}({self._expression(depth)})"
        return f"{self.random.choice(_FUNCTIONS_OF_TWO)}({self._expression(depth)}, {self._expression(depth)})"

    def _loop(self, depth: int) -> str:
        domain = self.random.choice(("l", "1..1000000", "[1,2,3]", "1..50", self._expression(depth)))
        body = self._expression(depth)
        return self.random.choice(
            (
                f"for i in {domain} return {body}",
                f"for i in {domain}, j in {domain} return [i, j, {body}]",
                f"for i in {domain} return partial",
                f"some i in {domain} satisfies {body}",
                f"every i in {domain} satisfies {body}",
            )
        )

    def _filter(self, depth: int) -> str:
        return f"({self._expression(depth)})[{self._expression(depth)}]"

    def _other(self, depth: int) -> str:
        inner = self._expression(depth)
        return self.random.choice(
            (
                f"if {inner} then {inner} else 1",
                f"[{inner}, {inner}]",
                f"{{a: {inner}, b: a, c: [a, b]}}",
                f"({inner}) instance of list<number>",
                f"(function(p) {inner})({inner})",
                f"-({inner})",
                f"({inner}).a",
            )
        )

    def _growth(self, depth: int) -> str:
        """What tries to grow without bound."""
        return self.random.choice(
            (
                "{f: function(n) f(n + 1), r: f(1)}.r",
                "{f: function(n) [f(n), f(n)], r: f(1)}.r",
                "{a: [1,1,1,1], b: [a,a,a,a], c: [b,b,b,b], d: [c,c,c,c], e: [d,d,d,d], f: [e,e,e,e], g: string(f)}",
                'for i in 1..40 return string join(for j in 1..9999 return "aaaaaaaaaaaaaaaaaaaaaaaaa")',
                "sort(for i in 1..5000 return 5000 - i, function(a, b) a < b)",
                'matches(string join(for i in 1..5000 return "aaaaaaaaaa"), "(a*)*b(a|aa)+$")',
                "distinct values(for i in 1..3000 return i)",
                "9 ** 9 ** 9 ** 9",
                "count(for i in 1..99999 return i)",
                "decimal(1e6000 / 7, 6000)",
            )
        )

    def _damaged(self, text: str) -> str:
        at = self.random.randint(0, len(text))
        piece = self.random.choice(_FRAGMENTS)
        return text[:at] + piece + text[at + self.random.randint(0, 3) :]
