"""Units: create, change, dissolve with a successor."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Select, or_, select

from engine.commands.organisation.trail import ensure_may, record, snapshot
from engine.errors import InvalidInputError, NotFoundError
from engine.queries.organisation import current_unit_id, unit_by_name
from engine.rules.administration import Area
from engine.sentences import say
from models import LeaderCharge, RoleAssignment, Unit, UnitKind, User

if TYPE_CHECKING:
    from engine.unit_of_work import UnitOfWork

T = TypeVar("T", RoleAssignment, LeaderCharge)
NAME_LENGTH = 120
FIELDS = ("name", "kind", "parent_id", "handles_cases", "successor_id", "valid_from", "valid_to")


@dataclass(frozen=True)
class UnitData:
    """What an administrator enters about a unit."""

    name: str
    kind: str
    parent_id: str | None = None
    handles_cases: bool = False
    valid_from: date | None = None


def create_unit(uow: "UnitOfWork", data: UnitData, *, code: str | None = None) -> str:
    """Add a unit; its code is what diagrams and tables call it, by default its name.

    Raises:
        InvalidInputError: by field: ``id``, ``name``, ``kind``, ``parent_id``.
    """
    ensure_may(uow, Area.UNITS)
    data = _cleaned(data)
    unit_id = (code or "").strip() or data.name
    errors = _judge(uow, data, unit_id)
    if unit_id and uow.session.get(Unit, unit_id) is not None:
        errors["id"] = "此编码已有单位使用，请另取编码"
    if errors:
        raise InvalidInputError(errors)
    unit = Unit(
        id=unit_id,
        name=data.name,
        kind=UnitKind(data.kind),
        parent_id=data.parent_id,
        handles_cases=data.handles_cases,
        valid_from=data.valid_from,
    )
    uow.session.add(unit)
    uow.session.flush()
    record(uow, "unit.created", unit_id, before=None, after=snapshot(unit, FIELDS))
    return unit_id


def change_unit(uow: "UnitOfWork", unit_id: str, data: UnitData) -> None:
    """Change a unit; its code stays, so a new name needs no new diagram."""
    ensure_may(uow, Area.UNITS)
    unit, data = load_unit(uow, unit_id), _cleaned(data)
    errors = _judge(uow, data, unit_id)
    if errors:
        raise InvalidInputError(errors)
    before = snapshot(unit, FIELDS)
    unit.name, unit.kind, unit.parent_id = data.name, UnitKind(data.kind), data.parent_id
    unit.handles_cases, unit.valid_from = data.handles_cases, data.valid_from
    record(uow, "unit.changed", unit_id, before=before, after=snapshot(unit, FIELDS))


def dissolve_unit(uow: "UnitOfWork", unit_id: str, *, last_day: date, successor_id: str | None) -> None:
    """End a unit; people, roles and leader go over to the successor from the day after.

    Without a successor the roles end with the unit. Open work finds its way by the successor that the unit names.

    Raises:
        InvalidInputError: ``successor_id``: unknown, the unit itself, or one that leads back to it.
    """
    ensure_may(uow, Area.UNITS)
    unit = load_unit(uow, unit_id)
    if successor_id is not None:
        _ensure_successor(uow, unit_id, successor_id)
    before = snapshot(unit, FIELDS)
    unit.valid_to, unit.successor_id, unit.handles_cases = last_day, successor_id, False
    _hand_over(uow, unit_id, last_day, successor_id)
    record(uow, "unit.dissolved", unit_id, before=before, after=snapshot(unit, FIELDS))


def load_unit(uow: "UnitOfWork", unit_id: str) -> Unit:
    """The row; NotFoundError for an unknown unit."""
    unit = uow.session.get(Unit, unit_id)
    if unit is None:
        raise NotFoundError
    return unit


def _ensure_successor(uow: "UnitOfWork", unit_id: str, successor_id: str) -> None:
    if uow.session.get(Unit, successor_id) is None:
        raise InvalidInputError({"successor_id": "没有找到此单位，请重新选择"})
    if unit_id in (successor_id, current_unit_id(uow.session, successor_id)):
        raise InvalidInputError({"successor_id": "承接单位不能是本单位，也不能再由本单位承接，请另选"})


def _hand_over(uow: "UnitOfWork", unit_id: str, last_day: date, successor_id: str | None) -> None:
    """Roles and charges end with the unit and begin anew at the successor: what was on a past day stays true."""
    session = uow.session
    rows: list[RoleAssignment | LeaderCharge] = [
        *session.scalars(_open_after(RoleAssignment, unit_id, last_day)),
        *session.scalars(_open_after(LeaderCharge, unit_id, last_day)),
    ]
    for row in rows:
        if successor_id is not None:
            session.add(_continued(row, successor_id, last_day + timedelta(days=1)))
        row.valid_to = last_day
    if successor_id is not None:
        for user in session.scalars(select(User).where(User.unit_id == unit_id)):
            user.unit_id = successor_id


def _open_after(table: type[T], unit_id: str, last_day: date) -> Select[T]:
    return select(table).where(table.unit_id == unit_id, or_(table.valid_to.is_(None), table.valid_to > last_day))


def _continued(row: RoleAssignment | LeaderCharge, unit_id: str, starts: date) -> RoleAssignment | LeaderCharge:
    if isinstance(row, LeaderCharge):
        return LeaderCharge(user_id=row.user_id, unit_id=unit_id, valid_from=starts, valid_to=row.valid_to)
    return RoleAssignment(
        user_id=row.user_id,
        role=row.role,
        unit_id=unit_id,
        term=row.term,
        valid_from=starts,
        valid_to=row.valid_to,
    )


def _cleaned(data: UnitData) -> UnitData:
    return replace(data, name=data.name.strip(), parent_id=(data.parent_id or "").strip() or None)


def _judge(uow: "UnitOfWork", data: UnitData, unit_id: str) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not data.name or len(data.name) > NAME_LENGTH:
        errors["name"] = say("请填写名称，最多 {most} 个字符", most=NAME_LENGTH)
    elif (namesake := unit_by_name(uow.session, data.name)) and namesake.id != unit_id and namesake.valid_to is None:
        errors["name"] = "已有同名单位，请改用其他名称"
    if data.kind not in set(UnitKind):
        errors["kind"] = "请选择类别"
    if data.parent_id and (data.parent_id == unit_id or uow.session.get(Unit, data.parent_id) is None):
        errors["parent_id"] = "没有找到此上级单位，请重新选择"
    elif data.parent_id and _is_below(uow, data.parent_id, unit_id):
        errors["parent_id"] = "上级单位不能是本单位的下级，请另选"
    return errors


def _is_below(uow: "UnitOfWork", unit_id: str, ancestor_id: str) -> bool:
    seen: set[str] = set()
    current: str | None = unit_id
    while current is not None and current not in seen:
        if current == ancestor_id:
            return True
        seen.add(current)
        current = uow.session.scalar(select(Unit.parent_id).where(Unit.id == current))
    return False
