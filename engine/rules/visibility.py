"""The ONE rule of who may read a case, as SQL: used by lists, pages, the API, exports and files alike.

A case is read by whoever began it; by the roles that process.yaml lets read it (``instance_audience``); by people who
take or took part; and by those to whom an open work item is offered. A sealed case is read by its audience, by whoever
began it and by whoever holds an open work item of it, and by nobody else.
"""

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from engine.rules.assignment import Holder
from models import (
    InstanceAudience,
    InstanceParticipant,
    Notice,
    ProcessInstance,
    UserTask,
    WorkItem,
    WorkItemCandidate,
    WorkItemState,
)


def may_read(holder: Holder) -> ColumnElement[bool]:
    """Condition on ``process_instance`` for one person."""
    began = ProcessInstance.started_by == holder.user_id
    assigned = _has_work_item(is_open(), WorkItem.assignee_id == holder.user_id)
    takes_part = exists().where(
        InstanceParticipant.process_instance_id == ProcessInstance.id, InstanceParticipant.user_id == holder.user_id
    )
    offered = _has_work_item(is_offered_to(holder))
    decided = _has_work_item(WorkItem.decided_by == holder.user_id)
    unsealed = and_(ProcessInstance.is_sealed.is_(False), or_(takes_part, offered, decided))
    return or_(began, in_audience(holder), assigned, unsealed)


def _has_work_item(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    # correlated to the case alone, so that the rule also stands in a query that lists work items
    items = select(WorkItem.id).where(WorkItem.process_instance_id == ProcessInstance.id, *conditions)
    return items.correlate(ProcessInstance).exists()


def in_audience(holder: Holder) -> ColumnElement[bool]:
    """Condition on ``process_instance``: the person holds a role of its audience."""
    return exists().where(
        InstanceAudience.process_instance_id == ProcessInstance.id,
        _holds(holder, InstanceAudience.role, InstanceAudience.unit_id, anywhere=""),
    )


def is_offered_to(holder: Holder) -> ColumnElement[bool]:
    """Condition on ``work_item``: open, held by nobody, the person is a candidate and not excluded."""
    named = WorkItemCandidate.user_id == holder.user_id
    by_role = _holds(holder, WorkItemCandidate.role, WorkItemCandidate.unit_id, anywhere=None)
    candidate = exists().where(WorkItemCandidate.work_item_id == WorkItem.id, or_(named, by_role))
    return and_(is_open(), WorkItem.assignee_id.is_(None), not_excluded(holder), candidate)


def is_open() -> ColumnElement[bool]:
    """Condition on ``work_item``: nobody has decided it; said as the index of open work items says it."""
    return and_(WorkItem.state == WorkItemState.OPEN, WorkItem.ended_at.is_(None))


def not_excluded(holder: Holder) -> ColumnElement[bool]:
    """Condition on ``work_item``: recusal does not forbid the person to decide it."""
    return WorkItem.excluded.not_like(f'%"{_escaped(holder.user_id)}"%', escape="\\")


def is_in_inbox(holder: Holder) -> ColumnElement[bool]:
    """Condition on ``work_item`` joined with ``user_task``: it is this person's to do.

    A task of the open list is in the inbox only of whoever holds it.
    """
    mine = and_(is_open(), WorkItem.assignee_id == holder.user_id)
    return or_(mine, and_(UserTask.is_open.is_(False), is_offered_to(holder)))


def is_notice_of(holder: Holder) -> ColumnElement[bool]:
    """Condition on ``notice``: it is this person's, and does not tell of a case that was sealed from them since."""
    sealed = select(ProcessInstance.id).where(ProcessInstance.is_sealed.is_(True), ~may_read(holder)).scalar_subquery()
    told = or_(Notice.process_instance_id.is_(None), Notice.process_instance_id.not_in(sealed))
    return and_(Notice.user_id == holder.user_id, told)


def is_unread_by(holder: Holder) -> ColumnElement[bool]:
    """Condition on ``notice`` of this person: not opened yet, and the person has done no work in its case since.

    Whoever has worked on a case, on whichever page, has seen how it stands; what the work itself brought is new.
    """
    worked = exists().where(
        WorkItem.process_instance_id == Notice.process_instance_id,
        WorkItem.decided_by == holder.user_id,
        WorkItem.ended_at > Notice.created_at,
    )
    return and_(Notice.read_at.is_(None), ~worked)


def _holds(holder: Holder, role: Any, unit: Any, *, anywhere: str | None) -> ColumnElement[bool]:
    """Condition: the person holds the row's role at the row's unit; ``anywhere`` is how a row says "any unit"."""
    units_by_role: dict[str, set[str | None]] = defaultdict(set)
    for held, held_at in holder.roles:
        units_by_role[held].add(held_at)
    conditions: list[ColumnElement[bool]] = []
    for held, units in sorted(units_by_role.items()):
        if None in units:  # held everywhere
            conditions.append(role == held)
            continue
        no_unit = unit.is_(None) if anywhere is None else unit == anywhere
        conditions.append(and_(role == held, or_(no_unit, unit.in_(sorted(map(str, units))))))
    return or_(*conditions) if conditions else false()


def _escaped(text: str) -> str:
    for character in ("\\", "%", "_"):
        text = text.replace(character, "\\" + character)
    return text
