"""Tables of expressions and what they give."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.feel import evaluate
from engine.feel.runtime import Run
from engine.feel.text import to_text

_NOW = datetime(2026, 1, 1, 9, tzinfo=UTC)


def cases(table: str) -> list[tuple[str, str]]:
    """The lines ``expression ==> expected expression`` of a table."""
    lines = [line.partition(" ==> ") for line in table.strip().splitlines()]
    return [(expression, expected) for expression, _, expected in lines]


def assert_same(expression: str, expected: str) -> None:
    """Both expressions give the same value of the same kind, written the same way."""
    got, wanted = (evaluate(text, {}, now=_NOW).result for text in (expression, expected))
    assert type(got) is type(wanted)
    assert to_text(got, Run(), quoted=True) == to_text(wanted, Run(), quoted=True)
