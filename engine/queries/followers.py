"""Who follows a case (督办), for whom it waits, and when those were urged (催办)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from engine.queries.organisation import people_by_unit, people_with_role
from engine.unit_of_work import UnitOfWork
from models import (
    HistoryEvent,
    InstanceParticipant,
    UserTask,
    WorkItem,
    WorkItemCandidate,
    WorkItemState,
)

FOLLOWER = "follower"  # the part of whoever may urge
URGED = "instance.urged"
PAUSE = timedelta(days=1)  # between two reminders of one case


def follows(uow: UnitOfWork, instance_id: UUID) -> bool:
    """Whether this person was named to follow the case."""
    found = select(InstanceParticipant.user_id).where(
        InstanceParticipant.process_instance_id == instance_id,
        InstanceParticipant.user_id == uow.actor,
        InstanceParticipant.part == FOLLOWER,
    )
    return uow.session.scalar(found) is not None


def last_urged(uow: UnitOfWork, instance_id: UUID) -> datetime | None:
    """When the case was urged last."""
    query = (
        select(HistoryEvent.at)
        .where(HistoryEvent.process_instance_id == instance_id, HistoryEvent.kind == URGED)
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
