"""What can be told of a value from the expression alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from engine.feel import nodes as n
from engine.feel.errors import FeelSyntaxError
from engine.feel.readings import make_parser

_NEVER_A_CONTEXT = (
    n.Literal,
    n.AtLiteral,
    n.Negation,
    n.Chain,
    n.Logic,
    n.Comparison,
    n.Between,
    n.In,
    n.InstanceOf,
    n.For,
    n.Quantified,
    n.ListLiteral,
    n.RangeLiteral,
    n.FunctionLiteral,
)


def entries_of(text: str) -> tuple[str, ...]:
    """Names of the entries of an expression that is written as a context; none where it is anything else."""
    tree, _ = _read(text)
    return tuple(name for name, _ in tree.entries) if isinstance(tree, n.ContextLiteral) else ()


def names_in(text: str, names: Collection[str]) -> frozenset[str]:
    """Which of these variables an expression mentions, in whatever place; none where it is no expression."""
    tree, _ = _read(text, frozenset(names))
    pending: list[Any] = [tree]
    found: set[str] = set()
    while pending:
        part = pending.pop()
        if isinstance(part, n.Name):
            found.add(part.name)
        pending += _parts(part)
    return frozenset(found.intersection(names))


def _parts(part: Any) -> Iterator[Any]:
    if is_dataclass(part):
        return (getattr(part, each.name) for each in fields(part))
    return iter(part) if isinstance(part, Iterable) and not isinstance(part, str) else iter(())


def is_never_a_context(text: str) -> bool:
    """True if the value is another one whatever the variables are; False also where it cannot be told."""
    tree, in_doubt = _read(text)
    if tree is None or in_doubt:  # ``a - b`` may be the name of a variable
        return False
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, n.If):
            pending += [node.yes, node.no]
        elif not isinstance(node, _NEVER_A_CONTEXT):
            return False
    return True


def _read(text: str, names: frozenset[str] = frozenset()) -> tuple[n.Node | None, bool]:
    """The expression, None where it is none; and whether it may be read in another way."""
    try:
        parser = make_parser(text, names)
        tree = parser.expression()
        parser.expect_end()
    except FeelSyntaxError:
        return None, False
    return tree, bool(parser.doubts.outer or parser.doubts.inner)
