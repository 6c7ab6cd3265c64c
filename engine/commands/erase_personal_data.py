"""Erase the personal fields of a case."""

from uuid import UUID

from sqlalchemy import update

from engine.errors import ConflictError, InvalidInputError
from engine.queries.entitlement import ensure_administers
from engine.requests import remember, replayed
from engine.step.history import HistoryEntry
from engine.step.instance import load_instance
from engine.step.save import append_history
from engine.unit_of_work import UnitOfWork
from models import InstanceKey

COMMAND = "erase_personal_data"
KEY = InstanceKey.__table__


def erase_personal_data(uow: UnitOfWork, instance_id: UUID, *, reason: str, request_id: str | None) -> None:
    """Destroy the key of an ended case: its sensitive fields become unreadable everywhere, backups of the data too.

    The hash chain hashes what is stored, so it still verifies.

    Raises:
        NotFoundError, NotPermittedError
        ConflictError: the case is still running and needs them.
        InvalidInputError: no reason.
    """
    instance = load_instance(uow, instance_id)
    if replayed(uow, request_id, COMMAND, instance_id) is not None:
        return
    ensure_administers(uow, instance)
    if not reason.strip():
        raise InvalidInputError({"reason": "请写明理由"})
    if not instance.has_ended:
        raise ConflictError("事项尚未结束，不能清除个人信息；请在办结后再操作")
    uow.connection.execute(
        update(KEY).where(KEY.c.process_instance_id == instance_id).values(wrapped_key=None, destroyed_at=uow.now)
    )
    entry = HistoryEntry("personal_data.erased", body={"reason": reason.strip()}, actor_id=uow.actor)
    append_history(uow, instance, [entry])
    remember(uow, request_id, COMMAND, {}, about=instance_id)
