"""One evaluation of a decision: values of the nodes, each computed once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.dmn import model as m
from engine.dmn.boxed import Interpreter
from engine.dmn.errors import DecisionWarning, Severity
from engine.dmn.library import Library
from engine.dmn.types import MISMATCH
from engine.feel import Budget, Function
from engine.feel.errors import Refused
from engine.feel.runtime import Run

BUDGET = Budget()  # of a whole decision with all it requires and calls: as much as one expression has
_SERVICE_STEPS = 12  # what calling a decision service costs besides its decisions
_MAX_WARNINGS = 100
_IMPORT_DEPTH = 4
Key = tuple[str, str]


@dataclass(slots=True)
class Trace:
    """What one decision of the graph did."""

    decision_id: str
    decision_name: str
    inputs: dict[str, Any] = field(default_factory=dict)
    matched: tuple[int, ...] = ()
    annotations: tuple[dict[str, str], ...] = ()
    result: Any = None


class Session:
    """Values, warnings and traces of one evaluation."""

    def __init__(
        self, library: Library, inputs: Mapping[str, Any], now: datetime | None, budget: Budget = BUDGET
    ) -> None:
        self.library = library
        self.inputs = inputs
        self.run = Run(budget, now)
        self.warnings: list[DecisionWarning] = []
        self.traces: list[Trace] = []
        self._values: dict[Key, Any] = {}
        self._set: dict[Key, Any] = {}  # what a caller of a service gave
        self._views: dict[str, Session] = {}

    def warn(
        self,
        severity: Severity,
        code: str,
        message: str,
        element: str,
        expression: str = "",
        position: int | None = None,
    ) -> None:
        """Record why something is null; the same once."""
        warning = DecisionWarning(severity, code, message, element, expression, position)
        if warning not in self.warnings and len(self.warnings) < _MAX_WARNINGS:
            self.warnings.append(warning)

    def value_of(self, file: m.Definitions, node: m.Node) -> Any:
        """The value of a node, computed when first asked for."""
        key = _key(file, node)
        if key in self._set:
            return self._set[key]
        if key not in self._values:
            self._values[key] = None  # knowledge that requires itself
            self._values[key] = self._compute(file, node)
        return self._values[key]

    def view(self, file: m.Definitions, other: m.Definitions) -> Session:
        """How another file is seen from a file: with the inputs that stand under its prefix, if there are any."""
        prefix = self.library.prefix(file, other) if other is not file else ""
        nested = self.inputs.get(prefix) if prefix else None
        if not isinstance(nested, dict):
            return self
        if prefix not in self._views:
            self._views[prefix] = self._inner({**self.inputs, **nested}, self._set)
        return self._views[prefix]

    def _inner(self, inputs: Mapping[str, Any], given: dict[Key, Any]) -> Session:
        """A session with values of its own that shares budget, warnings and traces."""
        inner = Session(self.library, inputs, self.run.now)
        inner.run, inner.warnings, inner.traces, inner._set = self.run, self.warnings, self.traces, given
        return inner

    def _compute(self, file: m.Definitions, node: m.Node) -> Any:
        if isinstance(node, m.InputData):
            return self._input(file, node)
        if isinstance(node, m.DecisionService):
            return self.service(file, node)
        interpreter = Interpreter(self, file, node.name)
        scope = self._scope(file, node)
        if isinstance(node, m.BusinessKnowledge):
            if node.function is None:
                return None
            result = interpreter.types.result_of(node.type_ref)
            return interpreter.function(node.function, scope, result, own_name=node.name)
        trace = Trace(node.id, node.name, inputs=dict(scope))
        interpreter.trace = trace
        value = interpreter.evaluate(node.expression, scope) if node.expression else None
        trace.result = interpreter.typed(value, node.type_ref, f"决策“{node.name}”的结果")
        self.traces.append(trace)
        return trace.result

    def _input(self, file: m.Definitions, node: m.InputData) -> Any:
        value = self._given(file, node)
        return Interpreter(self, file, node.name).typed(value, node.type_ref, f"输入“{node.name}”")

    def _given(self, file: m.Definitions, node: m.InputData) -> Any:
        if node.name in self.inputs:
            return self.inputs[node.name]
        if file is not self.library.main:
            for nested in _nested(self.inputs, _IMPORT_DEPTH):
                if node.name in nested:
                    return nested[node.name]
        self.warn("warning", "missing-input", f"没有给出输入“{node.name}”", node.name)
        return None

    def _scope(self, file: m.Definitions, node: m.Decision | m.BusinessKnowledge) -> dict[str, Any]:
        """The required values by name; what is no declared input is visible to every decision."""
        declared = {other.name for other in file.of_type(m.InputData)}
        scope: dict[str, Any] = {}
        if isinstance(node, m.Decision):
            scope.update((name, value) for name, value in self.inputs.items() if name not in declared)
        for href in node.requirements:
            found = self.library.find(file, href)
            if found is None:
                continue
            prefix = self.library.prefix(file, found[0]) if found[0] is not file else ""
            value = self.view(file, found[0]).value_of(*found)
            if prefix:
                scope[prefix] = {**_entries(scope.get(prefix)), found[1].name: value}
            else:
                scope[found[1].name] = value
        return scope

    def arguments(self, file: m.Definitions, node: m.DecisionService) -> list[Any]:
        """What the input has for the parameters of a service; those of imported models stand under their prefix."""
        return [self.view(file, where).inputs.get(each.name) for where, each in self._parameters(file, node)]

    def _parameters(self, file: m.Definitions, node: m.DecisionService) -> list[tuple[m.Definitions, m.Node]]:
        found = (self.library.find(file, href) for href in [*node.input_data, *node.input_decisions])
        return [each for each in found if each is not None]

    def service(self, file: m.Definitions, node: m.DecisionService) -> Function:
        """A decision service as a function of its input data and input decisions."""
        parameters = self._parameters(file, node)
        outputs = [found for href in node.output_decisions if (found := self.library.find(file, href)) is not None]
        interpreter = Interpreter(self, file, node.name)
        result_type = interpreter.types.result_of(node.type_ref)

        def call(run: Run, arguments: list[Any]) -> Any:
            run.spend(_SERVICE_STEPS)
            given: dict[Key, Any] = {}
            for (where, parameter), argument in zip(parameters, arguments, strict=True):
                value = Interpreter(self, where, node.name).types.coerce(argument, _type_of(parameter))
                if value is MISMATCH:
                    raise Refused(f"决策服务“{node.name}”的参数“{parameter.name}”类型不符", "arguments")
                given[_key(where, parameter)] = value
            inner = self._inner(self.inputs, given)
            values = {target.name: inner.view(file, where).value_of(where, target) for where, target in outputs}
            result = next(iter(values.values())) if len(outputs) == 1 else values
            return interpreter.typed(result, result_type, f"决策服务“{node.name}”的结果")

        return Function(tuple(parameter.name for _, parameter in parameters), call, node.name)


def _nested(value: Mapping[str, Any], depth: int) -> Iterator[Mapping[str, Any]]:
    """Contexts inside the input: an imported model's inputs stand under its prefix."""
    for inner in value.values():
        if isinstance(inner, Mapping) and depth:
            yield inner
            yield from _nested(inner, depth - 1)


def _key(file: m.Definitions, node: m.Node) -> Key:
    return file.namespace + file.file, node.id


def _type_of(node: m.Node) -> str | None:
    return node.type_ref


def _entries(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
