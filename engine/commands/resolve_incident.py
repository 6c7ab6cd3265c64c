"""Resolve an incident: try the job again, give the work to a person, or state that it is dealt with."""

from uuid import UUID

from sqlalchemy import delete, select, update

from engine.commands.assign_work_item import assign_work_item
from engine.errors import ConflictError, InvalidInputError, NotFoundError, NotPermittedError
from engine.queries.entitlement import ADMINISTRATORS
from engine.queries.incidents import open_incident
from engine.queries.organisation import absent, user_by_name
from engine.requests import remember, replayed
from engine.rules.retry import MAX_ATTEMPTS
from engine.step.history import HistoryEntry
from engine.step.instance import load_instance
from engine.step.save import INCIDENT, JOB, append_history
from engine.step.starting import wait_again
from engine.unit_of_work import UnitOfWork
from engine.values import loads
from engine.work_items import load_work_item
from models import Incident, JobKind, JobState, User

COMMAND = "resolve_incident"
ASSIGN = "assign_incident"


def resolve_incident(uow: UnitOfWork, incident_id: UUID, *, retry: bool, request_id: str | None = None) -> None:
    """Close an incident; with ``retry`` its job becomes due again.

    It has one try: a person waits for the outcome, and what fails once more is an incident again at once. Without
    ``retry`` what was to start a process by a cycle goes on with its next instant.

    The same ``request_id`` again changes nothing.

    Raises:
        NotFoundError: no such incident.
        NotPermittedError: only an administrator resolves.
        ConflictError: resolved already, or there is no job to try again.
    """
    incident = _ours(uow, incident_id)
    if replayed(uow, request_id, COMMAND, incident_id) is not None:
        return
    _ensure_open(incident)
    if incident.process_instance_id is not None:  # lock order everywhere: the instance, then its jobs
        load_instance(uow, incident.process_instance_id)
    if retry:
        _retry(uow, incident.job_id)
    else:
        _pass_over(uow, incident.job_id)
    _close(uow, incident, {"retry": retry})
    remember(uow, request_id, COMMAND, {}, about=incident_id)


def assign_incident(
    uow: UnitOfWork, incident_id: UUID, person: str, *, reason: str, request_id: str | None
) -> tuple[str, ...]:
    """Give what nobody can handle to a person, and close the incident.

    Args:
        uow: one transaction.
        incident_id: about a user task without anybody entitled.
        person: staff number, or a name that only one person has.
        reason: kept in the history of the case.
        request_id: the same id again changes nothing.

    Returns:
        The names of the user tasks that the person has now.

    Raises:
        NotFoundError, NotPermittedError
        ConflictError: resolved already, or somebody has the work meanwhile.
        InvalidInputError: no such person, or one who cannot log in or is excluded by recusal; no reason.
    """
    incident = _ours(uow, incident_id)
    if (answer := replayed(uow, request_id, ASSIGN, incident_id)) is not None:
        return tuple(answer["tasks"])
    _ensure_open(incident)
    user_id = _who_can_work(uow, person)
    vacancies = open_incident(uow, incident_id).vacancies
    if not vacancies:
        raise ConflictError("此环节已有人办理或已经结束，请刷新页面查看")
    names = [load_work_item(uow, each, for_update=False).task_name for each in vacancies]
    for item_id in vacancies:
        assign_work_item(uow, item_id, user_id, reason=reason, request_id=None)
    _close(uow, incident, {"retry": False, "assigned_to": user_id})
    remember(uow, request_id, ASSIGN, {"tasks": names}, about=incident_id)
    return tuple(names)


def _ours(uow: UnitOfWork, incident_id: UUID) -> Incident:
    if uow.actor is not None and not uow.holder.role_names & ADMINISTRATORS:
        raise NotPermittedError
    incident = uow.session.get(Incident, incident_id)
    if incident is None:
        raise NotFoundError
    return incident


def _ensure_open(incident: Incident) -> None:
    if incident.resolved_at is not None:
        raise _resolved()


def _resolved() -> ConflictError:
    return ConflictError("此异常事项已经处理，请刷新页面查看")


def _who_can_work(uow: UnitOfWork, person: str) -> str:
    typed = person.strip()
    found = uow.session.get(User, typed) or uow.session.get(User, user_by_name(uow.session, typed) or "")
    if found is None:
        raise InvalidInputError({"user_id": "没有这个人，或重名；请填写工号"})
    if found.password_hash is None or found.is_locked or absent(uow.session, [found.id], uow.today):
        raise InvalidInputError({"user_id": "此人不能登录，无法办理，请指派其他人"})
    return found.id


def _close(uow: UnitOfWork, incident: Incident, how: dict[str, object]) -> None:
    changed = uow.connection.execute(
        update(INCIDENT)
        .where(INCIDENT.c.id == incident.id, INCIDENT.c.resolved_at.is_(None))
        .values(resolved_at=uow.now, resolved_by=uow.actor or "system")
    )
    if changed.rowcount != 1:  # another was quicker
        raise _resolved()
    if incident.process_instance_id is not None:
        instance = load_instance(uow, incident.process_instance_id)
        body = {"code": incident.code, **how}
        entry = HistoryEntry("incident.resolved", incident.flow_node_id, body, actor_id=uow.actor)
        append_history(uow, instance, [entry])
    uow.session.expire_all()


def _retry(uow: UnitOfWork, job_id: UUID | None) -> None:
    changed = uow.connection.execute(
        update(JOB)
        .where(JOB.c.id == job_id, JOB.c.state == JobState.FAILED)
        .values(state=JobState.WAITING, attempts=MAX_ATTEMPTS - 1, retries_left=1, due_at=uow.now, last_error=None)
    )
    if changed.rowcount != 1:
        raise ConflictError("没有可以重试的作业，请刷新页面查看")
    uow.jobs_are_due()


def _pass_over(uow: UnitOfWork, job_id: UUID | None) -> None:
    """One start of a process that failed must not be the last."""
    starts = (JOB.c.kind == JobKind.TIMER, JOB.c.process_instance_id.is_(None), JOB.c.state == JobState.FAILED)
    failed = select(JOB.c.flow_node_id, JOB.c.payload).where(JOB.c.id == job_id, *starts)
    job = uow.connection.execute(failed.with_for_update()).one_or_none()
    if job is not None:
        uow.connection.execute(delete(JOB).where(JOB.c.id == job_id))
        wait_again(uow, job.flow_node_id, loads(job.payload))
