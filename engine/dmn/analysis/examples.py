"""Inputs just below, at and just above every threshold of a table, with what the decision gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from engine.dmn import model as m
from engine.dmn.analysis.regions import Column, allowed_values, analyse_column, shifted
from engine.dmn.decisions import DecisionModel
from engine.feel.kinds import BOOLEAN, STRING, kind

_MAX_EXAMPLES = 300


@dataclass(frozen=True, slots=True)
class Example:
    """One input at a threshold of one column, the rules that match and the result."""

    column: str
    threshold: Any
    inputs: dict[str, Any]
    matched: tuple[int, ...]
    result: Any


def boundary_examples(model: DecisionModel, decision: str) -> list[Example]:
    """Examples for every threshold of a decision's table, at most 300.

    The other columns have values with which a rule that mentions the threshold can match.

    Raises:
        DmnError: no such decision.
    """
    _, node = model.library.by_name(m.Decision, decision)
    assert isinstance(node, m.Decision)
    table = node.expression
    if not isinstance(table, m.DecisionTable):
        return []
    allowed = allowed_values(model.library, table)
    columns = [analyse_column(table, at, allowed[at], model.library.names) for at in range(len(table.inputs))]
    examples: list[Example] = []
    for inputs, column, threshold in islice(_inputs(table, columns), _MAX_EXAMPLES):
        outcome = model.evaluate_columns(node.id, inputs)
        examples.append(Example(column, threshold, inputs, outcome.matched, outcome.result))
    return examples


def _inputs(table: m.DecisionTable, columns: list[Column]) -> Iterator[tuple[dict[str, Any], str, Any]]:
    for at, column in enumerate(columns):
        for position, region in enumerate(column.regions):
            if region.kind != "point" or kind(region.sample) in (STRING, BOOLEAN):
                continue
            base = _base(table, columns, at, position)
            for steps in (-1, 0, 1):
                value = shifted(region.sample, steps) if steps else region.sample
                if value is not None:
                    yield {**base, column.name: value}, column.name, region.sample


def _base(table: m.DecisionTable, columns: list[Column], at: int, position: int) -> dict[str, Any]:
    """Values of the other columns that a rule around this threshold accepts."""
    around = 1 << position | (1 << position >> 1) | 1 << (position + 1)
    fitting = (rule for rule in range(len(table.rules)) if columns[at].possible[rule] & around)
    rule = next(fitting, None)
    base: dict[str, Any] = {}
    for column in columns:
        bits = column.possible[rule] if rule is not None else column.asked
        chosen = next((region for bit, region in enumerate(column.regions) if bits >> bit & 1), column.regions[0])
        base[column.name] = chosen.sample
    return base
