"""What an administrator sees of a case before correcting it: where it waits, where it could go, which fields it has.

He looks after the running of a case, not after its contents: the title and the values are there only if the case is
his to read, sensitive ones never.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from engine.errors import NotFoundError
from engine.forms import ChoiceSource, FormSchema
from engine.queries.case_fields import fields_with_nodes, schema_of_field
from engine.queries.case_labels import CaseLabel, case_labels
from engine.queries.cases import readable_variables
from engine.queries.choices import CaseChoices
from engine.queries.entitlement import ensure_administers
from engine.step.instance import LoadedInstance, load_instance
from engine.unit_of_work import UnitOfWork
from models import EventSubscription, Job, JobKind, UserTask, waits

if TYPE_CHECKING:
    from engine.bootstrap import Engine
    from engine.spiff.definitions import NodeInfo

CATCHING = frozenset({"intermediateCatchEvent", "receiveTask"})
NOT_ENTERABLE = frozenset({"boundaryEvent", "startEvent"})


@dataclass(frozen=True)
class Place:
    """A node where a case waits (``no`` is the token's) or to which it could be moved."""

    id: str
    name: str
    lane: str | None
    is_person: bool
    no: int | None = None


@dataclass(frozen=True)
class FieldEntry:
    """A variable with the label of the form's field; the value only if this person may read it."""

    key: str
    label: str
    step: str  # what the user task is called whose form has the field
    value: Any
    is_hidden: bool


@dataclass(frozen=True)
class Correction:
    """A case and what can be corrected in it."""

    label: CaseLabel
    waits: tuple[Place, ...]
    targets: tuple[Place, ...]
    fields: tuple[FieldEntry, ...]


@dataclass(frozen=True)
class Preview:
    """What a correction would do: names of what closes and what opens."""

    closes: tuple[str, ...]
    opens: tuple[str, ...]
    ends: bool


def correction(uow: UnitOfWork, instance_id: UUID) -> Correction:
    """The case; ``NotFoundError`` for everybody who may not correct it."""
    instance = _administered(uow, instance_id)
    label = case_labels(uow, [instance_id])[instance_id]
    nodes = _nodes(instance)
    return Correction(
        label,
        tuple(_waits(uow, instance_id, nodes)),
        tuple(_targets(nodes.values())),
        _fields(uow, instance, may_read=label.may_open),
    )


@dataclass(frozen=True)
class FieldForm:
    """One field to be typed anew; usable while the unit of work is open."""

    schema: FormSchema
    value: Any
    is_hidden: bool
    choices: ChoiceSource


def field_form(uow: UnitOfWork, instance_id: UUID, key: str) -> FieldForm:
    """The form of one field of a case; ``NotFoundError`` when there is none or it is not for this person."""
    instance = _administered(uow, instance_id)
    schema = schema_of_field(instance, key)
    label = case_labels(uow, [instance_id])[instance_id]
    [entry] = [each for each in _fields(uow, instance, may_read=label.may_open) if each.key == key]
    return FieldForm(schema, entry.value, entry.is_hidden, CaseChoices(uow, instance))


def preview(engine: "Engine", actor: str, instance_id: UUID, act: Callable[[UnitOfWork], None]) -> Preview:
    """Do it, look at what became of it, and take everything back.

    Raises:
        StepFailedError, ConflictError: it cannot be done.
    """
    try:
        with engine.unit_of_work(actor) as uow:
            before = _open_names(uow, instance_id)
            act(uow)
            after = _open_names(uow, instance_id)
            instance = load_instance(uow, instance_id, for_update=False)
            raise _Undone(_difference(before, after, ends=not instance.is_active))
    except _Undone as undone:
        return undone.preview


class _Undone(Exception):
    def __init__(self, preview: Preview) -> None:
        self.preview = preview


def _difference(before: dict[int, str], after: dict[int, str], *, ends: bool) -> Preview:
    closes = dict.fromkeys(name for no, name in before.items() if no not in after)
    opens = dict.fromkeys(name for no, name in after.items() if no not in before)
    return Preview(tuple(closes), tuple(opens), ends)


def _administered(uow: UnitOfWork, instance_id: UUID) -> LoadedInstance:
    instance = load_instance(uow, instance_id, for_update=False)
    ensure_administers(uow, instance)
    return instance


def _nodes(instance: LoadedInstance) -> dict[str, "NodeInfo"]:
    process = instance.deployed.definitions.processes.get(instance.process_key)
    if process is None:
        raise NotFoundError
    return dict(process.nodes)


def _open_names(uow: UnitOfWork, instance_id: UUID) -> dict[int, str]:
    nodes = _nodes(load_instance(uow, instance_id, for_update=False))
    return {no: _name(nodes.get(node_id), node_id) for no, node_id in _open_numbers(uow, instance_id, nodes)}


def _open_numbers(uow: UnitOfWork, instance_id: UUID, nodes: dict[str, "NodeInfo"]) -> list[tuple[int, str]]:
    """Number and node of what waits in the flow: people's tasks and events on the way, not what watches at the edge."""
    tasks = select(UserTask.no, UserTask.flow_node_id).where(UserTask.process_instance_id == instance_id, waits())
    events = select(EventSubscription.no, EventSubscription.flow_node_id).where(
        EventSubscription.process_instance_id == instance_id
    )
    timers = select(Job.no, Job.flow_node_id).where(
        Job.process_instance_id == instance_id, Job.kind == JobKind.TIMER
    )  # also one that has failed: its token waits there still
    found = [(int(no), str(node)) for no, node in uow.session.execute(tasks)]
    waiting = [*uow.session.execute(events), *uow.session.execute(timers)]
    found += [(no, node) for no, node in waiting if node in nodes and nodes[node].type in CATCHING and no is not None]
    return sorted(found)


def _waits(uow: UnitOfWork, instance_id: UUID, nodes: dict[str, "NodeInfo"]) -> Iterable[Place]:
    seen = set()
    for no, node_id in _open_numbers(uow, instance_id, nodes):
        if node_id not in seen:  # all people of one step move together
            seen.add(node_id)
            node = nodes.get(node_id)
            yield Place(node_id, _name(node, node_id), node.lane if node else None, _is_person(node), no)


def _targets(nodes: Iterable["NodeInfo"]) -> Iterable[Place]:
    for node in nodes:
        if node.name and node.type not in NOT_ENTERABLE and not node.type.endswith("Gateway"):
            yield Place(node.id, node.name, node.lane, _is_person(node))


def _is_person(node: "NodeInfo | None") -> bool:
    return node is not None and node.type in ("userTask", "manualTask")


def _name(node: "NodeInfo | None", node_id: str) -> str:
    return (node.name if node else None) or node_id


def _fields(uow: UnitOfWork, instance: LoadedInstance, *, may_read: bool) -> tuple[FieldEntry, ...]:
    sensitive = instance.deployed.manifest.sensitive
    readable = readable_variables(uow, instance) if may_read else {}
    nodes = _nodes(instance)
    entries = []
    for key, (node_id, component) in fields_with_nodes(instance).items():
        hidden = not may_read or key in sensitive
        value = None if hidden else readable.get(key)
        entries.append(FieldEntry(key, component.label or key, _name(nodes.get(node_id), node_id), value, hidden))
    return tuple(entries)
