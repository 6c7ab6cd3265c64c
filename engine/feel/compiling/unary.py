"""Unary tests: the cells of a decision table and the right side of ``in``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.feel import nodes as n
from engine.feel.compiling.base import Closure, Compilation, compiles
from engine.feel.kinds import Range, kind, label
from engine.feel.operators import compare, equal, in_range
from engine.feel.runtime import Frame, Run

TestClosure = Callable[[Frame, Any], bool | None]


def accepts(value: Any, wanted: Any, run: Run) -> bool | None:
    """Whether a value passes a test that is itself a value: equal, in the range, or accepted by a member."""
    if isinstance(wanted, Range):
        return equal(value, wanted, run) if isinstance(value, Range) else in_range(value, wanted, run)
    if isinstance(wanted, list):
        if isinstance(value, list) and equal(value, wanted, run) is True:
            return True
        run.spend(1 + len(wanted))
        return any(accepts(value, item, run) is True for item in wanted)
    return equal(value, wanted, run)


def test_closure(node: n.Test, compilation: Compilation) -> TestClosure:
    """One test, to be called with the scope and the value under test."""
    operand, operator = compilation.closure(node.operand), node.operator
    place = compilation.place(node)
    if operator != "in":
        return lambda frame, value: _warned(compare(operator, value, operand(frame), frame.run), value, frame, place)
    if node.uses_value:

        def condition(frame: Frame, value: Any) -> bool | None:
            result = operand(Frame({"?": value}, frame, frame.run))
            return result if result is None or isinstance(result, bool) else accepts(value, result, frame.run)

        return condition

    def member(frame: Frame, value: Any) -> bool | None:
        wanted = operand(frame)
        result = accepts(value, wanted, frame.run)
        if result is None and kind(value) != kind(wanted):
            _warned(None, value, frame, place)
        return result

    return member


def _warned(result: bool | None, value: Any, frame: Frame, place: tuple[int, str]) -> bool | None:
    """A missing value is no news; one of the wrong kind is."""
    if result is None and value is not None:
        frame.run.warn(place, f"{label(value)}不能与此条件比较", "type")
    return result


@compiles(n.In)
def membership(node: n.In, compilation: Compilation) -> Closure:
    """``value in tests``."""
    value = compilation.closure(node.value)
    test = any_test(node.tests, compilation)
    return lambda frame: test(frame, value(frame))


def any_test(nodes: list[n.Test], compilation: Compilation) -> TestClosure:
    """True if one test passes, null if none does and one is null."""
    tests = [test_closure(node, compilation) for node in nodes]
    if len(tests) == 1:
        return tests[0]

    def decide(frame: Frame, value: Any) -> bool | None:
        result: bool | None = False
        for test in tests:
            passed = test(frame, value)
            if passed is True:
                return True
            if passed is None:
                result = None
        return result

    return decide


def cell(node: n.UnaryTestList, compilation: Compilation) -> TestClosure:
    """A whole cell."""
    if not node.tests:
        return lambda frame, value: True
    positive = any_test(node.tests, compilation)
    if not node.negated:
        return positive

    def negated(frame: Frame, value: Any) -> bool | None:
        passed = positive(frame, value)
        return None if passed is None else not passed

    return negated
