"""A column of a table cut into regions within which every cell gives the same answer.

The thresholds and values that the cells mention are the cuts. Whether a cell accepts a region is asked of the
evaluator itself with one value of the region, so the analysis cannot disagree with the execution.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from engine.dmn import model as m
from engine.dmn.library import Library
from engine.feel import FeelError, FeelSyntaxError, YearsMonthsDuration, compile_unary_tests
from engine.feel import nodes as n
from engine.feel.compiling import Compilation
from engine.feel.kinds import BOOLEAN, DATE, NUMBER, STRING, Range, kind
from engine.feel.readings import make_parser
from engine.feel.runtime import Frame, Run
from engine.feel.text import to_text
from engine.feel.types import Type

IRRELEVANT = frozenset({"", "-"})
_ONE_DAY = timedelta(days=1)
_ANY_OF = {NUMBER: Decimal(0), DATE: date(2026, 1, 1)}  # of a column without conditions
_TRANSPARENT = (
    n.Literal, n.AtLiteral, n.Negation, n.Comparison, n.Logic, n.Between, n.In, n.ListLiteral, n.RangeLiteral, n.Test,
    n.UnaryTestList,
)  # fmt: skip
_CONSTRUCTORS = frozenset({"date", "time", "date and time", "duration", "number", "not"})


@dataclass(frozen=True, slots=True)
class Region:
    """A single value, an open interval, any value not mentioned, or null; ``sample`` is one value of it."""

    sample: Any
    low: Any = None
    high: Any = None
    kind: str = "point"  # point, interval, other, null


@dataclass(slots=True)
class Column:
    """One input column: its regions, and per rule the regions it accepts as bits."""

    name: str
    regions: list[Region]
    certain: list[int]  # bits that the rule surely accepts
    possible: list[int]  # bits that it may accept: more where a cell cannot be analysed
    asked: int  # regions that the table must answer: null only where a cell mentions it


def allowed_values(library: Library, table: m.DecisionTable) -> list[str | None]:
    """Per column the allowed values: the column's own, or its type's."""
    return [clause.values or _of_type(library, clause.type_ref) for clause in table.inputs]


def _of_type(library: Library, type_ref: str | None) -> str | None:
    found = library.item(library.main, m.plain_type(type_ref)) if type_ref else None
    return found.item.allowed_values if found and not found.item.is_collection else None


def analyse_column(table: m.DecisionTable, index: int, allowed: str | None, names: frozenset[str]) -> Column:
    """Cut one column; ``allowed`` are the values its type allows, if declared."""
    clause = table.inputs[index]
    cells = [rule.inputs[index] for rule in table.rules]
    readings = {text: _Reading(text, names) for text in {*cells, allowed or "-"}}
    constants = [constant for reading in readings.values() for constant in reading.constants]
    regions = _regions([constant for constant in constants if constant is not None], clause.type_ref)
    if allowed and readings[allowed].transparent:
        regions = [region for region in regions if readings[allowed].accepts(region.sample)] or regions
    asked = (1 << len(regions)) - 1
    if None in constants:
        asked |= 1 << len(regions)
    regions.append(Region(None, kind="null"))
    certain = [_bits(readings[text], regions, certain=True) for text in cells]
    possible = [_bits(readings[text], regions, certain=False) for text in cells]
    return Column(clause.text or clause.label, regions, certain, possible, asked)


def _bits(reading: _Reading, regions: list[Region], *, certain: bool) -> int:
    if not reading.transparent:
        return 0 if certain else (1 << len(regions)) - 1
    return sum(1 << at for at, region in enumerate(regions) if reading.accepts(region.sample))


class _Reading:
    """One cell's text: its constants, and whether it consists of comparisons with constants only."""

    def __init__(self, text: str, names: frozenset[str]) -> None:
        self.text = text
        self.constants: list[Any] = []
        self.transparent = True
        if text in IRRELEVANT:
            return
        try:
            tree = make_parser(text, names).unary_tests()
            self._tests = compile_unary_tests(text, names)
        except FeelSyntaxError:
            self.transparent = False
            return
        self._collect(tree)

    def _collect(self, node: Any) -> None:
        if isinstance(node, list | tuple):
            for item in node:
                self._collect(item)
        elif isinstance(node, n.Name):
            self.transparent = self.transparent and node.name == "?"
        elif isinstance(node, n.Literal | n.AtLiteral | n.Negation | n.Call | n.RangeLiteral) and _is_constant(node):
            self._add(self._value(node))
        elif isinstance(node, _TRANSPARENT) and not _orders_text(node):
            for child in children(node):
                self._collect(child)
        elif isinstance(node, n.Node):
            self.transparent = False

    def _value(self, node: n.Node) -> Any:
        return Compilation(self.text).closure(node)(Frame({}, None, Run()))

    def _add(self, value: Any) -> None:
        if isinstance(value, Range):
            self.transparent = self.transparent and kind(value.start or value.end) != STRING
            self.constants += [end for end in (value.start, value.end) if end is not None]
        else:
            self.constants.append(value)

    def accepts(self, value: Any) -> bool:
        """Whether the evaluator lets this value pass."""
        if self.text in IRRELEVANT:
            return True
        try:
            return self._tests.test(value, {}).result is True
        except FeelError:
            return False


