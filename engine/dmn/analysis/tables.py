"""Gaps, overlaps, dead rules and missing defaults of one decision table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.dmn import model as m
from engine.dmn.analysis.cover import Box, Cover, TooLargeError, intersection
from engine.dmn.analysis.problems import Problem
from engine.dmn.analysis.regions import IRRELEVANT, Column, analyse_column, describe

_ONE_RESULT = frozenset({"UNIQUE", "FIRST", "ANY", "PRIORITY"})
_RANK = {"point": 0, "interval": 0, "other": 1, "null": 2}
_MAX_REPORTED = 50  # of one kind in one table


class TableAnalysis:
    """One table cut into regions."""

    def __init__(self, table: m.DecisionTable, element: str, allowed: list[str | None], names: frozenset[str]) -> None:
        self.table = table
        self.element = table.id or element
        self.columns = [analyse_column(table, at, allowed[at], names) for at in range(len(table.inputs))]

    def problems(self) -> Iterator[Problem]:
        """Everything found, by kind."""
        try:
            if self.columns:
                yield from self._dead()
                yield from self._overlaps()
                yield from self._gaps()
        except TooLargeError:
            reason = "表的组合过多，无法查全"
            yield Problem("budget", "warning", reason, self.element, self.table.line)

    def sample(self, box: Box) -> dict[str, Any]:
        """One input of a box, by column."""
        return {column.name: _sample(column, bits) for column, bits in zip(self.columns, box, strict=True)}

    def _whole(self) -> Box:
        return tuple(column.asked for column in self.columns)

    def _box(self, rule: int) -> Box:
        return tuple(column.possible[rule] for column in self.columns)

    def _words(self, box: Box) -> str:
        parts = [f"{column.name} {describe(column, bits)}" for column, bits in zip(self.columns, box, strict=True)]
        return "，".join(part for part in parts if not part.endswith("任意")) or "任意输入"

    # --- dead rules

    def _dead(self) -> Iterator[Problem]:
        for at, rule in enumerate(self.table.rules):
            empty = [column.name for column in self.columns if not column.possible[at]]
            if empty:
                reason = f"第 {rule.number} 行永远不适用：“{empty[0]}”的条件没有值能满足"
                yield self._about(rule, "dead-rule", reason, None)
            elif self.table.hit_policy == "FIRST" and at:
                yield from self._shadowed(at, rule)

    def _shadowed(self, at: int, rule: m.Rule) -> Iterator[Problem]:
        earlier = list(range(at))
        cover = Cover(self.columns, [column.certain for column in self.columns], earlier)
        if cover.uncovered(self._box(at)):
            return
        example = self.sample(self._box(at))
        blocking = [
            self.table.rules[other].number for other in earlier if intersection(self.columns, other, at) is not None
        ]
        lines = "、".join(map(str, blocking))
        yield self._about(rule, "dead-rule", f"第 {rule.number} 行永远不适用：前面的第 {lines} 行总是先适用", example)

    def _about(self, rule: m.Rule, code: str, reason: str, example: dict[str, Any] | None) -> Problem:
        return Problem(code, "warning", reason, rule.id or self.element, rule.line, example, "rule")

    # --- overlaps

    def _overlaps(self) -> Iterator[Problem]:
        if self.table.hit_policy not in ("UNIQUE", "ANY"):
            return
        reported = 0
        for second in range(len(self.table.rules)):
            for first in range(second):
                box = self._conflict(first, second)
                if box is not None and reported < _MAX_REPORTED:
                    reported += 1
                    yield self._overlap(first, second, box)

    def _conflict(self, first: int, second: int) -> Box | None:
        if self.table.hit_policy == "ANY" and self.table.rules[first].outputs == self.table.rules[second].outputs:
            return None
        return intersection(self.columns, first, second)

    def _overlap(self, first: int, second: int, box: Box) -> Problem:
        one, other = self.table.rules[first], self.table.rules[second]
        what = "重叠" if self.table.hit_policy == "UNIQUE" else "重叠而结果不同"
        reason = f"第 {one.number} 行与第 {other.number} 行{what}：{self._words(box)}"
        return self._about(other, "table-overlap", reason, self.sample(box))

    # --- gaps

    def _gaps(self) -> Iterator[Problem]:
        if self.table.hit_policy not in _ONE_RESULT or self._has_default():
            return
        rules = list(range(len(self.table.rules)))
        cover = Cover(self.columns, [column.possible for column in self.columns], rules)
        gaps = cover.uncovered(self._whole())
        for box in gaps[:_MAX_REPORTED]:
            reason = f"没有规则适用：{self._words(box)}"
            yield Problem("table-gap", "warning", reason, self.element, self.table.line, self.sample(box))
        if gaps:
            reason = "表没有默认输出，也没有兜底的一行；上述输入得到空值"
            yield Problem("no-default", "warning", reason, self.element, self.table.line, self.sample(gaps[0]))

    def _has_default(self) -> bool:
        if any(output.default is not None for output in self.table.outputs):
            return True
        return any(all(cell in IRRELEVANT for cell in rule.inputs) for rule in self.table.rules)


def _sample(column: Column, bits: int) -> Any:
    """A value of one of these regions; a mentioned one rather than any other, null last."""
    chosen = [region for at, region in enumerate(column.regions) if bits >> at & 1]
    return min(chosen, key=lambda region: _RANK[region.kind]).sample if chosen else None
