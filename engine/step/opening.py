"""From an opened user task of the runtime to rows: whom it waits for and when it is due."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import bindparam, select

from engine.database.prepared import Prepared
from engine.queries.organisation import absent
from engine.rules import due_dates
from engine.rules.assignment import Assignment, assign, texts
from engine.rules.due_dates import SHANGHAI, Deadline
from engine.rules.four_eyes import excluded_by_earlier_steps
from engine.step.environment import StepEnvironment
from engine.step.ids import ordered_id
from engine.step.vacancy import Vacancy, vacancy_of
from models import Relative, UserTask, WorkItem

if TYPE_CHECKING:
    from engine.spiff import OpenedUserTask
    from engine.spiff.effects import UserTaskAttributes

RELATIVE = Relative.__table__
TASK, ITEM = UserTask.__table__, WorkItem.__table__
_RELATIVES = Prepared(select(RELATIVE.c.relative_id).where(RELATIVE.c.user_id == bindparam("person")))
_DECIDED = Prepared(
    select(TASK.c.flow_node_id, ITEM.c.decided_by)
    .join(ITEM, ITEM.c.user_task_id == TASK.c.id)
    .where(ITEM.c.process_instance_id == bindparam("instance_id"), ITEM.c.decided_by.is_not(None))
    .distinct()  # a step may have been taken a thousand times, by few
)


class Opening(Struct, frozen=True):
    """An opened user task with what its attributes mean now."""

    task: "OpenedUserTask"
    item_id: UUID  # of its work item
    assignment: Assignment
    deadline: Deadline | None
    vacancy: Vacancy | None


def resolve(environment: StepEnvironment, task: "OpenedUserTask", variables: Mapping[str, Any]) -> Opening:
    """Evaluate the attributes of a user task that was just opened."""
    context = environment.visible(variables, task.local)
    assignment = resolve_assignment(environment, task.attributes, context)
    deadline = _deadline(environment, task, context)
    return Opening(task, ordered_id(environment.now()), assignment, deadline, vacancy_of(environment, assignment))


def resolve_assignment(
    environment: StepEnvironment, attributes: "UserTaskAttributes", context: Mapping[str, Any]
) -> Assignment:
    """Whom the task waits for, without those excluded by name, by kinship or by four eyes."""
    excluded = set(texts(_value(environment, attributes.exclude, context, always=True)))
    excluded |= _four_eyes(environment, attributes.extra.get("fourEyesWith"))
    assignee = _value(environment, attributes.assignee, context, always=True)
    role, unit = attributes.candidate_role, attributes.candidate_unit
    relatives = _relatives(environment, excluded)
    if names_stand_in(attributes) and absent(environment.uow.session, texts(assignee), environment.uow.today):
        banned = excluded.union(*relatives.values())
        assignee = _first_present(environment, attributes.extra.get("standIn"), context, banned)
        if assignee is None:
            role, unit = attributes.extra.get("standInRole"), attributes.extra.get("standInUnit")
    return assign(
        assignee=assignee,
        roles=_value(environment, role, context),
        units=_value(environment, unit, context) if unit else None,
        excluded=excluded,
        relatives=relatives,
    )


def names_stand_in(attributes: "UserTaskAttributes") -> bool:
    """Whether the diagram says who does it when the assignee is not there any more."""
    return bool(attributes.extra.get("standIn") or attributes.extra.get("standInRole"))


def _first_present(
    environment: StepEnvironment, text: str | None, context: Mapping[str, Any], banned: Collection[str]
) -> str | None:
    people = [one for one in texts(_value(environment, text, context, always=True)) if one not in banned]
    gone = absent(environment.uow.session, people, environment.uow.today)
    return next((one for one in people if one not in gone), None)


def _value(environment: StepEnvironment, text: str | None, context: Mapping[str, Any], *, always: bool = False) -> Any:
    """A literal, or the value of an expression (marked by ``=``, or where only an expression can stand)."""
    if not text:
        return None
    return environment.evaluate(text, context) if always or text.startswith("=") else text


def _relatives(environment: StepEnvironment, people: Collection[str]) -> dict[str, set[str]]:
    connection = environment.uow.link
    return {person: {row.relative_id for row in _RELATIVES.rows(connection, {"person": person})} for person in people}


def _four_eyes(environment: StepEnvironment, attribute: str | None) -> frozenset[str]:
    if not attribute:
        return frozenset()
    rows = _DECIDED.rows(environment.uow.link, {"instance_id": environment.instance_id})
    return excluded_by_earlier_steps(attribute, [(row.flow_node_id, row.decided_by) for row in rows])


def _deadline(environment: StepEnvironment, task: "OpenedUserTask", context: Mapping[str, Any]) -> Deadline | None:
    attributes = task.attributes
    if not attributes.due:
        return None
    anchor = as_instant(_value(environment, attributes.anchor, context, always=True)) if attributes.anchor else None
    return deadline_of(environment, attributes.due, context, anchor)


def deadline_of(
    environment: StepEnvironment, due: str, context: Mapping[str, Any], anchor: datetime | None
) -> Deadline | None:
    """What ``banli:due`` says: a deadline key, or an expression of an instant or a duration."""
    if not due.startswith("="):
        return environment.explained_deadline(due, context, anchor)
    value = environment.evaluate(due, context)
    start = anchor or environment.now()
    if isinstance(value, timedelta):
        return Deadline((start + value).astimezone(UTC), None, None, None, start)
    due_at = as_instant(value)
    return Deadline(due_at, None, None, None, None) if due_at else None


def as_instant(value: Any) -> datetime | None:
    """A FEEL value as an instant: a date means its 24:00, an instant without zone is Shanghai's."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=SHANGHAI)
        return aware.astimezone(UTC)
    return due_dates.end_of_day(value) if isinstance(value, date) else None
