"""Open incidents, for whoever looks after the system."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from engine.queries.inbox import MAX_PAGE
from engine.unit_of_work import UnitOfWork
from models import Incident


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


def open_incidents(uow: UnitOfWork, *, limit: int = MAX_PAGE) -> tuple[IncidentEntry, ...]:
    """Incidents that nobody has resolved, newest first."""
    query = select(Incident).where(Incident.resolved_at.is_(None)).order_by(Incident.raised_at.desc(), Incident.id)
    return tuple(
        IncidentEntry(
            row.id, row.process_instance_id, row.job_id, row.flow_node_id, row.code, row.message, row.raised_at
        )
        for row in uow.session.scalars(query.limit(min(limit, MAX_PAGE)))
    )
