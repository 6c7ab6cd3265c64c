"""What can go wrong with a decision file, and what an evaluation has to say."""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]


class DmnError(Exception):
    """A decision file cannot be used, or a decision is not there.

    Attributes:
        file: name of the file; empty if no file is meant.
        element: id or name of the element; empty if the whole file is meant.
        line: line in the file from 1; None where unknown.
        reason: a sentence for the author.
        code: stable name: xml, namespace, no-decision, duplicate-id, dangling-ref, cycle, missing-import, structure.
    """

    def __init__(self, file: str, element: str, line: int | None, reason: str, code: str = "structure") -> None:
        place = "".join((file, f" 第 {line} 行" if line else "", f"（{element}）" if element else ""))
        super().__init__(f"{place}：{reason}" if place else reason)
        self.file = file
        self.element = element
        self.line = line
        self.reason = reason
        self.code = code


class DecisionWarning(NamedTuple):
    """Why a part of a decision became null; severity ``error`` when the decision itself is wrong.

    ``position`` counts from 0 in ``expression``; both are empty where no expression is meant.
    """

    severity: Severity
    code: str
    message: str
    element: str
    expression: str = ""
    position: int | None = None
