"""A finding about a decision file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.dmn.errors import Severity


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding; ``example`` is a concrete input that shows it, by the names of the input columns."""

    code: str
    severity: Severity
    message: str
    element: str
    line: int | None = None
    example: dict[str, Any] | None = None
    type: str = "decisionTable"
