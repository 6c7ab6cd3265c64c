"""Boxed expressions evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.dmn import model as m
from engine.dmn.table import evaluate_table
from engine.dmn.types import MISMATCH, Types
from engine.feel import FeelSyntaxError, Function, Range, compile_expression, compile_unary_tests
from engine.feel.compiling.calls import apply
from engine.feel.compiling.iteration import members
from engine.feel.errors import Refused
from engine.feel.kinds import label
from engine.feel.runtime import Run

if TYPE_CHECKING:
    from engine.dmn.session import Session, Trace

Scope = dict[str, Any]
_FEEL = "FEEL"
_PARTIAL = "partial"
_NAMES_PER_STEP = 16  # or items that are copied
_TEXT_STEPS = 3  # what a cell or another FEEL text costs besides its own steps
_CALL_STEPS = 6  # entering boxed knowledge
_FRAMES = 12  # Python frames of one boxed call, in closures


class Interpreter:
    """Evaluates the expressions of one node of one file."""

    def __init__(self, session: Session, file: m.Definitions, element: str) -> None:
        self.session = session
        self.run: Run = session.run
        self.file = file
        self.element = element
        self.trace: Trace | None = None
        self.types = Types(session.library, file, session.run, self._allowed)

    # --- FEEL

    def feel(self, text: str, scope: Scope) -> Any:
        """Evaluate FEEL text; a wrong one is null."""
        try:
            self.run.spend(_TEXT_STEPS)
            expression = compile_expression(text, self.session.library.names)
            return self._within(lambda: expression.evaluate_within(self.run, scope))
        except FeelSyntaxError as error:
            self._syntax(error)
            return None

    def unary(self, text: str, value: Any, scope: Scope) -> bool | None:
        """Whether a value passes a cell; a wrong cell lets nothing pass."""
        try:
            self.run.spend(_TEXT_STEPS)
            tests = compile_unary_tests(text, self.session.library.names)
            verdict: bool | None = self._within(lambda: tests.test_within(self.run, value, scope))
            return verdict
        except FeelSyntaxError as error:
            self._syntax(error)
            return None

    def _within(self, compute: Callable[[], Any]) -> Any:
        outer, self.run.types = self.run.types, self.types.look_up
        try:
            return compute()
        finally:
            self.run.types = outer
            if self.run.warnings:
                for warning in self.run.warnings:
                    self.warn(warning.code, warning.reason, warning.expression, warning.position)
                self.run.warnings.clear()

    def _allowed(self, tests: str, value: Any) -> bool | None:
        return self.unary(tests, value, {})

    def _syntax(self, error: FeelSyntaxError) -> None:
        self.session.warn("error", "syntax", error.reason, self.element, error.expression, error.position)

    def warn(self, code: str, reason: str, expression: str = "", position: int | None = None) -> None:
        """Record why a part is null."""
        self.session.warn("warning", code, reason, self.element, expression, position)

    def fail(self, code: str, reason: str) -> None:
        """Record why the decision itself is null."""
        self.session.warn("error", code, reason, self.element)

    def typed(self, value: Any, type_ref: str | None, what: str) -> Any:
        """A value as its declared type, or null."""
        made = self.types.coerce(value, type_ref)
        if made is MISMATCH:
            self.fail("type-mismatch", f"{what}是{label(value)}，不符合类型“{type_ref}”")
            return None
        return made

    # --- expressions

    def evaluate(self, expression: m.Boxed | None, scope: Scope) -> Any:
        """The value of any expression, as its declared type."""
        if expression is None:
            return None
        self.run.spend(1)
        value = _EVALUATORS[type(expression)](self, expression, scope)
        if expression.type_ref and not isinstance(expression, m.FunctionDefinition):
            return self.typed(value, expression.type_ref, "表达式的结果")
        return value

    def literal(self, expression: m.LiteralExpression, scope: Scope) -> Any:
        """FEEL text."""
        language = expression.language
        if language and "feel" not in language.lower():
            self.fail("expression-language", f"不支持表达式语言“{language}”")
            return None
        return self.feel(expression.text, scope) if expression.text else None

    def context(self, expression: m.ContextExpression, scope: Scope) -> Any:
        """Rows in order; a row without a name is the result."""
        inner, made = dict(scope), {}
        for entry in expression.entries:
            value = self.evaluate(entry.expression, inner)
            if not isinstance(entry.expression, m.FunctionDefinition):  # whose type is often that of its result
                value = self.typed(value, entry.type_ref, f"“{entry.name or '结果'}”")
            if entry.name is None:
                return value
            inner[entry.name] = made[entry.name] = value
        return made

    def items(self, expression: m.ListExpression, scope: Scope) -> list[Any]:
        """A list."""
        return [self.evaluate(item, scope) for item in expression.items]

    def relation(self, expression: m.Relation, scope: Scope) -> list[Any]:
        """A list of contexts."""
        return [
            {
                column.name: self.typed(self.evaluate(cell, scope), column.type_ref, f"列“{column.name}”")
                for column, cell in zip(expression.columns, row, strict=True)
            }
            for row in expression.rows
        ]

    def definition(self, expression: m.FunctionDefinition, scope: Scope) -> Function | None:
        """A function value."""
        return self.function(expression, scope, None)

    def function(
        self, definition: m.FunctionDefinition, scope: Scope, type_ref: str | None, own_name: str = ""
    ) -> Function | None:
        """A function with its scope; knowledge may call itself by its own name."""
        if definition.kind.rpartition(":")[2].upper() != _FEEL:
            self.fail("external-function", f"不支持 {definition.kind} 函数")
            return None

        def call(run: Run, arguments: list[Any]) -> Any:
            run.spend(_CALL_STEPS + len(scope) // _NAMES_PER_STEP)
            inner = dict(scope)
            if own_name:
                inner.setdefault(own_name, made)
            for parameter, argument in zip(definition.parameters, arguments, strict=True):
                value = self.types.coerce(argument, parameter.type_ref)
                if value is MISMATCH:
                    reason = f"参数“{parameter.name}”是{label(argument)}，不符合类型“{parameter.type_ref}”"
                    raise Refused(reason, "arguments")
                inner[parameter.name] = value
            run.enter(_FRAMES)
            try:
                return self.typed(self.evaluate(definition.body, inner), type_ref, "函数的结果")
            finally:
                run.leave(_FRAMES)

        names = tuple(parameter.name for parameter in definition.parameters)
        types = tuple(m.plain_type(parameter.type_ref or "Any") for parameter in definition.parameters)
        made = Function(names, call, own_name, types)
        return made

    def invocation(self, expression: m.Invocation, scope: Scope) -> Any:
        """A call; a binding that is missing is null, one too many is an error."""
        target = self.evaluate(expression.function, scope)
        arguments = {
            binding.parameter.name: self.typed(
                self.evaluate(binding.expression, scope), binding.parameter.type_ref, f"参数“{binding.parameter.name}”"
            )
            for binding in expression.bindings
        }
        try:
            return apply(target, list(arguments.values()), list(arguments), self.run)
        except Refused as refused:
            self.fail(refused.code, refused.reason)
            return None

    def conditional(self, expression: m.Conditional, scope: Scope) -> Any:
        """Boxed ``if``."""
        condition = self.evaluate(expression.condition, scope)
        if condition is not None and not isinstance(condition, bool):
            self.fail("type-mismatch", f"条件应为布尔值，这里是{label(condition)}")
            return None
        return self.evaluate(expression.yes if condition is True else expression.no, scope)

    def filter(self, expression: m.FilterExpression, scope: Scope) -> Any:
        """Boxed filter: by condition or by position."""
        source = self.evaluate(expression.source, scope)
        if source is None:
            return None
        items = source if isinstance(source, list) else [source]
        chosen = []
        for item in items:
            self.run.spend(1 + len(scope) // _NAMES_PER_STEP)
            entries = item if isinstance(item, dict) else {}
            verdict = self.evaluate(expression.match, {**scope, "item": item, **entries})
            if isinstance(verdict, Decimal):
                return self._at(items, verdict)
            if verdict is True:
                chosen.append(item)
            elif verdict is not False and verdict is not None:
                self.fail("type-mismatch", f"筛选条件应为布尔值或序号，这里是{label(verdict)}")
                return None
        return chosen

    def _at(self, items: list[Any], position: Decimal) -> Any:
        index = int(position) - 1 if position > 0 else len(items) + int(position)
        if position == position.to_integral_value() and position != 0 and 0 <= index < len(items):
            return items[index]
        self.warn("value", f"列表有 {len(items)} 项，没有第 {position} 项")
        return None

    def iterator(self, expression: m.IteratorExpression, scope: Scope) -> Any:
        """Boxed ``for``, ``some`` and ``every``."""
        source = self.evaluate(expression.source, scope)
        if source is None:
            return None
        try:
            items: Iterable[Any] = (
                members(source, self.run)
                if isinstance(source, Range)
                else source
                if isinstance(source, list)
                else [source]
            )
        except Refused as refused:
            self.fail(refused.code, refused.reason)
            return None
        results: list[Any] = []
        asks_for_partial = _PARTIAL in repr(expression.body)
        for item in items:
            partial = {_PARTIAL: results[:]} if asks_for_partial else {}
            self.run.spend(1 + (len(partial) * len(results) + len(scope)) // _NAMES_PER_STEP)
            inner = {**scope, expression.variable: item, **partial}
            results.append(self.evaluate(expression.body, inner))
        return results if expression.kind == "for" else self._quantified(expression.kind, results)

    def _quantified(self, kind: str, verdicts: list[Any]) -> bool | None:
        if any(verdict is not None and not isinstance(verdict, bool) for verdict in verdicts):
            self.fail("type-mismatch", "条件应为布尔值")
            return None
        decisive = kind == "some"
        if decisive in verdicts:
            return decisive
        return None if None in verdicts else not decisive

    def table(self, expression: m.DecisionTable, scope: Scope) -> Any:
        """A decision table; the decision's own table leaves its trace."""
        outcome = evaluate_table(self, expression, scope)
        if self.trace is not None:
            self.trace.matched = tuple(rule.number for rule in outcome.matched)
            self.trace.annotations = tuple(rule.annotations for rule in outcome.matched)
            self.trace.inputs = outcome.inputs
        return outcome.result


_EVALUATORS: dict[type[m.Boxed], Callable[[Interpreter, Any, Scope], Any]] = {
    m.LiteralExpression: Interpreter.literal,
    m.ContextExpression: Interpreter.context,
    m.ListExpression: Interpreter.items,
    m.Relation: Interpreter.relation,
    m.FunctionDefinition: Interpreter.definition,
    m.Invocation: Interpreter.invocation,
    m.Conditional: Interpreter.conditional,
    m.FilterExpression: Interpreter.filter,
    m.IteratorExpression: Interpreter.iterator,
    m.DecisionTable: Interpreter.table,
}
