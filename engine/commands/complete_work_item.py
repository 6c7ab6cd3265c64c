"""Decide a work item."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import bindparam, select, update

from engine import step
from engine.database.prepared import Prepared
from engine.errors import InvalidInputError
from engine.forms import FormSchema
from engine.queries.choices import CaseChoices
from engine.queries.uniqueness import OtherCasesOf
from engine.requests import used_otherwise
from engine.step.advance import StepResult, without_reserved
from engine.step.history import HistoryEntry
from engine.step.ids import id_text
from engine.unit_of_work import UnitOfWork
from engine.values import loads
from engine.work_items import (
    ITEM,
    LoadedWorkItem,
    ensure_entitled,
    ensure_open,
    form_context,
    load_work_item,
    overtaken,
)
from models import HistoryEvent, WorkItemState

HISTORY = HistoryEvent.__table__
DECIDED = "work_item.completed"
_COMPLETE = Prepared(
    update(ITEM)
    .where(
        ITEM.c.id == bindparam("item_id"),
        ITEM.c.state == WorkItemState.OPEN,
        ITEM.c.version == bindparam("known_version"),
    )
    .values(
        state=WorkItemState.COMPLETED,
        version=ITEM.c.version + 1,
        assignee_id=bindparam("actor"),
        decided_by=bindparam("actor"),
        decision=bindparam("decision"),
        opinion=bindparam("opinion"),
        form_data=bindparam("form_data"),
        request_id=bindparam("request"),
        draft=None,
        draft_saved_at=None,
        ended_at=bindparam("at"),
    )
)
_DECISIONS = Prepared(
    select(HISTORY.c.body)
    .where(
        HISTORY.c.process_instance_id == bindparam("instance_id"),
        HISTORY.c.kind == DECIDED,
        HISTORY.c.flow_node_id == bindparam("node"),
    )
    .order_by(HISTORY.c.seq)
)


class Completed(Struct, frozen=True):
    """Where the instance now waits, of what this step opened; empty once it has ended."""

    instance_id: UUID
    waits_at: frozenset[str]
    ended: bool
    work_item_ids: tuple[UUID, ...] = ()


def complete_work_item(
    uow: UnitOfWork,
    work_item_id: UUID,
    data: Mapping[str, Any],
    *,
    opinion: str | None = None,
    request_id: str | None,
    expected_version: int | None,
) -> Completed:
    """Decide one person's part of a user task and run the instance to its next wait states.

    Args:
        uow: one transaction.
        work_item_id: the work item.
        data: what the form posted, or typed values; judged by the task's form.
        opinion: free text beside the form.
        request_id: the same id again answers the same and changes nothing.
        expected_version: version the form was rendered with; None skips the check.

    Raises:
        WorkItemNotFoundError, NotEntitledError
        StaleWorkItemError: it changed after the form was rendered; carries who and when.
        InvalidInputError: ``fields`` names what the form refuses; nothing is written.
    """
    item = load_work_item(uow, work_item_id, request_id=request_id)
    if is_repeated(item, request_id):
        return completed_before(uow, item)
    ensure_open(uow, item, expected_version)
    role = ensure_entitled(uow, item)
    result = decide(uow, item, judged(uow, item, data), opinion=opinion, role=role, request_id=request_id)
    return Completed(result.instance_id, result.waits_at, result.ended, result.work_item_ids)


def is_repeated(item: LoadedWorkItem, request_id: str | None) -> bool:
    """Whether this very request has decided the item before."""
    return request_id is not None and item.request_id == request_id


def decide(
    uow: UnitOfWork,
    item: LoadedWorkItem,
    values: Mapping[str, Any],
    *,
    opinion: str | None,
    role: str | None,
    request_id: str | None,
) -> StepResult:
    """Record a decision that was judged, and take the step; who may decide was asked before."""
    form = item.instance.deployed.form(item.form_key)
    decision = _decision(form, values)
    if form is not None and not opinion:
        opinion = form.words(values)
    _record(uow, item, values, decision, opinion, request_id)
    body = {"no": str(item.no), "work_item": id_text(item.id), "name": item.task_name}
    if decision is not None:
        body["decision"] = decision
    if opinion is not None:
        body["opinion"] = opinion
    entry = HistoryEntry(DECIDED, item.flow_node_id, body, values, actor_id=uow.actor, role=role)
    return step.advance(uow, item.instance, lambda execution: execution.complete(item.no, values), [entry])


def judged(uow: UnitOfWork, item: LoadedWorkItem, data: Mapping[str, Any]) -> dict[str, Any]:
    """The values that the task's form accepts.

    Raises:
        InvalidInputError: by field; a task without a form takes no data.
    """
    deployed = item.instance.deployed
    form = deployed.form(item.form_key)
    if form is None:
        if data:
            raise InvalidInputError(dict.fromkeys(data, "此环节没有表单，不能提交填写内容"))
        return {}
    context = form_context(uow, item)
    result = form.parse(data, context, CaseChoices(uow, item.instance), OtherCasesOf(uow, item.instance))
    if result.errors:
        raise InvalidInputError(result.errors)
    return without_reserved(result.values)


def _decision(form: FormSchema | None, values: Mapping[str, Any]) -> str | None:
    action = form.action if form else None
    decision = values.get(action.key if action else "decision")
    return decision[:120] if isinstance(decision, str) else None


def _record(
    uow: UnitOfWork,
    item: LoadedWorkItem,
    values: Mapping[str, Any],
    decision: str | None,
    opinion: str | None,
    request_id: str | None,
) -> None:
    row = {
        "item_id": item.id,
        "known_version": item.version,
        "actor": uow.actor,
        "decision": decision,
        "opinion": opinion or None,
        "form_data": item.instance.sealer.seal(values, "form", item.id),
        "request": request_id or None,
        "at": uow.now,
    }
    _COMPLETE.expect(uow.link, row, overtaken)


def completed_before(uow: UnitOfWork, item: LoadedWorkItem) -> Completed:
    """What the request that decided the item was answered.

    Raises:
        ConflictError: it was another person's.
    """
    if item.decided_by != uow.actor:
        raise used_otherwise()
    asked = {"instance_id": item.instance.id, "node": item.flow_node_id}
    bodies = (loads(row.body) for row in _DECISIONS.rows(uow.link, asked))
    [body] = [body for body in bodies if body["work_item"] == str(item.id)]
    opened = body.get("opened", [])
    return Completed(
        item.instance.id,
        frozenset(node for node, _ in opened),
        body.get("ended", False),
        tuple(UUID(item_id) for _, item_id in opened),
    )
