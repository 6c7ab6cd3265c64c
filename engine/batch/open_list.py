"""The open list: user tasks that anybody entitled may take up, such as seconding a motion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from engine.batch.offers import is_listed
from engine.forms import Choice
from engine.forms.resolve import options_of
from engine.queries.choices import CaseChoices
from engine.queries.open_list import open_list
from engine.reports.definition import read_column
from engine.reports.display import Display
from engine.unit_of_work import UnitOfWork
from engine.work_items import LoadedWorkItem, form_context, read_work_items

MOST_CASES = 200


@dataclass(frozen=True)
class OpenCase:
    """A case on the open list."""

    work_item_id: UUID
    version: int
    instance_id: UUID
    title: str
    task_name: str
    due_at: datetime | None
    facts: tuple[tuple[str, str], ...]  # (label, text) of one line each
    texts: tuple[tuple[str, tuple[str, ...]], ...]  # (label, paragraphs) of what one should read first
    action: str | None  # form field of the buttons
    options: tuple[Choice, ...]  # the buttons


def open_cases(uow: UnitOfWork, *, language: str = "zh") -> list[OpenCase]:
    """What the actor may take up, soonest due first. Their own cases and those they are excluded from are not on it."""
    tasks, _total = open_list(uow, size=MOST_CASES)
    due = {task.work_item_id: task.due_at for task in tasks}
    found = read_work_items(uow, list(due))
    items = [item for item in map(found.__getitem__, due) if _is_listed(item)]
    displays = _displays(uow, items, language)
    return [_open_case(uow, item, due[item.id], displays[item.instance.deployed.id]) for item in items]


def _is_listed(item: LoadedWorkItem) -> bool:
    return is_listed(item.instance.deployed.manifest.data, item.flow_node_id)


def _displays(uow: UnitOfWork, items: Sequence[LoadedWorkItem], language: str) -> dict[UUID, Display]:
    """How each version of a process calls things, with everybody whom its cases name looked up at once."""
    displays: dict[UUID, Display] = {}
    for deployed in {item.instance.deployed.id: item.instance.deployed for item in items}.values():
        display = displays[deployed.id] = Display(uow.session, deployed.manifest.data, language)
        of_it = [item.instance.variables for item in items if item.instance.deployed.id == deployed.id]
        display.look_up(of_it, _columns(deployed.manifest.data))
    return displays


def _columns(manifest: Mapping[str, Any]) -> list[str]:
    section = manifest.get("open_list") or {}
    return [read_column(column).variable for column in section.get("columns") or ("proposer", "delegation")]


def _open_case(uow: UnitOfWork, item: LoadedWorkItem, due_at: datetime | None, display: Display) -> OpenCase:
    context = form_context(uow, item)
    manifest: Mapping[str, Any] = item.instance.deployed.manifest.data
    section = manifest.get("open_list") or {}
    texts = section.get("texts") or manifest.get("similar_on") or ()
    form = item.instance.deployed.form(item.form_key)
    action = form.action if form is not None else None
    return OpenCase(
        work_item_id=item.id,
        version=item.version,
        instance_id=item.instance.id,
        title=item.instance.title or "",
        task_name=item.task_name,
        due_at=due_at,
        facts=tuple(
            (display.label(name), text)
            for name in _columns(manifest)
            if (text := display.value(name, context.get(name)))
        ),
        texts=tuple(
            (display.label(str(name)), paragraphs)
            for name in texts
            if str(name) != manifest.get("title_variable", "title")
            and (paragraphs := _paragraphs(context.get(str(name))))
        ),
        action=action.key if action is not None else None,
        options=options_of(action, context, CaseChoices(uow, item.instance)) if action is not None else (),
    )


def _paragraphs(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    return tuple(str(item) for item in items if isinstance(item, str) and item.strip())
