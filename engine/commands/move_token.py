"""Move what waits in a case to another node, or begin again at one: an administrator's corrections."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from engine import step
from engine.errors import InvalidInputError, NotPermittedError
from engine.queries.entitlement import ADMINISTRATORS
from engine.requests import remember, replayed
from engine.step.history import HistoryEntry
from engine.step.instance import load_instance
from engine.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from engine.spiff import Effects, Execution


def move_token(
    uow: UnitOfWork, instance_id: UUID, no: int, target_node_id: str, *, reason: str, request_id: str | None
) -> None:
    """Take the token of one task or wait to another node; everything else in the case stays.

    Args:
        uow: one transaction.
        instance_id: the case.
        no: number of the user task or of the wait in the case.
        target_node_id: where it goes on, a node of the same scope or of one around it.
        reason: kept in the history.
        request_id: a repeated request answers the same.

    Raises:
        NotFoundError, NotPermittedError, ConflictError
        InvalidInputError: no reason.
        StepFailedError: nothing waits there, or no token can be put at the target.
    """
    body = {"no": str(no)}
    _correct(
        uow, instance_id, "instance.token_moved", target_node_id, reason, request_id, body,
        lambda execution: execution.move_token(no, target_node_id),
    )  # fmt: skip


def rewind_instance(uow: UnitOfWork, instance_id: UUID, node_id: str, *, reason: str, request_id: str | None) -> None:
    """End everything that waits in the scope of a node and begin again there; the data of the case stay.

    Raises:
        NotFoundError, NotPermittedError, ConflictError
        InvalidInputError: no reason.
        StepFailedError: no token can be put there.
    """
    _correct(
        uow, instance_id, "instance.rewound", node_id, reason, request_id, {},
        lambda execution: execution.restart_at(node_id),
    )  # fmt: skip


def _correct(
    uow: UnitOfWork,
    instance_id: UUID,
    kind: str,
    node_id: str,
    reason: str,
    request_id: str | None,
    body: dict[str, str],
    action: Callable[["Execution"], "Effects"],
) -> None:
    instance = load_instance(uow, instance_id)
    if replayed(uow, request_id, kind, instance_id) is not None:
        return
    if uow.actor is not None and not uow.holder.role_names & ADMINISTRATORS:
        raise NotPermittedError
    if not reason.strip():
        raise InvalidInputError({"reason": "请写明理由"})
    entry = HistoryEntry(kind, node_id, {**body, "reason": reason.strip()}, actor_id=uow.actor)
    step.advance(uow, instance, action, [entry])
    remember(uow, request_id, kind, {}, about=instance_id)
