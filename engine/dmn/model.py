"""A decision file as data. Names are as in the DMN specification."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.feel.types import canonical_type


def plain_type(type_ref: str) -> str:
    """A type reference without the prefix of FEEL's own types."""
    name = type_ref.strip()
    for prefix in ("feel:", "feel."):
        name = name.removeprefix(prefix)
    if ":" in name:
        name = name.rpartition(":")[2]
    return canonical_type(name)


@dataclass(slots=True)
class Element:
    """Anything with a place in the file."""

    id: str
    name: str
    line: int | None


@dataclass(slots=True)
class Boxed:
    """Any expression; ``label`` names it in messages."""

    id: str
    line: int | None
    type_ref: str | None


@dataclass(slots=True)
class LiteralExpression(Boxed):
    """FEEL text, or another language's, which gives null."""

    text: str
    language: str | None


@dataclass(slots=True)
class ContextEntry:
    """One row of a boxed context; without a name it is the result."""

    name: str | None
    type_ref: str | None
    expression: Boxed | None


@dataclass(slots=True)
class ContextExpression(Boxed):
    """Named rows that see those before them."""

    entries: list[ContextEntry]


@dataclass(slots=True)
class ListExpression(Boxed):
    """A list of expressions."""

    items: list[Boxed | None]


@dataclass(slots=True)
class Parameter:
    """A formal parameter or column."""

    name: str
    type_ref: str | None


@dataclass(slots=True)
class Relation(Boxed):
    """A list of contexts as a table."""

    columns: list[Parameter]
    rows: list[list[Boxed | None]]


@dataclass(slots=True)
class FunctionDefinition(Boxed):
    """A function; only kind FEEL can be called."""

    parameters: list[Parameter]
    body: Boxed | None
    kind: str


@dataclass(slots=True)
class Binding:
    """One argument of an invocation."""

    parameter: Parameter
    expression: Boxed | None


@dataclass(slots=True)
class Invocation(Boxed):
    """A call with named arguments."""

    function: Boxed | None
    bindings: list[Binding]


@dataclass(slots=True)
class Conditional(Boxed):
    """Boxed ``if``."""

    condition: Boxed | None
    yes: Boxed | None
    no: Boxed | None


@dataclass(slots=True)
class FilterExpression(Boxed):
    """Boxed filter."""

    source: Boxed | None
    match: Boxed | None


@dataclass(slots=True)
class IteratorExpression(Boxed):
    """Boxed ``for``, ``some`` or ``every``: ``kind`` is one of these words."""

    kind: str
    variable: str
    source: Boxed | None
    body: Boxed | None


@dataclass(slots=True)
class InputClause:
    """A column of conditions."""

    id: str
    label: str
    line: int | None
    text: str
    type_ref: str | None
    values: str | None


@dataclass(slots=True)
class OutputClause:
    """A column of results."""

    id: str
    name: str
    line: int | None
    type_ref: str | None
    values: str | None
    default: str | None


@dataclass(slots=True)
class Rule:
    """A row; ``number`` counts from 1."""

    id: str
    number: int
    line: int | None
    inputs: list[str]
    outputs: list[str]
    annotations: dict[str, str]


@dataclass(slots=True)
class DecisionTable(Boxed):
    """A decision table. ``aggregation`` is empty or SUM, COUNT, MIN, MAX."""

    hit_policy: str
    aggregation: str
    inputs: list[InputClause]
    outputs: list[OutputClause]
    rules: list[Rule]


@dataclass(slots=True)
class ItemDefinition:
    """A type; ``components`` make it a structure."""

    name: str
    line: int | None
    type_ref: str | None
    is_collection: bool
    allowed_values: str | None
    type_constraint: str | None
    components: list[ItemDefinition]
    function: list[str] | None  # the types of its parameters, if it is the type of functions
    function_result: str | None


@dataclass(slots=True)
class Import:
    """A model used here under a prefix, or without one."""

    namespace: str
    name: str
    line: int | None


@dataclass(slots=True)
class InputData(Element):
    """A value from outside."""

    type_ref: str | None


@dataclass(slots=True)
class Decision(Element):
    """A decision and the hrefs of what it requires."""

    type_ref: str | None
    expression: Boxed | None
    requirements: list[str]


@dataclass(slots=True)
class BusinessKnowledge(Element):
    """A reusable function."""

    type_ref: str | None
    function: FunctionDefinition | None
    requirements: list[str]


@dataclass(slots=True)
class DecisionService(Element):
    """Decisions that can be called together; members are hrefs."""

    type_ref: str | None
    output_decisions: list[str]
    encapsulated_decisions: list[str]
    input_decisions: list[str]
    input_data: list[str]


Node = InputData | Decision | BusinessKnowledge | DecisionService


@dataclass(slots=True)
class Definitions:
    """One file."""

    file: str
    namespace: str
    name: str
    imports: list[Import] = field(default_factory=list)
    item_definitions: list[ItemDefinition] = field(default_factory=list)
    nodes: dict[str, Node] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def of_type(self, cls: type) -> list[Node]:
        """All nodes of one kind, in file order."""
        return [node for node in self.nodes.values() if isinstance(node, cls)]
