"""Open incidents, for whoever looks after the system: what failed, in which case, and what can be done about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from engine.errors import NotFoundError
from engine.queries.case_labels import CaseLabel, case_labels
from engine.queries.live_state import live_state
from engine.queries.organisation import names_of, people_with_role
from engine.rules.administration import AREA_ROLES, Area
from engine.step.environment import StepEnvironment
from engine.step.instance import load_instance
from engine.step.save import STANDSTILL
from engine.unit_of_work import UnitOfWork
from models import Incident, Job, JobState, UserTask, WorkItem, WorkItemState

MAX_PAGE = 200  # rows


@dataclass(frozen=True)
class IncidentEntry:
    """A technical failure that waits for a person."""

    id: UUID
    instance_id: UUID | None
    job_id: UUID | None
    flow_node_id: str | None
    code: str
    message: str
    raised_at: datetime
    case: CaseLabel | None = None
    can_retry: bool = False  # its job has used up its tries
    vacancies: tuple[UUID, ...] = ()  # open work items at its node that nobody holds
    goes_on: bool = False  # of a case that stood still: somebody or something is waited for again, or it has ended

    @property
    def is_over(self) -> bool:
        """Whether somebody has the work meanwhile, or the step has ended: what failed is waited for no more."""
        if self.job_id is not None:
            return not self.can_retry
        if self.code == STANDSTILL:
            return self.goes_on
        return self.code == "nobody-entitled" and not self.vacancies

    @property
    def node_name(self) -> str | None:
        """What the element is called in the diagram."""
        return self.case.node_name(self.flow_node_id) if self.case else self.flow_node_id


def open_incidents(uow: UnitOfWork, *, limit: int = MAX_PAGE) -> tuple[IncidentEntry, ...]:
    """Incidents that nobody has resolved, newest first; nothing for those who do not administer."""
    if not sees_incidents(uow):
        return ()
    query = select(Incident).where(Incident.resolved_at.is_(None)).order_by(Incident.raised_at.desc(), Incident.id)
    return _entries(uow, uow.session.scalars(query.limit(min(limit, MAX_PAGE))))


def open_incident(uow: UnitOfWork, incident_id: UUID) -> IncidentEntry:
    """One of them; ``NotFoundError`` when it is resolved or not for this person."""
    row = uow.session.get(Incident, incident_id) if sees_incidents(uow) else None
    if row is None or row.resolved_at is not None:
        raise NotFoundError
    return _entries(uow, [row])[0]


def standstills(uow: UnitOfWork, instance_id: UUID) -> tuple[IncidentEntry, ...]:
    """Open incidents of a case that this person may read, oldest first; without those that are over by themselves."""
    query = (
        select(Incident)
        .where(Incident.process_instance_id == instance_id, Incident.resolved_at.is_(None))
        .order_by(Incident.raised_at, Incident.id)
    )
    return tuple(each for each in _entries(uow, uow.session.scalars(query)) if not each.is_over)


def who_resolves(uow: UnitOfWork) -> tuple[str, ...]:
    """Names of those who have open incidents in their inbox."""
    people = people_with_role(uow.session, AREA_ROLES[Area.CASES], on=uow.today)
    names = names_of(uow.session, people)
    return tuple(names.get(each, each) for each in people)


def count_open_incidents(uow: UnitOfWork) -> int:
    """How many wait for this person."""
    if not sees_incidents(uow):
        return 0
    return uow.session.scalar(select(func.count()).select_from(Incident).where(Incident.resolved_at.is_(None))) or 0


def sees_incidents(uow: UnitOfWork) -> bool:
    """Administrators and the engine itself."""
    return uow.actor is None or bool(uow.holder.role_names & AREA_ROLES[Area.CASES])


def _entries(uow: UnitOfWork, rows: Iterable[Incident]) -> tuple[IncidentEntry, ...]:
    found = list(rows)
    if not found:
        return ()
    labels = case_labels(uow, {row.process_instance_id for row in found if row.process_instance_id})
    failed = _failed_jobs(uow, [row.job_id for row in found if row.job_id])
    vacant = _vacancies(uow, labels)
    moved = {case for case in labels if case in _stood_still(found) and not _stands_still(uow, case)}
    return tuple(
        IncidentEntry(
            id=row.id,
            instance_id=row.process_instance_id,
            job_id=row.job_id,
            flow_node_id=row.flow_node_id,
            code=row.code,
            message=row.message,
            raised_at=row.raised_at,
            case=labels.get(row.process_instance_id) if row.process_instance_id else None,
            can_retry=row.job_id in failed,
            vacancies=tuple(vacant.get((row.process_instance_id, row.flow_node_id), ())),
            goes_on=row.process_instance_id in moved,
        )
        for row in found
    )


def _stood_still(rows: Iterable[Incident]) -> set[UUID | None]:
    return {row.process_instance_id for row in rows if row.code == STANDSTILL}


def _stands_still(uow: UnitOfWork, case: UUID) -> bool:
    """Whether still nothing can make the case go on."""
    instance = load_instance(uow, case, for_update=False)
    if instance.has_ended:
        return False
    environment = StepEnvironment(uow, instance.deployed, instance.id, instance.business_key, instance.started_by)
    return live_state(environment, instance).stands_still()


def _failed_jobs(uow: UnitOfWork, ids: list[UUID]) -> frozenset[UUID]:
    if not ids:
        return frozenset()
    return frozenset(uow.session.scalars(select(Job.id).where(Job.id.in_(ids), Job.state == JobState.FAILED)))


def _vacancies(uow: UnitOfWork, cases: Iterable[UUID]) -> dict[tuple[UUID | None, str | None], list[UUID]]:
    query = (
        select(WorkItem.id, WorkItem.process_instance_id, UserTask.flow_node_id)
        .join(UserTask, UserTask.id == WorkItem.user_task_id)
        .where(
            WorkItem.process_instance_id.in_(list(cases)),
            WorkItem.state == WorkItemState.OPEN,
            WorkItem.assignee_id.is_(None),
        )
        .order_by(UserTask.no)
    )
    found: dict[tuple[UUID | None, str | None], list[UUID]] = {}
    for row in uow.session.execute(query):
        found.setdefault((row.process_instance_id, row.flow_node_id), []).append(row.id)
    return found
