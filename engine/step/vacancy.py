"""A task that nobody can handle must not wait in silence: it becomes an incident for an administrator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, bindparam, cast, exists, insert, select

from engine.database.prepared import Prepared, insert_into
from engine.queries.organisation import ON_DAY, has_not_left, people_with_role, role_is_held
from engine.rules.assignment import Assignment
from models import CongressTerm, Incident, RoleAssignment, User, WorkItemCandidate

if TYPE_CHECKING:
    from engine.step.environment import StepEnvironment
    from engine.step.opening import Opening
    from engine.unit_of_work import UnitOfWork

INCIDENT = Incident.__table__
_GIVEN = ("id", "process_instance_id", "job_id", "flow_node_id", "code", "message", "raised_at")
_SOMEBODY = (
    select(1)
    .select_from(WorkItemCandidate)
    .join(RoleAssignment, RoleAssignment.role == WorkItemCandidate.role)
    .join(User, User.id == RoleAssignment.user_id)
    .outerjoin(CongressTerm, CongressTerm.term == RoleAssignment.term)
    .where(WorkItemCandidate.work_item_id == bindparam("id", type_=INCIDENT.c.id.type))
    .where(role_is_held(ON_DAY), has_not_left(ON_DAY))
)


def _raising_if_nobody(database: str) -> Any:
    given: list[ColumnElement[Any]] = [bindparam(name, type_=INCIDENT.c[name].type) for name in _GIVEN]
    if database == "postgresql":  # takes what is selected for text, unless it is told otherwise
        given = [cast(value, value.type) for value in given]
    return insert(INCIDENT).from_select(_GIVEN, select(*given).where(~exists(_SOMEBODY)))


_RAISE = insert_into(INCIDENT)
_RAISE_IF_NOBODY = Prepared(_raising_if_nobody)


class Vacancy(Struct, frozen=True):
    """Why nobody can handle a task."""

    message: str
    in_doubt: bool = False  # none if somebody holds a role of the candidates, which is asked when it is written


def vacancy_of(environment: StepEnvironment, assignment: Assignment) -> Vacancy | None:
    """Why nobody can handle the task, or None."""
    candidates, excluded = assignment.candidates, assignment.excluded
    if assignment.assignee_id is not None:
        return None
    if not candidates:
        return Vacancy("没有办理人：办理人表达式为空，或均须回避")
    if any(candidate.user_id for candidate in candidates):
        return None
    if not excluded and all(candidate.unit_id is None for candidate in candidates):
        return Vacancy(_nobody_in(assignment), in_doubt=True)
    for candidate in candidates:
        assert candidate.role is not None
        people = people_with_role(environment.uow.flushed, candidate.role, candidate.unit_id, on=environment.uow.today)
        if not excluded.issuperset(people):
            return None
    return Vacancy(_nobody_in(assignment))


def _nobody_in(assignment: Assignment) -> str:
    roles = (f"{each.role}@{each.unit_id}" if each.unit_id else str(each.role) for each in assignment.candidates)
    return f"没有人担任（或均须回避）：{'、'.join(roles)}"


def raise_vacancies(uow: UnitOfWork, instance_id: UUID, openings: Sequence[Opening]) -> None:
    """Write an incident for each opened task that nobody can handle; its candidates stand in the database already."""
    certain: list[dict[str, Any]] = []
    in_doubt: list[dict[str, Any]] = []
    for opening in openings:
        vacancy = opening.vacancy
        if vacancy is not None:
            row = {
                "id": opening.item_id,  # a work item has but one
                "process_instance_id": instance_id,
                "job_id": None,
                "flow_node_id": opening.task.flow_node_id,
                "code": "nobody-entitled",
                "message": vacancy.message,
                "raised_at": uow.now,
                "on": uow.today,
            }
            (in_doubt if vacancy.in_doubt else certain).append(row)
    if in_doubt:
        _RAISE_IF_NOBODY.run_many(uow.flushed, in_doubt)
    _RAISE.run_many(uow.link, certain)
