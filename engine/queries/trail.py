"""The administration's trail, for the audit administrator and for the page of a person or unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.queries.organisation import names_of
from models import AdministrationEvent

PAGE_SIZE = 50  # rows


@dataclass(frozen=True)
class TrailLine:
    """One change."""

    at: datetime
    actor_id: str | None
    actor_name: str | None  # None: set-up or command line
    kind: str
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True)
class TrailPage:
    """One page, the latest first."""

    lines: tuple[TrailLine, ...]
    total: int
    page: int
    pages: int


def trail_page(session: Session, *, q: str = "", kind: str = "", page: int = 1) -> TrailPage:
    """Changes whose subject or actor is ``q``, of a kind such as ``user`` (what stands before the dot)."""
    query = select(AdministrationEvent)
    if q.strip():
        text = q.strip()
        query = query.where((AdministrationEvent.subject == text) | (AdministrationEvent.actor_id == text))
    if kind:
        query = query.where(AdministrationEvent.kind.startswith(f"{kind}.", autoescape=True))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    rows = list(
        session.scalars(
            query.order_by(AdministrationEvent.at.desc(), AdministrationEvent.id)
            .limit(PAGE_SIZE)
            .offset((page - 1) * PAGE_SIZE)
        )
    )
    names = names_of(session, {row.actor_id for row in rows if row.actor_id})
    lines = tuple(
        TrailLine(row.at, row.actor_id, names.get(row.actor_id or ""), row.kind, row.subject, row.before, row.after)
        for row in rows
    )
    return TrailPage(lines, total, page, pages)
