"""Writing a step: every row of it, in the transaction of the unit of work. No ORM here."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from operator import is_
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import bindparam, delete, select, update

from engine.database.prepared import Prepared, insert_into
from engine.errors import BusyError
from engine.rules.numbering import plain
from engine.search.index import index_step
from engine.secrecy.decided import result_text
from engine.step.history import HistoryEntry, chain
from engine.step.ids import ordered_id
from engine.step.instance import INSTANCE, LoadedInstance, listed_texts
from engine.step.opening import Opening
from engine.step.vacancy import raise_vacancies
from engine.step.writes import PendingWrites, upsert, write_pending
from engine.unit_of_work import UnitOfWork
from engine.values import dumps
from models import (
    DecisionInstance,
    EventSubscription,
    HistoryEvent,
    Incident,
    InstanceStatus,
    Job,
    JobKind,
    JobState,
    ReportValue,
    SubscriptionKind,
    UserTask,
    WorkItem,
    WorkItemCandidate,
    WorkItemState,
)

if TYPE_CHECKING:
    from engine.spiff import Effects, Wait

TASK = UserTask.__table__
ITEM = WorkItem.__table__
CANDIDATE = WorkItemCandidate.__table__
JOB = Job.__table__
SUBSCRIPTION = EventSubscription.__table__
DECISION = DecisionInstance.__table__
REPORT = ReportValue.__table__
INCIDENT = Incident.__table__
HISTORY = HistoryEvent.__table__
SUBSCRIBED = {kind.value: kind for kind in SubscriptionKind}
MESSAGE_PLACE = "message"  # where a sent message's data are sealed, with the sender's key
TEXT_LIMIT = 255  # characters of report_value.text
_ADD_INSTANCE = insert_into(INSTANCE)
_ADD_HISTORY = insert_into(HISTORY)
_ADD_TASK = insert_into(TASK)
_ADD_ITEM = insert_into(ITEM)
_ADD_CANDIDATE = insert_into(CANDIDATE)
_ADD_JOB = insert_into(JOB)
_ADD_SUBSCRIPTION = insert_into(SUBSCRIPTION)
_ADD_DECISION = insert_into(DECISION)
_ADD_INCIDENT = insert_into(INCIDENT)
_PUT_REPORT_VALUE = upsert(REPORT, ("process_instance_id", "name"), ("value", "text"))
_LIVE = ("state", "variables", "changed_at", "history_length", "history_head")
_LISTED = ("title", "number", "period", "status", "is_sealed", "ended_at", "end_event_id")  # most have an index


def _change_instance(names: tuple[str, ...]) -> Prepared:
    return Prepared(
        update(INSTANCE)
        .where(INSTANCE.c.id == bindparam("instance_id"), INSTANCE.c.version == bindparam("known_version"))
        .values(version=INSTANCE.c.version + 1, **{name: bindparam(name) for name in names})
    )


# an index is written anew whenever a column of it is named, changed or not: most steps name none
_CHANGE_LIVE, _CHANGE_ALL = _change_instance(_LIVE), _change_instance(_LIVE + _LISTED)
_CHANGE_HEAD = Prepared(
    update(INSTANCE)
    .where(INSTANCE.c.id == bindparam("instance_id"))
    .values(history_length=bindparam("length"), history_head=bindparam("head"))
)
_THIS_TASK = (TASK.c.process_instance_id == bindparam("instance_id"), TASK.c.no == bindparam("task_no"))
_CANCEL_ITEMS = Prepared(
    update(ITEM)
    .where(ITEM.c.process_instance_id == bindparam("instance_id"))
    .where(ITEM.c.user_task_id == select(TASK.c.id).where(*_THIS_TASK).scalar_subquery())
    .where(ITEM.c.state == WorkItemState.OPEN)
    .values(state=WorkItemState.CANCELLED, ended_at=bindparam("at"), version=ITEM.c.version + 1)
)
_WAITS_OF_INSTANCE = SUBSCRIPTION.c.process_instance_id == bindparam("instance_id")
_TIMERS_OF_INSTANCE = (JOB.c.process_instance_id == bindparam("instance_id"), JOB.c.kind == JobKind.TIMER)
_DROP_ALL_WAITS = Prepared(delete(SUBSCRIPTION).where(_WAITS_OF_INSTANCE))
_DROP_ALL_TIMERS = Prepared(delete(JOB).where(*_TIMERS_OF_INSTANCE))
_DROP_WAIT = Prepared(delete(SUBSCRIPTION).where(_WAITS_OF_INSTANCE, SUBSCRIPTION.c.no == bindparam("wait_no")))
_DROP_TIMER = Prepared(delete(JOB).where(*_TIMERS_OF_INSTANCE, JOB.c.no == bindparam("wait_no")))
STANDSTILL = "stands-still"
_STANDSTILLS = Prepared(
    select(INCIDENT.c.id).where(
        INCIDENT.c.process_instance_id == bindparam("instance_id"),
        INCIDENT.c.code == STANDSTILL,
        INCIDENT.c.resolved_at.is_(None),
    )
)
ENDED = {
    "completed": InstanceStatus.COMPLETED,
    "terminated": InstanceStatus.TERMINATED,
    "cancelled": InstanceStatus.CANCELLED,
    "error": InstanceStatus.FAILED,
}


class Step(Struct, eq=False):
    """Everything a step is about to write."""

    instance: LoadedInstance
    effects: "Effects"
    variables_before: Mapping[str, Any] | None  # None: the instance begins
    variables: Mapping[str, Any]
    state: bytes
    openings: Sequence[Opening]
    shown: Sequence[Opening]  # those of them that were not closed within the step: nobody ever saw the others
    entries: Sequence[HistoryEntry]
    pending: PendingWrites | None
    stored_state: bytes = b""  # what was written for the two
    stored_variables: str = ""
    hidden: Mapping[str, Any] | None = None  # the variables as they were encoded; None where they were not

    @property
    def is_sealed_now(self) -> bool:
        """Whether this step leaves the case's text to the named few."""
        return self.pending is not None and self.pending.sealed_for is not None


