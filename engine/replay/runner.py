"""The replay itself: the earliest of what people will do and of what is due, again and again, until nothing is left."""

import heapq
import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, case, func, select

from engine.bootstrap import Engine
from engine.commands.complete_work_item import complete_work_item
from engine.commands.save_draft import save_draft
from engine.commands.start_instance import start_instance
from engine.database.prepared import Prepared
from engine.errors import InvalidInputError, StaleWorkItemError
from engine.replay import surroundings
from engine.replay.answers import Answers, Companion, TaskAnswer
from engine.replay.clock import MovableClock
from engine.replay.errors import ReplayError
from engine.replay.lines import Line
from engine.rules.due_dates import SHANGHAI
from engine.step.opening import as_instant
from engine.unit_of_work import UnitOfWork
from engine.work_items import LoadedWorkItem, form_context, load_work_item
from models import HistoryEvent, InstanceStatus, Job, JobState, ProcessInstance, UserTask, WorkItem, WorkItemState

JOB, ITEM, TASK, INSTANCE = Job.__table__, WorkItem.__table__, UserTask.__table__, ProcessInstance.__table__
_OPEN = (
    select(ITEM.c.id, ITEM.c.process_instance_id, ITEM.c.created_at, TASK.c.flow_node_id)
    .join(TASK, TASK.c.id == ITEM.c.user_task_id)
    .where(ITEM.c.state == WorkItemState.OPEN)
    .order_by(ITEM.c.created_at, TASK.c.no)
)
_OPEN_ITEMS = Prepared(_OPEN)
_OPEN_ITEMS_OF_INSTANCE = Prepared(_OPEN.where(ITEM.c.process_instance_id == bindparam("instance_id")))
# a job that a killed replay still holds is free again when its lease ends
_FREE_AT = case((JOB.c.locked_until > JOB.c.due_at, JOB.c.locked_until), else_=JOB.c.due_at)
_NEXT_DUE = Prepared(select(func.min(_FREE_AT).label("due_at")).where(JOB.c.state == JobState.WAITING))
_STATE_AND_VERSION = Prepared(
    select(ITEM.c.state, INSTANCE.c.version)
    .join(INSTANCE, INSTANCE.c.id == ITEM.c.process_instance_id)
    .where(ITEM.c.id == bindparam("item_id"))
)
Progress = Callable[[int, int, datetime], None]  # cases done, cases in all, simulated now


@dataclass(order=True)
class Planned:
    """Something a person will do at an instant."""

    at: datetime
    order: int
    act: Callable[[], None] = field(compare=False)


@dataclass(frozen=True)
class PlannedTask:
    """A user task that somebody will complete; ``context`` holds while the instance keeps ``version``."""

    item_id: UUID
    instance_id: UUID
    node: str
    line: Line
    answer: TaskAnswer
    actor: str
    version: int
    context: Mapping[str, Any]


@dataclass
class ReplayResult:
    """What a replay did.

    Attributes:
        cases: lines, whether driven now or found done.
        ended: cases that have ended.
        drafts: cases whose form was refused and that stay a draft, with the messages by field.
        actions: steps taken by people in this run.
        jobs: timers and messages carried out in this run.
        unanswered: open work items for which the answers say nothing, by user task.
    """

    cases: int = 0
    ended: int = 0
    drafts: dict[str, Mapping[str, str]] = field(default_factory=dict)
    actions: int = 0
    jobs: int = 0
    unanswered: dict[str, int] = field(default_factory=dict)


