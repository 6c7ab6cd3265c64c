"""SpiffWorkflow's parser, led over a normalised diagram: one node at a time, never recursive over the file.

Everything is read through SpiffWorkflow's own extension points: the table of parser classes, the process parser class
and the spec classes.
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag

from engine.bpmn.diagram import Diagram, is_event_subprocess
from engine.bpmn.names import CONTAINERS, FLOW_NODES, bpmn, local_name
from engine.bpmn.problems import line_of
from engine.spiff import specs
from engine.spiff.node_reader import read_loop, read_node
from engine.spiff.specs import Flow, FlowNode, ProcessSpec
from engine.spiff.triggers import read_triggers


class NodeReader(TaskParser):  # type: ignore[misc]
    """Makes the spec of one flow node; the process parser connects it."""

    @property
    def bpmn_attributes(self) -> dict[str, Any]:
        """Name and lane; data associations are inert (and the stock look-up of data objects may not end)."""
        return {"lane": self.lane, "bpmn_name": self.node.get("name"), "description": local_name(self.node)}

    def _get_lane(self) -> str | None:
        return self.process_parser.diagram.lanes.get(self.bpmn_id)  # type: ignore[no-any-return]

    def constructor_arguments(self) -> dict[str, Any]:
        """What the spec class wants beside the common attributes."""
        return {}

    def parse_node(self) -> FlowNode:
        """The unconnected spec of the node."""
        diagram: Diagram = self.process_parser.diagram
        arguments = self.constructor_arguments()
        node: FlowNode = self.spec_class(self.spec, self.bpmn_id, **arguments, **self.bpmn_attributes)
        node.prepare(local_name(self.node), self.spec, line_of(self.node))
        node.triggers = read_triggers(diagram, self.node)
        node.loop = read_loop(diagram, self.node)
        read_node(diagram, self.node, node)
        return node


class EventReader(NodeReader):
    """Events, event gateways, send and receive tasks."""

    def constructor_arguments(self) -> dict[str, Any]:
        """The first trigger stands for the event in SpiffWorkflow's view of the graph."""
        triggers = read_triggers(self.process_parser.diagram, self.node)
        arguments: dict[str, Any] = {"event_definition": triggers[0] if triggers else specs.Trigger("none")}
        if local_name(self.node) == "boundaryEvent":
            arguments["cancel_activity"] = self.node.get("cancelActivity", "true") != "false"
        return arguments


class ScriptReader(NodeReader):
    """Script tasks."""

    def constructor_arguments(self) -> dict[str, Any]:
        """The body, as text."""
        return {"script": self.node.findtext(bpmn("script")) or ""}


class CallReader(NodeReader):
    """Call activities."""

    def constructor_arguments(self) -> dict[str, Any]:
        """The called element, as text."""
        return {"subworkflow_spec": self.node.get("calledElement")}


class ContainerReader(NodeReader):
    """Sub-processes: the inside gets a process parser of its own, which is led later."""

    def __init__(self, process_parser: Any, spec_class: Any, node: Any, nsmap: Any = None, lane: Any = None) -> None:
        if is_event_subprocess(node):
            spec_class = specs.EventSubProcess
        super().__init__(process_parser, spec_class, node, nsmap, lane)

    def constructor_arguments(self) -> dict[str, Any]:
        """The id of the inside is that of the sub-process."""
        self.process_parser.parser.create_parser(self.node, filename=self.filename, lane=self.lane)
        self.process_parser.parser.process_parsers[self.bpmn_id].parent = self.process_parser
        return {"subworkflow_spec": self.bpmn_id}


