"""Expressions and unary tests ready to evaluate, cached by their text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from msgspec import Struct

from engine.feel.compiling import Closure, Compilation
from engine.feel.compiling.unary import TestClosure, cell
from engine.feel.errors import EvaluationWarning, FeelBudgetError
from engine.feel.kinds import FROM_OUTSIDE, adopt
from engine.feel.nodes import Name
from engine.feel.parser import Parser
from engine.feel.readings import Readings
from engine.feel.runtime import DEFAULT_BUDGET, Budget, Frame, Run
from engine.feel.size import check_size
from engine.feel.types import TypeLookup

_CACHED_TEXTS = 4_096
_SCALARS = frozenset({type(None), bool, Decimal, date, datetime})
_SHORT = 10_000  # characters of a text whose size nobody has to look at
_ABSENT = object()


class Evaluation(Struct, frozen=True):
    """A result, and why parts of it are null."""

    result: Any
    warnings: tuple[EvaluationWarning, ...]


class _Read(Struct, frozen=True):
    """One reading of a text."""

    closure: Closure
    size: int
    name: str | None  # of the variable, where it is nothing else


class Expression:
    """A FEEL expression. Safe to share between threads."""

    __slots__ = ("_name", "_readings", "text")

    def __init__(self, text: str, names: frozenset[str] = frozenset()) -> None:
        self.text = text
        self._readings: Readings[_Read] = Readings(text, names, self._read)
        only = self._readings.only
        self._name = only.name if only is not None else None  # most expressions of a diagram are that of a variable

    def check(self) -> None:
        """Raise the error of a text that is an expression only where names of several words or with symbols are known.

        Raises:
            FeelSyntaxError
        """
        self._readings.check()

    def _read(self, parser: Parser) -> _Read:
        tree = parser.expression()
        parser.expect_end()
        compilation = Compilation(self.text)
        return _Read(compilation.closure(tree), compilation.size, tree.name if isinstance(tree, Name) else None)

    def evaluate(
        self,
        context: Mapping[str, Any],
        *,
        budget: Budget | None = None,
        now: datetime | None = None,
        types: TypeLookup | None = None,
    ) -> Evaluation:
        """Evaluate with the variables of a context, which stays unchanged.

        Args:
            context: values by name; numbers become Decimal.
            budget: how much it may use.
            now: what ``now()`` and ``today()`` give; by default the context's ``now``.
            types: item definitions for ``instance of``.

        Raises:
            FeelSyntaxError: the text can only be read with names this context does not have.
            FeelBudgetError: it would use more than its budget.
        """
        if self._name is not None and budget is None:
            value = context.get(self._name, _ABSENT)
            kind = type(value)
            if kind in _SCALARS or (kind is str and len(value) <= _SHORT):
                return Evaluation(adopt(value) if kind in FROM_OUTSIDE else value, ())
        run = Run(budget or DEFAULT_BUDGET, now, types, context)
        result = self.evaluate_within(run, context)
        if type(result) not in _SCALARS:
            check_size(result, run.budget.result_bytes)
        return Evaluation(result, tuple(run.warnings) if run.warnings else ())

    def evaluate_within(self, run: Run, context: Mapping[str, Any]) -> Any:
        """Evaluate as part of a larger evaluation that shares its budget and warnings."""
        read = self._readings.select(context)
        run.spend(read.size)
        try:
            return read.closure(Frame(context, None, run))
        except RecursionError as error:
            raise FeelBudgetError("表达式嵌套过深，已停止") from error


class UnaryTests:
    """A decision table's cell. Safe to share between threads."""

    __slots__ = ("_readings", "text")

    def __init__(self, text: str, names: frozenset[str] = frozenset()) -> None:
        self.text = text
        self._readings: Readings[tuple[TestClosure, int]] = Readings(text, names, self._read)

    def _read(self, parser: Parser) -> tuple[TestClosure, int]:
        tree = parser.unary_tests()
        compilation = Compilation(self.text)
        return cell(tree, compilation), compilation.size

    def test(
        self,
        value: Any,
        context: Mapping[str, Any],
        *,
        budget: Budget | None = None,
        now: datetime | None = None,
        types: TypeLookup | None = None,
    ) -> Evaluation:
        """Whether a value passes; ``?`` is the value.

        Raises:
            FeelSyntaxError, FeelBudgetError: as Expression.evaluate.
        """
        run = Run(budget or DEFAULT_BUDGET, now, types, context)
        return Evaluation(self.test_within(run, value, context), tuple(run.warnings))

    def test_within(self, run: Run, value: Any, context: Mapping[str, Any]) -> bool | None:
        """Test as part of a larger evaluation that shares its budget and warnings."""
        closure, size = self._readings.select(context)
        run.spend(size)
        frame = Frame({"?": value}, Frame(context, None, run), run)
        try:
            return closure(frame, value)
        except RecursionError as error:
            raise FeelBudgetError("表达式嵌套过深，已停止") from error


@lru_cache(maxsize=_CACHED_TEXTS)
def _expression(text: str, names: frozenset[str]) -> Expression:
    return Expression(text, names)


@lru_cache(maxsize=_CACHED_TEXTS)
def _unary_tests(text: str, names: frozenset[str]) -> UnaryTests:
    return UnaryTests(text, names)


def compile_expression(text: str, names: Iterable[str] = ()) -> Expression:
    """Read an expression; the same text gives the same object.

    Args:
        text: without a leading ``=``.
        names: names with spaces or symbols that may occur, besides those of the contexts to come.

    Raises:
        FeelSyntaxError: the text is no expression in any scope.
    """
    return _expression(text, frozenset(names))


def compile_unary_tests(text: str, names: Iterable[str] = ()) -> UnaryTests:
    """Read a decision table's cell, as compile_expression does."""
    return _unary_tests(text, frozenset(names))


def evaluate(
    text: str, context: Mapping[str, Any], *, budget: Budget | None = None, now: datetime | None = None
) -> Evaluation:
    """Read and evaluate an expression."""
    return compile_expression(text).evaluate(context, budget=budget, now=now)


def strip_marker(text: str) -> str:
    """An expression without the ``=`` with which the bpmn.io editors mark FEEL."""
    stripped = text.strip()
    return stripped[1:].lstrip() if stripped.startswith("=") else stripped
