"""Everything the page of a case shows."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

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
    readable_instance,
)
from engine.queries.enabled import EnabledActivity, enabled_activities
from engine.queries.entitlement import may_attach, may_withdraw, open_withdrawal, takes_part
from engine.queries.incidents import IncidentEntry, standstills, who_resolves
from engine.queries.organisation import names_of
from engine.queries.timeline import TimelineEntry, suspension_of, timeline_of, traces_of
from engine.rules.visibility import is_in_inbox, is_offered_to, is_open, may_read
from engine.step.instance import LoadedInstance
from engine.unit_of_work import UnitOfWork
from models import (
    InstanceComment,
    InstanceLink,
    InstanceParticipant,
    Job,
    JobKind,
    JobState,
    ProcessInstance,
    UserTask,
    WorkItem,
)

TITLE_LIMIT = 500  # characters, as many as a case keeps


@dataclass(frozen=True)
class MyTask:
    """An open work item of the case that the actor may handle."""

    id: UUID
    name: str
    flow_node_id: str
    due_at: datetime | None


@dataclass(frozen=True)
class Waiting:
    """A date for which a case waits while nobody has anything to do."""

    flow_node_id: str
    name: str | None  # of the timer as it is drawn
    due_at: datetime


@dataclass(frozen=True)
class LinkEntry:
    """A related case; the title is there only if the actor may read it."""

    kind: str
    is_outgoing: bool  # this case is merged into, duplicates or follows the other
    instance_id: UUID
    number: str | None
    title: str | None
    may_open: bool


@dataclass(frozen=True)
class CommentEntry:
    """One utterance."""

    id: UUID
    author_id: str
    author_name: str
    text: str
    at: datetime
    is_mine: bool


@dataclass(frozen=True)
class SectionEntry:
    """A section of the conversation that the actor takes part in."""

    key: str
    label: str
    comments: tuple[CommentEntry, ...]
    may_write: bool


@dataclass(frozen=True)
class ParticipantEntry:
    """A person who belongs to the case."""

    user_id: str
    name: str
    part: str


@dataclass(frozen=True)
class InstancePage:
    """A case with what the actor may read of it and do with it."""

    id: UUID
    folder_key: str
    process_key: str
    process_name: str
    title: str | None
    number: str | None
    status: str
    is_sealed: bool
    started_by: str | None
    started_by_name: str | None
    started_at: datetime
    ended_at: datetime | None
    end_event_id: str | None
    facts: tuple[FactValue, ...]
    timeline: tuple[TimelineEntry, ...]
    next_steps: tuple[NextStep, ...]
    waits_until: Waiting | None
    attachments: tuple[AttachmentEntry, ...]
    decisions: tuple[DecisionEntry, ...]
    links: tuple[LinkEntry, ...]
    sections: tuple[SectionEntry, ...]
    participants: tuple[ParticipantEntry, ...]
    my_tasks: tuple[MyTask, ...]
    enabled: tuple[EnabledActivity, ...]  # what the actor may begin in an ad-hoc sub-process
    current_ids: tuple[str, ...]  # flow nodes that wait for people
    done_ids: tuple[str, ...]  # flow nodes and flows passed
    has_diagram: bool
    can_withdraw: bool
    can_attach: bool
    standstills: tuple[IncidentEntry, ...]  # why it cannot go on
    suspension: TimelineEntry | None
    who_resolves: tuple[str, ...]  # names of those who know; empty when it does not stand still


def instance_page(uow: UnitOfWork, instance_id: UUID) -> InstancePage:
    """The page of a case; ``NotFoundError`` when it is not for this person."""
    instance = readable_instance(uow, instance_id)
    row = uow.session.execute(
        select(ProcessInstance.started_at, ProcessInstance.ended_at, ProcessInstance.end_event_id).where(
            ProcessInstance.id == instance.id
        )
    ).one()
    timeline = timeline_of(uow, instance)
    current = tuple(
        dict.fromkeys(line.flow_node_id for line in timeline if line.state == "current" and line.flow_node_id)
    )
    stuck = standstills(uow, instance_id)
    waiting = None if current else _waits_until(uow, instance)
    starter = names_of(uow.session, [instance.started_by]) if instance.started_by else {}
    return InstancePage(
        id=instance.id,
        folder_key=instance.deployed.key,
        process_key=instance.process_key,
        process_name=process_name_of(instance),
        title=instance.title or _typed_title(uow, instance),
        number=instance.number,
        status=instance.status.value,
        is_sealed=instance.is_sealed,
        started_by=instance.started_by,
        started_by_name=starter.get(instance.started_by or ""),
        started_at=row.started_at,
        ended_at=row.ended_at,
        end_event_id=row.end_event_id,
        facts=facts_of(uow, instance),
        timeline=timeline,
        waits_until=waiting,
        next_steps=next_steps_of(instance, (waiting.flow_node_id,) if waiting else current),
        attachments=attachments_of(uow, instance),
        decisions=decisions_of(uow, instance),
        links=_links(uow, instance.id),
        sections=_sections(uow, instance),
        participants=_participants(uow, instance.id),
        my_tasks=_my_tasks(uow, instance.id),
        enabled=enabled_activities(uow, instance),
        current_ids=current,
        done_ids=tuple(sorted(traces_of(uow, instance) - set(current))),
        has_diagram=instance.deployed.diagram_of(instance.process_key) is not None,
        can_withdraw=may_withdraw(uow, instance) and open_withdrawal(uow, instance) is not None,
        can_attach=instance.is_active and may_attach(uow, instance),
        standstills=stuck,
        suspension=suspension_of(instance, timeline),
        who_resolves=who_resolves(uow) if stuck else (),
    )


def instance_diagram(uow: UnitOfWork, instance_id: UUID) -> bytes | None:
    """The file that draws a readable case's process."""
    instance = readable_instance(uow, instance_id)
    return instance.deployed.diagram_of(instance.process_key)


