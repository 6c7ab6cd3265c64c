"""The result of a decision at rest: sealed like the variables that it became."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from engine.secrecy.sealing import Sealer
from engine.values import dumps, loads


def result_text(sealer: Sealer, row: UUID, result: Any, variable: str | None) -> str:
    """What ``decision_instance.result`` keeps.

    Args:
        sealer: of the instance.
        row: id of the decision instance.
        result: what was decided; a context if it has no variable.
        variable: that took it; None where each entry became one of its own.
    """
    entries = result if variable is None else {variable: result}
    hidden = sealer.hide(entries, _place(row))
    return dumps({"value": result} if hidden is entries else {"sealed": hidden, "of": variable})


def read_result(sealer: Sealer, row: UUID, text: str, shown: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Any:
    """The result again, its sensitive parts as ``shown`` lets this person see variables."""
    stored = loads(text)
    if "sealed" not in stored:
        return stored["value"]
    entries = shown(sealer.reveal(stored["sealed"], _place(row)))
    return entries if stored["of"] is None else entries.get(stored["of"])


def _place(row: UUID) -> str:
    return f"decision-result:{row}"
