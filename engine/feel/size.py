"""The size of a result."""

from __future__ import annotations

from typing import Any

from engine.feel.errors import FeelBudgetError
from engine.feel.kinds import Range

_SMALL = 8  # bytes counted for anything that is no text


def check_size(result: Any, limit: int) -> None:
    """Refuse a result larger than ``limit`` bytes; shared parts count every time they occur.

    Raises:
        FeelBudgetError: it is larger.
    """
    total = 0
    pending = [result]
    while pending:
        value = pending.pop()
        total += _SMALL
        if isinstance(value, str):
            total += len(value)
        elif isinstance(value, list):
            total += _SMALL * len(value)
            if total <= limit:
                pending.extend(value)
        elif isinstance(value, dict):
            total += sum(len(key) for key in value)
            pending.extend(value.values())
        elif isinstance(value, Range):
            pending.extend((value.start, value.end))
        if total > limit:
            raise FeelBudgetError(f"结果超过 {limit} 字节，已停止")
