"""Who holds which role, who leads what: the questions that assignment and visibility ask.

Every function takes the day it asks for: roles, charges and units have dates. A role bound to a congress term counts
only within the term. People who have left never count; a locked account keeps its roles, it only cannot log in.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Date, Select, and_, bindparam, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.database.link import Link
from engine.database.prepared import Prepared
from engine.ports import Clock
from models import CongressTerm, LeaderCharge, Relative, RoleAssignment, Unit, UnitKind, User

LOCAL_ZONE = ZoneInfo("Asia/Shanghai")  # dates of the institution are dates here


@dataclass(frozen=True)
class HeldRole:
    """A role a person holds on the day asked for; ``unit_id`` None: everywhere."""

    role: str
    unit_id: str | None
    term: int | None


@dataclass(frozen=True)
class UnitEntry:
    """A unit as pages and rules see it."""

    id: str
    name: str
    kind: UnitKind
    handles_cases: bool
    parent_id: str | None
    successor_id: str | None
    valid_from: date | None
    valid_to: date | None


def local_date(clock: Clock) -> date:
    """Today's date at the institution."""
    return clock.now().astimezone(LOCAL_ZONE).date()


def people_with_role(
    session: Session | Connection | Link,
    role: str | Collection[str],
    unit: str | Collection[str] | None = None,
    *,
    on: date,
) -> list[str]:
    """Ids of the people who hold one of the roles, in order and without doubles.

    Args:
        session: of the unit of work, or its connection when nothing is held back.
        role: a role id, or several of which one is enough.
        unit: a unit id or several; None: at any unit. A role held everywhere counts at each unit.
        on: the day.

    When nobody is left at a unit that has a successor, the successor's people are meant.
    """
    roles = _as_tuple(role)
    units = None if unit is None else _as_tuple(unit)
    found = _people(session, roles, units, on)
    if found or not units:
        return found
    place = session.shared() if isinstance(session, Link) else session
    successors = tuple(current_unit_id(place, unit_id) for unit_id in units)
    return found if successors == units else _people(session, roles, successors, on)


def people_by_unit(
    session: Session, roles: Collection[str], units: Collection[str], *, on: date
) -> dict[str, frozenset[str]]:
    """Who holds one of the roles at each of the units, in one statement; what ``people_with_role`` says of each.

    Only units at which nobody is left are asked one by one, for their successors.
    """
    query = (
        select(RoleAssignment.unit_id, RoleAssignment.user_id)
        .join(User, User.id == RoleAssignment.user_id)
        .outerjoin(CongressTerm, CongressTerm.term == RoleAssignment.term)
        .where(RoleAssignment.role.in_(roles), role_is_held(on), has_not_left(on))
        .where(or_(RoleAssignment.unit_id.in_(units), RoleAssignment.unit_id.is_(None)))
    )
    held: dict[str | None, set[str]] = {}
    for row in session.execute(query):
        held.setdefault(row.unit_id, set()).add(row.user_id)
    everywhere = held.get(None, set())
    return {
        unit: frozenset(held.get(unit, set()) | everywhere or people_with_role(session, roles, unit, on=on))
        for unit in units
    }


def _people(
    session: Session | Connection | Link, roles: tuple[str, ...], units: tuple[str, ...] | None, on: date
) -> list[str]:
    if len(roles) != 1 or (units is not None and len(units) != 1):
        place = session.shared() if isinstance(session, Link) else session
        return list(place.scalars(_holders(roles, units, on)))
    if units is None:
        rows = _HOLDERS.rows(_place(session), {"role": roles[0], "on": on})
    else:
        rows = _HOLDERS_AT.rows(_place(session), {"role": roles[0], "unit": units[0], "on": on})
    return [row.user_id for row in rows]


def _place(session: Session | Connection | Link) -> Connection | Link:
    """The session's connection, with what the session still holds back written."""
    if isinstance(session, Link | Connection):
        return session
    session.flush()
    return session.connection()


def _holders(roles: tuple[str, ...], units: tuple[str, ...] | None, on: date) -> Select[str]:
    query = _who_hold(RoleAssignment.role.in_(roles), on)
    if units is None:
        return query
    return query.where(or_(RoleAssignment.unit_id.in_(units), RoleAssignment.unit_id.is_(None)))


def _who_hold(which: ColumnElement[bool], on: Any) -> Select[str]:
    return (
        select(RoleAssignment.user_id)
        .join(User, User.id == RoleAssignment.user_id)
        .outerjoin(CongressTerm, CongressTerm.term == RoleAssignment.term)
        .where(which, role_is_held(on), has_not_left(on))
        .distinct()
        .order_by(RoleAssignment.user_id)
    )


def roles_of(session: Session | Connection | Link, user_id: str, on: date) -> tuple[HeldRole, ...]:
    """What the person holds on that day, in order; nothing for someone who has left."""
    rows = _ROLES.rows(_place(session), {"user": user_id, "on": on})
    return tuple(HeldRole(row.role, row.unit_id, row.term) for row in rows)


def has_role(session: Session, user_id: str, roles: str | Collection[str], on: date) -> bool:
    """Whether the person holds one of the roles, at whatever unit."""
    wanted = set(_as_tuple(roles))
    return any(held.role in wanted for held in roles_of(session, user_id, on))