def children(node: Any) -> Iterator[Any]:
    """The parts of a syntax tree's node."""
    if is_dataclass(node) and not isinstance(node, type | Type):
        for field in fields(node):
            yield getattr(node, field.name)


def _orders_text(node: Any) -> bool:
    """Texts are told apart, not put in order: ``< "m"`` has no sample."""
    if isinstance(node, n.Test | n.Comparison) and node.operator in ("<", "<=", ">", ">="):
        sides = (node.operand,) if isinstance(node, n.Test) else (node.left, node.right)
        return any(isinstance(side, n.Literal) and isinstance(side.value, str) for side in sides)
    return False


def _is_constant(node: Any) -> bool:
    if isinstance(node, list | tuple):
        return all(map(_is_constant, node))
    if isinstance(node, n.Name):
        return False
    if isinstance(node, n.Call):
        return node.builtin in _CONSTRUCTORS and _is_constant(node.arguments)
    return all(map(_is_constant, children(node)))


# --- cutting


def _regions(constants: list[Any], type_ref: str | None) -> list[Region]:
    by_kind: dict[str, list[Any]] = {}
    for constant in constants:
        values = by_kind.setdefault(kind(constant), [])
        if constant not in values:
            values.append(constant)
    declared = (type_ref or "").rpartition(":")[2]
    if declared == BOOLEAN or BOOLEAN in by_kind:
        by_kind[BOOLEAN] = [True, False]
    regions: list[Region] = []
    for name, values in by_kind.items():
        if name == BOOLEAN:
            regions += [Region(value) for value in values]
        elif name == STRING:
            regions += [*(Region(value) for value in values), Region(_another(values), kind="other")]
        else:
            regions += _intervals(sorted(values))
    return regions or [Region(_ANY_OF.get(declared, "其他"), kind="other")]


def _another(values: list[str]) -> str:
    sample = "其他"
    while sample in values:
        sample += "…"
    return sample


def _intervals(cuts: list[Any]) -> list[Region]:
    regions = [Region(_before(cuts[0]), None, cuts[0], "interval")]
    for at, cut in enumerate(cuts):
        regions.append(Region(cut))
        following = cuts[at + 1] if at + 1 < len(cuts) else None
        sample = _after(cut) if following is None else _between(cut, following)
        if sample is not None:
            regions.append(Region(sample, cut, following, "interval"))
    return regions


def unit(value: Any) -> Any:
    """The step to the neighbour of a threshold: a day, a second, 0.01."""
    if isinstance(value, datetime | time | timedelta):
        return timedelta(seconds=1)
    if isinstance(value, date):
        return _ONE_DAY
    return YearsMonthsDuration(1) if isinstance(value, YearsMonthsDuration) else Decimal("0.01")


def shifted(value: Any, steps: int) -> Any:
    """A threshold moved by some of its units; None outside of what can be written."""
    step = unit(value)
    try:
        if isinstance(value, YearsMonthsDuration):
            return YearsMonthsDuration(value.months + steps)
        if isinstance(value, time):
            moved = datetime.combine(date(2000, 1, 2), value) + steps * step
            return moved.timetz() if moved.date() == date(2000, 1, 2) else None
        return value + steps * step
    except (OverflowError, TypeError):
        return None


def _before(cut: Any) -> Any:
    return cut - 1 if isinstance(cut, Decimal) else shifted(cut, -1)


def _after(cut: Any) -> Any:
    return cut + 1 if isinstance(cut, Decimal) else shifted(cut, 1)


def _between(low: Any, high: Any) -> Any:
    """A value between two cuts, a round one if possible; None if there is none."""
    if kind(low) == NUMBER:
        whole = low.to_integral_value(ROUND_FLOOR) + 1
        return whole if whole < high else (low + high) / 2
    if kind(low) == DATE or isinstance(low, YearsMonthsDuration | time):
        following = shifted(low, 1)
        return following if following is not None and following < high else None
    return low + (high - low) / 2


# --- words


def describe(column: Column, bits: int) -> str:
    """The regions of a column in words: ``(30000..50000]``."""
    if bits & column.asked == column.asked:
        return "任意"
    parts: list[str] = []
    at = 0
    while at < len(column.regions):
        if not bits >> at & 1:
            at += 1
            continue
        end = at
        while end + 1 < len(column.regions) and bits >> (end + 1) & 1 and _adjoin(column.regions, end):
            end += 1
        parts.append(_span(column.regions[at], column.regions[end]))
        at = end + 1
    return "、".join(parts)


def _adjoin(regions: list[Region], at: int) -> bool:
    here, following = regions[at], regions[at + 1]
    kinds = {here.kind, following.kind}
    return "interval" in kinds and kinds <= {"interval", "point"}


def _span(first: Region, last: Region) -> str:
    if first.kind in ("other", "null"):
        return "其他值" if first.kind == "other" else "空值"
    if first is last and first.kind == "point":
        return text(first.sample)
    low, high = (first.sample, last.sample)
    opening, closing = "[", "]"
    if first.kind == "interval":
        low, opening = first.low, "("
    if last.kind == "interval":
        high, closing = last.high, ")"
    if low is None:
        return ("<" if closing == ")" else "<=") + text(high)
    if high is None:
        return (">" if opening == "(" else ">=") + text(low)
    return f"{opening}{text(low)}..{text(high)}{closing}"


def text(value: Any) -> str:
    """A value as FEEL writes it."""
    return to_text(value, Run(), quoted=True)
