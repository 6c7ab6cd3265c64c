"""Roles: grant and revoke, bound to unit, term and dates."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import or_, select

from engine.commands.organisation.people import load_user
from engine.commands.organisation.trail import ensure_may, record, snapshot
from engine.errors import ConflictError, InvalidInputError, NotFoundError
from engine.queries.organisation import local_date, people_with_role
from engine.rules.administration import Area
from engine.rules.roles import ADMINISTRATOR_ROLES, ROLES, clashing_role, fits_unit, role_name
from engine.sentences import say
from models import CongressTerm, RoleAssignment, Unit

if TYPE_CHECKING:
    from engine.unit_of_work import UnitOfWork

FIELDS = ("user_id", "role", "unit_id", "term", "valid_from", "valid_to")


@dataclass(frozen=True)
class RoleGrant:
    """A role for a person; ``unit_id`` None: everywhere; dates are inclusive, None is open."""

    user_id: str
    role: str
    unit_id: str | None = None
    term: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None


def grant_role(uow: "UnitOfWork", grant: RoleGrant) -> UUID:
    """Give a person a role.

    Raises:
        NotFoundError: no such person.
        InvalidInputError: by field: ``role``, ``unit_id``, ``term``, ``valid_to``.
    """
    ensure_may(uow, _area(grant.role))
    user = load_user(uow, grant.user_id)
    errors = _judge(uow, grant)
    if errors:
        raise InvalidInputError(errors)
    assignment = RoleAssignment(
        user_id=user.id,
        role=grant.role,
        unit_id=grant.unit_id,
        term=grant.term,
        valid_from=grant.valid_from,
        valid_to=grant.valid_to,
    )
    uow.session.add(assignment)
    uow.session.flush()
    record(uow, "role.granted", user.id, before=None, after=snapshot(assignment, FIELDS))
    return assignment.id


def revoke_role(uow: "UnitOfWork", assignment_id: UUID, *, of: str | None = None) -> None:
    """End a role yesterday; one that has not begun yet is taken away. The last system administrator stays.

    With ``of`` it must be a role of this person.
    """
    assignment = uow.session.get(RoleAssignment, assignment_id)
    if assignment is None or (of is not None and assignment.user_id != of):
        raise NotFoundError
    ensure_may(uow, _area(assignment.role))
    today = local_date(uow.clock)
    if assignment.role == "admin" and set(people_with_role(uow.session, "admin", on=today)) <= {assignment.user_id}:
        raise ConflictError("至少要保留一名系统管理员，请先任命他人")
    before = snapshot(assignment, FIELDS)
    if assignment.valid_from is not None and assignment.valid_from >= today:
        uow.session.delete(assignment)
        record(uow, "role.revoked", assignment.user_id, before=before, after=None)
        return
    assignment.valid_to = today - timedelta(days=1)
    record(uow, "role.revoked", assignment.user_id, before=before, after=snapshot(assignment, FIELDS))


def _area(role: str) -> Area:
    return Area.ADMINISTRATORS if role in ADMINISTRATOR_ROLES else Area.ROLES


def _judge(uow: "UnitOfWork", grant: RoleGrant) -> dict[str, str]:
    if grant.role not in ROLES:
        return {"role": "请选择角色"}
    errors: dict[str, str] = {}
    unit = uow.session.get(Unit, grant.unit_id) if grant.unit_id else None
    if grant.unit_id and unit is None:
        errors["unit_id"] = "没有找到此单位，请重新选择"
    elif not fits_unit(grant.role, unit.kind if unit else None):
        errors["unit_id"] = say("“{role}”须在相应类别的单位任职，请选择单位", role=say(role_name(grant.role)))
    if grant.term is not None and uow.session.get(CongressTerm, grant.term) is None:
        errors["term"] = "没有找到这一届，请先新增"
    elif ROLES[grant.role].bound_to_term and grant.term is None and grant.valid_to is None:
        errors["term"] = say("“{role}”随届任职，请选择届别或填写截止日期", role=say(role_name(grant.role)))
    if grant.valid_from and grant.valid_to and grant.valid_to < grant.valid_from:
        errors["valid_to"] = "截止日期不能早于起始日期"
    held = _open_assignments(uow, grant.user_id)
    clash = clashing_role(grant.role, {row.role for row in held})
    if clash:
        errors["role"] = say("此人已是{role}，三员不得兼任，请另选他人", role=say(role_name(clash)))
    elif any((row.role, row.unit_id, row.term) == (grant.role, grant.unit_id, grant.term) for row in held):
        errors["role"] = "此人已有此角色，无须再授予"
    return errors


def _open_assignments(uow: "UnitOfWork", user_id: str) -> list[RoleAssignment]:
    """Roles held today or later: a role that begins next month clashes as well."""
    today = local_date(uow.clock)
    return list(
        uow.session.scalars(
            select(RoleAssignment).where(
                RoleAssignment.user_id == user_id,
                or_(RoleAssignment.valid_to.is_(None), RoleAssignment.valid_to >= today),
            )
        )
    )
