"""Syntax errors and unknown names in the expressions of a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from engine.dmn import model as m
from engine.dmn.analysis.problems import Problem
from engine.dmn.analysis.regions import IRRELEVANT
from engine.dmn.library import Library
from engine.feel import validate


def expression_problems(library: Library, file: m.Definitions) -> Iterator[Problem]:
    """What is wrong with the texts of all decisions and knowledge of a file."""
    for node in file.nodes.values():
        if isinstance(node, m.Decision):
            yield from _Walk(library, node, _scope(library, file, node)).walk(node.expression)
        elif isinstance(node, m.BusinessKnowledge):
            yield from _Walk(library, node, _scope(library, file, node)).walk(node.function)


def _scope(library: Library, file: m.Definitions, node: m.Decision | m.BusinessKnowledge) -> set[str] | None:
    """Names in scope; None where nothing is required, so that any variable of a process may come."""
    if isinstance(node, m.Decision) and not node.requirements:
        return None
    found = (library.find(file, href) for href in node.requirements)
    names = {target[1].name for target in found if target}
    return names | {imported.name for imported in file.imports} | {node.name}


class _Walk:
    """Through the boxed expressions of one node."""

    def __init__(self, library: Library, node: m.Node, scope: set[str] | None) -> None:
        self._names = library.names
        self._node = node
        self._scope = scope

    def walk(self, expression: Any) -> Iterator[Problem]:
        """All problems of an expression and those inside it."""
        if isinstance(expression, m.DecisionTable):
            yield from self._table(expression)
        elif isinstance(expression, m.LiteralExpression):
            yield from self._literal(expression)
        elif isinstance(expression, m.FunctionDefinition):
            yield from self._inside({parameter.name for parameter in expression.parameters}, expression.body)
        elif isinstance(expression, m.ContextExpression):
            names = {entry.name for entry in expression.entries if entry.name}
            yield from self._inside(names, [entry.expression for entry in expression.entries])
        elif isinstance(expression, m.IteratorExpression):
            yield from self.walk(expression.source)
            yield from self._inside({expression.variable}, expression.body)
        elif isinstance(expression, m.FilterExpression):
            yield from self.walk(expression.source)
            yield from self._without_scope(expression.match)
        else:
            for part in _parts(expression):
                yield from self.walk(part)

    def _literal(self, expression: m.LiteralExpression) -> Iterator[Problem]:
        if expression.language and "feel" not in expression.language.lower():
            reason = f"不支持表达式语言“{expression.language}”"
            yield self._problem("expression-language", reason, expression.line, "error")
        elif expression.text:
            yield from self._text(expression.text, expression.line, unary=False)

    def _inside(self, names: set[str], expression: Any) -> Iterator[Problem]:
        outer = self._scope
        self._scope = None if outer is None else outer | names
        yield from self.walk(expression)
        self._scope = outer

    def _without_scope(self, expression: Any) -> Iterator[Problem]:
        """Inside a filter the items' entries are names too."""
        outer, self._scope = self._scope, None
        yield from self.walk(expression)
        self._scope = outer

    def _table(self, table: m.DecisionTable) -> Iterator[Problem]:
        for clause in table.inputs:
            if clause.text:
                yield from self._text(clause.text, clause.line, unary=False)
            if clause.values:
                yield from self._text(clause.values, clause.line, unary=True)
        for rule in table.rules:
            for cell in rule.inputs:
                if cell not in IRRELEVANT:
                    yield from self._text(cell, rule.line, unary=True, where=f"第 {rule.number} 行")
            for result in rule.outputs:
                if result and result != "-":
                    yield from self._text(result, rule.line, unary=False, where=f"第 {rule.number} 行")

    def _text(self, text: str, line: int | None, *, unary: bool, where: str = "") -> Iterator[Problem]:
        known = self._names | (self._scope or set())
        for found in validate(text, known, unary=unary):
            if found.code == "unknown-name" and self._scope is None:
                continue
            reason = f"{where}“{text[:60]}”：{found.message}"
            severity = "error" if found.code == "syntax" else "warning"
            yield self._problem(found.code, reason, line, severity)

    def _problem(self, code: str, reason: str, line: int | None, severity: Any) -> Problem:
        return Problem(code, severity, reason, self._node.id, line or self._node.line, type="decision")


def _parts(expression: Any) -> Iterator[Any]:
    if isinstance(expression, list):
        yield from expression
    elif is_dataclass(expression) and isinstance(expression, m.Boxed | m.Binding):
        for field in fields(expression):
            yield getattr(expression, field.name)
