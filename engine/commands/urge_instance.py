"""Urge those for whom a case waits (催办): recorded, and not more than once a day."""

from uuid import UUID

from engine.errors import ConflictError, NotFoundError, SuspendedError
from engine.queries.followers import PAUSE, URGED, follows, last_urged, waits_for
from engine.queries.organisation import names_of
from engine.requests import remember, replayed
from engine.rules.due_dates import SHANGHAI
from engine.sentences import say
from engine.step.history import HistoryEntry
from engine.step.instance import load_instance
from engine.step.save import append_history
from engine.step.writes import PendingWrites, write_pending
from engine.unit_of_work import UnitOfWork

COMMAND = "urge_instance"


def urge_instance(uow: UnitOfWork, instance_id: UUID, *, request_id: str | None) -> int:
    """Remind everybody for whom the case waits now.

    Returns:
        How many people got a notice.

    Raises:
        NotFoundError: the actor does not follow this case.
        ConflictError: it was urged within the last day, it has ended or is suspended, or it waits for nobody.
    """
    instance = load_instance(uow, instance_id)
    if (answer := replayed(uow, request_id, COMMAND, instance_id)) is not None:
        return int(answer["told"])
    if not follows(uow, instance_id):
        raise NotFoundError
    if instance.is_suspended:
        raise SuspendedError
    if instance.has_ended:
        raise ConflictError("此事项已结束，无须催办")
    last = last_urged(uow, instance_id)
    if last is not None and uow.now - last < PAUSE:
        raise ConflictError(say("{at} 已催办过，每件每天只能催办一次", at=f"{last.astimezone(SHANGHAI):%m-%d %H:%M}"))
    waiting = sorted(waits_for(uow, [instance_id])[instance_id] - {uow.actor or ""})
    if not waiting:
        raise ConflictError("此事项现在没有等待办理的人，无须催办")
    who = names_of(uow.session, [uow.actor or ""]).get(uow.actor or "", uow.actor or "")
    title = instance.title or instance.number or ""
    pending = PendingWrites()
    for person in waiting:
        pending.notice(
            person, instance.id, "urge", say("催办：{title}", title=title), say("{who} 请您尽快办理", who=who)
        )
    append_history(uow, instance, [HistoryEntry(URGED, body={"told": waiting}, actor_id=uow.actor)])
    write_pending(uow.connection, pending, instance.id, uow.now)
    remember(uow, request_id, COMMAND, {"told": str(len(waiting))}, about=instance_id)
    return len(waiting)
