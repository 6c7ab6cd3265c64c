"""What can go wrong with an expression, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class FeelError(Exception):
    """An expression cannot be read or its evaluation had to be stopped."""

    code = "feel"


class FeelSyntaxError(FeelError):
    """The text is no FEEL expression.

    Attributes:
        position: offset of the first character that does not fit, from 0.
        expression: the whole text.
        reason: a sentence for the author.
    """

    code = "syntax"

    def __init__(self, position: int, expression: str, reason: str) -> None:
        super().__init__(f"第 {position + 1} 个字符处：{reason}")
        self.position = position
        self.expression = expression
        self.reason = reason


class FeelBudgetError(FeelError):
    """The evaluation would need more steps, size or depth than it may use."""

    code = "budget"


class Refused(Exception):
    """Inside the evaluator: this operation gives null, for this reason."""

    def __init__(self, reason: str, code: str = "value") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class EvaluationWarning(NamedTuple):
    """Why a part of an expression became null.

    ``code`` is stable: unknown-name, type, value, arguments, not-a-function, no-such-property, regex.
    """

    position: int
    expression: str
    reason: str
    code: str = "value"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an author should look at; ``suggestion`` is the nearest known name, if any."""

    code: str
    position: int
    length: int
    message: str
    suggestion: str | None = None
