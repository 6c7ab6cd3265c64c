"""Take a case back."""

from uuid import UUID

from engine import step
from engine.errors import ConflictError, InvalidInputError, NotFoundError, NotPermittedError, SuspendedError
from engine.queries.entitlement import may_withdraw, open_withdrawal
from engine.requests import remember, replayed
from engine.step.history import HistoryEntry
from engine.step.instance import load_instance
from engine.unit_of_work import UnitOfWork
from engine.work_items import can_read

COMMAND = "withdraw_instance"


def withdraw_instance(uow: UnitOfWork, instance_id: UUID, *, reason: str, request_id: str | None) -> None:
    """Correlate the withdrawal message of process.yaml to the case; what follows stands in the diagram.

    The event sub-process gets ``withdrawal_reason`` and ``withdrawn_by``.

    Raises:
        NotFoundError: no such case for this person.
        NotPermittedError: only who began it (or a role that process.yaml names) withdraws.
        ConflictError: too late, or the diagram knows no withdrawal now.
        SuspendedError: not before it is resumed.
        InvalidInputError: no reason.
    """
    instance = load_instance(uow, instance_id)
    if replayed(uow, request_id, COMMAND, instance_id) is not None:
        return
    if not may_withdraw(uow, instance):
        raise NotPermittedError("只有发起人可以撤案") if can_read(uow, instance_id) else NotFoundError
    if not reason.strip():
        raise InvalidInputError({"reason": "请写明撤案理由"})
    if instance.is_suspended:
        raise SuspendedError
    waiting = open_withdrawal(uow, instance)
    if waiting is None:
        raise ConflictError("此事项已过可以撤案的阶段，不能撤案")
    data = {"withdrawal_reason": reason.strip(), "withdrawn_by": uow.actor}
    entry = HistoryEntry("instance.withdrawn", body={"reason": reason.strip()}, actor_id=uow.actor)
    step.advance(uow, instance, lambda execution: execution.deliver_message(waiting, data), [entry])
    remember(uow, request_id, COMMAND, {}, about=instance_id)
