"""Values computed from the process's own rules, for expressions that need them as variables."""

from collections.abc import Mapping
from typing import Any

from engine.operations.registry import OperationCall, operation
from engine.rules.due_dates import SHANGHAI, local_day
from engine.step.opening import as_instant


@operation("deadline.compute")
def compute_deadline(call: OperationCall) -> Mapping[str, Any]:
    """``due_at`` (instant) and ``due_on`` (its last day) of deadline ``key``, from ``anchor`` or from now.

    ``reason`` tells how, so that it can be computed again when the calendar changes (``deadline_variables``).
    """
    anchor = as_instant(call.parameters.get("anchor"))
    deadline = call.environment.explained_deadline(call.text("key"), call.variables, anchor)
    return {
        "due_at": deadline.due_at.astimezone(SHANGHAI),
        "due_on": local_day(deadline.due_at),
        "reason": deadline.reason(),
    }


@operation("deadline.passed")
def passed_deadlines(call: OperationCall) -> Mapping[str, Any]:
    """Which of the deadlines ``keys``, all counted from ``anchor``, have come; ``latest``: the one that came last."""
    anchor = as_instant(call.parameters.get("anchor"))
    due = {key: call.environment.explained_deadline(key, call.variables, anchor).due_at for key in call.texts("keys")}
    come = sorted((key for key in due if due[key] <= call.uow.now), key=lambda key: due[key])
    return {"passed": come, "latest": come[-1] if come else None}