class ScopeParser(ProcessParser):  # type: ignore[misc]
    """One process or the inside of one sub-process."""

    @property
    def diagram(self) -> Diagram:
        """The normalised file."""
        diagram: Diagram = self.parser.diagram
        return diagram

    def _index_process_nodes(self) -> None:
        """Not needed: the normalised diagram has the index."""

    def create_spec(self) -> ProcessSpec:
        """A scope without the stock helper nodes; ``isExecutable`` does not matter here."""
        spec = ProcessSpec(self.bpmn_id, self.node.get("name"), self.filename)
        spec.executable = self.node.get("isExecutable", "true") != "false"
        spec.kind = local_name(self.node)
        return spec

    def _parse(self) -> None:
        self.spec = self.create_spec()
        self.add_tasks()

    def add_tasks(self) -> None:
        """All nodes of the scope in document order, then their flows."""
        spec: ProcessSpec = self.spec
        for element in self.node:
            if local_name(element) in FLOW_NODES:
                self.parse_node(element)
        for node in list(spec.nodes.values()):
            for flow in self.diagram.outgoing.get(node.bpmn_id, []):
                self._connect(node, spec.nodes[flow.target], flow.element)
        self._complete(spec)

    def _connect(self, source: FlowNode, target: FlowNode, element: etree._Element) -> None:
        from engine.spiff.node_reader import read_condition

        flow_id = str(element.get("id"))
        flow = Flow(flow_id, source, target, read_condition(self.diagram, element), element.get("name"))
        source.flows_out.append(flow)
        target.flows_in.append(flow)
        source.connect(target)  # type: ignore[attr-defined]

    def _complete(self, spec: ProcessSpec) -> None:
        for node in spec.nodes.values():
            element = self.diagram.nodes[node.bpmn_id]
            default = element.get("default")
            if default and any(flow.id == default for flow in node.flows_out):
                node.default = default
            if isinstance(node, specs.BoundaryEvent):
                self._attach(spec, node, element)
            if isinstance(node, specs.StartEvent):
                spec.start_events.append(node)
            if isinstance(node, specs.EventSubProcess):
                spec.event_subprocesses.append(node)
        self._join_links(spec)
        self._find_starts(spec)

    def _attach(self, spec: ProcessSpec, node: FlowNode, element: etree._Element) -> None:
        host = spec.nodes.get(str(element.get("attachedToRef") or "").rpartition(":")[2])
        if host is not None:
            node.attached_to = host
            host.boundaries.append(node)
        handler = spec.nodes.get(self.diagram.compensation.get(node.bpmn_id, ""))
        if handler is not None:
            node.handler = handler
            handler.for_compensation = True

    def _join_links(self, spec: ProcessSpec) -> None:
        """A link throw event goes on at the catch event of the same name."""
        links = [n for n in spec.nodes.values() if n.triggers and n.triggers[0].kind == "link"]
        catches = {n.triggers[0].event_name: n for n in links if isinstance(n, specs.CatchEvent)}
        for node in links:
            target = catches.get(node.triggers[0].event_name)
            if isinstance(node, specs.ThrowEvent) and target is not None:
                flow = Flow(None, node, target, None)
                node.flows_out.append(flow)
                target.flows_in.append(flow)

    def _find_starts(self, spec: ProcessSpec) -> None:
        if spec.kind == "adHocSubProcess":
            spec.enabled = [n for n in spec.nodes.values() if is_offered(n)]
        elif spec.start_events:
            spec.starts = [n for n in spec.start_events if n.trigger == "none"]
        else:
            spec.starts = [n for n in spec.nodes.values() if not n.flows_in and begins_by_itself(n)]


def is_offered(node: FlowNode) -> bool:
    """True for what people start in an ad-hoc sub-process: what no flow leads to, or one from a start event.

    Start events say nothing else there, nor do end events.
    """
    is_first = not node.flows_in or any(isinstance(flow.source, specs.StartEvent) for flow in node.flows_in)
    return is_first and not isinstance(node, specs.StartEvent | specs.EndEvent) and begins_by_itself(node)


def begins_by_itself(node: FlowNode) -> bool:
    """True unless only something else than a flow can start the node."""
    if isinstance(node, specs.BoundaryEvent | specs.EventSubProcess) or node.for_compensation:
        return False
    return not (isinstance(node, specs.CatchEvent) and node.trigger == "link")