class Replay:
    """Drives lines through one process folder. Killed and started again it goes on where it was."""

    def __init__(
        self,
        engine: Engine,
        clock: MovableClock,
        process_key: str,
        answers: Answers,
        lines: Iterable[Line],
        *,
        present: datetime,
        limit: datetime | None = None,
        progress: Progress | None = None,
    ) -> None:
        """See the attributes of `Line`.

        Args:
            engine: wired with ``clock``.
            clock: moved to each event.
            process_key: folder key.
            answers: what people fill in.
            lines: the caseload.
            present: the instant that the answers know as ``present``.
            limit: events after it do not happen; None: everything does.
            progress: told now and then how far it is.
        """
        self.engine, self.clock, self.process_key, self.answers = engine, clock, process_key, answers
        self.lines = list(lines)
        self.present, self.limit, self.progress = present.astimezone(SHANGHAI), limit, progress
        self.result = ReplayResult(cases=len(self.lines))
        self._agenda: list[Planned] = []
        self._order = itertools.count()
        self._seen: set[UUID] = set()
        self._line_of: dict[UUID, Line] = {}  # instance → line; a season stands under a line of its own
        self._cases: dict[str, str] = {}  # line id → case id
        self._congresses: dict[str, dict[str, Any]] = {}
        self._holders: dict[str, dict[str, list[str]]] = {}
        self._directory = surroundings.Directory()
        self._next_due: datetime | None = None

    def run(self) -> ReplayResult:
        """Go through the whole caseload."""
        self._prepare()
        shown = 0
        while (moment := self._next_moment()) is not None and (self.limit is None or moment <= self.limit):
            self.clock.move_to(moment)
            if self._agenda and self._agenda[0].at <= moment:
                heapq.heappop(self._agenda).act()
            else:
                self._run_jobs()
            shown += 1
            if self.progress is not None and shown % 50 == 0:
                self.progress(self._ended(), len(self.lines), self.clock.now())
        self.result.ended = self._ended()
        if self.progress is not None:
            self.progress(self.result.ended, len(self.lines), self.clock.now())
        return self.result

    # --- what there is to do ------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        with self.engine.reading() as uow:
            self._holders = surroundings.holders(uow.session)
            for line in self.lines:
                if line.congress not in self._congresses:
                    self._congresses[line.congress] = surroundings.congress_context(uow.session, line.congress)
            present = dict(
                uow.session.execute(
                    select(ProcessInstance.business_key, ProcessInstance.id).where(
                        ProcessInstance.folder_key == self.process_key, ProcessInstance.business_key.is_not(None)
                    )
                ).all()
            )
        companion = self.answers.companion
        for index, congress in enumerate(self._congresses.values(), start=1):
            if companion is not None:
                self._plan_companion(companion, congress, index, present)
        for line in self.lines:
            self._plan_start(line, present)
        self._go_on_from_last_event()
        self._discover(None)

    def _go_on_from_last_event(self) -> None:
        """A replay that was stopped goes on at the instant it had reached, when people held their roles."""
        with self.engine.reading() as uow:
            reached = uow.session.scalar(
                select(func.max(HistoryEvent.at)).where(HistoryEvent.process_instance_id.in_(self._line_of))
            )
        if reached is not None:
            self.clock.move_to(reached)

    def _plan_start(self, line: Line, present: Mapping[str | None, UUID]) -> None:
        if (found := present.get(line.key)) is not None:
            self._adopt(found, line)
            return
        at = as_instant(self.answers.start_at.value(self._names(line)))
        if at is None:
            raise ReplayError(f"{line.key}：start.at 没有得出时间")
        self._plan(at, lambda: self._start(line))

    def _plan_companion(
        self, companion: Companion, congress: dict[str, Any], index: int, present: Mapping[str | None, UUID]
    ) -> None:
        key = str(companion.key.value({"congress": congress}))
        line = Line(key, index, congress["id"], {}, None)
        if (found := present.get(key)) is not None:
            self._adopt(found, line)
            return
        at = as_instant(companion.at.value(self._names(line)))
        if at is None:
            raise ReplayError("season.at 没有得出时间")
        self._plan(at, lambda: self._start_companion(companion, line))

    def _plan(self, at: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, Planned(at, next(self._order), act))

    def _next_moment(self) -> datetime | None:
        planned = self._agenda[0].at if self._agenda else None
        due = None if self._next_due is None else max(self._next_due, self.clock.now())
        return min((each for each in (planned, due) if each is not None), default=None)

    # --- what people do -----------------------------------------------------------------------------------------

    def _start(self, line: Line) -> None:
        names = self._names(line)
        by = self.answers.start_by.value(names)
        if not isinstance(by, str):
            raise ReplayError(f"{line.key}：start.by 没有得出人")
        variables = self.answers.start_variables.value(names) if self.answers.start_variables else {}
        with self.engine.unit_of_work(actor=by) as uow:
            started = start_instance(
                uow,
                self.process_key,
                variables=variables,
                business_key=line.key,
                request_id=f"replay:{self.process_key}:{line.key}:start",
            )
        self._adopt(started.instance_id, line)
        self._done(started.instance_id)

    def _start_companion(self, companion: Companion, line: Line) -> None:
        people = next(iter(self._holders.get(companion.by_role, {}).values()), [])
        if not people:
            raise ReplayError(f"没有人担任 {companion.by_role}")
        with self.engine.unit_of_work(actor=people[0]) as uow:
            started = start_instance(
                uow,
                self.process_key,
                business_key=line.key,
                process_id=companion.process,
                request_id=f"replay:{self.process_key}:{line.key}:start",
            )
        self._line_of[started.instance_id] = line
        self._done(started.instance_id)

    def _complete(self, task: PlannedTask) -> None:
        context = self._context_now(task)
        if context is None:
            return
        data = task.answer.form_data(context)
        if task.answer.keep_draft is not None and task.answer.keep_draft.value(context) is True:
            self._keep_draft(task, data)
            return
        try:
            with self.engine.unit_of_work(actor=task.actor) as uow:
                request_id = f"replay:{task.item_id}"
                complete_work_item(uow, task.item_id, data, request_id=request_id, expected_version=None)
        except InvalidInputError as refused:
            allowed = task.answer.may_be_refused
            if allowed is None or allowed.value(context) is not True:
                raise ReplayError(f"{task.line.key} {task.node}：{dict(refused.fields)}") from refused
            self._keep_draft(task, data)
            self.result.drafts[task.line.key] = dict(refused.fields)
        except StaleWorkItemError:
            return
        self._done(task.instance_id)

    def _context_now(self, task: PlannedTask) -> dict[str, Any] | None:
        """What the answer sees when it is given; None when the task no longer waits."""
        with self.engine.reading() as uow:
            row = _STATE_AND_VERSION.one_or_none(uow.link, {"item_id": task.item_id})
            if WorkItemState(row.state) is not WorkItemState.OPEN:
                return None
            if row.version == task.version:
                return {**task.context, "now": uow.now.astimezone(SHANGHAI), "today": uow.today, "cases": self._cases}
            return self._item_context(uow, load_work_item(uow, task.item_id, for_update=False), task.line)

    def _keep_draft(self, task: PlannedTask, data: Mapping[str, Any]) -> None:
        with self.engine.unit_of_work(actor=task.actor) as uow:
            save_draft(uow, task.item_id, data)

    def _run_jobs(self) -> None:
        done = self.engine.run_due_jobs()
        self.result.jobs += done
        self._discover(None)

    # --- what that leads to -------------------------------------------------------------------------------------

    def _adopt(self, instance_id: UUID, line: Line) -> None:
        self._line_of[instance_id] = line
        self._cases[line.key] = str(instance_id)

    def _done(self, instance_id: UUID) -> None:
        self.result.actions += 1
        self._discover(instance_id)

    def _discover(self, instance_id: UUID | None) -> None:
        """Plan what is open and was not yet seen, in one instance or in all."""
        query = _OPEN_ITEMS if instance_id is None else _OPEN_ITEMS_OF_INSTANCE
        with self.engine.reading() as uow:
            self._next_due = _NEXT_DUE.one_or_none(uow.link, {}).due_at
            for row in query.rows(uow.link, {"instance_id": instance_id} if instance_id else {}):
                line = self._line_of.get(row.process_instance_id)
                if line is not None and row.id not in self._seen:
                    self._seen.add(row.id)
                    self._plan_item(uow, row.id, row.flow_node_id, row.created_at, line)

    def _plan_item(self, uow: UnitOfWork, item_id: UUID, node: str, created: datetime, line: Line) -> None:
        answer = self.answers.tasks.get(node)
        if node == line.until and (answer is None or answer.keep_draft is None):
            return
        if answer is None:
            if node in self.answers.tasks:
                return
            self.result.unanswered[node] = self.result.unanswered.get(node, 0) + 1
            return
        item = load_work_item(uow, item_id, for_update=False)
        actor = self._directory.entitled_person(uow, item.assignment, line.index)
        if actor is None:
            raise ReplayError(f"{line.key} {node}：没有人可以办理")
        context = self._item_context(uow, item, line)
        pace = self.answers.pace.value(context) if self.answers.pace else None
        at = answer.instant({**context, "created": created.astimezone(SHANGHAI)}, created, pace)
        if self.answers.office_hours is not None:
            at = self.answers.office_hours.next_after(at, weekends=pace is not None)
        task = PlannedTask(item_id, item.instance.id, node, line, answer, actor, item.instance.version, context)
        self._plan(max(at, created), lambda: self._complete(task))

    def _item_context(self, uow: UnitOfWork, item: LoadedWorkItem, line: Line) -> dict[str, Any]:
        return {**form_context(uow, item), **self._names(line)}

    def _names(self, line: Line) -> dict[str, Any]:
        return {
            "case": line.case,
            "index": Decimal(line.index),
            "congress": self._congresses[line.congress],
            "cases": self._cases,
            "holders": self._holders,
            "present": self.present,
        }

    def _ended(self) -> int:
        ids = [UUID(self._cases[line.key]) for line in self.lines if line.key in self._cases]
        with self.engine.reading() as uow:
            active = set(
                uow.session.scalars(
                    select(ProcessInstance.id).where(
                        ProcessInstance.folder_key == self.process_key, ProcessInstance.status == InstanceStatus.ACTIVE
                    )
                )
            )
        return sum(each not in active for each in ids)