def write_step(uow: UnitOfWork, step: Step) -> None:
    """Write a step.

    Raises:
        BusyError: the instance changed since it was loaded; nothing may be kept of this transaction.
    """
    rows, head = chain(step.entries, step.instance.head, step.instance.id, uow.now, step.instance.sealer)
    _write_instance(uow, step, head.length, head.hash)
    _ADD_HISTORY.run_many(uow.link, rows)
    if len(step.effects.closed) > 1 or (step.effects.closed and step.effects.closed[0].outcome == "cancelled"):
        _cancel_tasks(uow, step)
    if step.openings:
        _open_tasks(uow, step)
    effects = step.effects
    if effects.waits_opened or effects.waits_closed or effects.ended:
        _write_waits(uow, step)
    if effects.sent:
        _write_sent(uow, step)
    if effects.decisions:
        _write_decisions(uow, step)
    if step.instance.deployed.manifest.report_variables:
        _write_report_values(uow, step)
    if step.pending is not None:
        write_pending(uow.link, step.pending, step.instance.id, uow.now)
    _index_for_search(uow, step)
    if step.shown:
        raise_vacancies(uow, step.instance.id, step.shown)
    if effects.ended:
        _write_incident(uow, step)


def _index_for_search(uow: UnitOfWork, step: Step) -> None:
    if not step.instance.deployed.manifest.data.get("similar_on"):
        return
    index_step(
        uow.connection,
        step.instance.id,
        step.instance.deployed.manifest.data,
        step.variables_before,
        step.variables,
        sealed=step.is_sealed_now,
    )


