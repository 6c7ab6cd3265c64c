"""Decision tables: which rules match and what the hit policy makes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.dmn import model as m
from engine.feel.builtins import BUILTINS
from engine.feel.errors import Refused
from engine.feel.operators import equal

if TYPE_CHECKING:
    from engine.dmn.boxed import Interpreter, Scope

_IRRELEVANT = frozenset({"", "-"})
_COLUMNS_PER_STEP = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result, the rules it came from, and the values of the input columns by their labels."""

    result: Any
    matched: tuple[m.Rule, ...]
    inputs: dict[str, Any]


def evaluate_table(
    interpreter: Interpreter, table: m.DecisionTable, scope: Scope, given: list[Any] | None = None
) -> Outcome:
    """Evaluate a table; a violated hit policy or an input that is not allowed is an error and null.

    ``given`` are values of the input columns instead of those of their expressions.
    """
    return _TableRun(interpreter, table, scope).outcome(given)


class _TableRun:
    def __init__(self, interpreter: Interpreter, table: m.DecisionTable, scope: Scope) -> None:
        self.interpreter = interpreter
        self.table = table
        self.scope = scope

    def outcome(self, given: list[Any] | None) -> Outcome:
        values = [self._input(clause) for clause in self.table.inputs] if given is None else given
        inputs = {clause.label: value for clause, value in zip(self.table.inputs, values, strict=True)}
        if not self._inputs_allowed(values):
            return Outcome(None, (), inputs)
        hits = [rule for rule in self.table.rules if self._matches(rule, values)]
        if self.table.hit_policy == "FIRST":
            hits = hits[:1]
        if not hits:
            return Outcome(self._without_hit(), (), inputs)
        result, used = _POLICIES[self.table.hit_policy](self, hits)
        return Outcome(result, tuple(used), inputs)

    def _input(self, clause: m.InputClause) -> Any:
        value = self.interpreter.feel(clause.text, self.scope) if clause.text else None
        return self.interpreter.typed(value, clause.type_ref, f"输入列“{clause.label}”")

    def _inputs_allowed(self, values: list[Any]) -> bool:
        for clause, value in zip(self.table.inputs, values, strict=True):
            if value is None or (clause.values or "") in _IRRELEVANT:
                continue
            if self.interpreter.unary(clause.values or "", value, self.scope) is not True:
                self.interpreter.fail("input-value", f"输入列“{clause.label}”的值不在允许的范围（{clause.values}）内")
                return False
        return True

    def _matches(self, rule: m.Rule, values: list[Any]) -> bool:
        self.interpreter.run.spend(1 + len(values) // _COLUMNS_PER_STEP)
        return all(
            text in _IRRELEVANT or self.interpreter.unary(text, value, self.scope) is True
            for text, value in zip(rule.inputs, values, strict=True)
        )

    def _without_hit(self) -> Any:
        outputs = self.table.outputs
        if any(output.default is not None for output in outputs):
            values = [
                self.interpreter.feel(output.default, self.scope) if output.default else None for output in outputs
            ]
            return self._shaped(self._typed(values))
        if self.table.hit_policy == "COLLECT" and self.table.aggregation:
            return Decimal(0) if self.table.aggregation == "COUNT" else None
        if self.table.hit_policy in ("COLLECT", "RULE ORDER", "OUTPUT ORDER"):
            return []
        self.interpreter.warn("no-rule", "没有一行规则适用，表也没有默认输出")
        return None

    # --- outputs

    def _values(self, rule: m.Rule) -> list[Any]:
        return self._typed([self.interpreter.feel(text, self.scope) if text else None for text in rule.outputs])

    def _typed(self, values: list[Any]) -> list[Any]:
        return [
            self.interpreter.typed(value, output.type_ref, f"输出列“{output.name}”")
            for output, value in zip(self.table.outputs, values, strict=True)
        ]

    def _shaped(self, values: list[Any]) -> Any:
        if len(self.table.outputs) == 1:
            return values[0]
        return {output.name: value for output, value in zip(self.table.outputs, values, strict=True)}

    def _output(self, rule: m.Rule) -> Any:
        return self._shaped(self._values(rule))

    # --- hit policies: result and the rules used

    def unique(self, hits: list[m.Rule]) -> tuple[Any, list[m.Rule]]:
        if len(hits) > 1:
            numbers = "、".join(str(rule.number) for rule in hits)
            self.interpreter.fail("unique-violated", f"命中策略为“唯一”，但第 {numbers} 行同时适用")
            return None, hits
        return self._output(hits[0]), hits

    def any(self, hits: list[m.Rule]) -> tuple[Any, list[m.Rule]]:
        first, *others = (self._output(rule) for rule in hits)
        for other in others:
            if equal(first, other, self.interpreter.run) is not True:
                numbers = "、".join(str(rule.number) for rule in hits)
                self.interpreter.fail("any-violated", f"命中策略为“任一”，但第 {numbers} 行的结果不同")
                return None, hits
        return first, hits

    def first(self, hits: list[m.Rule]) -> tuple[Any, list[m.Rule]]:
        return self._output(hits[0]), hits

    def priority(self, hits: list[m.Rule]) -> tuple[Any, list[m.Rule]]:
        rule, values = self._by_priority(hits)[0]
        return self._shaped(values), [rule]

    def output_order(self, hits: list[m.Rule]) -> tuple[Any, list[m.Rule]]:
        ordered = self._by_priority(hits)
        return [self._shaped(values) for _, values in ordered], [rule for rule, _ in ordered]

    def rule_order(self, hits: list[m.Rule]) -> tuple[Any, list[m.Rule]]:
        return [self._output(rule) for rule in hits], hits

    def collect(self, hits: list[m.Rule]) -> tuple[Any, list[m.Rule]]:
        results = [self._output(rule) for rule in hits]
        aggregation = self.table.aggregation
        if not aggregation:
            return results, hits
        try:
            return BUILTINS[aggregation.lower()].invoke(self.interpreter.run, [results]), hits
        except Refused as refused:
            self.interpreter.fail("aggregation", refused.reason)
            return None, hits

    def _by_priority(self, hits: list[m.Rule]) -> list[tuple[m.Rule, list[Any]]]:
        orders = [
            self.interpreter.feel(f"[{values}]", self.scope) if values else None
            for values in map(self._values_of, self.table.outputs)
        ]
        ranked = [(rule, self._values(rule)) for rule in hits]
        return sorted(ranked, key=lambda pair: [self._rank(*each) for each in zip(pair[1], orders, strict=True)])

    def _values_of(self, output: m.OutputClause) -> str | None:
        """The output's values in the order of their priority: the column's own, else its type's."""
        return output.values or self.interpreter.types.allowed_values(output.type_ref)

    def _rank(self, value: Any, order: list[Any] | None) -> int:
        if not order:
            return 0
        run = self.interpreter.run
        return next((at for at, wanted in enumerate(order) if equal(value, wanted, run) is True), len(order))


_POLICIES: dict[str, Callable[[_TableRun, list[m.Rule]], tuple[Any, list[m.Rule]]]] = {
    "UNIQUE": _TableRun.unique,
    "ANY": _TableRun.any,
    "FIRST": _TableRun.first,
    "PRIORITY": _TableRun.priority,
    "OUTPUT ORDER": _TableRun.output_order,
    "RULE ORDER": _TableRun.rule_order,
    "COLLECT": _TableRun.collect,
}
