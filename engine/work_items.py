"""What commands and pages share of a work item: reading it with its case, and who may do what with it."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, select

from engine.computed_once import computed_once
from engine.database.prepared import Prepared
from engine.errors import ConflictError, NotEntitledError, StaleWorkItemError, WorkItemNotFoundError
from engine.queries.organisation import names_of
from engine.requests import REQUEST, used_otherwise
from engine.rules.assignment import Assignment, Candidate, matching_candidate, may_handle
from engine.rules.due_dates import SHANGHAI
from engine.rules.visibility import may_read
from engine.step.environment import StepEnvironment
from engine.step.instance import COLUMNS, INSTANCE, KEY, LoadedInstance, from_row
from engine.unit_of_work import UnitOfWork
from models import ProcessInstance, UserTask, WorkItem, WorkItemCandidate, WorkItemState

ITEM = WorkItem.__table__
TASK = UserTask.__table__
CANDIDATE = WorkItemCandidate.__table__

_THIS: BindParameter[UUID] = bindparam("work_item_id")
_LOCK = Prepared(
    select(INSTANCE.c.version)
    .where(INSTANCE.c.id == select(ITEM.c.process_instance_id).where(ITEM.c.id == _THIS).scalar_subquery())
    .with_for_update(of=INSTANCE, key_share=True)
)
_COLUMNS = (
    ITEM.c.state,
    ITEM.c.version,
    ITEM.c.assignee_id,
    ITEM.c.assigned_directly,
    ITEM.c.excluded,
    ITEM.c.decided_by,
    ITEM.c.ended_at,
    TASK.c.id.label("task_id"),
    TASK.c.no,
    TASK.c.flow_node_id,
    TASK.c.name,
    TASK.c.form_key,
    TASK.c.local_variables,
    ITEM.c.request_id,
    *COLUMNS,
)
_CASE_AND_KEY = (
    ITEM.join(TASK, TASK.c.id == ITEM.c.user_task_id)
    .join(INSTANCE, INSTANCE.c.id == ITEM.c.process_instance_id)
    .outerjoin(KEY, KEY.c.process_instance_id == INSTANCE.c.id)
)
_WITH_CASE = Prepared(
    select(*_COLUMNS, REQUEST.c.command.label("other_request"))
    .select_from(_CASE_AND_KEY)
    .outerjoin(REQUEST, REQUEST.c.request_id == bindparam("request_id", type_=REQUEST.c.request_id.type))
    .where(ITEM.c.id == _THIS)
)
_CANDIDATES = Prepared(
    select(CANDIDATE.c.user_id, CANDIDATE.c.role, CANDIDATE.c.unit_id).where(CANDIDATE.c.work_item_id == _THIS)
)


class LoadedWorkItem:
    """A work item with its user task and its instance, as a command sees it.

    Attributes:
        assignee_id: who holds it.
        request_id: of the click that decided it.
    """

    def __init__(self, uow: UnitOfWork, work_item_id: UUID, row: Any, instance: LoadedInstance) -> None:
        self._uow = uow
        self._row = row
        self.id = work_item_id
        self.instance = instance
        self.state: WorkItemState = row.state
        self.version: int = row.version
        self.assignee_id: str | None = row.assignee_id
        self.task_id: UUID = row.task_id
        self.no: int = row.no
        self.flow_node_id: str = row.flow_node_id
        self.form_key: str | None = row.form_key
        self.request_id: str | None = row.request_id

    @property
    def task_name(self) -> str:
        """Of the user task, as people read it."""
        name: str = self._row.name
        return name

    @property
    def assigned_directly(self) -> bool:
        """Whether its assignee did not claim it."""
        directly: bool = self._row.assigned_directly
        return directly

    @property
    def decided_by(self) -> str | None:
        """Who decided it."""
        person: str | None = self._row.decided_by
        return person

    @property
    def ended_at(self) -> datetime | None:
        """When it was decided or fell away."""
        ended: datetime | None = self._row.ended_at
        return ended

    @computed_once
    def local_variables(self) -> dict[str, Any]:
        """Of its multi-instance or sub-process scope."""
        return self.instance.sealer.open(self._row.local_variables, f"local:{self.task_id}")

    @computed_once
    def assignment(self) -> Assignment:
        """Whom it waits for; its candidates are read when they are asked for."""
        excluded = frozenset(json.loads(self._row.excluded))
        return Assignment(self.assignee_id, candidates_of(self._uow, self.id), excluded)


def load_work_item(
    uow: UnitOfWork, work_item_id: UUID, *, for_update: bool = True, request_id: str | None = None
) -> LoadedWorkItem:
    """Read a work item with its case; the instance stays locked until the transaction ends.

    Args:
        uow: one transaction.
        work_item_id: the work item.
        for_update: lock the instance; SQLite's transactions that write are alone anyway.
        request_id: of the click that wants to decide it.

    Raises:
        WorkItemNotFoundError: there is none.
        ConflictError: the request was another command's.
    """
    wanted = {"work_item_id": work_item_id, "request_id": request_id or None}
    link = uow.link
    if for_update and link.kind != "sqlite":  # what was waited for is seen by the next statement only
        _LOCK.run_many(link, [wanted])
    row = _WITH_CASE.one_or_none(link, wanted)
    if row is None:
        raise WorkItemNotFoundError
    if row.other_request is not None:
        raise used_otherwise()
    return LoadedWorkItem(uow, work_item_id, row, from_row(uow, row))


def read_work_items(uow: UnitOfWork, work_item_ids: Collection[UUID]) -> dict[UUID, LoadedWorkItem]:
    """Read many work items with their cases in one statement, for a list; nothing is locked."""
    query = select(ITEM.c.id.label("work_item_id"), *_COLUMNS).select_from(_CASE_AND_KEY)
    rows = uow.connection.execute(query.where(ITEM.c.id.in_(work_item_ids)))
    return {row.work_item_id: LoadedWorkItem(uow, row.work_item_id, row, from_row(uow, row)) for row in rows}


def candidates_of(uow: UnitOfWork, work_item_id: UUID) -> tuple[Candidate, ...]:
    """Who may claim a work item."""
    rows = _CANDIDATES.rows(uow.link, {"work_item_id": work_item_id})
    return tuple(Candidate(row.user_id, row.role, row.unit_id) for row in rows)


def ensure_open(uow: UnitOfWork, item: LoadedWorkItem, expected_version: int | None) -> None:
    """Refuse what was overtaken.

    Raises:
        WorkItemNotFoundError: the actor may not even know of it.
        StaleWorkItemError: decided, cancelled, claimed by another or changed since the form was rendered.
    """
    ensure_known(uow, item)
    if item.state is WorkItemState.COMPLETED:
        raise stale(uow, item.decided_by, item.ended_at)
    if item.state is WorkItemState.CANCELLED:
        raise stale(uow, None, item.ended_at, what="收回")
    if item.assignee_id not in (None, uow.actor):
        raise stale(uow, item.assignee_id, None, what="认领")
    if expected_version is not None and expected_version != item.version:
        raise stale(uow, item.assignee_id, None, what="更改")


def ensure_for_one(uow: UnitOfWork, item: LoadedWorkItem) -> None:
    """Refuse to make somebody the holder of what stands in the open list: all the others could not do it any more.

    Raises:
        ConflictError: any entitled person may do it, as long as it is there.
    """
    if uow.connection.scalar(select(TASK.c.is_open).where(TASK.c.id == item.task_id)):
        raise ConflictError("公开征集的事项不需认领，也不保存草稿；请填写后直接提交")


def ensure_entitled(uow: UnitOfWork, item: LoadedWorkItem) -> str | None:
    """Refuse whoever may not handle the item; answers the role in which the actor acts.

    Raises:
        NotEntitledError: not a candidate, or excluded by recusal.
    """
    if uow.actor in item.assignment.excluded:
        raise NotEntitledError("按回避规定，您不能办理此事项")
    if not may_handle(uow.holder, item.assignment):
        raise NotEntitledError("此事项不由您办理，请回到待办查看")
    candidate = matching_candidate(uow.holder, item.assignment.candidates)
    return candidate.role if candidate else None


def ensure_known(uow: UnitOfWork, item: LoadedWorkItem) -> None:
    """Hide the item from whoever may neither handle it nor read its case."""
    assignment = Assignment(None, item.assignment.candidates, item.assignment.excluded)
    if item.assignee_id == uow.actor or may_handle(uow.holder, assignment) or can_read(uow, item.instance.id):
        return
    raise WorkItemNotFoundError


def can_read(uow: UnitOfWork, instance_id: UUID) -> bool:
    """Whether the actor may read the case."""
    query = select(ProcessInstance.id).where(ProcessInstance.id == instance_id, may_read(uow.holder))
    return uow.session.execute(query).one_or_none() is not None


def stale(uow: UnitOfWork, by: str | None, at: datetime | None, what: str = "办理") -> StaleWorkItemError:
    """The error with the name of who was quicker, and the time as people in Shanghai read it."""
    name = names_of(uow.session, [by]).get(by) if by else None
    return StaleWorkItemError(by=by, at=at.astimezone(SHANGHAI) if at else None, name=name, what=what)


def changed_once(rowcount: int) -> None:
    """A guarded UPDATE must hit exactly its one row; anything else means that another was quicker."""
    if rowcount != 1:
        raise overtaken()


def overtaken() -> ConflictError:
    """Another was quicker."""
    return ConflictError("此事项刚被更改，请重新打开")


def form_context(uow: UnitOfWork, item: LoadedWorkItem) -> dict[str, Any]:
    """The variables that conditions of the form see."""
    instance = item.instance
    environment = StepEnvironment(uow, instance.deployed, instance.id, instance.business_key, instance.started_by)
    return environment.context(instance.variables, item.local_variables)
