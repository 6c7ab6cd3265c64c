"""Compiled files: shared by every instance of a deployment, never changed after."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.bpmn.check import check_diagram, check_together
from engine.bpmn.diagram import Diagram, read_diagram
from engine.bpmn.problems import BpmnRefusedError, Problem
from engine.spiff.effects import UserTaskAttributes
from engine.spiff.parser import DiagramParser
from engine.spiff.specs import Assignment, FlowNode, ProcessSpec, Trigger, begins_instances


@dataclass(frozen=True, slots=True)
class UserTaskInfo:
    """A task for a person, as drawn."""

    id: str
    name: str | None
    lane: str | None
    form_key: str | None
    attributes: UserTaskAttributes
    type: str
    multi_instance: bool


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """A flow node, as drawn."""

    id: str
    name: str | None
    type: str
    lane: str | None
    scope: tuple[str, ...]  # enclosing sub-processes, outermost first


@dataclass(frozen=True, slots=True)
class StartEventInfo:
    """A start event of the process itself, not of its sub-processes."""

    id: str
    name: str | None
    trigger: str  # none, message, signal, timer, conditional, multiple
    event_name: str | None
    correlation: str | None  # FEEL, evaluated against the message's payload
    form_key: str | None = None


@dataclass(frozen=True, slots=True)
class StartTrigger:
    """One event that starts the process: of a start event, an instantiating receive task or event gateway."""

    node_id: str
    kind: str  # message, signal, timer, conditional
    event_name: str | None


@dataclass(frozen=True)
class ProcessInfo:
    """What pages and commands may know about a process."""

    id: str
    name: str
    executable: bool  # the file's flag
    file: str
    nodes: Mapping[str, NodeInfo]
    user_tasks: Mapping[str, UserTaskInfo]  # in document order, those of sub-processes included
    start_events: tuple[StartEventInfo, ...]
    start_triggers: tuple[StartTrigger, ...]
    lanes: tuple[str, ...]
    calls: tuple[str, ...]
    decisions: tuple[str, ...]
    operations: tuple[str, ...]
    searched: tuple[tuple[str, str], ...]  # node and FEEL of a name or key by which messages and signals are found
    items: tuple[tuple[str, str, str], ...]  # node, FEEL of its collection, name of the variable that holds an item
    renamed: tuple[tuple[str, str, str], ...]  # node, FEEL, the name under which its value is taken in or given on
    successors: Mapping[str, tuple[str, ...]] = field(repr=False)  # node → next nodes, into and out of sub-processes

    def started_by(self, kind: str, event_name: str) -> str | None:
        """The node at which a message or signal of this name starts the process, if it does."""
        wanted = (kind, event_name)
        return next((t.node_id for t in self.start_triggers if (t.kind, t.event_name) == wanted), None)

    def next_user_tasks(self, current: Iterable[str], limit: int = 10) -> list[UserTaskInfo]:
        """The user tasks that are likely to come after the current nodes, nearest first; the current ones not."""
        start = list(current)
        seen = set(start)
        found: list[UserTaskInfo] = []
        level = start
        while level and len(found) < limit:
            following: list[str] = []
            for node_id in level:
                for successor in self.successors.get(node_id, ()):
                    if successor in seen:
                        continue
                    seen.add(successor)
                    following.append(successor)
                    if successor in self.user_tasks:
                        found.append(self.user_tasks[successor])
            level = following
        return found[:limit]

    def first_user_tasks(self, limit: int = 10) -> list[UserTaskInfo]:
        """The user tasks that come first."""
        return self.next_user_tasks([s.id for s in self.start_events] or self._heads(), limit)

    def _heads(self) -> list[str]:
        reached = {s for successors in self.successors.values() for s in successors}
        return [n for n in self.nodes if n not in reached and n not in self.user_tasks]


@dataclass(frozen=True)
class Definitions:
    """All processes of a set of files."""

    key: str  # identifies the set for ever: instances with running calls keep it
    processes: Mapping[str, ProcessInfo]
    problems: tuple[Problem, ...]  # warnings
    specs: Mapping[str, ProcessSpec] = field(repr=False)  # for the runtime only


def compile_definitions(files: Mapping[str, bytes], *, key: str | None = None, strict: bool = False) -> Definitions:
    """Read, normalise, check and compile BPMN files that belong together.

    Args:
        files: content by file name, the main file first.
        key: a lasting name of the set; default is the hash of the files.
        strict: also refuse what only a deployment needs: an absent called process.

    Raises:
        BpmnRefusedError: something in them cannot be executed as drawn; says what and where.
    """
    diagrams = [read_diagram(data, name) for name, data in files.items()]
    for diagram in diagrams:
        check_diagram(diagram)
    check_together(diagrams, strict=strict)
    return compile_diagrams(diagrams, key or _hash(files))


def compile_diagrams(diagrams: list[Diagram], key: str) -> Definitions:
    """Compile files that have been read and checked.

    Raises:
        BpmnRefusedError
    """
    problems = [p for diagram in diagrams for p in diagram.problems]
    if any(p.severity == "error" for p in problems):
        raise BpmnRefusedError(problems)
    specs: dict[str, ProcessSpec] = {}
    infos: dict[str, ProcessInfo] = {}
    for diagram in diagrams:
        for process_id, spec in DiagramParser(diagram).compile().items():
            specs[process_id] = spec
            infos[process_id] = _info(spec, diagram.file)
    return Definitions(key, infos, tuple(problems), specs)


def _hash(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, data in sorted(files.items()):
        digest.update(f"{name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def _info(spec: ProcessSpec, file: str) -> ProcessInfo:
    nodes = {n.bpmn_id: n for n in spec.all_nodes.values()}
    people = {i: n for i, n in nodes.items() if n.for_people}
    lanes = dict.fromkeys(n.lane for n in nodes.values() if n.lane)
    return ProcessInfo(
        id=spec.name,
        name=spec.description or spec.name,
        executable=spec.executable,
        file=file,
        nodes={i: NodeInfo(i, n.bpmn_name, n.kind, n.lane, _scope_of(n)) for i, n in nodes.items()},
        user_tasks={i: _user_task(n) for i, n in people.items()},
        start_events=tuple(_start(n) for n in spec.start_events),
        start_triggers=tuple(
            StartTrigger(n.bpmn_id, t.kind, t.event_name)
            for n in spec.nodes.values()
            if begins_instances(n)
            for t in n.triggers
        ),
        lanes=tuple(str(lane) for lane in lanes),
        calls=tuple(dict.fromkeys(n.called_element for n in nodes.values() if n.called_element)),
        decisions=tuple(dict.fromkeys(n.decision_ref for n in nodes.values() if n.decision_ref)),
        operations=tuple(dict.fromkeys(n.operation for n in nodes.values() if n.operation)),
        searched=tuple((i, text) for i, n in nodes.items() for trigger in n.triggers for text in _searched(trigger)),
        items=tuple((i, *found) for i, n in nodes.items() if (found := _item(n)) is not None),
        renamed=tuple((i, given.source, given.target) for i, n in nodes.items() for given in _assignments(n)),
        successors={i: tuple(_successors(n)) for i, n in nodes.items()},
    )


def _searched(trigger: Trigger) -> list[str]:
    name = trigger.event_name or ""
    return [text for text in (trigger.correlation, name[1:] if name.startswith("=") else None) if text]


def _assignments(node: FlowNode) -> Iterator[Assignment]:
    """Every mapping of a node, and what it sends."""
    yield from (*node.maps_in, *node.maps_out, *node.inputs_mapped, *node.outputs_mapped)
    for trigger in node.triggers:
        yield from trigger.parameters


def _item(node: FlowNode) -> tuple[str, str] | None:
    loop = node.loop
    return (loop.collection, loop.element_variable) if loop and loop.collection and loop.element_variable else None


def _scope_of(node: FlowNode) -> tuple[str, ...]:
    hosts: list[str] = []
    host = node.process.host
    while host is not None:
        hosts.append(host.bpmn_id)
        host = host.process.host
    return tuple(reversed(hosts))


def _user_task(node: FlowNode) -> UserTaskInfo:
    attributes = node.user_task or UserTaskAttributes()
    return UserTaskInfo(
        node.bpmn_id, node.bpmn_name, node.lane, attributes.form_key, attributes, node.kind, node.loop is not None
    )


def _start(node: FlowNode) -> StartEventInfo:
    first = node.triggers[0] if node.triggers else None
    return StartEventInfo(
        node.bpmn_id,
        node.bpmn_name,
        node.trigger,
        first.event_name if first else None,
        first.correlation if first else None,
        node.user_task.form_key if node.user_task else None,
    )


def _successors(node: FlowNode) -> list[str]:
    """Where a token may go next: along flows, into a sub-process, and out of it at its ends."""
    if node.body is not None and node.kind != "callActivity":
        inside = node.body.starts or node.body.enabled or node.body.start_events
        entered = [n.bpmn_id for n in inside]
        return entered or [f.target.bpmn_id for f in node.flows_out]
    following = [f.target.bpmn_id for f in _ordered(node)]
    host = node.process.host
    while not following and host is not None:
        following = [f.target.bpmn_id for f in _ordered(host)]
        host = host.process.host
    return following


def _ordered(node: FlowNode) -> list:  # type: ignore[type-arg]
    """Flows in document order, the default flow first: it is the usual way."""
    return sorted(node.flows_out, key=lambda f: f.id != node.default) if node.default else node.flows_out
