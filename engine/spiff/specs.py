"""SpiffWorkflow's spec classes, extended by what the token runtime needs at a node.

The graph is SpiffWorkflow's (``spec.outputs``, ``spec.inputs``); beside it every node keeps its sequence flows as
objects, so that the runtime never looks anything up by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.specs.base import TaskSpec

from engine.bpmn.names import FOR_PEOPLE
from engine.spiff.effects import UserTaskAttributes

# of several that one event throws: first what its own place outlives, last what ends it
THROWN = ("none", "link", "message", "signal", "escalation", "compensate", "cancel", "error", "terminate")


@dataclass(slots=True, eq=False)
class Flow:
    """A sequence flow; ``id`` is None for the jump from a link throw event to its catch event."""

    id: str | None
    source: FlowNode
    target: FlowNode
    condition: str | None  # FEEL
    name: str | None = None
    key: str = field(init=False)  # unique at its target, also for the jump of a link event

    def __post_init__(self) -> None:
        """Name what has no id."""
        self.key = self.id or f"{self.source.bpmn_id}>"


@dataclass(frozen=True, slots=True)
class LoopSpec:
    """Multi-instance or standard loop of an activity; expressions are FEEL."""

    kind: str  # parallel, sequential, loop
    cardinality: str | None = None
    collection: str | None = None
    element_variable: str | None = None
    output_collection: str | None = None
    output_element: str | None = None
    completion_condition: str | None = None
    condition: str | None = None  # of a standard loop
    maximum: int | None = None
    test_before: bool = False


@dataclass(frozen=True, slots=True)
class Assignment:
    """One ``in``, ``out`` or parameter: a FEEL expression and the name that receives its value."""

    target: str
    source: str
    copy: bool = False  # the source is the name of a variable; one that is not there is not copied


class Trigger(EventDefinition):  # type: ignore[misc]
    """What an event waits for or throws; one event may have several."""

    def __init__(self, kind: str, name: str | None = None) -> None:
        super().__init__(name, None)
        self.kind = kind  # none message timer signal error escalation conditional link compensate cancel terminate
        self.event_name: str | None = name  # of the message, signal or link; a leading = marks FEEL
        self.code: str | None = None  # of the error or escalation; None catches all
        self.aliases: frozenset[str] = frozenset()  # its name and id: a service may report either
        self.correlation: str | None = None  # FEEL
        self.keyed_by_payload = False  # the sender's key is a value of the message itself
        self.condition: str | None = None  # FEEL
        self.timer: tuple[str, str] | None = None  # (date|duration|cycle, ISO literal or =FEEL)
        self.deadline: str | None = None  # key, or =FEEL
        self.anchor: str | None = None  # FEEL
        self.activity: str | None = None  # compensation of one activity
        self.wait_for_completion = True
        self.parameters: tuple[Assignment, ...] = ()
        self.broadcast = False
        self.error_variable: str | None = None


class FlowNode:
    """Mixed into every spec class: what the runtime reads at a node."""

    bpmn_id: str
    bpmn_name: str | None
    lane: str | None
    kind: str  # local name of the BPMN element
    line: int | None
    process: ProcessSpec
    flows_out: list[Flow]
    flows_in: list[Flow]
    default: str | None
    boundaries: list[FlowNode]
    loop: LoopSpec | None
    triggers: tuple[Trigger, ...]
    parallel_multiple: bool  # of an event, or of an event gateway: all, not any
    interrupting: bool  # boundary events and start events of event sub-processes
    attached_to: FlowNode | None
    handler: FlowNode | None  # of a compensation boundary event
    for_compensation: bool
    body: ProcessSpec | None  # of a sub-process
    user_task: UserTaskAttributes | None
    operation: str | None
    parameters: tuple[Assignment, ...]
    maps_in: tuple[Assignment, ...]  # names that only this node sees, evaluated when it begins
    maps_out: tuple[Assignment, ...]  # written around it when it is done
    outputs_only: bool  # nothing else that it writes is seen around it
    result_variable: str | None
    decision_ref: str | None
    script: str | None
    called_element: str | None  # a leading = marks FEEL
    binding: str
    called_version: str | None
    takes_all: bool  # a call: all variables go in, beside those that are mapped
    hands_all: bool  # a call: all variables of the called process come out
    inputs_mapped: tuple[Assignment, ...]
    outputs_mapped: tuple[Assignment, ...]
    instantiate: bool
    chooses: bool  # not every flow is taken every time
    for_people: bool  # a user, manual or plain task
    undoable: bool  # has a compensation handler
    guarded: bool  # a condition is waited for at its border
    watched: bool  # a condition is waited for somewhere in its process

    def prepare(self, kind: str, process: ProcessSpec, line: int | None) -> None:
        """Set what every node has; the parser fills in the rest."""
        self.kind, self.process, self.line = kind, process, line
        self.flows_out, self.flows_in, self.boundaries = [], [], []
        self.default, self.loop, self.attached_to, self.handler = None, None, None, None
        self.triggers = ()
        self.parallel_multiple, self.for_compensation, self.instantiate = False, False, False
        self.interrupting = True
        self.body, self.user_task = None, None
        self.operation = self.result_variable = self.decision_ref = self.script = None
        self.parameters = self.maps_in = self.maps_out = ()
        self.outputs_only = False
        self.called_element = self.called_version = None
        self.binding = "latest"
        self.takes_all = self.hands_all = True
        self.inputs_mapped = self.outputs_mapped = ()
        self.for_people = kind in FOR_PEOPLE
        self.chooses = self.undoable = self.guarded = self.watched = False

    def settle(self) -> None:
        """Once the diagram is read: work out what the runtime would ask at every visit."""
        self.chooses = bool(self.default) or any(flow.condition for flow in self.flows_out)
        self.undoable = any(boundary.handler is not None for boundary in self.boundaries)
        self.guarded = any(boundary.waits_for_condition for boundary in self.boundaries)
        if len(self.triggers) > 1 and self.kind in {"endEvent", "intermediateThrowEvent"}:
            self.triggers = tuple(sorted(self.triggers, key=lambda trigger: THROWN.index(trigger.kind)))

    @property
    def waits_for_condition(self) -> bool:
        """True if a condition is among its triggers."""
        return any(trigger.kind == "conditional" for trigger in self.triggers)

    @property
    def trigger(self) -> str:
        """The kind of the only trigger, ``none`` without one, ``multiple`` with several."""
        if not self.triggers:
            return "none"
        return self.triggers[0].kind if len(self.triggers) == 1 else "multiple"


def waits_for_all(node: FlowNode) -> bool:
    """Whether all of several triggers must happen."""
    return node.parallel_multiple and len(node.triggers) > 1


def begins_instances(node: FlowNode) -> bool:
    """True if the events of a node start the process.

    Beside start events these are receive tasks that instantiate, and the events behind an event gateway that does.
    """
    if node.kind == "startEvent" or (node.kind == "receiveTask" and node.instantiate):
        return True
    return any(flow.source.kind == "eventBasedGateway" and flow.source.instantiate for flow in node.flows_in)


class ProcessSpec(BpmnProcessSpec):  # type: ignore[misc]
    """A process or the inside of a sub-process. Holds the diagram's nodes and none of the stock helper nodes."""

    def __init__(self, name: str, description: str | None, filename: str | None) -> None:
        super().__init__(name=name, description=description, filename=filename)
        # the stock start and end nodes serve the stock runtime, and "Start" is a common id in diagrams
        self.task_specs.clear()
        self.bpmn_start_events.clear()
        self.kind = "process"
        self.host: FlowNode | None = None  # the sub-process node whose inside this is
        self.root: ProcessSpec = self
        self.executable = True
        self.starts: list[FlowNode] = []  # none start events, or nodes that an implied start begins with
        self.start_events: list[FlowNode] = []
        self.event_subprocesses: list[FlowNode] = []
        self.enabled: list[FlowNode] = []  # of an ad-hoc sub-process
        self.sequential = False
        self.completion_condition: str | None = None
        self.cancel_remaining = True
        self.all_nodes: dict[str, FlowNode] = {}  # of the root: with those of all sub-processes
        self.blocking: dict[str, dict[str, frozenset[str]]] = {}  # filled by engine.spiff.reach, as is the next
        self.entangled: dict[str, bool] = {}

    @property
    def nodes(self) -> Mapping[str, FlowNode]:
        """The flow nodes directly in this scope, by id."""
        nodes: dict[str, FlowNode] = self.task_specs
        return nodes


