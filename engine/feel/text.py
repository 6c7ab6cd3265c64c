"""Any value as text, as the built-in ``string`` gives it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from engine.feel import kinds as k
from engine.feel.kinds import Range, kind
from engine.feel.runtime import Run
from engine.feel.temporal import format_temporal

_PLAIN_KEY = re.compile(r"[\w ]+")
_TEMPORAL_STEPS = 6  # what writing one of them costs
_TEMPORAL = frozenset({k.DATE, k.TIME, k.DATE_AND_TIME, k.DAYS_AND_TIME, k.YEARS_AND_MONTHS})


def format_number(number: Decimal | int) -> str:
    """Digits without exponent and without trailing zeros."""
    text = format(number if isinstance(number, Decimal) else Decimal(number), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def to_text(value: Any, run: Run, *, quoted: bool = False) -> str:
    """A value as text; ``quoted`` as inside a list, where a string keeps its quotes."""
    of = kind(value)
    if of == k.STRING:
        run.spend_text(len(value))
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if quoted else str(value)
    run.spend(1)
    if of == k.NULL:
        return "null"
    if of == k.BOOLEAN:
        return "true" if value else "false"
    if of == k.NUMBER:
        text = format_number(value)
        run.spend(len(text) // 64)
        return text
    if of in _TEMPORAL:
        run.spend(_TEMPORAL_STEPS)
        return format_temporal(value)
    return _composite(value, of, run)


def _composite(value: Any, of: str, run: Run) -> str:
    if of == k.LIST:
        return "[" + _joined((to_text(item, run, quoted=True) for item in value), run) + "]"
    if of == k.CONTEXT:
        return (
            "{" + _joined((f"{_key(key)}: {to_text(item, run, quoted=True)}" for key, item in value.items()), run) + "}"
        )
    if of == k.RANGE:
        return _range_text(value, run)
    if of == k.FUNCTION:
        return f"function({', '.join(value.parameters)})"
    return "null"


def _joined(parts: Any, run: Run) -> str:
    collected: list[str] = []
    for part in parts:
        collected.append(part)
        run.spend_text(len(part))
    return ", ".join(collected)


def _key(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) else '"' + key.replace('"', '\\"') + '"'


def _range_text(where: Range, run: Run) -> str:
    if where.start is None and where.end is not None:
        return ("<=" if where.end_included else "<") + _end(where.end, run)
    if where.end is None and where.start is not None:
        return (">=" if where.start_included else ">") + _end(where.start, run)
    opening, closing = "[" if where.start_included else "(", "]" if where.end_included else ")"
    return f"{opening}{_end(where.start, run)}..{_end(where.end, run)}{closing}"


def _end(value: Any, run: Run) -> str:
    text = to_text(value, run, quoted=True)
    return f'@"{text}"' if kind(value) in _TEMPORAL else text
