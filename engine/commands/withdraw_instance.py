"""Take a case back."""

from uuid import UUID

from engine import step
from engine.commands.correlate_message import find_subscriptions
from engine.commands.work_items import can_read
from engine.errors import ConflictError, InvalidInputError, NotFoundError, NotPermittedError
from engine.requests import remember, replayed
from engine.step.environment import StepEnvironment
from engine.step.history import HistoryEntry
from engine.step.instance import LoadedInstance, load_instance
from engine.unit_of_work import UnitOfWork
from models import SubscriptionKind

COMMAND = "withdraw_instance"


def withdraw_instance(uow: UnitOfWork, instance_id: UUID, *, reason: str, request_id: str | None) -> None:
    """Correlate the withdrawal message of process.yaml to the case; what follows stands in the diagram.

    The event sub-process gets ``withdrawal_reason`` and ``withdrawn_by``.

    Raises:
        NotFoundError: no such case for this person.
        NotPermittedError: only who began it (or a role that process.yaml names) withdraws.
        ConflictError: too late, or the diagram knows no withdrawal now.
        InvalidInputError: no reason.
    """
    instance = load_instance(uow, instance_id)
    if replayed(uow, request_id, COMMAND) is not None:
        return
    if not may_withdraw(uow, instance):
        raise NotPermittedError("只有提出人可以撤回") if can_read(uow, instance_id) else NotFoundError
    if not reason.strip():
        raise InvalidInputError({"reason": "请写明撤回理由"})
    waiting = open_withdrawal(uow, instance)
    if waiting is None:
        raise ConflictError("现在已不能撤回")
    data = {"withdrawal_reason": reason.strip(), "withdrawn_by": uow.actor}
    entry = HistoryEntry("instance.withdrawn", body={"reason": reason.strip()}, actor_id=uow.actor)
    step.advance(uow, instance, lambda execution: execution.deliver_message(waiting, data), [entry])
    remember(uow, request_id, COMMAND, {})


def may_withdraw(uow: UnitOfWork, instance: LoadedInstance) -> bool:
    """Whether the actor is one who may withdraw this case at all."""
    if uow.actor is None or instance.started_by == uow.actor:
        return True
    return bool(uow.holder.role_names.intersection(instance.deployed.manifest.withdraw_roles))


def open_withdrawal(uow: UnitOfWork, instance: LoadedInstance) -> int | None:
    """The wait that a withdrawal would trigger now; None when it is too late or not drawn."""
    manifest = instance.deployed.manifest
    if not instance.is_active:
        return None
    if manifest.withdraw_when is not None:
        environment = StepEnvironment(uow, instance.deployed, instance.id, instance.business_key, instance.started_by)
        if environment.evaluate(manifest.withdraw_when, environment.context(instance.variables)) is not True:
            return None
    waiting = find_subscriptions(
        uow, SubscriptionKind.MESSAGE, manifest.withdraw_message, None, instance_id=instance.id
    )
    return waiting[0][1] if waiting else None
