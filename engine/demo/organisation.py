"""Write the demo organisation into a database: a medical university, its congress and its union.

Idempotent: what is there stays as it is, what is missing is added. It writes rows in bulk instead of calling the
commands: two thousand people through argon2 and the audit trail would take minutes. One administration event records
it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine.commands.organisation.calendar import seed_calendar
from engine.demo import directory
from engine.queries.organisation import LOCAL_ZONE, local_date
from engine.rules.roles import HANDLING_KINDS
from models import (
    AdministrationEvent,
    CongressSession,
    CongressTerm,
    LeaderCharge,
    Relative,
    RoleAssignment,
    Unit,
    User,
)

if TYPE_CHECKING:
    from engine.unit_of_work import UnitOfWork

EARLIEST_CURRENT_SEASON = date(2025, 12, 17)  # the day after the congress of 4-6
FIRST_CALENDAR_YEAR, LAST_CALENDAR_YEAR = 2022, 2028
RELATIVES = (
    ("d0110", "o0501", "spouse"),  # 代表-基础医学院-10 and an officer of 教务处: recusal has a case
    ("d0906", "d0912", "spouse"),  # 代表-医学工程学院-06 and the head of the delegation: nobody may check the motion
)


@dataclass(frozen=True)
class DemoOrganisation:
    """What was built, by name: ``users`` and ``units`` map Chinese names to ids."""

    users: Mapping[str, str]
    units: Mapping[str, str]
    sessions: Mapping[str, "DemoSession"]
    logins: tuple[tuple[str, str], ...]

    def user(self, name: str) -> str:
        """Id of the person of that name; KeyError when there is none."""
        return self.users[name]

    def unit(self, name: str) -> str:
        """Id of the unit of that name; KeyError when there is none."""
        return self.units[name]


@dataclass(frozen=True)
class DemoSession:
    """A congress session of the demo; window and congress day in local dates."""

    id: str
    meeting: int
    name: str
    opens_on: date
    closes_on: date
    congress_on: date

    @property
    def opens_at(self) -> datetime:
        """The first instant of the window, in UTC."""
        return _local_midnight(self.opens_on)

    @property
    def closes_at(self) -> datetime:
        """The end of the last day of the window, in UTC."""
        return _local_midnight(self.closes_on + timedelta(days=1))


def demo_sessions(today: date) -> tuple[DemoSession, ...]:
    """4-5 and 4-6 are past; 4-7 collects around ``today`` so that there is something to do."""
    opens = max(today - timedelta(days=20), EARLIEST_CURRENT_SEASON)
    return (
        _session(5, "四届五次", date(2024, 11, 1)),
        _session(6, "四届六次", date(2025, 11, 1)),
        _session(7, "四届七次", opens),
    )


def _session(meeting: int, name: str, opens_on: date) -> DemoSession:
    """A window of 30 days that closes 15 days before the congress."""
    closes_on = opens_on + timedelta(days=30)
    return DemoSession(
        f"{directory.TERM}-{meeting}", meeting, name, opens_on, closes_on, closes_on + timedelta(days=15)
    )


def build_demo_organisation(
    uow: "UnitOfWork", *, password_hash: str | None = None, today: date | None = None
) -> DemoOrganisation:
    """Add whatever of the demo organisation is missing.

    Args:
        uow: one transaction; committed by the caller.
        password_hash: one hash for all demo accounts (hashing is slow on purpose); None: nobody can log in.
        today: where the current season lies; default: the clock's date.
    """
    session = uow.session
    today = today or local_date(uow.clock)
    sessions = demo_sessions(today)
    units = _add_units(session)
    added = _add_people(session, password_hash, uow.clock.now())
    _add_term(session, sessions, today)
    session.flush()
    _add_roles(session, added)
    _add_charges(session)
    _add_relatives(session)
    seed_calendar(session, range(FIRST_CALENDAR_YEAR, max(LAST_CALENDAR_YEAR, today.year + 2) + 1))
    if added:
        _record(session, uow.clock.now(), uow.actor, people=len(added), units=len(units))
    session.flush()
    return DemoOrganisation(
        users={person.name: person.login for person in directory.people()},
        units={unit: unit for unit in units},
        sessions={congress.id: congress for congress in sessions},
        logins=directory.SHOWN_LOGINS,
    )


def _add_units(session: Session) -> list[str]:
    """Parents stand before their children in the directory, so one insert keeps the foreign key."""
    units = list(directory.units())
    known = set(session.scalars(select(Unit.id)))
    handling = set(directory.HANDLING_UNITS)
    rows = [
        {
            "id": unit.name,
            "name": unit.name,
            "kind": unit.kind,
            "parent_id": unit.parent,
            "handles_cases": unit.name in handling and unit.kind in HANDLING_KINDS,
            "valid_from": directory.TERM_STARTS,
        }
        for unit in units
        if unit.name not in known
    ]
    _insert(session, Unit, rows)
    return [unit.name for unit in units]


def _add_people(session: Session, password_hash: str | None, now: datetime) -> list[directory.DemoPerson]:
    known = set(session.scalars(select(User.id)))
    added = [person for person in directory.people() if person.login not in known]
    rows = [
        {
            "id": person.login,
            "name": person.name,
            "unit_id": person.unit,
            "password_hash": password_hash if person.can_log_in else None,
            "joined_on": directory.TERM_STARTS,
            "created_at": now,
        }
        for person in added
    ]
    _insert(session, User, rows)
    return added


def _add_term(session: Session, sessions: Iterable[DemoSession], today: date) -> None:
    """The term lasts beyond the current season, whenever the demo is first started."""
    if session.get(CongressTerm, directory.TERM) is None:
        ends_on = max(directory.TERM_ENDS, date(today.year + 1, 12, 31))
        session.add(CongressTerm(term=directory.TERM, starts_on=directory.TERM_STARTS, ends_on=ends_on))
        session.flush()
    for congress in sessions:
        if session.get(CongressSession, congress.id) is None:
            session.add(
                CongressSession(
                    id=congress.id,
                    term=directory.TERM,
                    meeting=congress.meeting,
                    name=congress.name,
                    window_opens_at=congress.opens_at,
                    window_closes_at=congress.closes_at,
                    congress_on=congress.congress_on,
                )
            )


def _add_roles(session: Session, people: Iterable[directory.DemoPerson]) -> None:
    """Roles of the people just added: what an administrator took from the others stays taken."""
    rows = [
        {
            "user_id": person.login,
            "role": role.role,
            "unit_id": role.unit,
            "term": directory.TERM if role.of_term else None,
            "valid_from": None if role.of_term else directory.TERM_STARTS,
        }
        for person in people
        for role in person.roles
    ]
    _insert(session, RoleAssignment, rows)


def _add_charges(session: Session) -> None:
    known = set(session.scalars(select(LeaderCharge.unit_id)))
    rows = [
        {"user_id": f"l{number:02d}", "unit_id": unit, "valid_from": directory.TERM_STARTS}
        for number, units in directory.LEADER_CHARGES.items()
        for unit in units
        if unit not in known
    ]
    _insert(session, LeaderCharge, rows)


def _add_relatives(session: Session) -> None:
    for one, other, relation in RELATIVES:
        for user_id, relative_id in ((one, other), (other, one)):
            if session.get(Relative, (user_id, relative_id)) is None:
                session.add(Relative(user_id=user_id, relative_id=relative_id, relation=relation))


def _record(session: Session, now: datetime, actor: str | None, **counts: int) -> None:
    session.add(
        AdministrationEvent(
            at=now, actor_id=actor, kind="demo_organisation.built", subject="demo", before=None, after=dict(counts)
        )
    )


def _insert(session: Session, table: type[Any], rows: list[dict[str, Any]]) -> None:
    """Insert rows in bulk; column defaults of the mapping apply."""
    if rows:
        session.execute(insert(table), rows)


def _local_midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=LOCAL_ZONE).astimezone(UTC)