def _my_tasks(uow: UnitOfWork, instance_id: UUID) -> tuple[MyTask, ...]:
    query = (
        select(WorkItem.id, UserTask.name, UserTask.flow_node_id, UserTask.due_at)
        .join(UserTask, UserTask.id == WorkItem.user_task_id)
        .where(WorkItem.process_instance_id == instance_id, or_(is_in_inbox(uow.holder), is_offered_to(uow.holder)))
        .order_by(UserTask.no)
    )
    return tuple(MyTask(row.id, row.name, row.flow_node_id, row.due_at) for row in uow.session.execute(query))


def _waits_until(uow: UnitOfWork, instance: LoadedInstance) -> Waiting | None:
    """The next timer of a case in which nobody has anything to do."""
    if not instance.is_active:
        return None
    timers = select(Job.flow_node_id, Job.due_at).where(
        Job.process_instance_id == instance.id, Job.kind == JobKind.TIMER, Job.state == JobState.WAITING
    )
    timer = uow.session.execute(timers.order_by(Job.due_at).limit(1)).first()
    if timer is None or timer.flow_node_id is None:
        return None
    process = instance.deployed.definitions.processes.get(instance.process_key)
    node = process.nodes.get(timer.flow_node_id) if process else None
    return Waiting(timer.flow_node_id, node.name if node else None, timer.due_at)


def _typed_title(uow: UnitOfWork, instance: LoadedInstance) -> str | None:
    """The title that the actor typed into a draft and has not sent yet."""
    variable = instance.deployed.manifest.title_variable
    drafts = select(WorkItem.id, WorkItem.draft).where(
        WorkItem.process_instance_id == instance.id,
        WorkItem.assignee_id == uow.actor,
        WorkItem.draft.is_not(None),
        is_open(),
    )
    for item, draft in uow.session.execute(drafts):
        title = instance.sealer.open(draft, f"draft:{item}").get(variable) if draft else None
        if isinstance(title, str) and title.strip():
            return title[:TITLE_LIMIT]
    return None


def _links(uow: UnitOfWork, instance_id: UUID) -> tuple[LinkEntry, ...]:
    rows = list(
        uow.session.scalars(
            select(InstanceLink)
            .where(or_(InstanceLink.source_id == instance_id, InstanceLink.target_id == instance_id))
            .order_by(InstanceLink.linked_at)
        )
    )
    others = {row.target_id if row.source_id == instance_id else row.source_id for row in rows}
    query = select(ProcessInstance.id, ProcessInstance.number, ProcessInstance.title).where(
        ProcessInstance.id.in_(others), may_read(uow.holder)
    )
    readable = {each.id: each for each in uow.session.execute(query)} if others else {}
    entries = []
    for row in rows:
        outgoing = row.source_id == instance_id
        other = row.target_id if outgoing else row.source_id
        case = readable.get(other)
        entries.append(
            LinkEntry(
                row.kind, outgoing, other, case.number if case else None, case.title if case else None, case is not None
            )
        )
    return tuple(entries)


def _sections(uow: UnitOfWork, instance: LoadedInstance) -> tuple[SectionEntry, ...]:
    mine = [each for each in instance.deployed.manifest.sections() if takes_part(uow, instance, each)]
    if not mine:
        return ()
    query = (
        select(InstanceComment)
        .where(
            InstanceComment.process_instance_id == instance.id,
            InstanceComment.section.in_([section.key for section in mine]),
        )
        .order_by(InstanceComment.written_at, InstanceComment.id)
    )
    comments = list(uow.session.scalars(query))
    names = names_of(uow.session, {comment.author_id for comment in comments})
    return tuple(
        SectionEntry(
            section.key,
            section.label,
            tuple(
                CommentEntry(
                    each.id,
                    each.author_id,
                    names.get(each.author_id, each.author_id),
                    each.text,
                    each.written_at,
                    each.author_id == uow.actor,
                )
                for each in comments
                if each.section == section.key
            ),
            may_write=True,
        )
        for section in mine
    )


def _participants(uow: UnitOfWork, instance_id: UUID) -> tuple[ParticipantEntry, ...]:
    query = (
        select(InstanceParticipant.user_id, InstanceParticipant.part)
        .where(InstanceParticipant.process_instance_id == instance_id)
        .order_by(InstanceParticipant.since, InstanceParticipant.user_id)
    )
    rows = list(uow.session.execute(query))
    names = names_of(uow.session, {row.user_id for row in rows})
    return tuple(ParticipantEntry(row.user_id, names.get(row.user_id, row.user_id), row.part) for row in rows)
