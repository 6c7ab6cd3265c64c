"""The open list: tasks that whoever is entitled may take without being asked, e.g. to second a motion."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from engine.queries.inbox import MAX_PAGE, process_names
from engine.queries.organisation import names_of
from engine.rules.visibility import is_offered_to
from engine.unit_of_work import UnitOfWork
from models import ProcessInstance, UserTask, WorkItem


@dataclass(frozen=True)
class OpenTask:
    """One task of the open list."""

    work_item_id: UUID
    instance_id: UUID
    version: int
    flow_node_id: str
    task_name: str
    title: str | None
    number: str | None
    folder_key: str
    process_name: str
    started_by: str | None
    started_by_name: str | None
    created_at: datetime
    due_at: datetime | None


def open_list(
    uow: UnitOfWork, *, process: str | None = None, q: str = "", page: int = 1, size: int | None = None
) -> tuple[list[OpenTask], int]:
    """Open tasks the actor may take, the soonest due first, and how many there are in all."""
    size = min(size or uow.engine.settings.page_size, MAX_PAGE)
    query = (
        select(WorkItem, UserTask, ProcessInstance)
        .join(UserTask, UserTask.id == WorkItem.user_task_id)
        .join(ProcessInstance, ProcessInstance.id == WorkItem.process_instance_id)
        .where(UserTask.is_open, is_offered_to(uow.holder))
    )
    if process:
        query = query.where(ProcessInstance.folder_key == process)
    if q.strip():
        query = query.where(ProcessInstance.title.contains(q.strip()[:60], autoescape=True))
    total = uow.session.scalar(select(func.count()).select_from(query.with_only_columns(WorkItem.id).subquery())) or 0
    ordered = query.order_by(UserTask.due_at.is_(None), UserTask.due_at, WorkItem.created_at, WorkItem.id)
    found_rows = uow.session.execute(ordered.limit(size).offset((max(page, 1) - 1) * size))
    rows = [(row[0], row[1], row[2]) for row in found_rows]
    names = names_of(uow.session, {case.started_by for _, _, case in rows if case.started_by})
    processes = process_names(uow) if rows else {}
    found = [
        OpenTask(
            item.id,
            case.id,
            item.version,
            task.flow_node_id,
            task.name,
            case.title,
            case.number,
            case.folder_key,
            processes.get(case.folder_key, case.folder_key),
            case.started_by,
            names.get(case.started_by or ""),
            item.created_at,
            task.due_at,
        )
        for item, task, case in rows
    ]
    return found, total
