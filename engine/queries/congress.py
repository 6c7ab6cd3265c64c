"""Congress terms and sessions."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CongressSession, CongressTerm


@dataclass(frozen=True)
class SessionEntry:
    """A session; the window is [opens, closes), in UTC."""

    id: str
    term: int
    meeting: int
    name: str
    state: str
    window_opens_at: datetime | None
    window_closes_at: datetime | None
    congress_on: date | None


@dataclass(frozen=True)
class TermEntry:
    """A term with its sessions, the latest first."""

    term: int
    starts_on: date
    ends_on: date
    sessions: tuple[SessionEntry, ...]


def congress_terms(session: Session) -> list[TermEntry]:
    """All terms, the latest first."""
    sessions = [
        _entry(row) for row in session.scalars(select(CongressSession).order_by(CongressSession.meeting.desc()))
    ]
    return [
        TermEntry(
            term=term.term,
            starts_on=term.starts_on,
            ends_on=term.ends_on,
            sessions=tuple(entry for entry in sessions if entry.term == term.term),
        )
        for term in session.scalars(select(CongressTerm).order_by(CongressTerm.term.desc()))
    ]


def congress_session(session: Session, session_id: str) -> SessionEntry | None:
    """One session by its id ("4-5"); None when there is none."""
    row = session.get(CongressSession, session_id)
    return _entry(row) if row else None


def _entry(row: CongressSession) -> SessionEntry:
    return SessionEntry(
        id=row.id,
        term=row.term,
        meeting=row.meeting,
        name=row.name,
        state=row.state.value,
        window_opens_at=row.window_opens_at,
        window_closes_at=row.window_closes_at,
        congress_on=row.congress_on,
    )
