"""The administration's trail, for the audit administrator and for the page of a person or unit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.queries.organisation import names_of
from engine.queries.settings import declared_settings
from models import AdministrationEvent

PAGE_SIZE = 50  # rows
PEOPLE = ("user_id", "relative_id", "leader_id")  # fields that hold a staff number


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
    names: Mapping[str, str] = field(default_factory=dict)  # of the people and settings that it speaks of, by key

    @property
    def subject_name(self) -> str:
        """What the subject is called; its key where it has no other name."""
        return self.names.get(self.subject, self.subject)

    def person(self, name: str, value: Any) -> str | None:
        """Who stands in the field ``name``; None when it holds no person or nobody known."""
        return self.names.get(str(value)) if name in PEOPLE else None


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
    names = _names(session, rows)
    lines = tuple(
        TrailLine(
            row.at, row.actor_id, names.get(row.actor_id or ""), row.kind, row.subject, row.before, row.after, names
        )
        for row in rows
    )
    return TrailPage(lines, total, page, pages)


def _names(session: Session, rows: list[AdministrationEvent]) -> dict[str, str]:
    """People who acted or were changed, by staff number; settings by their keys."""
    values = [side for row in rows for side in (row.before, row.after) if side]
    people = {str(side[key]) for side in values for key in PEOPLE if side.get(key)}
    settings = declared_settings(session) if any(row.kind.startswith("setting.") for row in rows) else {}
    return {
        **{key: declared.label for key, declared in settings.items()},
        **names_of(session, people | {row.subject for row in rows} | {row.actor_id for row in rows if row.actor_id}),
    }
