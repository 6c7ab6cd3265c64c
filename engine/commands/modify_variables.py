"""Correct variables of a running case."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from engine import step
from engine.commands.cancel_instance import ensure_administers
from engine.errors import InvalidInputError
from engine.requests import remember, replayed
from engine.step.advance import without_reserved
from engine.step.history import HistoryEntry
from engine.step.instance import load_instance
from engine.unit_of_work import UnitOfWork

COMMAND = "modify_variables"


def modify_variables(
    uow: UnitOfWork, instance_id: UUID, data: Mapping[str, Any], *, reason: str, request_id: str | None
) -> None:
    """Set variables from outside; conditional events that now hold are triggered.

    Raises:
        NotFoundError, NotPermittedError, ConflictError
        InvalidInputError: no reason.
    """
    instance = load_instance(uow, instance_id)
    if replayed(uow, request_id, COMMAND) is not None:
        return
    ensure_administers(uow, instance)
    if not reason.strip():
        raise InvalidInputError({"reason": "请写明理由"})
    values = without_reserved(data)
    entry = HistoryEntry("instance.modified", body={"reason": reason.strip()}, data=values, actor_id=uow.actor)
    step.advance(uow, instance, lambda execution: execution.set_variables(values), [entry])
    remember(uow, request_id, COMMAND, {})
