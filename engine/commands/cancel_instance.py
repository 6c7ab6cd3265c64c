"""End a case from outside, suspend it, resume it."""

from uuid import UUID

from sqlalchemy import and_, or_, update

from engine import step
from engine.errors import ConflictError, InvalidInputError
from engine.queries.entitlement import ensure_administers
from engine.requests import remember, replayed
from engine.step.history import HistoryEntry
from engine.step.instance import INSTANCE, load_instance
from engine.step.save import JOB, append_history
from engine.unit_of_work import UnitOfWork
from models import InstanceStatus, JobKind


def cancel_instance(uow: UnitOfWork, instance_id: UUID, *, reason: str, request_id: str | None) -> None:
    """Cancel everything a case waits for and end it; an administrator's or the process owner's last resort.

    A suspended case need not be resumed first: what fell due meanwhile would happen before it could be cancelled.

    Raises:
        NotFoundError, NotPermittedError
        InvalidInputError: no reason.
        ConflictError: it has ended.
    """
    instance = load_instance(uow, instance_id)
    if replayed(uow, request_id, "cancel_instance", instance_id) is not None:
        return
    ensure_administers(uow, instance)
    if not reason.strip():
        raise InvalidInputError({"reason": "请写明理由"})
    entry = HistoryEntry("instance.cancelled", body={"reason": reason.strip()}, actor_id=uow.actor)
    step.advance(uow, instance, lambda execution: execution.cancel(), [entry], though_suspended=True)
    remember(uow, request_id, "cancel_instance", {}, about=instance_id)


def suspend_instance(uow: UnitOfWork, instance_id: UUID, *, reason: str, request_id: str | None) -> None:
    """Let nothing happen in a case until it is resumed; timers that fall due, messages and signals wait."""
    _switch(uow, instance_id, InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED, "instance.suspended", reason, request_id)


def resume_instance(uow: UnitOfWork, instance_id: UUID, *, reason: str, request_id: str | None) -> None:
    """Let a suspended case go on, at once with what was put off meanwhile."""
    _switch(uow, instance_id, InstanceStatus.SUSPENDED, InstanceStatus.ACTIVE, "instance.resumed", reason, request_id)
    unaddressed = and_(JOB.c.process_instance_id.is_(None), JOB.c.kind == JobKind.MESSAGE)  # perhaps one for this case
    put_off = (or_(JOB.c.process_instance_id == instance_id, unaddressed), JOB.c.locked_by.is_(None))
    uow.connection.execute(update(JOB).where(*put_off).values(locked_until=None))
    uow.jobs_are_due()


def _switch(
    uow: UnitOfWork,
    instance_id: UUID,
    before: InstanceStatus,
    after: InstanceStatus,
    kind: str,
    reason: str,
    request_id: str | None,
) -> None:
    instance = load_instance(uow, instance_id)
    if replayed(uow, request_id, kind, instance_id) is not None:
        return
    ensure_administers(uow, instance)
    if instance.status is not before:
        raise ConflictError("此事项的当前状态不允许此项操作，请刷新页面查看")
    uow.connection.execute(
        update(INSTANCE)
        .where(INSTANCE.c.id == instance_id)
        .values(status=after, version=instance.version + 1, changed_at=uow.now)
    )
    append_history(uow, instance, [HistoryEntry(kind, body={"reason": reason}, actor_id=uow.actor)])
    remember(uow, request_id, kind, {}, about=instance_id)
