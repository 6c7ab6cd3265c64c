"""Urge those for whom a case waits (催办): recorded, and not more than once a day."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from engine.errors import ConflictError, NotFoundError
from engine.queries.organisation import names_of, people_by_unit, people_with_role
from engine.requests import remember, replayed
from engine.rules.due_dates import SHANGHAI
from engine.sentences import say
from engine.step.history import HistoryEntry
from engine.step.instance import load_instance
from engine.step.save import append_history
from engine.step.writes import PendingWrites, write_pending
from engine.unit_of_work import UnitOfWork
from models import (
    HistoryEvent,
    InstanceParticipant,
    UserTask,
    WorkItem,
    WorkItemCandidate,
    WorkItemState,
)

COMMAND = "urge_instance"
KIND = "instance.urged"
PAUSE = timedelta(days=1)  # between two reminders of one case
FOLLOWER = "follower"  # the part of whoever may urge


def urge_instance(uow: UnitOfWork, instance_id: UUID, *, request_id: str | None) -> int:
    """Remind everybody for whom the case waits now.

    Returns:
        How many people got a notice.

    Raises:
        NotFoundError: the actor does not follow this case.
        ConflictError: it was urged within the last day, it has ended, or it waits for nobody.
    """
    instance = load_instance(uow, instance_id)
    if (answer := replayed(uow, request_id, COMMAND)) is not None:
        return int(answer["told"])
    if not _follows(uow, instance_id):
        raise NotFoundError
    if not instance.is_active:
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
    append_history(uow, instance, [HistoryEntry(KIND, body={"told": waiting}, actor_id=uow.actor)])
    write_pending(uow.connection, pending, instance.id, uow.now)
    remember(uow, request_id, COMMAND, {"told": str(len(waiting))})
    return len(waiting)


def last_urged(uow: UnitOfWork, instance_id: UUID) -> datetime | None:
    """When the case was urged last."""
    query = (
        select(HistoryEvent.at)
        .where(HistoryEvent.process_instance_id == instance_id, HistoryEvent.kind == KIND)
        .order_by(HistoryEvent.seq.desc())
        .limit(1)
    )
    return uow.session.scalar(query)


def waits_for(uow: UnitOfWork, instance_ids: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """For each case the people for whom it waits: who holds a work item, else everybody to whom it is offered."""
    query = (
        select(WorkItem.id, WorkItem.process_instance_id, WorkItem.assignee_id)
        .join(UserTask, UserTask.id == WorkItem.user_task_id)
        .where(
            WorkItem.process_instance_id.in_(instance_ids),
            WorkItem.state == WorkItemState.OPEN,
            UserTask.is_open.is_(False),
        )
    )
    rows = uow.session.execute(query).all()
    offered = _candidates(uow, [row.id for row in rows if row.assignee_id is None])
    people: dict[UUID, set[str]] = {each: set() for each in instance_ids}
    for row in rows:
        people[row.process_instance_id] |= {row.assignee_id} if row.assignee_id else offered.get(row.id, set())
    return {each: frozenset(found) for each, found in people.items()}


def _candidates(uow: UnitOfWork, item_ids: Collection[UUID]) -> dict[UUID, set[str]]:
    """Everybody to whom each of the work items is offered: some statements for each role, however many items."""
    query = select(WorkItemCandidate).where(WorkItemCandidate.work_item_id.in_(item_ids))
    candidates = list(uow.session.scalars(query)) if item_ids else []
    units: dict[str, set[str]] = {}
    for one in candidates:
        if one.role is not None and one.unit_id is not None:
            units.setdefault(one.role, set()).add(one.unit_id)
    at_units = {role: people_by_unit(uow.session, [role], sorted(at), on=uow.today) for role, at in units.items()}
    everywhere = {one.role for one in candidates if one.role is not None and one.unit_id is None}
    anywhere = {role: people_with_role(uow.session, role, on=uow.today) for role in everywhere}
    people: dict[UUID, set[str]] = {}
    for one in candidates:
        found = people.setdefault(one.work_item_id, set())
        if one.user_id is not None:
            found.add(one.user_id)
        elif one.role is not None:
            found.update(at_units[one.role][one.unit_id] if one.unit_id is not None else anywhere[one.role])
    return people


def _follows(uow: UnitOfWork, instance_id: UUID) -> bool:
    found = select(InstanceParticipant.user_id).where(
        InstanceParticipant.process_instance_id == instance_id,
        InstanceParticipant.user_id == uow.actor,
        InstanceParticipant.part == FOLLOWER,
    )
    return uow.session.scalar(found) is not None