class Task(FlowNode, defaults.NoneTask):  # type: ignore[misc]
    """A plain task: waits for a person."""


class UserTask(FlowNode, defaults.UserTask):  # type: ignore[misc]
    """A user task."""


class ManualTask(FlowNode, defaults.ManualTask):  # type: ignore[misc]
    """A manual task."""


class ScriptTask(FlowNode, defaults.ScriptTask):  # type: ignore[misc]
    """A FEEL context whose entries become variables."""


class ServiceTask(FlowNode, defaults.ServiceTask):  # type: ignore[misc]
    """A registered operation."""


class BusinessRuleTask(FlowNode, defaults.ServiceTask):  # type: ignore[misc]
    """A decision."""


class SendTask(FlowNode, defaults.SendTask):  # type: ignore[misc]
    """Throws a message."""


class ReceiveTask(FlowNode, defaults.ReceiveTask):  # type: ignore[misc]
    """Waits for a message."""


class CallActivity(FlowNode, defaults.CallActivity):  # type: ignore[misc]
    """Runs another process in a scope of its own."""


class SubProcess(FlowNode, defaults.SubWorkflowTask):  # type: ignore[misc]
    """An embedded sub-process."""


class Transaction(FlowNode, defaults.TransactionSubprocess):  # type: ignore[misc]
    """A sub-process that can be cancelled with compensation."""


