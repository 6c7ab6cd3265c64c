"""The cases that a person follows (督办): where each stands, whom it waits for, what is overdue first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from engine.commands.urge_instance import FOLLOWER, KIND, PAUSE, waits_for
from engine.queries.organisation import names_of
from engine.rules.visibility import may_read
from engine.unit_of_work import UnitOfWork
from models import (
    HistoryEvent,
    InstanceParticipant,
    InstanceStatus,
    ProcessInstance,
    ReportValue,
    UserTask,
    UserTaskState,
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
    found = [_followed(uow, instance) for instance in uow.session.scalars(query).all()]
    return sorted(found, key=_urgency)


def _urgency(case: Followed) -> tuple[bool, bool, float]:
    return (not case.is_running, case.due_at is None, case.due_at.timestamp() if case.due_at else 0.0)


def _followed(uow: UnitOfWork, instance: ProcessInstance) -> Followed:
    is_running = instance.status in (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED)
    tasks = uow.session.execute(
        select(UserTask.name, UserTask.due_at).where(
            UserTask.process_instance_id == instance.id, UserTask.state == UserTaskState.CREATED
        )
    ).all()
    people = sorted(waits_for(uow, instance.id)) if is_running else []
    names = names_of(uow.session, people[:SHOWN_NAMES])
    urged_at = uow.session.scalar(
        select(func.max(HistoryEvent.at)).where(
            HistoryEvent.process_instance_id == instance.id, HistoryEvent.kind == KIND
        )
    )
    rested = urged_at is None or uow.now - urged_at >= PAUSE
    return Followed(
        instance_id=instance.id,
        number=instance.number,
        title=instance.title or "",
        unit=uow.session.scalar(
            select(ReportValue.text).where(
                ReportValue.process_instance_id == instance.id, ReportValue.name == "lead_unit"
            )
        ),
        is_running=is_running,
        steps=tuple(dict.fromkeys(task.name for task in tasks)),
        waits_for=tuple(names.get(person, person) for person in people[:SHOWN_NAMES]),
        more_people=max(len(people) - SHOWN_NAMES, 0),
        due_at=min((task.due_at for task in tasks if task.due_at), default=None),
        urged_at=urged_at,
        may_urge=bool(is_running and rested and set(people) - {uow.actor}),
    )
