"""What a list page shows: my open work items of one flow node."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from engine.batch.definition import BatchDefinition, read_batch_definitions
from engine.errors import NotFoundError
from engine.feel import evaluate, strip_marker
from engine.forms import Choice, FormSchema
from engine.forms.resolve import options_of
from engine.queries.choices import CaseChoices
from engine.queries.processes import manifests_with
from engine.reports.display import Display
from engine.reports.load import load_manifest
from engine.rules.visibility import is_in_inbox
from engine.unit_of_work import UnitOfWork
from engine.values import Value
from engine.work_items import LoadedWorkItem, form_context, read_work_items
from models import ProcessInstance, UserTask, WorkItem

MOST_LINES = 200
ASKED_AFRESH = frozenset({"radio", "textarea"})  # what an earlier round said here is not this round's answer


@dataclass(frozen=True)
class BatchEntry:
    """A list page with how much is on it."""

    definition: BatchDefinition
    count: int


@dataclass(frozen=True)
class BatchLine:
    """One work item on the page."""

    work_item_id: UUID
    version: int
    instance_id: UUID
    number: str | None
    title: str
    due_at: datetime | None
    facts: tuple[tuple[str, str], ...]  # (label, text)
    recommended: tuple[tuple[str, str], ...]  # (label, text) of what was recommended and is not empty
    adopted: Mapping[str, Value]  # the form's data if the recommendation is adopted
    blank: Mapping[str, Value]  # the form's data before anybody decided
    options: tuple[Choice, ...]  # of the decision
    suggested: str | None  # the option that adopting takes


@dataclass(frozen=True)
class BatchPage:
    """The page of one flow node."""

    definition: BatchDefinition
    lines: tuple[BatchLine, ...]
    choose: str | None  # form field with the decision
    comment: str | None
    total: int  # open items; more than lines if there are more than MOST_LINES


def batch_pages(uow: UnitOfWork) -> list[BatchEntry]:
    """List pages on which the actor has something to do."""
    entries = []
    for folder_key, manifest in manifests_with(uow, "batch"):
        counts = _counts(uow, folder_key)
        for node, definition in read_batch_definitions(folder_key, manifest).items():
            if counts.get(node):
                entries.append(BatchEntry(definition, counts[node]))
    return entries


def batch_page(uow: UnitOfWork, folder_key: str, flow_node_id: str, *, language: str = "zh") -> BatchPage:
    """The actor's open work items of one flow node, by number and age.

    Raises:
        NotFoundError: this flow node has no list page.
    """
    manifest = load_manifest(uow.session, folder_key)
    definition = read_batch_definitions(folder_key, manifest).get(flow_node_id)
    if definition is None:
        raise NotFoundError
    query = (
        _mine(uow, folder_key)
        .where(UserTask.flow_node_id == flow_node_id)
        .with_only_columns(WorkItem.id, UserTask.due_at, ProcessInstance.number, ProcessInstance.title)
        .order_by(ProcessInstance.number.is_(None), ProcessInstance.number, WorkItem.created_at, WorkItem.id)
        .limit(MOST_LINES)
    )
    rows = uow.session.execute(query).all()
    display = Display(uow.session, manifest, language)
    found = read_work_items(uow, [row.id for row in rows])
    items = [found[row.id] for row in rows]
    _look_up(definition, items, display)
    form = _form(items)
    choose, comment = _chosen_field(definition, form), definition.comment
    lines = tuple(
        _line(uow, definition, item, row.due_at, display, choose) for item, row in zip(items, rows, strict=True)
    )
    return BatchPage(definition, lines, choose, comment, _counts(uow, folder_key).get(flow_node_id, 0))


def _mine(uow: UnitOfWork, folder_key: str) -> Any:
    return (
        select(WorkItem.id)
        .join(UserTask, UserTask.id == WorkItem.user_task_id)
        .join(ProcessInstance, ProcessInstance.id == WorkItem.process_instance_id)
        .where(ProcessInstance.folder_key == folder_key, is_in_inbox(uow.holder))
    )


def _counts(uow: UnitOfWork, folder_key: str) -> dict[str, int]:
    query = (
        _mine(uow, folder_key)
        .with_only_columns(UserTask.flow_node_id, func.count().label("n"))
        .group_by(UserTask.flow_node_id)
    )
    return {row.flow_node_id: row.n for row in uow.session.execute(query)}


def _form(items: Sequence[LoadedWorkItem]) -> FormSchema | None:
    return items[0].instance.deployed.form(items[0].form_key) if items else None


def _look_up(definition: BatchDefinition, items: Sequence[LoadedWorkItem], display: Display) -> None:
    """Everybody and every case that the lines name, at once."""
    shown = [column.variable for column in definition.columns]
    shown += [one.variable for one in definition.recommendation]
    display.look_up((item.instance.variables for item in items), shown)


def _chosen_field(definition: BatchDefinition, form: FormSchema | None) -> str | None:
    if definition.choose:
        return definition.choose
    return form.action.key if form is not None and form.action is not None else None


def _line(
    uow: UnitOfWork,
    definition: BatchDefinition,
    item: LoadedWorkItem,
    due_at: datetime | None,
    display: Display,
    choose: str | None,
) -> BatchLine:
    context = form_context(uow, item)
    form = item.instance.deployed.form(item.form_key)
    blank = _blank(form, context) if form else {}
    taken = {
        one.takes: context[one.variable]
        for one in definition.recommendation
        if one.takes and context.get(one.variable) is not None
    }
    adopted = {**blank, **taken, **definition.adopt}
    return BatchLine(
        work_item_id=item.id,
        version=item.version,
        instance_id=item.instance.id,
        number=item.instance.number,
        title=item.instance.title or str(context.get("title") or ""),
        due_at=due_at,
        facts=_texts(display, context, [column.variable for column in definition.columns]),
        recommended=_texts(display, context, [one.variable for one in definition.recommendation]),
        adopted=adopted,
        blank=blank,
        options=_options(uow, item, form, choose, context),
        suggested=str(adopted[choose]) if choose and adopted.get(choose) is not None else None,
    )


def _blank(form: FormSchema, context: Mapping[str, Any]) -> dict[str, Value]:
    """What the form shows before anybody typed: what the case knows, else the form's defaults."""
    data: dict[str, Value] = {}
    for component in form.fields():
        known = context.get(component.key)
        if known is not None and not component.is_action and component.type not in ASKED_AFRESH:
            data[component.key] = known
        elif isinstance(component.default, str) and component.default.startswith("="):
            data[component.key] = evaluate(strip_marker(component.default), context).result
        elif component.default is not None:
            data[component.key] = component.default
    return data


def _texts(display: Display, context: Mapping[str, Any], variables: Sequence[str]) -> tuple[tuple[str, str], ...]:
    found = ((variable, display.value(variable, context.get(variable))) for variable in variables)
    return tuple((display.label(variable), text) for variable, text in found if text and variable != "title")


def _options(
    uow: UnitOfWork, item: LoadedWorkItem, form: FormSchema | None, choose: str | None, context: Mapping[str, Any]
) -> tuple[Choice, ...]:
    component = form.field(choose) if form is not None and choose else None
    return options_of(component, context, CaseChoices(uow, item.instance)) if component is not None else ()
