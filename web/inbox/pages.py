"""From the engine's answers to what the inbox's templates print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from engine.errors import ConflictError, StaleWorkItemError
from engine.forms import Component, FormSchema
from engine.queries.inbox import TABS, InboxEntry, InboxFilters, inbox, inbox_counts
from engine.queries.incidents import open_incidents
from engine.queries.notices import notice, notices
from engine.queries.startable import may_start_any
from engine.queries.work_item_page import WorkItemPage
from engine.unit_of_work import UnitOfWork
from web.filters import LOCAL
from web.forms import initial_data
from web.i18n import translated
from web.inbox.status import status_of

QUERY_LIMIT = 60  # characters
INCIDENTS_SHOWN = 5  # in an administrator's inbox; the others stand on their own page
NO_FORM = FormSchema.load({"id": "none", "type": "default", "components": []})


@dataclass(frozen=True)
class Line:
    """One card of a list."""

    url: str
    title: str | None
    step: str | None
    number: str | None
    person: str | None
    process: str
    at: Any
    due_at: Any = None
    state: str | None = None
    state_tone: str = "blue"
    claimable: bool = False
    is_suspended: bool = False
    steps_done: int = 0  # said when there is more than one


@dataclass(frozen=True)
class InboxRequest:
    """What the address of the inbox asks for; anything unknown is the default."""

    tab: str = "todo"
    q: str = ""
    due: str | None = None
    step: str | None = None
    page: int = 1

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> InboxRequest:
        """From the query string."""
        tab, due = arguments.get("tab", "todo"), arguments.get("due")
        return cls(
            tab=tab if tab in TABS else "todo",
            q=visible(arguments.get("q", ""))[:QUERY_LIMIT],
            due=due if due in ("over", "soon") else None,
            step=visible(arguments.get("step", ""))[:120] or None,
            page=page_number(arguments),
        )

    def url(self, page: int) -> str:
        """The address of another page of the same list."""
        return url_for("inbox.index", tab=self.tab, q=self.q or None, due=self.due, step=self.step, page=page)


def tab_titles() -> dict[str, str]:
    """The tabs in their order."""
    return {"todo": _("待办"), "done": _("已办"), "started": _("我发起"), "copied": _("抄送")}


def inbox_page(uow: UnitOfWork, asked: InboxRequest) -> dict[str, Any]:
    """One tab."""
    found = inbox(uow, asked.tab, filters=InboxFilters(due=asked.due, step=asked.step), q=asked.q, page=asked.page)
    first = asked.tab == "todo" and asked.page == 1 and not (asked.q or asked.due or asked.step)
    return {
        "tab": asked.tab,
        "titles": tab_titles(),
        "tab_numbers": inbox_counts(uow).by_tab,
        "incidents": open_incidents(uow, limit=INCIDENTS_SHOWN) if first else (),
        "q": asked.q,
        "due": asked.due,
        "step": asked.step,
        "steps": found.steps,
        "lines": [line_of(entry, asked.tab) for entry in found.entries],
        "page": found.page,
        "pages": found.pages,
        "total": found.total,
        "page_url": asked.url,
        "has_lists": asked.tab == "todo" and any(entry.is_batch for entry in found.entries),
        "may_start": not found.entries and may_start_any(uow),
    }


def line_of(entry: InboxEntry, tab: str) -> Line:
    """The card of an entry: a task leads to its page, everything else to the case."""
    state = status_of(entry.status)
    if tab == "todo" and entry.work_item_id is not None:
        url = url_for("inbox.task", work_item_id=entry.work_item_id)
    else:
        url = url_for("instances.show", instance_id=entry.instance_id)
    return Line(
        url=url,
        title=entry.title,
        step=entry.task_name or _("、").join(translated(name) for name in entry.task_names),
        number=entry.number,
        person=entry.started_by_name if tab != "started" else None,
        process=entry.process_name,
        at=entry.at,
        due_at=entry.due_at if tab == "todo" else None,
        state=state.words,
        state_tone=state.tone,
        claimable=entry.is_claimable and entry.status != "suspended",
        is_suspended=entry.status == "suspended",
        steps_done=entry.steps_done if entry.steps_done > 1 else 0,
    )


def schema_of(form: FormSchema | None) -> FormSchema:
    """The form; an empty one for a task that has none."""
    return form or NO_FORM


def hints_at_similar(schema: FormSchema) -> bool:
    """Whether similar cases are shown while somebody types."""
    return schema.properties.get("similar") in (True, "true")


def first_values(page: WorkItemPage) -> dict[str, object]:
    """What the form shows when the page is opened."""
    schema = schema_of(page.form)
    return initial_data(schema, page.values if page.draft_saved_at else None, page.context)


def sentence_of(error: ConflictError) -> str:
    """Who was quicker, when, and what they did."""
    if not isinstance(error, StaleWorkItemError):
        return translated(error.message)
    who = error.name or error.by or _("流程")
    if error.at is not None:
        who = _("%(who)s于 %(when)s ", who=who, when=f"{error.at.astimezone(LOCAL):%Y-%m-%d %H:%M}")
    match error.what:
        case "认领":
            return _("此事项已由%(who)s认领。", who=who)
        case "收回":
            return _("此事项已由%(who)s收回。", who=who)
        case "更改":
            return _("此事项已由%(who)s更改。", who=who)
        case _other:
            return _("此事项已由%(who)s办理。", who=who)


def filled_in(schema: FormSchema, typed: Mapping[str, object]) -> list[tuple[str, object]]:
    """What somebody typed, by label, so that it can be copied."""
    return [
        (component.label or component.key, _as_chosen(component, typed[component.key]))
        for component in schema.fields()
        if typed.get(component.key) not in (None, "", [], False)
    ]


def _as_chosen(component: Component, value: object) -> object:
    labels = {choice.value: choice.label for choice in component.choices}
    return translated(labels[value]) if isinstance(value, str) and value in labels else value


def notices_page(uow: UnitOfWork, page: int) -> dict[str, Any]:
    """One page of notices."""
    found = notices(uow, page=page)
    return {
        "notices": found.entries,
        "unread": found.unread,
        "page": found.page,
        "pages": found.pages,
        "total": found.total,
        "page_url": lambda number: url_for("inbox.notices", page=number),
    }


def notice_target(uow: UnitOfWork, notice_id: UUID) -> str | None:
    """The address of what a notice is about."""
    found = notice(uow, notice_id)
    return url_for("instances.show", instance_id=found.instance_id) if found.instance_id else None


def page_number(arguments: Mapping[str, str]) -> int:
    """``page`` of the query string, from 1."""
    text = arguments.get("page", "1")
    return max(1, int(text)) if text.isdecimal() and text.isascii() and len(text) < 7 else 1


def visible(text: str) -> str:
    """A search text without characters that nobody can see."""
    return "".join(character for character in text if character.isprintable()).strip()
