"""From the engine's answers to what the templates of a case print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from lxml import etree

from engine.bpmn.read import read_xml
from engine.definitions.decision_columns import NO_COLUMNS, columns_of
from engine.definitions.manifest import text_of
from engine.errors import InvalidInputError, NotFoundError
from engine.forms.convert import RefusedValue, clean_text
from engine.queries.cases import AttachmentEntry, DecisionEntry, FactValue
from engine.queries.inbox import inbox
from engine.queries.instance_page import InstancePage, LinkEntry, SectionEntry, instance_diagram, instance_page
from engine.queries.startable import StartableProcess, startable_processes
from engine.queries.work_item_page import WorkItemPage
from engine.unit_of_work import UnitOfWork
from web.i18n import language, translated
from web.inbox.status import status_of
from web.instances.decisions import DecisionWords
from web.instances.timeline import Step, steps_of

DRAFTS_SHOWN = 10
SIGNED_SHOWN = 10  # steps on the printed form
LONGEST_TEXT = 5000  # characters of a comment before the engine's own limit


@dataclass(frozen=True)
class Startable:
    """A process on the start page."""

    id: str
    key: str
    process_id: str | None
    label: str
    description: str
    button: str


def start_page(uow: UnitOfWork) -> tuple[list[Startable], list[dict[str, Any]]]:
    """What this person may start, and what was begun and not sent."""
    processes = [_startable(uow, process) for process in startable_processes(uow)]
    todo = inbox(uow, "todo", size=200).entries
    drafts = [
        {
            "title": entry.title,
            "step": entry.task_name,
            "at": entry.at,
            "url": url_for("inbox.task", work_item_id=entry.work_item_id),
        }
        for entry in todo
        if entry.started_by == uow.actor and entry.number is None and not entry.is_claimable
    ]
    return processes, drafts[:DRAFTS_SHOWN]


def _startable(uow: UnitOfWork, process: StartableProcess) -> Startable:
    name = translated(process.name)
    own = (
        uow.engine.latest(uow.session, process.key).manifest.data.get("x_start_label")
        if not process.process_id
        else None
    )
    return Startable(
        id=f"{process.key}/{process.process_id or ''}",
        key=process.key,
        process_id=process.process_id,
        label=name,
        description=translated(process.description),
        button=text_of(own, language()) if own else _("发起%(name)s", name=name),
    )


def first_own_work_item(uow: UnitOfWork, work_item_ids: Iterable[UUID]) -> UUID | None:
    """The first of these work items that this person may do now."""
    wanted = list(work_item_ids)
    mine = {entry.work_item_id for entry in inbox(uow, "todo", size=200).entries} if wanted else set()
    return next((each for each in wanted if each in mine), None)


def case_page(uow: UnitOfWork, instance_id: UUID, comment_answer: Mapping[str, str] | None) -> dict[str, Any]:
    """Everything about a case."""
    page = instance_page(uow, instance_id)
    state = status_of(page.status)
    steps = steps_of(page.timeline)
    current = [step.what for step in steps if step.state == "current"]
    return {
        "case": page,
        "state": state,
        "case_facts": page.facts,
        "steps": steps,
        "next_steps": page.next_steps,
        "files": files_of(page.id, page.attachments),
        "may_attach": page.can_attach,
        "decisions": decisions_of(uow, page.folder_key, page.decisions),
        "links": [_link(link) for link in page.links],
        "sections": [_section(section, comment_answer or {}) for section in page.sections],
        "my_tasks": page.my_tasks,
        "enabled": page.enabled,
        "people": [{"name": one.name, "part": part_name(one.part)} for one in page.participants],
        "withdrawal": page.can_withdraw,
        "has_diagram": page.has_diagram,
        "current_ids": page.current_ids,
        "done_ids": page.done_ids,
        "current_names": _("、").join(translated(name) for name in dict.fromkeys(current)),
        "withdraw_error": None,
        "typed_reason": "",
        "upload_error": None,
    }


def paper_page(uow: UnitOfWork, instance_id: UUID) -> dict[str, Any]:
    """The printed form: the facts, who decided what, and room for signatures."""
    page = instance_page(uow, instance_id)
    steps = steps_of(entry for entry in page.timeline if entry.state == "done")
    manifest = uow.engine.latest(uow.session, page.folder_key).manifest
    own = manifest.data.get("x_paper_title") if page.process_key == manifest.main_process else None
    return {
        "case": page,
        "heading": text_of(own, language()) if own else _("%(name)s办理单", name=translated(page.process_name)),
        "case_facts": _with_title(page),
        "signed": _signed(steps),
    }


def diagram_xml(uow: UnitOfWork, instance_id: UUID) -> bytes:
    """The file that draws the process; ``NotFoundError`` when there is none."""
    xml = instance_diagram(uow, instance_id)
    if xml is None:
        raise NotFoundError
    return _with_names_translated(xml) if language() == "en" else xml


def _with_names_translated(xml: bytes) -> bytes:
    root = read_xml(xml)
    for element in root.iter("{*}*"):
        if name := element.get("name"):
            element.set("name", translated(name))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def task_extras(uow: UnitOfWork, page: WorkItemPage) -> dict[str, Any]:
    """What the page of a work item shows of its case."""
    return {
        "steps": steps_of(page.timeline),
        "next_steps": page.next_steps,
        "files": files_of(page.instance_id, page.attachments),
        "decisions": decisions_of(uow, page.folder_key, page.decisions),
    }


def files_of(instance_id: UUID, files: Sequence[AttachmentEntry]) -> list[dict[str, Any]]:
    """Attachments with their addresses."""
    return [
        {
            "name": file.name,
            "size": file.size,
            "url": url_for("instances.attachment", instance_id=instance_id, attachment_id=file.id),
        }
        for file in files
    ]


def decisions_of(uow: UnitOfWork, folder_key: str, decisions: Sequence[DecisionEntry]) -> list[dict[str, Any]]:
    """Decisions with the numbers of their rules and the sources noted beside them, in the words of the process."""
    if not decisions:
        return []
    deployed = uow.engine.latest(uow.session, folder_key)
    columns = columns_of(deployed.resources)
    words = {
        entry.decision_id: DecisionWords(deployed.manifest, entry, columns.get(entry.decision_id, NO_COLUMNS))
        for entry in decisions
    }
    return [
        {
            "name": words[entry.decision_id].name,
            "at": entry.at,
            "rules": [str(rule) for rule in entry.matched_rules],
            "inputs": words[entry.decision_id].asked(entry.inputs),
            "result": words[entry.decision_id].answered(entry.result, entry.decision_id),
            "notes": _notes(entry.annotations),
        }
        for entry in decisions
    ]


def part_name(part: str) -> str:
    """What people call a part in a case."""
    names = {
        "initiator": _("发起人"),
        "joint": _("联名人"),
        "seconder": _("附议人"),
        "handler": _("承办人"),
        "follower": _("督办委员"),
        "copied": _("抄送"),
        "beneficiary": _("受益人"),
    }
    return names.get(part, part)


def readable(text: str) -> str:
    """A text without hostile characters.

    Raises:
        InvalidInputError: with the sentence to show at the field.
    """
    try:
        return clean_text(text, LONGEST_TEXT) or ""
    except RefusedValue as refused:
        raise InvalidInputError({"text": refused.answer}) from None


def _notes(annotations: Sequence[Any]) -> list[tuple[str, str]]:
    """What the matched rules note, each once, under what it is: where they come from, since when they hold."""
    called = {"valid_from": _("施行日期")}
    notes = []
    for annotation in annotations:
        said = annotation if isinstance(annotation, Mapping) else {"source": annotation}
        notes += [(called.get(name, _("依据")), translated(str(value))) for name, value in said.items() if value]
    return list(dict.fromkeys(notes))


def _link(link: LinkEntry) -> dict[str, Any]:
    names = {
        ("merged", True): _("并入"),
        ("merged", False): _("已并入本案"),
        ("duplicate", True): _("重复于"),
        ("duplicate", False): _("被指重复"),
        ("earlier_answer", True): _("此前已答复"),
        ("earlier_answer", False): _("后续提出"),
    }
    title = " ".join(part for part in (link.number, link.title) if part)
    return {
        "label": names.get((link.kind, link.is_outgoing), link.kind),
        "title": title or _("（无权查看）"),
        "url": url_for("instances.show", instance_id=link.instance_id) if link.may_open else None,
    }


def _section(section: SectionEntry, answer: Mapping[str, str]) -> dict[str, Any]:
    own = answer.get("section") == section.key
    return {
        "key": section.key,
        "label": section.label,
        "comments": section.comments,
        "may_write": section.may_write,
        "error": answer.get("error") if own else None,
        "typed": answer.get("typed") if own else None,
    }


def _signed(steps: Sequence[Step]) -> list[tuple[str, list[Step]]]:
    """Who decided what, gathered by step; steps without a word or decision need no line on paper."""
    gathered: dict[str, list[Step]] = {}
    for step in steps:
        if step.opinion or step.outcome:
            gathered.setdefault(step.what, []).append(step)
    return list(gathered.items())[-SIGNED_SHOWN:]


def _with_title(page: InstancePage) -> list[FactValue]:
    """The title first; the number stands above the table already."""
    facts = [fact for fact in page.facts if fact.variable not in ("title", "number")]
    return [FactValue("title", _("案名"), page.title, False, "text"), *facts] if page.title else facts
