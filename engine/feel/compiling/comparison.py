"""Logic, comparison and arithmetic."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.feel import nodes as n
from engine.feel.compiling.base import Closure, Compilation, compiles
from engine.feel.errors import Refused
from engine.feel.kinds import label
from engine.feel.operators import calculate, compare, negate
from engine.feel.runtime import Frame
from engine.feel.types import is_instance, lacks_parameters


@compiles(n.Logic)
def logic(node: n.Logic, compilation: Compilation) -> Closure:
    """``and`` and ``or`` in three-valued logic; what is not boolean counts as null."""
    operands = [(compilation.closure(operand), compilation.place(operand)) for operand in node.operands]
    decisive = node.operator == "or"
    word = node.operator

    def combine(frame: Frame) -> bool | None:
        result: bool | None = not decisive
        for operand, place in operands:
            value: Any = operand(frame)
            if value is decisive:
                return bool(decisive)
            if value is not (not decisive):
                if value is not None:
                    frame.run.warn(place, f"“{word}”需要布尔值，这里是{label(value)}", "type")
                result = None
        return result

    return combine


@compiles(n.Comparison)
def comparison(node: n.Comparison, compilation: Compilation) -> Closure:
    """``=``, ``<`` …; numbers and equal texts take the short way."""
    left, right = compilation.closure(node.left), compilation.closure(node.right)
    operator, place = node.operator, compilation.place(node)
    fast = _NUMBERS[operator]

    def decide(frame: Frame) -> bool | None:
        a, b = left(frame), right(frame)
        if type(a) is Decimal and type(b) is Decimal:
            return bool(fast(a, b))
        result = compare(operator, a, b, frame.run)
        if result is None:
            frame.run.warn(place, f"“{operator}”不能比较{label(a)}和{label(b)}", "type")
        return result

    return decide


_NUMBERS: dict[str, Any] = {
    "=": Decimal.__eq__,
    "!=": Decimal.__ne__,
    "<": Decimal.__lt__,
    "<=": Decimal.__le__,
    ">": Decimal.__gt__,
    ">=": Decimal.__ge__,
}


@compiles(n.Between)
def between(node: n.Between, compilation: Compilation) -> Closure:
    """``value between low and high``, both included: ``value >= low and value <= high`` in three-valued logic."""
    value, low, high = (compilation.closure(part) for part in (node.value, node.low, node.high))
    place = compilation.place(node)

    def decide(frame: Frame) -> bool | None:
        subject = value(frame)
        above = compare(">=", subject, low(frame), frame.run)
        below = compare("<=", subject, high(frame), frame.run)
        if above is False or below is False:
            return False
        if above is None or below is None:
            frame.run.warn(place, f"“between”不能用于{label(subject)}和这些端点", "type")
            return None
        return True

    return decide


@compiles(n.InstanceOf)
def instance_of(node: n.InstanceOf, compilation: Compilation) -> Closure:
    """``value instance of type``."""
    value, wanted, place = compilation.closure(node.value), node.type, compilation.place(node)
    incomplete = lacks_parameters(wanted)

    def decide(frame: Frame) -> bool | None:
        try:
            if incomplete:
                raise Refused(f"类型“{incomplete}”应写明其内容，例如 {incomplete}<…>", "unknown-type")
            return is_instance(value(frame), wanted, frame.run)
        except Refused as refused:
            frame.run.warn(place, refused.reason, refused.code)
            return None

    return decide


@compiles(n.Negation)
def negation(node: n.Negation, compilation: Compilation) -> Closure:
    """``-operand``; a negative number is a constant."""
    if isinstance(node.operand, n.Literal) and isinstance(node.operand.value, Decimal):
        value = node.operand.value.copy_negate()
        compilation.size += 1
        return lambda frame: value
    operand, place = compilation.closure(node.operand), compilation.place(node)

    def change_sign(frame: Frame) -> Any:
        subject = operand(frame)
        result = negate(subject)
        if result is None:
            frame.run.warn(place, f"“-”不能用于{label(subject)}", "type")
        return result

    return change_sign


@compiles(n.Chain)
def chain(node: n.Chain, compilation: Compilation) -> Closure:
    """Arithmetic from left to right; null makes the whole null."""
    first = compilation.closure(node.first)
    rest = [(operator, (pos, compilation.text), compilation.closure(operand)) for operator, pos, operand in node.rest]

    def compute(frame: Frame) -> Any:
        result = first(frame)
        for operator, place, operand in rest:
            value = operand(frame)
            try:
                result = calculate(operator, result, value, frame.run)
            except Refused as refused:
                frame.run.warn(place, refused.reason, refused.code)
                result = None
        return result

    return compute
