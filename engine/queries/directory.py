"""The administrators' view of people and units: lists with search, and everything about one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from engine.errors import NotFoundError
from engine.queries.organisation import UnitEntry, has_not_left, role_is_held, unit_entry, within
from models import CongressTerm, LeaderCharge, LoginSession, Relative, RoleAssignment, Unit, UnitKind, User

PAGE_SIZE = 50  # rows
LONGEST_SEARCH = 60  # characters


@dataclass(frozen=True)
class PersonRow:
    """A line of the list of people."""

    id: str
    name: str
    unit_name: str | None
    roles: tuple[str, ...]  # role ids held today
    can_log_in: bool
    is_locked: bool
    has_left: bool


@dataclass(frozen=True)
class PeoplePage:
    """One page of the list."""

    rows: tuple[PersonRow, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class RoleLine:
    """A role of a person, past ones included."""

    id: UUID
    user_id: str
    user_name: str
    role: str
    unit_id: str | None
    unit_name: str | None
    term: int | None
    valid_from: date | None
    valid_to: date | None
    is_held: bool  # on the day asked for


@dataclass(frozen=True)
class RelativeLine:
    """A declared relative."""

    id: str
    name: str
    relation: str


@dataclass(frozen=True)
class PersonPage:
    """Everything an administrator sees of a person."""

    id: str
    name: str
    unit_id: str | None
    unit_name: str | None
    email: str | None
    language: str
    joined_on: date | None
    left_on: date | None
    created_at: datetime
    can_log_in: bool
    must_change_password: bool
    is_locked: bool
    locked_until: datetime | None
    last_seen_at: datetime | None
    open_log_ins: int
    roles: tuple[RoleLine, ...]
    relatives: tuple[RelativeLine, ...]


@dataclass(frozen=True)
class UnitRow:
    """A line of the list of units."""

    unit: UnitEntry
    people: int
    leader_name: str | None


@dataclass(frozen=True)
class ChargeLine:
    """A leader's charge of a unit."""

    id: UUID
    user_id: str
    user_name: str
    unit_id: str
    valid_from: date | None
    valid_to: date | None
    is_held: bool


@dataclass(frozen=True)
class UnitPage:
    """Everything an administrator sees of a unit."""

    unit: UnitEntry
    successor_name: str | None
    people: int
    roles: tuple[RoleLine, ...]
    charges: tuple[ChargeLine, ...]