def _write_instance(uow: UnitOfWork, step: Step, history_length: int, history_head: str) -> None:
    instance = step.instance
    step.stored_state = instance.sealer.seal_state(step.state)
    is_unchanged = _is_unchanged(step)
    # the stored text again where no value was set: it is not encoded, and not encrypted, anew
    step.stored_variables = instance.variables_text if is_unchanged else _variables_text(step)
    values: dict[str, Any] = {
        "state": step.stored_state,
        "variables": step.stored_variables,
        "changed_at": uow.now,
        "history_length": history_length,
        "history_head": history_head,
        "instance_id": instance.id,
        "known_version": instance.version,
    }
    if step.variables_before is None:
        _insert_instance(uow, step, values | _shown(uow, step))
        return
    change = _CHANGE_LIVE
    if step.effects.ended or step.is_sealed_now or not (is_unchanged or _is_listed_as_before(step)):
        values |= _shown(uow, step)
        change = _CHANGE_ALL
    change.expect(uow.link, values, BusyError)


def _is_unchanged(step: Step) -> bool:
    """Whether no variable was set."""
    before, after = step.variables_before, step.variables
    return before is not None and list(before) == list(after) and all(map(is_, before.values(), after.values()))


def _is_listed_as_before(step: Step) -> bool:
    """Whether no variable was touched of which lists show something."""
    before, after, manifest = step.variables_before or {}, step.variables, step.instance.deployed.manifest
    names = manifest.listed_variables
    if all(map(is_, map(before.get, names), map(after.get, names))):
        return True
    return listed_texts(manifest, before) == listed_texts(manifest, after)


def _variables_text(step: Step) -> str:
    step.hidden = step.instance.sealer.hide(step.variables, "variables")
    return dumps(step.hidden)


def _insert_instance(uow: UnitOfWork, step: Step, values: dict[str, Any]) -> None:
    instance = step.instance
    row = {
        **values,
        "id": instance.id,
        "process_definition_id": instance.deployed.process_definition_ids[instance.process_key],
        "process_key": instance.process_key,
        "folder_key": instance.deployed.key,
        "business_key": instance.business_key,
        "version": 1,
        "started_by": instance.started_by,
        "started_at": uow.now,
    }
    _ADD_INSTANCE.run_many(uow.link, [row])


def _shown(uow: UnitOfWork, step: Step) -> dict[str, Any]:
    """Columns for lists."""
    ended = step.effects.ended
    return {
        **listed_texts(step.instance.deployed.manifest, step.variables),
        "status": ENDED[ended.status] if ended else step.instance.status,
        "is_sealed": step.instance.is_sealed or step.is_sealed_now,
        "ended_at": uow.now if ended else None,
        "end_event_id": ended.end_event_id if ended else None,
    }


def _cancel_tasks(uow: UnitOfWork, step: Step) -> None:
    """A completed task was closed with its work item by its command; what is cancelled falls away."""
    opened = {opening.task.no for opening in step.openings}
    rows = [
        {"instance_id": step.instance.id, "task_no": task.no, "at": uow.now}
        for task in step.effects.closed
        if task.outcome == "cancelled" and task.no not in opened
    ]
    _CANCEL_ITEMS.run_many(uow.link, rows)


def _open_tasks(uow: UnitOfWork, step: Step) -> None:
    tasks: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    candidates: list[dict[str, Any]] = []
    for opening in step.shown:
        task = _task_row(uow, step, opening)
        item = _item_row(uow, step, opening, task["id"])
        tasks.append(task)
        items.append(item)
        candidates.extend(
            {
                "work_item_id": item["id"],
                "no": no,
                "user_id": candidate.user_id,
                "role": candidate.role,
                "unit_id": candidate.unit_id,
            }
            for no, candidate in enumerate(opening.assignment.candidates, start=1)
        )
    for statement, rows in ((_ADD_TASK, tasks), (_ADD_ITEM, items), (_ADD_CANDIDATE, candidates)):
        statement.run_many(uow.link, rows)