class AdHocSubProcess(FlowNode, defaults.AdHocSubprocess):  # type: ignore[misc]
    """A sub-process whose activities people start as they need them."""


class EventSubProcess(FlowNode, defaults.EventSubprocess):  # type: ignore[misc]
    """A sub-process that an event starts."""


class ExclusiveGateway(FlowNode, defaults.ExclusiveGateway):  # type: ignore[misc]
    """The first flow whose condition holds."""


class ParallelGateway(FlowNode, defaults.ParallelGateway):  # type: ignore[misc]
    """All flows; joins one token of each incoming flow."""


class InclusiveGateway(FlowNode, defaults.InclusiveGateway):  # type: ignore[misc]
    """Every flow whose condition holds; joins what can still come."""


class EventBasedGateway(FlowNode, defaults.EventBasedGateway):  # type: ignore[misc]
    """The event that happens first."""

    def connect(self, child: Any) -> None:
        """Spiff's own would move the event from the child to the gateway; ours subscribes at the child."""
        TaskSpec.connect(self, child)


class StartEvent(FlowNode, defaults.StartEvent):  # type: ignore[misc]
    """A start event."""


class EndEvent(FlowNode, defaults.EndEvent):  # type: ignore[misc]
    """An end event."""


class CatchEvent(FlowNode, defaults.IntermediateCatchEvent):  # type: ignore[misc]
    """An intermediate catch event."""


class ThrowEvent(FlowNode, defaults.IntermediateThrowEvent):  # type: ignore[misc]
    """An intermediate throw event."""


class BoundaryEvent(FlowNode, defaults.BoundaryEvent):  # type: ignore[misc]
    """An event at the border of an activity."""


@dataclass(slots=True)
class Compiled:
    """What the parser makes of one file."""

    processes: dict[str, ProcessSpec] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
