"""The size of a result."""

from __future__ import annotations

from typing import Any

from engine.feel.errors import FeelBudgetError
from engine.feel.kinds import Range

MAX_DEPTH = 200  # lists and contexts in each other
_SMALL = 8  # bytes counted for anything that is no text


def check_size(result: Any, limit: int) -> None:
    """Refuse a result larger than ``limit`` bytes or too deep; shared parts count every time they occur.

    Raises:
        FeelBudgetError: it is larger or deeper.
    """
    if type(result) is str and len(result) + _SMALL <= limit:
        return
    total = 0
    pending = [(result, 0)]
    while pending:
        value, depth = pending.pop()
        if depth > MAX_DEPTH:
            raise FeelBudgetError(f"结果嵌套超过 {MAX_DEPTH} 层，已停止")
        total += _SMALL
        if isinstance(value, str):
            total += len(value)
        elif isinstance(value, list):
            total += _SMALL * len(value)
            if total <= limit:
                pending.extend((item, depth + 1) for item in value)
        elif isinstance(value, dict):
            total += sum(len(key) for key in value)
            pending.extend((item, depth + 1) for item in value.values())
        elif isinstance(value, Range):
            pending.extend(((value.start, depth + 1), (value.end, depth + 1)))
        if total > limit:
            raise FeelBudgetError(f"结果超过 {limit} 字节，已停止")
