"""The cases that a person follows (督办): where each stands, whom it waits for, what is overdue first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from engine.queries.followers import FOLLOWER, PAUSE, URGED, waits_for
from engine.queries.organisation import names_of
from engine.rules.visibility import is_in_inbox, may_read
from engine.unit_of_work import UnitOfWork
from models import (
    HistoryEvent,
    InstanceParticipant,
    InstanceStatus,
    ProcessInstance,
    ReportValue,
    UserTask,
    WorkItem,
    waits,
)

MOST_CASES = 200
SHOWN_NAMES = 3


@dataclass(frozen=True)
class Followed:
    """One case that is followed."""

    instance_id: UUID
    number: str | None
    title: str
    unit: str | None
    is_running: bool
    steps: tuple[str, ...]  # names of the open user tasks
    waits_for: tuple[str, ...]  # names of people, the first few
    more_people: int
    due_at: datetime | None  # of the open user task that is due first
    urged_at: datetime | None
    may_urge: bool
    my_task: UUID | None  # the work item with which the case waits for the follower


def followed_cases(uow: UnitOfWork) -> list[Followed]:
    """The actor's followed cases: running ones by deadline, then those that ended, newest first."""
    followed = select(InstanceParticipant.process_instance_id).where(
        InstanceParticipant.user_id == uow.actor, InstanceParticipant.part == FOLLOWER
    )
    query = (
        select(ProcessInstance)
        .where(ProcessInstance.id.in_(followed), may_read(uow.holder))
        .order_by(ProcessInstance.ended_at.is_not(None), ProcessInstance.changed_at.desc())
        .limit(MOST_CASES)
    )
    instances = uow.session.scalars(query).all()
    known = _known(uow, [instance.id for instance in instances])
    return sorted((_followed(uow, instance, known) for instance in instances), key=_urgency)


@dataclass(frozen=True)
class _Known:
    """What is asked once for all cases of the list, by case."""

    tasks: Mapping[UUID, list[tuple[str, datetime | None]]]  # names of open user tasks, with their deadlines
    people: Mapping[UUID, frozenset[str]]
    names: Mapping[str, str]
    urged: Mapping[UUID, datetime]
    units: Mapping[UUID, str]
    mine: Mapping[UUID, UUID]  # work items of the follower


def _known(uow: UnitOfWork, ids: Sequence[UUID]) -> _Known:
    tasks: dict[UUID, list[tuple[str, datetime | None]]] = {}
    opened = select(UserTask.process_instance_id, UserTask.name, UserTask.due_at).where(
        UserTask.process_instance_id.in_(ids), waits()
    )
    for case, name, due_at in uow.session.execute(opened.order_by(UserTask.no)):
        tasks.setdefault(case, []).append((name, due_at))
    urged = (
        select(HistoryEvent.process_instance_id, func.max(HistoryEvent.at))
        .where(HistoryEvent.process_instance_id.in_(ids), HistoryEvent.kind == URGED)
        .group_by(HistoryEvent.process_instance_id)
    )
    units = select(ReportValue.process_instance_id, ReportValue.text).where(
        ReportValue.process_instance_id.in_(ids), ReportValue.name == "lead_unit"
    )
    people = waits_for(uow, ids)
    mine = (
        select(WorkItem.process_instance_id, WorkItem.id)
        .join(UserTask, UserTask.id == WorkItem.user_task_id)
        .where(WorkItem.process_instance_id.in_(ids), is_in_inbox(uow.holder))
    )
    return _Known(
        tasks=tasks,
        people=people,
        names=names_of(uow.session, frozenset().union(*people.values())),
        urged={row[0]: row[1] for row in uow.session.execute(urged)},
        units={row[0]: row[1] for row in uow.session.execute(units) if row[1]},
        mine={row[0]: row[1] for row in uow.session.execute(mine)},
    )


def _urgency(case: Followed) -> tuple[bool, bool, float]:
    return (not case.is_running, case.due_at is None, case.due_at.timestamp() if case.due_at else 0.0)


def _followed(uow: UnitOfWork, instance: ProcessInstance, known: _Known) -> Followed:
    is_running = instance.status in (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED)
    tasks = known.tasks.get(instance.id, [])
    people = sorted(known.people[instance.id]) if is_running else []
    urged_at = known.urged.get(instance.id)
    rested = urged_at is None or uow.now - urged_at >= PAUSE
    return Followed(
        instance_id=instance.id,
        number=instance.number,
        title=instance.title or "",
        unit=known.units.get(instance.id),
        is_running=is_running,
        steps=tuple(dict.fromkeys(name for name, _ in tasks)),
        waits_for=tuple(known.names.get(person, person) for person in people[:SHOWN_NAMES]),
        more_people=max(len(people) - SHOWN_NAMES, 0),
        due_at=min((due_at for _, due_at in tasks if due_at), default=None),
        urged_at=urged_at,
        may_urge=bool(is_running and rested and set(people) - {uow.actor}),
        my_task=known.mine.get(instance.id),
    )