def _task_row(uow: UnitOfWork, step: Step, opening: Opening) -> dict[str, Any]:
    task, identifier = opening.task, ordered_id(uow.now)
    return {
        "id": identifier,
        "process_instance_id": step.instance.id,
        "no": task.no,
        "flow_node_id": task.flow_node_id,
        "name": (task.name or task.flow_node_id)[:255],
        "lane": task.lane,
        "form_key": task.form_key,
        "local_variables": step.instance.sealer.seal(task.local, "local", identifier),
        "due_at": opening.deadline.due_at if opening.deadline else None,
        "due_reason": opening.deadline.reason() if opening.deadline else None,
        "is_batch": task.attributes.batch,
        "is_open": task.attributes.open,
        "created_at": uow.now,
    }


def _item_row(uow: UnitOfWork, step: Step, opening: Opening, task_id: UUID) -> dict[str, Any]:
    assignment = opening.assignment
    return {
        "id": opening.item_id,
        "user_task_id": task_id,
        "process_instance_id": step.instance.id,
        "state": WorkItemState.OPEN,
        "version": 1,
        "assignee_id": assignment.assignee_id,
        "assigned_directly": assignment.assignee_id is not None,
        "excluded": json.dumps(sorted(assignment.excluded), ensure_ascii=False) if assignment.excluded else "[]",
        "created_at": uow.now,
    }


def _write_waits(uow: UnitOfWork, step: Step) -> None:
    connection, instance_id, effects = uow.link, step.instance.id, step.effects
    closed = list(effects.waits_closed)
    if effects.ended:
        _DROP_ALL_WAITS.run_many(connection, [{"instance_id": instance_id}])
        _DROP_ALL_TIMERS.run_many(connection, [{"instance_id": instance_id}])
        return
    if closed:
        gone = [{"instance_id": instance_id, "wait_no": no} for no in closed]
        _DROP_WAIT.run_many(connection, gone)
        _DROP_TIMER.run_many(connection, gone)
    over = set(closed)  # some were opened and closed within the step
    still_open = [wait for wait in effects.waits_opened if wait.no not in over]
    timers = [_timer_row(uow, step, wait) for wait in still_open if wait.kind == "timer" and wait.due_at is not None]
    others = [_subscription_row(uow, step, wait) for wait in still_open if wait.kind in SUBSCRIBED]
    _ADD_JOB.run_many(connection, timers)
    _ADD_SUBSCRIPTION.run_many(connection, others)


def _timer_row(uow: UnitOfWork, step: Step, wait: "Wait") -> dict[str, Any]:
    return {
        **job_row(
            uow,
            JobKind.TIMER,
            step.pending.timer_reason(wait.due_at) if step.pending is not None else {},
            due_at=wait.due_at,
            instance_id=step.instance.id,
        ),
        "no": wait.no,
        "flow_node_id": wait.flow_node_id,
    }


def _subscription_row(uow: UnitOfWork, step: Step, wait: "Wait") -> dict[str, Any]:
    return {
        "id": ordered_id(uow.now),
        "process_instance_id": step.instance.id,
        "no": wait.no,
        "flow_node_id": wait.flow_node_id,
        "kind": SUBSCRIBED[wait.kind],
        "name": wait.name,
        "correlation_key": wait.correlation_key,
        "created_at": uow.now,
    }


def job_row(
    uow: UnitOfWork,
    kind: JobKind,
    payload: Mapping[str, Any],
    *,
    due_at: datetime | None = None,
    instance_id: UUID | None = None,
) -> dict[str, Any]:
    """A row of ``job``, due now unless said otherwise."""
    due = due_at or uow.now
    if due <= uow.now:
        uow.jobs_are_due()
    if kind in (JobKind.MESSAGE, JobKind.SIGNAL):
        payload = {**payload, "hops": uow.hops + 1}
    return {
        "id": ordered_id(uow.now),
        "kind": kind,
        "state": JobState.WAITING,
        "process_instance_id": instance_id,
        "no": None,
        "flow_node_id": None,
        "due_at": due,
        "payload": dumps(dict(payload)),
        "retries_left": 5,
        "attempts": 0,
        "created_at": uow.now,
    }


