"""The syntax tree. ``pos`` is the offset in the text of what a warning would point at."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(slots=True)
class Node:
    """Any part of an expression."""

    pos: int


@dataclass(slots=True)
class Literal(Node):
    """A number, string, boolean or null."""

    value: Decimal | str | bool | None


@dataclass(slots=True)
class AtLiteral(Node):
    """``@"2026-01-01"``."""

    text: str


@dataclass(slots=True)
class Name(Node):
    """A variable or a built-in function as a value."""

    name: str


@dataclass(slots=True)
class Property(Node):
    """``source.name``."""

    source: Node
    name: str


@dataclass(slots=True)
class Filter(Node):
    """``source[condition]`` or ``source[index]``."""

    source: Node
    condition: Node


@dataclass(slots=True)
class Call(Node):
    """``function(a, b)`` or ``function(x: a, y: b)``; ``builtin`` when the name can only be a built-in."""

    function: Node
    arguments: list[Node]
    names: list[str] | None
    builtin: str | None


@dataclass(slots=True)
class Negation(Node):
    """``-operand``."""

    operand: Node


@dataclass(slots=True)
class Chain(Node):
    """``first + a - b …`` of one precedence, left to right."""

    first: Node
    rest: list[tuple[str, int, Node]]


@dataclass(slots=True)
class Logic(Node):
    """``a and b and c``, or ``or``."""

    operator: str
    operands: list[Node]


@dataclass(slots=True)
class Comparison(Node):
    """``left < right`` and the like."""

    operator: str
    left: Node
    right: Node


@dataclass(slots=True)
class Between(Node):
    """``value between low and high``."""

    value: Node
    low: Node
    high: Node


@dataclass(slots=True)
class In(Node):
    """``value in tests``."""

    value: Node
    tests: list[Test]


@dataclass(slots=True)
class InstanceOf(Node):
    """``value instance of type``."""

    value: Node
    type: Any


@dataclass(slots=True)
class If(Node):
    """``if condition then yes else no``."""

    condition: Node
    yes: Node
    no: Node


@dataclass(slots=True)
class Iterator:
    """``name in domain`` or ``name in domain .. end``."""

    name: str
    domain: Node
    end: Node | None


@dataclass(slots=True)
class For(Node):
    """``for … return body``."""

    iterators: list[Iterator]
    body: Node


@dataclass(slots=True)
class Quantified(Node):
    """``some … satisfies`` (``every`` otherwise)."""

    some: bool
    iterators: list[Iterator]
    body: Node


@dataclass(slots=True)
class ListLiteral(Node):
    """``[a, b]``."""

    items: list[Node]


@dataclass(slots=True)
class ContextLiteral(Node):
    """``{name: value}``."""

    entries: list[tuple[str, Node]]


@dataclass(slots=True)
class RangeLiteral(Node):
    """``[start..end)``; an end that is missing is open: ``(<5)``."""

    start_included: bool
    start: Node | None
    end: Node | None
    end_included: bool


@dataclass(slots=True)
class FunctionLiteral(Node):
    """``function(x: number) body``; external ones have no body."""

    parameters: list[tuple[str, Any]]
    body: Node | None


@dataclass(slots=True)
class Test(Node):
    """One unary test: an operator with its operand, or an expression (operator ``in``)."""

    operator: str
    operand: Node
    uses_value: bool


@dataclass(slots=True)
class UnaryTestList(Node):
    """A decision table's cell; no tests at all is ``-``."""

    tests: list[Test]
    negated: bool
