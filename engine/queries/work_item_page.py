"""Everything the page of a work item shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.errors import StaleWorkItemError
from engine.forms import ChoiceSource, FormSchema
from engine.queries.cases import (
    AttachmentEntry,
    DecisionEntry,
    FactValue,
    NextStep,
    attachments_of,
    decisions_of,
    facts_of,
    next_steps_of,
    process_name_of,
)
from engine.queries.choices import CaseChoices
from engine.queries.due_reasons import DueReason, due_reason_of
from engine.queries.organisation import names_of
from engine.queries.roles_in_case import holder_in
from engine.queries.timeline import TimelineEntry, suspension_of, timeline_of
from engine.rules.assignment import Assignment, may_handle
from engine.rules.masking import masked
from engine.unit_of_work import UnitOfWork
from engine.work_items import LoadedWorkItem, ensure_known, form_context, load_work_item, stale
from models import UserTask, WorkItem, WorkItemState


@dataclass(frozen=True)
class WorkItemPage:
    """A work item with its case, its form and what the form is filled in with."""

    id: UUID
    instance_id: UUID
    version: int
    state: str
    flow_node_id: str
    name: str
    lane: str | None
    help: str | None
    title: str | None
    number: str | None
    folder_key: str
    process_name: str
    started_by: str | None
    started_by_name: str | None
    assignee_id: str | None
    due_at: datetime | None
    due_reason: DueReason | None
    form_key: str | None
    form: FormSchema | None
    values: Mapping[str, Any]  # what the fields begin with: the draft, else the case's variables
    context: Mapping[str, Any]  # what the form's conditions see
    choices: ChoiceSource  # usable only while the unit of work is open
    draft_saved_at: datetime | None
    can_complete: bool
    can_claim: bool
    can_unclaim: bool
    is_batch: bool
    facts: tuple[FactValue, ...]
    attachments: tuple[AttachmentEntry, ...]
    decisions: tuple[DecisionEntry, ...]
    timeline: tuple[TimelineEntry, ...]
    next_steps: tuple[NextStep, ...]
    suspension: TimelineEntry | None  # nothing can be done while the case is suspended


def work_item_page(uow: UnitOfWork, work_item_id: UUID) -> WorkItemPage:
    """The page of a work item that is still open.

    Raises:
        WorkItemNotFoundError: not for this person.
        StaleWorkItemError: it is done, or somebody else holds it; says who and when.
    """
    item = load_work_item(uow, work_item_id, for_update=False)
    ensure_known(uow, item)
    _ensure_still_open(uow, item)
    row, task = uow.session.execute(
        select(WorkItem, UserTask).join(UserTask, UserTask.id == WorkItem.user_task_id).where(WorkItem.id == item.id)
    ).one()
    instance, deployed = item.instance, item.instance.deployed
    form = deployed.form(item.form_key)
    context = _readable_context(uow, item)
    info = _task_info(item)
    timeline = timeline_of(uow, instance)
    offered = may_handle(uow.holder, Assignment(None, item.assignment.candidates, item.assignment.excluded))
    return WorkItemPage(
        id=item.id,
        instance_id=instance.id,
        version=item.version,
        state=item.state.value,
        flow_node_id=item.flow_node_id,
        name=item.task_name,
        lane=task.lane,
        help=info.attributes.help if info else None,
        title=instance.title,
        number=instance.number,
        folder_key=deployed.key,
        process_name=process_name_of(instance),
        started_by=instance.started_by,
        started_by_name=names_of(uow.session, [instance.started_by]).get(instance.started_by)
        if instance.started_by
        else None,
        assignee_id=item.assignee_id,
        due_at=task.due_at,
        due_reason=due_reason_of(uow, task.due_reason, task.due_at),
        form_key=item.form_key,
        form=form,
        values=_initial_values(item, form, row.draft, context),
        context=context,
        choices=CaseChoices(uow, instance),
        draft_saved_at=row.draft_saved_at,
        can_complete=may_handle(uow.holder, item.assignment),
        can_claim=item.assignee_id is None and offered and not task.is_open,  # an open task is one for everybody
        can_unclaim=item.assignee_id == uow.actor and not item.assigned_directly,
        is_batch=task.is_batch,
        facts=facts_of(uow, instance),
        attachments=attachments_of(uow, instance),
        decisions=decisions_of(uow, instance),
        timeline=timeline,
        next_steps=next_steps_of(instance, [item.flow_node_id]),
        suspension=suspension_of(instance, timeline),
    )


def _ensure_still_open(uow: UnitOfWork, item: LoadedWorkItem) -> None:
    if item.state is not WorkItemState.OPEN:
        raise stale(uow, item.decided_by, item.ended_at, what="办理" if item.decided_by else "收回")
    if item.assignee_id not in (None, uow.actor):
        error: StaleWorkItemError = stale(uow, item.assignee_id, None, what="认领")
        raise error


def _readable_context(uow: UnitOfWork, item: LoadedWorkItem) -> dict[str, Any]:
    instance = item.instance
    return masked(
        form_context(uow, item),
        instance.deployed.manifest.sensitive,
        holder_in(uow, instance.id),
        is_initiator=instance.started_by is not None and instance.started_by == uow.actor,
    )


def _initial_values(
    item: LoadedWorkItem, form: FormSchema | None, draft: str | None, context: Mapping[str, Any]
) -> dict[str, Any]:
    if form is None:
        return {}
    values = {component.key: context.get(component.key) for component in form.fields()}
    if draft:
        values |= item.instance.sealer.open(draft, f"draft:{item.id}")
    return values


def _task_info(item: LoadedWorkItem) -> Any:
    for process in item.instance.deployed.definitions.processes.values():
        if item.flow_node_id in process.user_tasks:
            return process.user_tasks[item.flow_node_id]
    return None
