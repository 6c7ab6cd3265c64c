"""What the administrators' pages and commands ask: who may work where, which administrators there are."""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.queries.organisation import has_not_left, people_with_role, role_is_held, roles_of
from engine.rules.administration import Area, may_administer
from engine.rules.roles import ADMINISTRATOR_ROLES
from models import CongressTerm, RoleAssignment, User


def areas_of(session: Session, user_id: str, on: date) -> frozenset[Area]:
    """The areas of administration a person may work in."""
    held = frozenset(role.role for role in roles_of(session, user_id, on))
    if not held:
        return frozenset()
    appointed = _appointed(session, on)
    return frozenset(area for area in Area if may_administer(area, held, appointed))


def may_work_in(session: Session, user_id: str, area: Area, on: date) -> bool:
    """Whether the person may work in this area of administration."""
    return area in areas_of(session, user_id, on)


def is_administrator(session: Session, user_id: str, on: date) -> bool:
    """Whether a person is one of the three administrators, today or from a later day on."""
    query = select(RoleAssignment.id).where(
        RoleAssignment.user_id == user_id,
        RoleAssignment.role.in_(ADMINISTRATOR_ROLES),
        or_(RoleAssignment.valid_to.is_(None), RoleAssignment.valid_to >= on),
    )
    return session.scalar(query.limit(1)) is not None


def has_administrator(session: Session, on: date) -> bool:
    """Whether anybody who can log in is system administrator; if not, the first start asks for one."""
    administrators = people_with_role(session, "admin", on=on)
    query = select(User.id).where(User.id.in_(administrators), User.password_hash.is_not(None)).limit(1)
    return session.scalar(query) is not None


def _appointed(session: Session, on: date) -> frozenset[str]:
    query = (
        select(RoleAssignment.role)
        .join(User, User.id == RoleAssignment.user_id)
        .outerjoin(CongressTerm, CongressTerm.term == RoleAssignment.term)
        .where(RoleAssignment.role.in_(ADMINISTRATOR_ROLES), role_is_held(on), has_not_left(on))
        .distinct()
    )
    return frozenset(session.scalars(query))
