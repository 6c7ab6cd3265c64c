"""Resolve an incident: try the job again, or state that it is dealt with."""

from uuid import UUID

from sqlalchemy import update

from engine.commands.cancel_instance import ADMINISTRATORS
from engine.errors import ConflictError, NotFoundError, NotPermittedError
from engine.step.history import HistoryEntry
from engine.step.instance import load_instance
from engine.step.save import INCIDENT, JOB, append_history
from engine.unit_of_work import UnitOfWork
from models import Incident, JobState


def resolve_incident(uow: UnitOfWork, incident_id: UUID, *, retry: bool) -> None:
    """Close an incident; with ``retry`` its job becomes due again, with all its tries.

    Raises:
        NotFoundError: no such incident.
        NotPermittedError: only an administrator resolves.
        ConflictError: resolved already, or there is no job to try again.
    """
    if uow.actor is not None and not uow.holder.role_names & ADMINISTRATORS:
        raise NotPermittedError
    incident = uow.session.get(Incident, incident_id)
    if incident is None:
        raise NotFoundError
    if incident.resolved_at is not None:
        raise ConflictError("此异常已经处理")
    if retry:
        _retry(uow, incident.job_id)
    uow.connection.execute(
        update(INCIDENT)
        .where(INCIDENT.c.id == incident_id)
        .values(resolved_at=uow.now, resolved_by=uow.actor or "system")
    )
    if incident.process_instance_id is not None:
        instance = load_instance(uow, incident.process_instance_id)
        body = {"code": incident.code, "retry": retry}
        entry = HistoryEntry("incident.resolved", incident.flow_node_id, body, actor_id=uow.actor)
        append_history(uow, instance, [entry])
    uow.session.expire_all()


def _retry(uow: UnitOfWork, job_id: UUID | None) -> None:
    changed = uow.connection.execute(
        update(JOB)
        .where(JOB.c.id == job_id, JOB.c.state == JobState.FAILED)
        .values(state=JobState.WAITING, attempts=0, retries_left=5, due_at=uow.now, last_error=None)
    )
    if changed.rowcount != 1:
        raise ConflictError("没有可以重试的作业")
    uow.jobs_are_due()
