"""Look at the conditions that start processes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from engine.requests import remember, replayed
from engine.step.starting import start_by_conditions
from engine.unit_of_work import UnitOfWork

COMMAND = "evaluate_conditions"


def evaluate_conditions(uow: UnitOfWork, variables: Mapping[str, Any], *, request_id: str | None) -> tuple[UUID, ...]:
    """Start an instance at every conditional start event whose condition holds; nothing else ever looks at it.

    Args:
        uow: one transaction.
        variables: what the conditions read, and the first variables of what they start.
        request_id: a repeated request answers the same.

    Returns:
        The new instances.

    Raises:
        StepFailedError: a condition or one of the starts fails; nothing may be kept.
    """
    answer = replayed(uow, request_id, COMMAND)
    if answer is not None:
        return tuple(map(UUID, answer["instances"]))
    started = start_by_conditions(uow, variables)
    remember(uow, request_id, COMMAND, {"instances": [str(each) for each in started]})
    return tuple(started)