class DiagramParser(BpmnParser):  # type: ignore[misc]
    """Parses one normalised file. One file, one parser: ids of different files never meet."""

    OVERRIDE_PARSER_CLASSES: ClassVar = {
        full_tag("task"): (NodeReader, specs.Task),
        full_tag("userTask"): (NodeReader, specs.UserTask),
        full_tag("manualTask"): (NodeReader, specs.ManualTask),
        full_tag("scriptTask"): (ScriptReader, specs.ScriptTask),
        full_tag("serviceTask"): (NodeReader, specs.ServiceTask),
        full_tag("businessRuleTask"): (NodeReader, specs.BusinessRuleTask),
        full_tag("sendTask"): (EventReader, specs.SendTask),
        full_tag("receiveTask"): (EventReader, specs.ReceiveTask),
        full_tag("callActivity"): (CallReader, specs.CallActivity),
        full_tag("subProcess"): (ContainerReader, specs.SubProcess),
        full_tag("transaction"): (ContainerReader, specs.Transaction),
        full_tag("adHocSubProcess"): (ContainerReader, specs.AdHocSubProcess),
        full_tag("exclusiveGateway"): (NodeReader, specs.ExclusiveGateway),
        full_tag("parallelGateway"): (NodeReader, specs.ParallelGateway),
        full_tag("inclusiveGateway"): (NodeReader, specs.InclusiveGateway),
        full_tag("eventBasedGateway"): (EventReader, specs.EventBasedGateway),
        full_tag("startEvent"): (EventReader, specs.StartEvent),
        full_tag("endEvent"): (EventReader, specs.EndEvent),
        full_tag("intermediateCatchEvent"): (EventReader, specs.CatchEvent),
        full_tag("intermediateThrowEvent"): (EventReader, specs.ThrowEvent),
        full_tag("boundaryEvent"): (EventReader, specs.BoundaryEvent),
    }
    PROCESS_PARSER_CLASS = ScopeParser

    def __init__(self, diagram: Diagram) -> None:
        super().__init__()
        self.diagram = diagram
        if diagram.root is not None:
            self._add_processes(diagram.root, diagram.file)

    def _find_dependencies(self, process: etree._Element) -> None:
        """Called processes are looked up when they are called."""

    def _refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError("files are read by engine.bpmn, which bounds and normalises them")

    add_bpmn_file = add_bpmn_files = add_bpmn_io = add_bpmn_str = add_bpmn_xml = _refuse

    def compile(self) -> dict[str, ProcessSpec]:
        """The processes of the file, sub-processes inside; a work list, however deep they nest."""
        processes: dict[str, ProcessSpec] = {}
        for process_id in list(self.process_parsers):
            root: ProcessSpec = self.get_spec(process_id)
            processes[process_id] = root
            pending = [root]
            while pending:
                scope = pending.pop()
                scope.root = root
                root.all_nodes.update(scope.nodes)
                for node in scope.nodes.values():
                    node.settle()
                    if node.kind in CONTAINERS:
                        node.body = self.get_spec(node.bpmn_id)
                        node.body.host = node
                        _read_ad_hoc(self.diagram, node)
                        pending.append(node.body)
            watched = any(node.waits_for_condition for node in root.all_nodes.values())
            for node in root.all_nodes.values() if watched else ():
                node.watched = True
        self._let_go()
        return processes

    def _let_go(self) -> None:
        """Parsers know each other and the file, which may be large: it goes now, not when cycles are collected."""
        self.process_parsers.clear()


def _read_ad_hoc(diagram: Diagram, node: FlowNode) -> None:
    from engine.spiff.node_reader import feel_of

    element = diagram.nodes[node.bpmn_id]
    if node.kind != "adHocSubProcess" or node.body is None:
        return
    node.body.sequential = element.get("ordering") == "Sequential"
    node.body.cancel_remaining = element.get("cancelRemainingInstances", "true") != "false"
    node.body.completion_condition = feel_of(diagram, element.find(bpmn("completionCondition")))