def people_page(
    session: Session, *, on: date, q: str = "", unit_id: str = "", role: str = "", state: str = "", page: int = 1
) -> PeoplePage:
    """Search people by number or name.

    Args:
        session: only read.
        on: today.
        q: part of the staff number or of the name.
        unit_id: only those who work there.
        role: only those who hold it today.
        state: ``""`` present, ``login`` with log-in, ``locked``, ``left``, ``all``.
        page: from 1; beyond the end means the last.
    """
    conditions = _search(q.strip()[:LONGEST_SEARCH], unit_id, role, state, on)
    total = session.scalar(select(func.count()).select_from(User).where(*conditions)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    query = (
        select(User, Unit.name.label("unit_name"))
        .outerjoin(Unit, Unit.id == User.unit_id)
        .where(*conditions)
        .order_by(User.password_hash.is_(None), User.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    found = list(session.execute(query))
    roles = _roles_by_user(session, [user.id for user, _ in found], on)
    rows = tuple(_person_row(user, unit_name, roles.get(user.id, ()), on) for user, unit_name in found)
    return PeoplePage(rows, total, page, pages)


def person_page(session: Session, user_id: str, on: date) -> PersonPage:
    """Everything about one person; NotFoundError for an unknown one."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFoundError
    unit = session.get(Unit, user.unit_id) if user.unit_id else None
    log_ins = select(func.count(), func.max(LoginSession.last_seen_at)).where(LoginSession.user_id == user_id)
    open_log_ins = session.scalar(
        select(func.count())
        .select_from(LoginSession)
        .where(LoginSession.user_id == user_id, LoginSession.ended_at.is_(None))
    )
    return PersonPage(
        id=user.id,
        name=user.name,
        unit_id=user.unit_id,
        unit_name=unit.name if unit else user.unit_id,
        email=user.email,
        language=user.language,
        joined_on=user.joined_on,
        left_on=user.left_on,
        created_at=user.created_at,
        can_log_in=user.password_hash is not None,
        must_change_password=user.must_change_password,
        is_locked=user.is_locked,
        locked_until=user.locked_until,
        last_seen_at=session.execute(log_ins).one()[1],
        open_log_ins=open_log_ins or 0,
        roles=role_lines(session, RoleAssignment.user_id == user_id, on),
        relatives=_relatives(session, user_id),
    )


def unit_rows(session: Session, *, on: date, q: str = "", kind: str = "", with_ended: bool = False) -> list[UnitRow]:
    """Units by kind and name, with the number of people who work there and the leader in charge."""
    query = select(Unit).order_by(Unit.kind, Unit.name)
    if not with_ended:
        query = query.where(within(Unit.valid_from, Unit.valid_to, on))
    if q.strip():
        query = query.where(Unit.name.contains(q.strip()[:LONGEST_SEARCH], autoescape=True))
    if kind in set(UnitKind):
        query = query.where(Unit.kind == UnitKind(kind))
    people = _people_by_unit(session, on)
    leaders = _leaders_by_unit(session, on)
    return [UnitRow(unit_entry(unit), people.get(unit.id, 0), leaders.get(unit.id)) for unit in session.scalars(query)]


def unit_page(session: Session, unit_id: str, on: date) -> UnitPage:
    """Everything about one unit; NotFoundError for an unknown one."""
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise NotFoundError
    return UnitPage(
        unit=unit_entry(unit),
        successor_name=_unit_name(session, unit.successor_id),
        people=_people_by_unit(session, on).get(unit_id, 0),
        roles=role_lines(session, RoleAssignment.unit_id == unit_id, on),
        charges=charge_lines(session, unit_id, on),
    )


def unit_choices(session: Session, on: date, kinds: frozenset[str] | None = None) -> list[tuple[str, str]]:
    """(code, name) of the units that exist on that day, for a field to choose from."""
    query = select(Unit.id, Unit.name).where(within(Unit.valid_from, Unit.valid_to, on)).order_by(Unit.kind, Unit.name)
    if kinds:
        query = query.where(Unit.kind.in_([UnitKind(kind) for kind in kinds]))
    return [(row.id, row.name) for row in session.execute(query)]


def role_counts(session: Session, on: date) -> dict[str, int]:
    """How many people hold each role on that day."""
    query = (
        select(RoleAssignment.role, func.count(RoleAssignment.user_id.distinct()).label("people"))
        .join(User, User.id == RoleAssignment.user_id)
        .outerjoin(CongressTerm, CongressTerm.term == RoleAssignment.term)
        .where(role_is_held(on), has_not_left(on))
        .group_by(RoleAssignment.role)
    )
    return {row.role: row.people for row in session.execute(query)}


def role_lines(
    session: Session, condition: ColumnElement[bool], on: date, *, only_held: bool = False, limit: int = 500
) -> tuple[RoleLine, ...]:
    """Role assignments under a condition: those held on the day first, then by unit and person."""
    query = _role_query(on).where(condition).limit(limit)
    if only_held:
        query = query.where(role_is_held(on), has_not_left(on))
    lines = [
        RoleLine(
            id=row.id,
            user_id=row.user_id,
            user_name=row.user_name,
            role=row.role,
            unit_id=row.unit_id,
            unit_name=row.unit_name,
            term=row.term,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            is_held=bool(row.is_held),
        )
        for row in session.execute(query)
    ]
    return tuple(sorted(lines, key=lambda line: not line.is_held))


def holders_of(session: Session, role: str, on: date) -> tuple[RoleLine, ...]:
    """Who holds a role today."""
    return role_lines(session, RoleAssignment.role == role, on, only_held=True)


def charge_lines(session: Session, unit_id: str, on: date) -> tuple[ChargeLine, ...]:
    """Leaders in charge of a unit, the latest first."""
    query = (
        select(LeaderCharge, User.name)
        .join(User, User.id == LeaderCharge.user_id)
        .where(LeaderCharge.unit_id == unit_id)
        .order_by(LeaderCharge.valid_to.is_not(None), LeaderCharge.valid_from.desc())
    )
    return tuple(
        ChargeLine(
            id=charge.id,
            user_id=charge.user_id,
            user_name=name,
            unit_id=unit_id,
            valid_from=charge.valid_from,
            valid_to=charge.valid_to,
            is_held=(charge.valid_from is None or charge.valid_from <= on)
            and (charge.valid_to is None or charge.valid_to >= on),
        )
        for charge, name in session.execute(query)
    )


def _search(q: str, unit_id: str, role: str, state: str, on: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if q:
        conditions.append(or_(User.name.icontains(q, autoescape=True), User.id.icontains(q, autoescape=True)))
    if unit_id:
        conditions.append(User.unit_id == unit_id)
    if role:
        conditions.append(User.id.in_(_holder_ids(role, on)))
    if state == "left":
        conditions.append(and_(User.left_on.is_not(None), User.left_on <= on))
    elif state != "all":
        conditions.append(has_not_left(on))
    if state == "login":
        conditions.append(User.password_hash.is_not(None))
    if state == "locked":
        conditions.append(User.is_locked.is_(True))
    return conditions


def _holder_ids(role: str, on: date) -> Select[str]:
    return (
        select(RoleAssignment.user_id)
        .outerjoin(CongressTerm, CongressTerm.term == RoleAssignment.term)
        .where(RoleAssignment.role == role, role_is_held(on))
    )


def _roles_by_user(session: Session, user_ids: list[str], on: date) -> Mapping[str, tuple[str, ...]]:
    query = (
        select(RoleAssignment.user_id, RoleAssignment.role)
        .outerjoin(CongressTerm, CongressTerm.term == RoleAssignment.term)
        .where(RoleAssignment.user_id.in_(user_ids), role_is_held(on))
        .distinct()
        .order_by(RoleAssignment.role)
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in session.execute(query):
        found[row.user_id] = (*found.get(row.user_id, ()), row.role)
    return found


def _person_row(user: User, unit_name: str | None, roles: tuple[str, ...], on: date) -> PersonRow:
    return PersonRow(
        id=user.id,
        name=user.name,
        unit_name=unit_name or user.unit_id,
        roles=roles,
        can_log_in=user.password_hash is not None,
        is_locked=user.is_locked,
        has_left=user.left_on is not None and user.left_on <= on,
    )


def _role_query(
    on: date,
) -> Select[UUID, str, str, str, str | None, str | None, int | None, date | None, date | None, bool]:
    return (
        select(
            RoleAssignment.id,
            RoleAssignment.user_id,
            User.name.label("user_name"),
            RoleAssignment.role,
            RoleAssignment.unit_id,
            Unit.name.label("unit_name"),
            RoleAssignment.term,
            RoleAssignment.valid_from,
            RoleAssignment.valid_to,
            and_(role_is_held(on), has_not_left(on)).label("is_held"),
        )
        .join(User, User.id == RoleAssignment.user_id)
        .outerjoin(Unit, Unit.id == RoleAssignment.unit_id)
        .outerjoin(CongressTerm, CongressTerm.term == RoleAssignment.term)
        .order_by(RoleAssignment.role, Unit.name, RoleAssignment.user_id)
    )


def _relatives(session: Session, user_id: str) -> tuple[RelativeLine, ...]:
    query = (
        select(Relative.relative_id, User.name, Relative.relation)
        .join(User, User.id == Relative.relative_id)
        .where(Relative.user_id == user_id)
        .order_by(User.name)
    )
    return tuple(RelativeLine(row.relative_id, row.name, row.relation) for row in session.execute(query))


def _people_by_unit(session: Session, on: date) -> dict[str, int]:
    query = select(User.unit_id, func.count().label("people")).where(has_not_left(on)).group_by(User.unit_id)
    return {row.unit_id: row.people for row in session.execute(query) if row.unit_id}


def _leaders_by_unit(session: Session, on: date) -> dict[str, str]:
    query = (
        select(LeaderCharge.unit_id, User.name)
        .join(User, User.id == LeaderCharge.user_id)
        .where(within(LeaderCharge.valid_from, LeaderCharge.valid_to, on), has_not_left(on))
        .order_by(LeaderCharge.valid_from)
    )
    return {row.unit_id: row.name for row in session.execute(query)}


def _unit_name(session: Session, unit_id: str | None) -> str | None:
    return session.scalar(select(Unit.name).where(Unit.id == unit_id)) if unit_id else None
