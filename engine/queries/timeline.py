"""What happened in a case: who did what, when, how long it took, and what waits now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.queries.case_fields import field_label, value_in_words
from engine.queries.cases import may_see_variable
from engine.queries.organisation import names_of
from engine.rules.roles import role_name
from engine.sentences import say
from engine.spiff import ProcessInfo
from engine.step.history import read_body
from engine.step.instance import LoadedInstance
from engine.unit_of_work import UnitOfWork
from models import HistoryEvent, InstanceStatus, UserTask, WorkItem, WorkItemCandidate, WorkItemState

# events beside the user tasks that people want to read
SHOWN = frozenset(
    {
        "instance.started",
        "instance.withdrawn",
        "instance.cancelled",
        "instance.suspended",
        "instance.resumed",
        "instance.modified",
        "instance.token_moved",
        "instance.rewound",
        "instance.linked",
        "instance.urged",
        "instance.ended",
        "activity.begun",
        "deadlines.moved",
        "timer.fired",
        "message.correlated",
        "work_item.claimed",
        "work_item.unclaimed",
        "work_item.assigned",
        "attachment.added",
        "attachment.opened",
        "personal_data.erased",
    }
)


PERFORMED, LEADER_OF = "operation.performed", "organisation.leader_of"  # shown where somebody has to stay out
NOT_DETAILS = frozenset({"data", "trace", "reason", "before"})


@dataclass(frozen=True)
class Corrected:
    """A field that an administrator typed anew, in words; ``values`` (before, after) unless they are not to be read."""

    label: str
    values: tuple[Any, Any] | None


@dataclass(frozen=True)
class TimelineEntry:
    """One line of the timeline.

    ``state`` is ``done`` or ``cancelled`` for a user task that is over, ``current`` for one that waits, ``event`` for
    anything else; ``kind`` is the history's word for it.
    """

    kind: str
    state: str
    at: datetime  # when it happened; for what waits: since when
    flow_node_id: str | None
    name: str | None  # of the user task or flow node
    actor_id: str | None
    actor_name: str | None
    on_behalf_of_name: str | None
    role: str | None
    waiting_for: tuple[str, ...] = ()  # whom a current task waits for: names of people or roles with units
    decision: str | None = None
    decision_label: str | None = None
    recorded: tuple[tuple[str, str], ...] = ()  # (label, what was chosen), for a form without one decision
    corrected: tuple["Corrected", ...] = ()
    opinion: str | None = None
    detail: Mapping[str, Any] | None = None
    due_at: datetime | None = None
    lasted: timedelta | None = None
    is_late: bool = False


def timeline_of(uow: UnitOfWork, instance: LoadedInstance) -> tuple[TimelineEntry, ...]:
    """All lines, in the order in which they happened; what waits now comes last."""
    lines = [*_tasks(uow, instance), *_events(uow, instance)]
    people = {line.actor_id for line in lines if line.actor_id}
    names = names_of(uow.session, people)
    named = [
        replace(line, actor_name=names.get(line.actor_id, line.actor_id) if line.actor_id else None) for line in lines
    ]
    return tuple(sorted(named, key=_place))


def suspension_of(instance: LoadedInstance, timeline: Sequence[TimelineEntry]) -> TimelineEntry | None:
    """Who suspended the case that is suspended now, when and why."""
    if instance.status is not InstanceStatus.SUSPENDED:
        return None
    return next((line for line in reversed(timeline) if line.kind == "instance.suspended"), None)


def _place(line: TimelineEntry) -> tuple[bool, datetime, int]:
    """What waits comes last; of one instant, the beginning first and the end last."""
    return line.state == "current", line.at, {"instance.started": 0, "instance.ended": 2}.get(line.kind, 1)


def _tasks(uow: UnitOfWork, instance: LoadedInstance) -> list[TimelineEntry]:
    query = (
        select(UserTask, WorkItem)
        .join(WorkItem, WorkItem.user_task_id == UserTask.id)
        .where(UserTask.process_instance_id == instance.id, WorkItem.process_instance_id == instance.id)
        .order_by(UserTask.no, WorkItem.id)
    )
    # what was open to everybody and then closed was asked of nobody in particular
    found = [(row[0], row[1]) for row in uow.session.execute(query)]
    rows = [each for each in found if not (each[0].is_open and each[1].state is WorkItemState.CANCELLED)]
    waiting = _waiting_for(uow, [item.id for _, item in rows if item.state is WorkItemState.OPEN])
    recorded = _recorded(uow, instance, {item.id: task for task, item in rows})
    return [
        replace(_task_line(uow, instance, task, item, waiting), recorded=recorded.get(item.id, ()))
        for task, item in rows
    ]


def _recorded(
    uow: UnitOfWork, instance: LoadedInstance, tasks: Mapping[UUID, UserTask]
) -> dict[UUID, tuple[tuple[str, str], ...]]:
    """By work item what the forms mark as recorded, as far as this person may see it; erased values are missing."""
    forms = {task.flow_node_id: instance.deployed.form(task.form_key) for task in tasks.values()}
    shown = {
        node: [field for field in form.recorded() if may_see_variable(uow, instance, field.key)]
        for node, form in forms.items()
        if form is not None and form.recorded()
    }
    if not shown:
        return {}
    query = select(HistoryEvent).where(
        HistoryEvent.process_instance_id == instance.id,
        HistoryEvent.kind == "work_item.completed",
        HistoryEvent.flow_node_id.in_(shown),
    )
    found = {}
    for event in uow.session.scalars(query):
        body = read_body(event.body, event.seq, instance.sealer)
        values = body.get("data") or {}
        found[UUID(body["work_item"])] = tuple(
            (field.label, choice.label)
            for field in shown[event.flow_node_id or ""]
            for choice in field.choices
            if choice.value == values.get(field.key)
        )
    return found


def _task_line(
    uow: UnitOfWork, instance: LoadedInstance, task: UserTask, item: WorkItem, waiting: Mapping[UUID, tuple[str, ...]]
) -> TimelineEntry:
    is_open = item.state is WorkItemState.OPEN
    ended = item.ended_at
    state = "current" if is_open else "done" if item.state is WorkItemState.COMPLETED else "cancelled"
    until = uow.now if is_open or ended is None else ended
    return TimelineEntry(
        kind={"current": "user_task.created", "done": "work_item.completed"}.get(state, "user_task.cancelled"),
        state=state,
        at=task.created_at if is_open or ended is None else ended,
        flow_node_id=task.flow_node_id,
        name=task.name,
        actor_id=item.decided_by or (item.assignee_id if is_open else None),
        actor_name=None,
        on_behalf_of_name=None,
        role=None,
        waiting_for=waiting.get(item.id, ()),
        decision=item.decision,
        decision_label=decision_label(instance, task.form_key, item.decision),
        opinion=item.opinion,
        due_at=task.due_at,
        lasted=until - task.created_at,
        is_late=task.due_at is not None and until > task.due_at and state != "cancelled",
    )


def decision_label(instance: LoadedInstance, form_key: str | None, decision: str | None) -> str | None:
    """What the button said that the person pressed."""
    form = instance.deployed.form(form_key)
    field = (form.action or form.field("decision")) if form and decision else None
    labels = {choice.value: choice.label for choice in field.choices} if field else {}
    return labels.get(decision or "", decision)


def _waiting_for(uow: UnitOfWork, item_ids: list[UUID]) -> dict[UUID, tuple[str, ...]]:
    if not item_ids:
        return {}
    rows = list(uow.session.scalars(select(WorkItemCandidate).where(WorkItemCandidate.work_item_id.in_(item_ids))))
    names = names_of(uow.session, [row.user_id for row in rows if row.user_id])
    found: dict[UUID, list[str]] = {}
    for row in rows:
        if row.user_id:
            text = names.get(row.user_id, row.user_id)
        else:
            role = say(role_name(row.role or ""))
            text = say("{unit} {role}", unit=row.unit_id, role=role) if row.unit_id else role
        found.setdefault(row.work_item_id, []).append(text)
    return {item: tuple(dict.fromkeys(texts)) for item, texts in found.items()}


def _events(uow: UnitOfWork, instance: LoadedInstance) -> list[TimelineEntry]:
    process = instance.deployed.definitions.processes.get(instance.process_key)
    query = (
        select(HistoryEvent)
        .where(HistoryEvent.process_instance_id == instance.id, HistoryEvent.kind.in_({*SHOWN, PERFORMED}))
        .order_by(HistoryEvent.seq)
    )
    lines = []
    for event in uow.session.scalars(query):
        body = read_body(event.body, event.seq, instance.sealer)
        if event.kind == PERFORMED:
            lines += _recusals(uow, event, body)
            continue
        lines.append(
            TimelineEntry(
                kind=event.kind,
                state="event",
                at=event.at,
                flow_node_id=event.flow_node_id,
                name=_name_of(process, event) if process else None,
                actor_id=event.actor_id,
                actor_name=None,
                on_behalf_of_name=None,
                role=event.role,
                corrected=tuple(_corrected(uow, instance, body)) if event.kind == "instance.modified" else (),
                opinion=body.get("reason"),
                detail={key: value for key, value in body.items() if key not in NOT_DETAILS},
            )
        )
    return lines


def _name_of(process: ProcessInfo, event: HistoryEvent) -> str | None:
    """What the element is called; a nameless timer tells what it leads to."""
    level, seen = [event.flow_node_id or ""], set[str]()
    while level:
        seen.update(level)
        named = [node.name for node_id in level if (node := process.nodes.get(node_id)) and node.name]
        if named or event.kind != "timer.fired":
            return named[0] if named else None
        level = [after for node_id in level for after in process.successors.get(node_id, ()) if after not in seen]
    return None


def _recusals(uow: UnitOfWork, event: HistoryEvent, body: Mapping[str, Any]) -> list[TimelineEntry]:
    """Who stays out by the rules of recusal, and who takes the place: found by an automatic step."""
    found = (body.get("data") or {}).get("recused", ()) if body.get("operation") == LEADER_OF else ()
    pairs = dict.fromkeys((each["leader"], each["instead"]) for each in found)
    names = names_of(uow.session, {person for pair in pairs for person in pair if person}) if pairs else {}
    return [
        TimelineEntry(
            kind="recusal",
            state="event",
            at=event.at,
            flow_node_id=event.flow_node_id,
            name=None,
            actor_id=None,
            actor_name=None,
            on_behalf_of_name=None,
            role=None,
            detail={"who": names.get(who, who), "instead": names.get(instead, instead)},
        )
        for who, instead in pairs
    ]


def _corrected(uow: UnitOfWork, instance: LoadedInstance, body: Mapping[str, Any]) -> Iterator[Corrected]:
    before = body.get("before") or {}
    for key, after in (body.get("data") or {}).items():
        label = field_label(instance, key)
        if label is None or not may_see_variable(uow, instance, key):
            continue
        values = [value_in_words(uow, instance, key, value) for value in (before[key], after)] if key in before else []
        yield Corrected(label, (values[0], values[1]) if values else None)


def traces_of(uow: UnitOfWork, instance: LoadedInstance) -> frozenset[str]:
    """Ids of all flow nodes and flows that were passed, for the diagram."""
    from engine.values import loads

    query = select(HistoryEvent.body).where(
        HistoryEvent.process_instance_id == instance.id, HistoryEvent.body.contains('"trace":')
    )
    return frozenset(each for body in uow.session.scalars(query) for each in loads(body).get("trace", ()))
