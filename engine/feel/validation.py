"""What an author should know about an expression before it runs."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from engine.feel import nodes as n
from engine.feel.builtins import BUILTINS
from engine.feel.errors import FeelSyntaxError, Problem
from engine.feel.readings import make_parser
from engine.feel.temporal import parse_temporal
from engine.feel.types import Type

_ALWAYS_KNOWN = frozenset({"?", "item", "partial"})
_SUGGESTED = 20  # unknown names of one text that get a suggestion: looking for the nearest takes its time


def validate(text: str, known_names: Iterable[str], *, unary: bool = False) -> list[Problem]:
    """List what is wrong with an expression, without evaluating it.

    Args:
        text: an expression, or with ``unary`` a decision table's cell.
        known_names: variables in scope; names inside contexts are not checked.

    Returns:
        A syntax error alone, or unknown names with the nearest known one and wrong literals, in order.
    """
    known = frozenset(known_names)
    try:
        parser = make_parser(text, known)
        tree: Any
        if unary:
            tree = parser.unary_tests()
        else:
            tree = parser.expression()
            parser.expect_end()
    except FeelSyntaxError as error:
        return [Problem("syntax", error.position, 1, error.reason)]
    found = sorted(_problems(tree, known | _ALWAYS_KNOWN, False), key=lambda problem: problem.position)
    return [_with_suggestion(problem, text, known) if at < _SUGGESTED else problem for at, problem in enumerate(found)]


def _problems(node: Any, known: frozenset[str], in_filter: bool) -> Iterator[Problem]:
    if isinstance(node, n.Name):
        if not in_filter and node.name not in known and node.name not in BUILTINS:
            yield Problem("unknown-name", node.pos, len(node.name), f"名称“{node.name}”不存在")
    elif isinstance(node, n.AtLiteral):
        if parse_temporal(node.text) is None:
            yield Problem("literal", node.pos, len(node.text) + 3, f"“{node.text}”不是日期、时间或时长")
    elif isinstance(node, n.Call):
        yield from _call_problems(node, known, in_filter)
    elif isinstance(node, n.Filter):
        yield from _problems(node.source, known, in_filter)
        yield from _problems(node.condition, known, True)
    elif isinstance(node, n.For | n.Quantified):
        yield from _loop_problems(node, known, in_filter)
    elif isinstance(node, n.FunctionLiteral):
        inner = known | {name for name, _ in node.parameters}
        yield from _problems(node.body, inner, in_filter)
    elif isinstance(node, n.ContextLiteral):
        for key, value in node.entries:
            yield from _problems(value, known, in_filter)
            known = known | {key}
    else:
        for child in _children(node):
            yield from _problems(child, known, in_filter)


def _call_problems(node: n.Call, known: frozenset[str], in_filter: bool) -> Iterator[Problem]:
    if node.builtin:
        count = len(node.arguments)
        if not node.names and not any(form.takes(count) for form in BUILTINS[node.builtin].signatures):
            yield Problem("arguments", node.pos, len(node.builtin), f"“{node.builtin}”不接受 {count} 个参数")
    else:
        yield from _problems(node.function, known, in_filter)
    for argument in node.arguments:
        yield from _problems(argument, known, in_filter)


def _loop_problems(node: n.For | n.Quantified, known: frozenset[str], in_filter: bool) -> Iterator[Problem]:
    for iterator in node.iterators:
        yield from _problems(iterator.domain, known, in_filter)
        yield from _problems(iterator.end, known, in_filter)
        known = known | {iterator.name}
    yield from _problems(node.body, known, in_filter)


def _children(node: Any) -> Iterator[Any]:
    if isinstance(node, list | tuple):
        yield from node
    elif is_dataclass(node) and not isinstance(node, Type):
        for field in fields(node):
            yield getattr(node, field.name)


def _with_suggestion(problem: Problem, text: str, known: frozenset[str]) -> Problem:
    """An unknown name with the nearest known one."""
    if problem.code != "unknown-name":
        return problem
    candidates = sorted(known | _ALWAYS_KNOWN | BUILTINS.keys())
    name = text[problem.position : problem.position + problem.length]
    nearest = difflib.get_close_matches(name, candidates, n=1, cutoff=0.6)
    if not nearest:
        return problem
    return replace(problem, message=f"{problem.message}，是否指“{nearest[0]}”", suggestion=nearest[0])
