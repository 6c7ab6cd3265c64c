"""What the answers of a replay may ask of the database: sessions, who holds which role, who may act."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.queries.organisation import people_with_role, user_by_name
from engine.replay.errors import ReplayError
from engine.rules.assignment import Assignment, Candidate
from engine.rules.due_dates import SHANGHAI
from engine.unit_of_work import UnitOfWork
from models import CongressSession, RoleAssignment, User


def person_named(session: Session, name: str) -> str | None:
    """Id of the person with this id or, uniquely, this name."""
    return name if session.get(User, name) is not None else user_by_name(session, name)


def congress_context(session: Session, identifier: str) -> dict[str, Any]:
    """A congress session as FEEL values; its window must be known.

    Raises:
        ReplayError: there is none, or it has no window.
    """
    row = session.get(CongressSession, identifier)
    if row is None or row.window_opens_at is None or row.window_closes_at is None:
        raise ReplayError(f"没有届次 {identifier}，或没有登记征集时间")
    opens, closes = row.window_opens_at.astimezone(SHANGHAI), row.window_closes_at.astimezone(SHANGHAI)
    return {
        "id": row.id,
        "term": Decimal(row.term),
        "meeting": Decimal(row.meeting),
        "opens_at": opens,
        "closes_at": closes,
        "opens_on": opens.date(),
        "closes_on": last_day(closes),
        "congress_on": row.congress_on,
    }


def last_day(closes: datetime) -> date:
    """The day at whose 24:00 a window closes."""
    return (closes - timedelta(microseconds=1)).date()


def holders(session: Session) -> dict[str, dict[str, list[str]]]:
    """Role → unit → ids of those who were ever given the role there, in order; roles without unit under ""."""
    found: dict[str, dict[str, list[str]]] = {}
    rows = session.execute(
        select(RoleAssignment.role, RoleAssignment.unit_id, RoleAssignment.user_id)
        .distinct()
        .order_by(RoleAssignment.role, RoleAssignment.unit_id, RoleAssignment.user_id)
    )
    for role, unit, user in rows:
        found.setdefault(role, {}).setdefault(unit or "", []).append(user)
    return found


class Directory:
    """Who may handle what; asked once for each role and unit, for nobody's roles change during a replay."""

    def __init__(self) -> None:
        self._people: dict[tuple[str, str | None], list[str]] = {}

    def entitled_person(self, uow: UnitOfWork, assignment: Assignment, choice: int) -> str | None:
        """A person who may handle a work item: whoever holds it, else one of the first candidates that are anybody.

        Args:
            uow: a transaction.
            assignment: whom the work item waits for.
            choice: spreads the work: the same number always chooses the same person.
        """
        if assignment.assignee_id is not None:
            return assignment.assignee_id
        for candidate in assignment.candidates:
            people = self._candidates(uow, candidate)
            free = [person for person in people if person not in assignment.excluded]
            if free:
                return free[choice % len(free)]
        return None

    def _candidates(self, uow: UnitOfWork, candidate: Candidate) -> list[str]:
        if candidate.role is None:
            return [candidate.user_id] if candidate.user_id else []
        key = (candidate.role, candidate.unit_id)
        if key not in self._people:
            self._people[key] = people_with_role(uow.session, candidate.role, candidate.unit_id, on=uow.today)
        return self._people[key]
