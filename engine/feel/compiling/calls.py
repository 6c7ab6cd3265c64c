"""Calls and function literals."""

from __future__ import annotations

from datetime import UTC, time
from typing import Any

from engine.feel import nodes as n
from engine.feel.builtins import BUILTINS
from engine.feel.compiling.base import Closure, Compilation, compiles
from engine.feel.errors import Refused
from engine.feel.kinds import DATE, DATE_AND_TIME, Function, Range, kind, label
from engine.feel.operators import in_range
from engine.feel.runtime import Frame, Run
from engine.feel.temporal import combined
from engine.feel.types import Type, canonical_type, is_instance

_CALL_STEPS = 4  # what entering a function costs


@compiles(n.Call)
def call(node: n.Call, compilation: Compilation) -> Closure:
    """``function(arguments)``; a range may be called like a function that tests membership."""
    builtin = BUILTINS[node.builtin] if node.builtin else None
    function = None if builtin else compilation.closure(node.function)
    arguments = [compilation.closure(argument) for argument in node.arguments]
    names, place = node.names, compilation.place(node)

    def invoke(frame: Frame) -> Any:
        target = builtin or (function(frame) if function else None)
        values = []
        for argument in arguments:
            values.append(argument(frame))
        frame.run.spend(1)
        try:
            return apply(target, values, names, frame.run)
        except Refused as refused:
            frame.run.warn(place, refused.reason, refused.code)
            return None

    return invoke


def apply(target: Any, values: list[Any], names: list[str] | None, run: Run) -> Any:
    """Call a function value with arguments in order or by name.

    Raises:
        Refused: no function, or arguments that do not fit.
    """
    if isinstance(target, Range):
        if len(values) != 1:
            raise Refused("区间作函数用时只有一个参数", "arguments")
        return in_range(values[0], target, run)
    if not isinstance(target, Function):
        raise Refused(f"{label(target)}不是函数", "not-a-function")
    if names is not None:
        if len(set(names)) < len(names):
            raise Refused("同一参数给了两次", "arguments")
        values = target.arrange(dict(zip(names, values, strict=True)))
    return target.invoke(run, values)


@compiles(n.FunctionLiteral)
def function_literal(node: n.FunctionLiteral, compilation: Compilation) -> Closure:
    """``function(x, y: number) body``, with the scope it stands in."""
    place = compilation.place(node)
    if node.body is None:
        return lambda frame: frame.run.warn(place, "不支持外部函数", "not-a-function")
    body, size, depth = compilation.measured(node.body)
    parameters: list[tuple[str, Type | None]] = node.parameters
    names = tuple(name for name, _ in parameters)
    types = tuple(wanted.name if wanted else None for _, wanted in parameters)

    def make(frame: Frame) -> Function:
        def run_body(run: Run, values: list[Any]) -> Any:
            run.spend(_CALL_STEPS + size)
            bound = {}
            for (name, wanted), value in zip(parameters, values, strict=True):
                bound[name] = _conforming(name, wanted, value, run)
            run.enter(depth + 2)
            try:
                return body(Frame(bound, frame, run))
            finally:
                run.leave(depth + 2)

        return Function(names, run_body, types=types)

    return make


def _conforming(name: str, wanted: Type | None, value: Any, run: Run) -> Any:
    """An argument for a typed parameter; a list of one stands for its item, a date for its midnight in UTC."""
    if wanted is None or value is None or is_instance(value, wanted, run):
        return value
    if isinstance(value, list) and len(value) == 1 and is_instance(value[0], wanted, run):
        return value[0]
    if wanted.name == "list" and not isinstance(value, list) and is_instance([value], wanted, run):
        return [value]
    if canonical_type(wanted.name) == DATE_AND_TIME and kind(value) == DATE:
        return combined(value, time(tzinfo=UTC))
    raise Refused(f"参数“{name}”应为{wanted.name}，这里是{label(value)}", "arguments")
