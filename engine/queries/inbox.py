"""The inbox: 待办, 已办, 我发起, 抄送. Every list but 待办 has a case once."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from engine.queries.incidents import count_open_incidents
from engine.queries.organisation import names_of
from engine.queries.processes import newest_deployments
from engine.rules.visibility import is_in_inbox, is_notice_of, is_unread_by, may_read
from engine.unit_of_work import UnitOfWork
from engine.values import loads
from models import (
    InstanceParticipant,
    Notice,
    ProcessInstance,
    User,
    UserTask,
    WorkItem,
    WorkItemState,
    waits,
)

TABS = ("todo", "done", "started", "copied")
COPIED = ("copied", "seconder", "joint", "follower")
MAX_PAGE = 200  # rows
SOON = timedelta(days=3)  # "due soon"
Starter = aliased(User)


@dataclass(frozen=True)
class InboxEntry:
    """One line: a work item (todo) or a case (done, started, copied).

    ``task_name`` is the step to do (todo) or the one this person did last (done); ``task_names`` what waits now in a
    case (started, copied).
    """

    instance_id: UUID
    work_item_id: UUID | None
    title: str | None
    number: str | None
    folder_key: str
    process_name: str
    task_name: str | None
    flow_node_id: str | None
    started_by: str | None
    started_by_name: str | None
    at: datetime  # arrived, done or last changed
    due_at: datetime | None
    status: str  # of the case: active, completed …
    decision: str | None = None
    is_claimable: bool = False
    is_batch: bool = False
    steps_done: int = 0  # by this person, in the tab done
    task_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class InboxPage:
    """One page of a tab."""

    entries: tuple[InboxEntry, ...]
    total: int
    page: int
    size: int
    steps: tuple[str, ...] = ()  # task names to filter by

    @property
    def pages(self) -> int:
        """Number of pages, at least one."""
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True)
class InboxFilters:
    """What narrows a tab: ``due`` "over" or "soon", name of the step, folder key of the process."""

    due: str | None = None
    step: str | None = None
    process: str | None = None


@dataclass(frozen=True)
class InboxCounts:
    """How many lines each tab has, and unread notices."""

    todo: int
    done: int
    started: int
    copied: int
    notices: int
    by_tab: dict[str, int] = field(default_factory=dict)
    incidents: int = 0  # for administrators; counted in ``todo`` as well


@dataclass(frozen=True)
class MenuCounts:
    """What waits for a person: things to do, unread notices; for administrators open incidents, which are todo too."""

    todo: int
    notices: int
    incidents: int


def inbox(
    uow: UnitOfWork,
    tab: str = "todo",
    *,
    filters: InboxFilters | None = None,
    q: str = "",
    page: int = 1,
    size: int | None = None,
) -> InboxPage:
    """One page of a tab of the actor's inbox.

    Args:
        uow: reading is enough.
        tab: one of ``TABS``; anything else is the first.
        filters: see ``InboxFilters``.
        q: part of title, number or starter's name.
        page: from 1; beyond the last page gives the last.
        size: rows, at most 200.
    """
    filters = filters or InboxFilters()
    size = min(size or uow.engine.settings.page_size, MAX_PAGE)
    items = tab not in ("started", "copied")
    conditions = [_of_tab(uow, tab), *_search(q), *_filtered(uow, filters, items=items)]
    query = _latest_of_each_case(conditions) if tab == "done" else _query(items).where(*conditions)
    total = uow.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    page = max(1, min(page, -(-total // size) or 1))
    rows = uow.session.execute(query.order_by(*_order(tab)).limit(size).offset((page - 1) * size))
    entries = _entries(uow, rows, tab)
    return InboxPage(entries, total, page, size, _steps(uow, tab) if items else ())


def inbox_counts(uow: UnitOfWork) -> InboxCounts:
    """The numbers beside the tabs."""
    menu = menu_counts(uow)
    numbers = {"todo": menu.todo}
    for tab in TABS[1:]:
        counted = func.count(ProcessInstance.id.distinct())  # a case once, however many steps were done in it
        query = _query(tab == "done").with_only_columns(counted).where(_of_tab(uow, tab))
        numbers[tab] = uow.session.scalar(query) or 0
    return InboxCounts(**numbers, notices=menu.notices, by_tab=numbers, incidents=menu.incidents)


def menu_counts(uow: UnitOfWork) -> MenuCounts:
    """What every page shows in its menu."""
    todo = _query(items=True).with_only_columns(func.count(WorkItem.id)).where(_of_tab(uow, "todo"))
    unread = select(func.count()).select_from(Notice).where(is_notice_of(uow.holder), is_unread_by(uow.holder))
    incidents = count_open_incidents(uow)
    return MenuCounts((uow.session.scalar(todo) or 0) + incidents, uow.session.scalar(unread) or 0, incidents)


def _query(items: bool) -> Select[*tuple[Any, ...]]:
    case = (
        ProcessInstance.id.label("instance_id"),
        ProcessInstance.title,
        ProcessInstance.number,
        ProcessInstance.folder_key,
        ProcessInstance.started_by,
        ProcessInstance.status,
        ProcessInstance.changed_at,
        ProcessInstance.started_at,
    )
    if not items:
        return select(*case).outerjoin(Starter, Starter.id == ProcessInstance.started_by)
    return (
        select(
            *case,
            WorkItem.id.label("work_item_id"),
            WorkItem.assignee_id,
            WorkItem.created_at,
            WorkItem.ended_at,
            WorkItem.decision,
            WorkItem.draft,
            UserTask.name.label("task_name"),
            UserTask.flow_node_id,
            UserTask.due_at,
            UserTask.is_batch,
        )
        .select_from(WorkItem)
        .join(UserTask, UserTask.id == WorkItem.user_task_id)
        .join(ProcessInstance, ProcessInstance.id == WorkItem.process_instance_id)
        .outerjoin(Starter, Starter.id == ProcessInstance.started_by)
    )


def _latest_of_each_case(conditions: Iterable[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    """Of each case the work item that was done last, with how many there are."""
    case = WorkItem.process_instance_id
    place = func.row_number().over(partition_by=case, order_by=(WorkItem.ended_at.desc(), WorkItem.id.desc()))
    ranked = (
        _query(items=True)
        .with_only_columns(WorkItem.id, place.label("place"), func.count().over(partition_by=case).label("steps_done"))
        .where(*conditions)
        .subquery()
    )
    return (
        _query(items=True)
        .add_columns(ranked.c.steps_done)
        .join(ranked, ranked.c.id == WorkItem.id)
        .where(ranked.c.place == 1)
    )


def _of_tab(uow: UnitOfWork, tab: str) -> ColumnElement[bool]:
    match tab:
        case "done":
            decided = and_(WorkItem.state == WorkItemState.COMPLETED, WorkItem.decided_by == uow.actor)
            return and_(decided, may_read(uow.holder))  # a case sealed since then has left the list
        case "started":
            return ProcessInstance.started_by == uow.actor
        case "copied":
            part = exists().where(
                InstanceParticipant.process_instance_id == ProcessInstance.id,
                InstanceParticipant.user_id == uow.actor,
                InstanceParticipant.part.in_(COPIED),
            )
            return and_(part, may_read(uow.holder))
        case _:
            return is_in_inbox(uow.holder)


def _search(q: str) -> list[ColumnElement[bool]]:
    text = q.strip()[:60]
    if not text:
        return []
    columns = (ProcessInstance.title, ProcessInstance.number, Starter.name)
    return [or_(*(column.contains(text, autoescape=True) for column in columns))]


def _filtered(uow: UnitOfWork, filters: InboxFilters, *, items: bool) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.process:
        conditions.append(ProcessInstance.folder_key == filters.process)
    if items and filters.step:
        conditions.append(UserTask.name == filters.step)
    if items and filters.due == "over":
        conditions.append(UserTask.due_at < uow.now)
    if items and filters.due == "soon":
        conditions.append(and_(UserTask.due_at >= uow.now, UserTask.due_at <= uow.now + SOON))
    return conditions


def _order(tab: str) -> tuple[Any, ...]:
    match tab:
        case "done":
            return (WorkItem.ended_at.desc(), WorkItem.id)
        case "started" | "copied":
            return (ProcessInstance.changed_at.desc(), ProcessInstance.id)
        case _:
            return (UserTask.due_at.is_(None), UserTask.due_at, WorkItem.created_at, WorkItem.id)


def _steps(uow: UnitOfWork, tab: str) -> tuple[str, ...]:
    query = (
        select(UserTask.name)
        .select_from(WorkItem)
        .join(UserTask, UserTask.id == WorkItem.user_task_id)
        .join(ProcessInstance, ProcessInstance.id == WorkItem.process_instance_id)
        .where(_of_tab(uow, tab))
        .distinct()
        .order_by(UserTask.name)
        .limit(MAX_PAGE)
    )
    return tuple(uow.session.scalars(query))


def _entries(uow: UnitOfWork, rows: Iterable[Any], tab: str) -> tuple[InboxEntry, ...]:
    found = list(rows)
    names = names_of(uow.session, {row.started_by for row in found if row.started_by})
    processes = process_names(uow)
    entries = tuple(_entry(row, tab, names, processes) for row in found)
    return _with_place(uow, entries) if tab in ("started", "copied") else entries


def _with_place(uow: UnitOfWork, entries: tuple[InboxEntry, ...]) -> tuple[InboxEntry, ...]:
    """Cases with what waits now, and with the title typed into a draft that this person has not sent yet."""
    rows = uow.session.execute(
        select(UserTask.process_instance_id, UserTask.name, WorkItem.draft, WorkItem.assignee_id)
        .join(WorkItem, WorkItem.user_task_id == UserTask.id)
        .where(
            UserTask.process_instance_id.in_([entry.instance_id for entry in entries]),
            waits(),
        )
        .order_by(UserTask.no, WorkItem.id)
    )
    steps: dict[UUID, list[str]] = {}
    titles: dict[UUID, str | None] = {}
    for row in rows:
        steps.setdefault(row.process_instance_id, []).append(row.name)
        if row.assignee_id == uow.actor:
            titles.setdefault(row.process_instance_id, draft_title(row.draft))
    return tuple(
        replace(
            entry,
            title=entry.title or titles.get(entry.instance_id),
            task_names=tuple(dict.fromkeys(steps.get(entry.instance_id, ()))),
        )
        for entry in entries
    )


def _entry(row: Any, tab: str, names: dict[str, str], processes: dict[str, str]) -> InboxEntry:
    common = {
        "instance_id": row.instance_id,
        "number": row.number,
        "folder_key": row.folder_key,
        "process_name": processes.get(row.folder_key, row.folder_key),
        "started_by": row.started_by,
        "started_by_name": names.get(row.started_by or ""),
        "status": row.status.value,
    }
    if tab in ("started", "copied"):
        return InboxEntry(
            **common,
            work_item_id=None,
            title=row.title,
            task_name=None,
            flow_node_id=None,
            at=row.changed_at,
            due_at=None,
        )
    return InboxEntry(
        **common,
        work_item_id=row.work_item_id,
        title=row.title or draft_title(row.draft),
        task_name=row.task_name,
        flow_node_id=row.flow_node_id,
        at=row.ended_at or row.created_at,
        due_at=row.due_at,
        decision=row.decision,
        is_claimable=tab != "done" and row.assignee_id is None,
        is_batch=row.is_batch,
        steps_done=row.steps_done if tab == "done" else 0,
    )


def draft_title(draft: str | None) -> str | None:
    """The title that was typed into a draft and not sent yet."""
    title = loads(draft).get("title") if draft else None
    return title[:500] if isinstance(title, str) and title.strip() else None


def process_names(uow: UnitOfWork) -> dict[str, str]:
    """Chinese names of the processes, by folder key."""
    return {each.key: each.manifest.name for each in newest_deployments(uow)}
