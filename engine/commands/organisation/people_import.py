"""Apply an import: everything or nothing, in the caller's transaction, each person in the administration's trail."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.commands.organisation.people import FIELDS, end_log_ins
from engine.commands.organisation.trail import ensure_may, record, snapshot
from engine.commands.stand_in import let_others_stand_in
from engine.errors import InvalidInputError
from engine.people_import.plan import Change, ImportPlan, PersonLine
from engine.rules.administration import Area
from models import Unit, UnitKind, User

if TYPE_CHECKING:
    from engine.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class ImportResult:
    """How many people were touched, and how."""

    created: int
    changed: int
    ended: int
    units: int


def apply_people_import(uow: "UnitOfWork", plan: ImportPlan) -> ImportResult:
    """Write a plan made in this very transaction.

    Raises:
        InvalidInputError: the plan has problems; nothing is written.
    """
    ensure_may(uow, Area.PEOPLE)
    if not plan.can_apply:
        raise InvalidInputError({f"第 {problem.row} 行 {problem.column}": problem.message for problem in plan.problems})
    for name in plan.new_units:
        uow.session.add(Unit(id=name, name=name, kind=UnitKind.DEPARTMENT))
        record(uow, "unit.created", name, before=None, after={"name": name, "kind": UnitKind.DEPARTMENT.value})
    uow.session.flush()
    units = {unit.name: unit.id for unit in uow.session.scalars(select(Unit).order_by(Unit.valid_to.desc()))}
    users = {user.id: user for user in uow.session.scalars(select(User))}
    for line in plan.lines:
        _apply_line(uow, line, users.get(line.id), units)
    for user_id, _ in plan.missing:
        _end(uow, users[user_id], None)
    uow.session.flush()
    return ImportResult(
        created=plan.count(Change.CREATE),
        changed=plan.count(Change.UPDATE) + plan.count(Change.REINSTATE),
        ended=plan.count(Change.END),
        units=len(plan.new_units),
    )


def _apply_line(uow: "UnitOfWork", line: PersonLine, user: User | None, units: dict[str, str]) -> None:
    unit_id = units[line.unit] if line.unit else None
    if user is None:
        _create(uow, line, unit_id)
        return
    before = snapshot(user, FIELDS)
    user.name = line.name
    user.unit_id = unit_id or user.unit_id
    user.email = line.email or user.email
    user.joined_on = line.joined_on or user.joined_on
    if line.change is Change.REINSTATE:
        user.left_on = None
    record(uow, "user.changed", user.id, before=before, after=snapshot(user, FIELDS))
    if line.change is Change.END:
        _end(uow, user, line)


def _create(uow: "UnitOfWork", line: PersonLine, unit_id: str | None) -> None:
    user = User(
        id=line.id,
        name=line.name,
        unit_id=unit_id,
        email=line.email,
        language="zh_Hans_CN",
        joined_on=line.joined_on,
        left_on=line.left_on,
        created_at=uow.now,
    )
    uow.session.add(user)
    record(uow, "user.created", user.id, before=None, after=snapshot(user, FIELDS))


def _end(uow: "UnitOfWork", user: User, line: PersonLine | None) -> None:
    before = snapshot(user, ("left_on",))
    user.left_on = line.left_on if line and line.left_on else uow.today
    if user.left_on <= uow.today:
        end_log_ins(uow, user.id)
        let_others_stand_in(uow, user.id)
    record(uow, "user.ended", user.id, before=before, after=snapshot(user, ("left_on",)))
