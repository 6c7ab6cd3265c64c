"""Boxed expressions from XML."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from engine.dmn import model as m
from engine.dmn.errors import DmnError

_HIT_POLICIES = frozenset({"UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"})
_AGGREGATIONS = frozenset({"", "SUM", "COUNT", "MIN", "MAX"})
_MAX_DEPTH = 100


def local_name(element: Any) -> str:
    """The tag without its namespace."""
    return etree.QName(element).localname


def children(element: Any, name: str) -> Iterator[Any]:
    """Child elements of one name; none of None."""
    if element is not None:
        for found in element.iterchildren(etree.Element):
            if local_name(found) == name:
                yield found


def child(element: Any, name: str) -> Any:
    """The first child element of one name, or None."""
    return next(children(element, name), None)


def text_of(element: Any) -> str | None:
    """The stripped text of an element; None without one or without text."""
    if element is None:
        return None
    text = "".join(element.itertext()).strip()
    return text or None


class BoxedReader:
    """Reads the expressions of one file and collects the names they introduce."""

    def __init__(self, file: str, names: set[str]) -> None:
        self.file = file
        self.names = names
        self._depth = 0
        self._readers: dict[str, Callable[[Any], m.Boxed]] = {
            "literalExpression": self._literal,
            "context": self._context,
            "list": self._list,
            "relation": self._relation,
            "functionDefinition": self.function,
            "invocation": self._invocation,
            "conditional": self._conditional,
            "filter": self._filter,
            "for": self._iterator,
            "some": self._iterator,
            "every": self._iterator,
            "decisionTable": self._table,
        }

    def expression_in(self, parent: Any) -> m.Boxed | None:
        """The first expression among the children of an element."""
        if parent is None:
            return None
        for element in parent.iterchildren(etree.Element):
            if local_name(element) in self._readers:
                return self.expression(element)
        return None

    def expression(self, element: Any) -> m.Boxed:
        """Any expression element."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise self._error(element, f"表达式嵌套超过 {_MAX_DEPTH} 层")
        made = self._readers[local_name(element)](element)
        self._depth -= 1
        return made

    def _error(self, element: Any, reason: str) -> DmnError:
        return DmnError(self.file, element.get("id") or local_name(element), element.sourceline, reason)

    def _base(self, element: Any) -> tuple[str, int | None, str | None]:
        return element.get("id", ""), element.sourceline, element.get("typeRef")

    def _name(self, element: Any) -> str:
        name = (element.get("name") or "").strip()
        self.names.add(name)
        return name

    def _literal(self, element: Any) -> m.Boxed:
        language = element.get("expressionLanguage")
        return m.LiteralExpression(*self._base(element), text_of(child(element, "text")) or "", language)

    def _context(self, element: Any) -> m.Boxed:
        entries = []
        for entry in children(element, "contextEntry"):
            variable = child(entry, "variable")
            name = self._name(variable) if variable is not None else None
            type_ref = variable.get("typeRef") if variable is not None else None
            entries.append(m.ContextEntry(name, type_ref, self.expression_in(entry)))
        return m.ContextExpression(*self._base(element), entries)

    def _all(self, element: Any) -> list[m.Boxed | None]:
        return [
            self.expression(found)
            for found in element.iterchildren(etree.Element)
            if local_name(found) in self._readers
        ]

    def _list(self, element: Any) -> m.Boxed:
        return m.ListExpression(*self._base(element), self._all(element))

    def _relation(self, element: Any) -> m.Boxed:
        columns = [m.Parameter(self._name(column), column.get("typeRef")) for column in children(element, "column")]
        rows = [self._all(row) for row in children(element, "row")]
        for row, found in zip(rows, children(element, "row"), strict=True):
            if len(row) != len(columns):
                raise self._error(found, f"行有 {len(row)} 格，表有 {len(columns)} 列")
        return m.Relation(*self._base(element), columns, rows)

    def function(self, element: Any) -> m.FunctionDefinition:
        """A function definition or a business knowledge model's logic."""
        parameters = [
            m.Parameter(self._name(parameter), parameter.get("typeRef"))
            for parameter in children(element, "formalParameter")
        ]
        kind = element.get("kind") or "FEEL"
        return m.FunctionDefinition(*self._base(element), parameters, self.expression_in(element), kind)

    def _invocation(self, element: Any) -> m.Boxed:
        bindings = []
        for binding in children(element, "binding"):
            parameter = child(binding, "parameter")
            if parameter is None:
                raise self._error(binding, "绑定没有参数")
            declared = m.Parameter(self._name(parameter), parameter.get("typeRef"))
            bindings.append(m.Binding(declared, self.expression_in(binding)))
        return m.Invocation(*self._base(element), self.expression_in(element), bindings)

    def _conditional(self, element: Any) -> m.Boxed:
        condition, yes, no = (self.expression_in(child(element, part)) for part in ("if", "then", "else"))
        return m.Conditional(*self._base(element), condition, yes, no)

    def _filter(self, element: Any) -> m.Boxed:
        source, match = (self.expression_in(child(element, part)) for part in ("in", "match"))
        return m.FilterExpression(*self._base(element), source, match)

    def _iterator(self, element: Any) -> m.Boxed:
        kind = local_name(element)
        variable = element.get("iteratorVariable", "")
        self.names.add(variable)
        source = self.expression_in(child(element, "in"))
        body = self.expression_in(child(element, "return" if kind == "for" else "satisfies"))
        return m.IteratorExpression(*self._base(element), kind, variable, source, body)

    # --- decision tables

    def _table(self, element: Any) -> m.DecisionTable:
        hit_policy = (element.get("hitPolicy") or "UNIQUE").upper()
        aggregation = (element.get("aggregation") or "").upper()
        if hit_policy not in _HIT_POLICIES or aggregation not in _AGGREGATIONS:
            raise self._error(element, f"不认识的命中策略“{hit_policy} {aggregation}”")
        inputs = [self._input(clause) for clause in children(element, "input")]
        outputs = [self._output(clause) for clause in children(element, "output")]
        if not outputs:
            raise self._error(element, "决策表没有输出列")
        annotations = [(clause.get("name") or "").strip() for clause in children(element, "annotation")]
        rules = [
            self._rule(rule, number, len(inputs), len(outputs), annotations)
            for number, rule in enumerate(children(element, "rule"), 1)
        ]
        return m.DecisionTable(*self._base(element), hit_policy, aggregation, inputs, outputs, rules)

    def _input(self, element: Any) -> m.InputClause:
        expression = child(element, "inputExpression")
        text = text_of(child(expression, "text")) or ""
        type_ref = expression.get("typeRef") if expression is not None else None
        values = text_of(child(child(element, "inputValues"), "text"))
        label = (element.get("label") or text).strip()
        return m.InputClause(element.get("id", ""), label, element.sourceline, text, type_ref, values)

    def _output(self, element: Any) -> m.OutputClause:
        return m.OutputClause(
            element.get("id", ""),
            self._name(element) or (element.get("label") or "").strip(),
            element.sourceline,
            element.get("typeRef"),
            text_of(child(child(element, "outputValues"), "text")),
            text_of(child(child(element, "defaultOutputEntry"), "text")),
        )

    def _rule(self, element: Any, number: int, inputs: int, outputs: int, annotations: list[str]) -> m.Rule:
        conditions = [text_of(child(entry, "text")) or "-" for entry in children(element, "inputEntry")]
        results = [text_of(child(entry, "text")) or "" for entry in children(element, "outputEntry")]
        if len(conditions) != inputs or len(results) != outputs:
            reason = f"第 {number} 行有 {len(conditions)} 个条件和 {len(results)} 个结果，表有 {inputs} 和 {outputs} 列"
            raise self._error(element, reason)
        notes = [text_of(child(entry, "text")) or "" for entry in children(element, "annotationEntry")]
        named = {
            name or f"annotation {index}": note
            for index, (name, note) in enumerate(zip(annotations, notes, strict=False), 1)
        }
        description = text_of(child(element, "description"))
        if description:
            named.setdefault("description", description)
        return m.Rule(element.get("id", ""), number, element.sourceline, conditions, results, named)