def leader_of(session: Session, unit_id: str, on: date) -> str | None:
    """The school leader in charge of the unit on that day; of two, the one appointed last."""
    for unit in dict.fromkeys((unit_id, current_unit_id(session, unit_id))):
        leader = session.scalar(
            select(LeaderCharge.user_id)
            .join(User, User.id == LeaderCharge.user_id)
            .where(
                LeaderCharge.unit_id == unit,
                within(LeaderCharge.valid_from, LeaderCharge.valid_to, on),
                has_not_left(on),
            )
            .order_by(LeaderCharge.valid_from.is_(None), LeaderCharge.valid_from.desc(), LeaderCharge.user_id)
            .limit(1)
        )
        if leader is not None:
            return leader
    return None


def relatives_of(session: Session, user_ids: str | Collection[str]) -> frozenset[str]:
    """Declared relatives of one or several people."""
    query = select(Relative.relative_id).where(Relative.user_id.in_(_as_tuple(user_ids)))
    return frozenset(session.scalars(query))


def absent(session: Session, user_ids: Collection[str], on: date) -> frozenset[str]:
    """Which of these people have left by that day or have a locked account."""
    if not user_ids:
        return frozenset()
    query = select(User.id).where(User.id.in_(set(user_ids)), or_(User.is_locked, ~has_not_left(on)))
    return frozenset(session.scalars(query))


def names_of(session: Session, user_ids: Collection[str]) -> dict[str, str]:
    """Display names by id; an id nobody has is missing."""
    if not user_ids:
        return {}
    query = select(User.id, User.name).where(User.id.in_(set(user_ids)))
    return {row.id: row.name for row in session.execute(query)}


def home_units_of(session: Session, user_ids: Collection[str]) -> dict[str, str | None]:
    """Where people work, by id."""
    query = select(User.id, User.unit_id).where(User.id.in_(set(user_ids)))
    return {row.id: row.unit_id for row in session.execute(query)}


def unit_by_name(session: Session, name: str, on: date | None = None) -> UnitEntry | None:
    """The unit of this name; with ``on``, only one that exists on that day. A living unit wins over a dissolved one."""
    query = select(Unit).where(Unit.name == name)
    if on is not None:
        query = query.where(within(Unit.valid_from, Unit.valid_to, on))
    query = query.order_by(Unit.valid_to.is_not(None), Unit.valid_to.desc(), Unit.id).limit(1)
    unit = session.scalar(query)
    return unit_entry(unit) if unit else None


def user_by_name(session: Session, name: str) -> str | None:
    """Id of the only person of that name; None when there is none, or more than one."""
    found = list(session.scalars(select(User.id).where(User.name == name).limit(2)))
    return found[0] if len(found) == 1 else None


def current_unit_id(session: Session | Connection, unit_id: str) -> str:
    """The unit that a renamed or dissolved unit has become; itself when it has no successor."""
    seen = {unit_id}
    while (successor := session.scalar(select(Unit.successor_id).where(Unit.id == unit_id))) is not None:
        if successor in seen:
            return unit_id
        seen.add(successor)
        unit_id = successor
    return unit_id


def unit_entry(unit: Unit) -> UnitEntry:
    """The dataclass for a row."""
    return UnitEntry(
        id=unit.id,
        name=unit.name,
        kind=unit.kind,
        handles_cases=unit.handles_cases,
        parent_id=unit.parent_id,
        successor_id=unit.successor_id,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
    )


def within(
    starts: InstrumentedAttribute[date | None] | InstrumentedAttribute[date],
    ends: InstrumentedAttribute[date | None] | InstrumentedAttribute[date],
    on: date,
) -> ColumnElement[bool]:
    """SQL: the day lies within two columns, both inclusive, NULL meaning open."""
    return and_(or_(starts.is_(None), starts <= on), or_(ends.is_(None), ends >= on))


def role_is_held(on: date) -> ColumnElement[bool]:
    """SQL: the assignment counts on that day; the query must outer-join ``CongressTerm``."""
    return and_(
        within(RoleAssignment.valid_from, RoleAssignment.valid_to, on),
        or_(RoleAssignment.term.is_(None), within(CongressTerm.starts_on, CongressTerm.ends_on, on)),
    )


def has_not_left(on: date) -> ColumnElement[bool]:
    """SQL: the person is there on that day."""
    return or_(User.left_on.is_(None), User.left_on > on)


ON_DAY: Any = bindparam("on", type_=Date)  # of statements that are prepared before the day is known
_HOLDERS = Prepared(_who_hold(RoleAssignment.role == bindparam("role"), ON_DAY))
_HOLDERS_AT = Prepared(
    _who_hold(RoleAssignment.role == bindparam("role"), ON_DAY).where(
        or_(RoleAssignment.unit_id == bindparam("unit"), RoleAssignment.unit_id.is_(None))
    )
)
_ROLES = Prepared(
    select(RoleAssignment.role, RoleAssignment.unit_id, RoleAssignment.term)
    .join(User, User.id == RoleAssignment.user_id)
    .outerjoin(CongressTerm, CongressTerm.term == RoleAssignment.term)
    .where(RoleAssignment.user_id == bindparam("user"), role_is_held(ON_DAY), has_not_left(ON_DAY))
    .distinct()
    .order_by(RoleAssignment.role, RoleAssignment.unit_id)
)


def _as_tuple(value: str | Collection[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