def _write_sent(uow: UnitOfWork, step: Step) -> None:
    rows = []
    for sent in step.effects.sent:
        payload = {
            "name": sent.name,
            "key": sent.correlation_key,
            "data": step.instance.sealer.seal(sent.data, MESSAGE_PLACE),
            "broadcast": sent.broadcast,
            "sender": str(step.instance.id),
        }
        rows.append(job_row(uow, JobKind.MESSAGE if sent.kind == "message" else JobKind.SIGNAL, payload))
        rows[-1]["flow_node_id"] = sent.flow_node_id
    _ADD_JOB.run_many(uow.link, rows)


def _write_decisions(uow: UnitOfWork, step: Step) -> None:
    sealer = step.instance.sealer
    rows = []
    for record in step.effects.decisions:
        identifier, result = ordered_id(uow.now), record.result
        inputs = result.inputs if isinstance(result.inputs, Mapping) else {}
        rows.append(
            {
                "id": identifier,
                "process_instance_id": step.instance.id,
                "flow_node_id": record.flow_node_id,
                "decision_id": result.decision_id,
                "decision_name": result.decision_name or result.decision_id,
                "evaluated_at": uow.now,
                "inputs": sealer.seal(inputs, "decision", identifier),
                "result": result_text(sealer, identifier, result.result, record.variable),
                "matched_rules": list(result.matched),
                "annotations": [dict(each) for each in result.annotations],
            }
        )
    _ADD_DECISION.run_many(uow.link, rows)


def _write_report_values(uow: UnitOfWork, step: Step) -> None:
    manifest, before = step.instance.deployed.manifest, step.variables_before or {}
    rows = []
    for name in manifest.report_variables:
        value = step.variables.get(name)
        if name in manifest.sensitive or (value == before.get(name) and name in before) or name not in step.variables:
            continue
        rows.append(
            {
                "process_instance_id": step.instance.id,
                "name": name,
                "value": dumps({"value": value}),
                "text": report_text(value),
            }
        )
    _PUT_REPORT_VALUE.run_many(uow.link, rows)


def report_text(value: Any) -> str | None:
    """Plain text for filters; None for lists and for what is too long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value if len(value) <= TEXT_LIMIT else None
    if isinstance(value, Decimal | date):
        return plain(value)
    return None


def _write_incident(uow: UnitOfWork, step: Step) -> None:
    ended = step.effects.ended
    if ended and ended.status == "error":
        message = f"未捕获的错误 {ended.error_code or ''}"
        row = incident_row(uow, step.instance.id, "uncaught-error", message, ended.end_event_id)
        _ADD_INCIDENT.run_many(uow.link, [row])


def report_standstill(uow: UnitOfWork, instance_id: UUID) -> None:
    """Tell an administrator of a case for which nobody can do anything: at a join, say, that nothing more comes to."""
    if not _STANDSTILLS.rows(uow.link, {"instance_id": instance_id}):
        text = "没有人、期限或消息能使流程继续"
        _ADD_INCIDENT.run_many(uow.link, [incident_row(uow, instance_id, STANDSTILL, text, None)])


def incident_row(
    uow: UnitOfWork,
    instance_id: UUID | None,
    code: str,
    message: str,
    flow_node_id: str | None,
    job_id: UUID | None = None,
) -> dict[str, Any]:
    """A row of ``incident``."""
    return {
        "id": ordered_id(uow.now),
        "process_instance_id": instance_id,
        "job_id": job_id,
        "flow_node_id": flow_node_id,
        "code": code,
        "message": message,
        "raised_at": uow.now,
    }


def append_history(uow: UnitOfWork, instance: LoadedInstance, entries: Sequence[HistoryEntry]) -> None:
    """Record something beside a step (a claim, a comment): the chain grows, the state stays."""
    rows, head = chain(entries, instance.head, instance.id, uow.now, instance.sealer)
    _ADD_HISTORY.run_many(uow.link, rows)
    _CHANGE_HEAD.run_many(uow.link, [{"instance_id": instance.id, "length": head.length, "head": head.hash}])
    instance.head = head
