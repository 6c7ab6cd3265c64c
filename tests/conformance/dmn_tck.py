"""Reads the DMN TCK's test cases and compares results as it prescribes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from engine.dmn import DmnError, load_decisions
from engine.feel.operators import equal
from engine.feel.runtime import Run
from engine.feel.temporal import parse_temporal

_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TEXT = frozenset({"string"})
_NUMBERS = frozenset({"decimal", "double", "integer", "int", "float", "long"})
_TOLERANCE = Decimal("1e-8")


@dataclass(frozen=True)
class Expectation:
    """One result of one test case."""

    model: Path
    case: str
    target: str
    service: bool
    inputs: dict[str, Any]
    expected: Any
    error: bool

    def __str__(self) -> str:
        return f"{self.model.parent.name}-{self.case}-{self.target}"


def expectations(folder: Path) -> Iterator[Expectation]:
    """All results that the test files below a folder expect."""
    for file in sorted(folder.rglob("*-test-*.xml")):
        root = etree.parse(str(file)).getroot()
        model = file.parent / _text(root, "modelName")
        for case in _children(root, "testCase"):
            inputs = {node.get("name"): _value(node) for node in _children(case, "inputNode")}
            service = case.get("invocableName") if case.get("type") == "decisionService" else None
            for result in _children(case, "resultNode"):
                expected = next(_children(result, "expected"), None)
                value = _value(expected) if expected is not None else None
                target = service or result.get("name")
                error = result.get("errorResult") == "true"
                yield Expectation(model, case.get("id", ""), target, service is not None, inputs, value, error)


def result_of(expectation: Expectation) -> Any:
    """What our evaluator gives; an unreadable model is an error, so null."""
    others = sorted(path for path in expectation.model.parent.glob("*.dmn") if path != expectation.model)
    try:
        model = load_decisions([expectation.model, *others])
        if expectation.service:
            return model.evaluate_service(expectation.target, expectation.inputs).result
        return model.evaluate(expectation.target, expectation.inputs).result
    except DmnError:
        return None


def same(actual: Any, expected: Any) -> bool:
    """Equal values; numbers to eight digits."""
    if actual is None or expected is None:
        return actual is expected
    if isinstance(expected, Decimal):
        return isinstance(actual, Decimal) and abs(actual - expected) <= _TOLERANCE * max(1, abs(expected))
    if isinstance(expected, list):
        return isinstance(actual, list) and len(actual) == len(expected) and all(map(same, actual, expected))
    if isinstance(expected, dict):
        return (
            isinstance(actual, dict)
            and actual.keys() == expected.keys()
            and all(same(actual[key], expected[key]) for key in expected)
        )
    return type(actual) is type(expected) and equal(actual, expected, Run()) is True


def _children(element: Any, name: str) -> Iterator[Any]:
    return (child for child in element.iterchildren(etree.Element) if etree.QName(child).localname == name)


def _text(element: Any, name: str) -> str:
    return (next(_children(element, name)).text or "").strip()


def _value(node: Any) -> Any:
    components = list(_children(node, "component"))
    if components:
        return {component.get("name"): _value(component) for component in components}
    for items in _children(node, "list"):
        return [_value(item) for item in _children(items, "item")]
    for value in _children(node, "value"):
        return _typed(value)
    return None


def _typed(element: Any) -> Any:
    if element.get(_XSI_NIL) == "true":
        return None
    kind = (element.get(_XSI_TYPE) or "").rpartition(":")[2]
    text = element.text or ""
    if kind in _TEXT:
        return text
    if kind == "boolean":
        return text.strip() in ("true", "1")
    if kind in _NUMBERS:
        return Decimal(text.strip())
    return parse_temporal(text.strip()) if kind else _guessed(text.strip())


def _guessed(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    try:
        return Decimal(text)
    except ArithmeticError:
        return text
