"""Make the implicit explicit: ids, references, lanes, compensation handlers, vendors' attributes.

The tree is changed in place; what was implied, ignored or translated is recorded as a warning.
"""

from __future__ import annotations

from collections import Counter

from lxml import etree

from engine.bpmn.diagram import (
    ROOT_REFERENCES,
    Diagram,
    FlowElement,
    event_definitions,
    is_container,
    known_node,
    our,
)
from engine.bpmn.mappings import data_names, map_data
from engine.bpmn.message_flows import join_messages
from engine.bpmn.names import (
    CONTAINERS,
    EVENT_DEFINITIONS,
    FLOW_NODES,
    REFUSED_NODES,
    banli,
    bare,
    bpmn,
    bpmn_elements,
    local_name,
)
from engine.bpmn.vendor import map_vendor

_MAX_LANE_DEPTH = 50
_FLAGS = (
    "isExecutable",
    "triggeredByEvent",
    "isForCompensation",
    "cancelActivity",
    "isInterrupting",
    "isSequential",
    "parallelMultiple",
    "testBefore",
    "cancelRemainingInstances",
    "waitForCompletion",
    "instantiate",
    *map(banli, ("batch", "mandatory", "open", "broadcast", "outputsOnly")),
)
_TRUE_OR_FALSE = {"true": "true", "1": "true", "false": "false", "0": "false"}


def normalise(diagram: Diagram) -> None:
    """Complete a freshly read diagram."""
    root = diagram.root
    if root is None:
        return
    diagram.language = root.get("expressionLanguage")
    _give_ids(diagram, root)
    _read_flags(diagram, root)
    map_vendor(root, diagram.findings, diagram.language)
    diagram.data_names = data_names(root)
    map_data(root, diagram.data_names, diagram.findings, diagram.language)
    _index_roots(diagram, root)
    _index_nodes(diagram, root)
    _resolve_event_references(diagram, root)
    join_messages(diagram, root)
    _read_send_tasks(diagram)
    _connect(diagram, root)
    _read_lanes(diagram, root)
    _read_compensation(diagram, root)
    _read_cancel_events(diagram)


def _give_ids(diagram: Diagram, root: etree._Element) -> None:
    """Ids are optional in BPMN; nodes, flows and root elements without one get a stable one."""
    used = Counter(str(e.get("id")) for e in root.iter(etree.Element) if e.get("id") is not None)
    wanted = FLOW_NODES | REFUSED_NODES | {"sequenceFlow", "process", *ROOT_REFERENCES.values()}
    number = 0
    for element in bpmn_elements(root):
        kind = local_name(element)
        if kind not in wanted:
            continue
        if (element.get("id") or "").strip():
            element.set("id", str(element.get("id")).strip())  # space around an id is not part of it
            continue
        number += 1
        while f"{kind}_{number}" in used:
            number += 1
        element.set("id", f"{kind}_{number}")
        used[f"{kind}_{number}"] += 1


def _read_flags(diagram: Diagram, root: etree._Element) -> None:
    """XML writes a truth value as ``true`` or ``1``, some tools as ``True``; what is none counts as absent."""
    for element in bpmn_elements(root):
        for name in _FLAGS:
            written = element.get(name)
            if written is None or written in {"true", "false"}:
                continue
            meant = _TRUE_OR_FALSE.get(written.strip().lower())
            if meant is not None:
                element.set(name, meant)
                continue
            del element.attrib[name]
            diagram.findings.warning("ignored", f"{bare(name)}={written[:80]} is neither true nor false", element)


def _index_roots(diagram: Diagram, root: etree._Element) -> None:
    for kind in ROOT_REFERENCES.values():
        for element in root.iter(bpmn(kind)):
            _index_root(diagram, diagram.roots, element)
    for element in root:
        if local_name(element) in EVENT_DEFINITIONS and element.get("id"):
            _index_root(diagram, diagram.event_definitions, element)


def _index_root(diagram: Diagram, index: dict[str, etree._Element], element: etree._Element) -> None:
    """What is referred to by its id must be one element, or it would be another message or error that is meant."""
    name = str(element.get("id"))
    if index.setdefault(name, element) is not element:
        diagram.findings.error("duplicate-id", f"two elements have the id {name[:80]}", element)


def _index_nodes(diagram: Diagram, root: etree._Element) -> None:
    seen_processes: set[str] = set()
    for process in root.iter(bpmn("process")):
        if str(process.get("id")) in seen_processes:
            diagram.findings.error("duplicate-id", f"two processes have the id {process.get('id')}", process)
        seen_processes.add(str(process.get("id")))
        if process.getparent() is not root:
            diagram.findings.error("unsupported-element", "a process stands inside another element", process)
    for element in bpmn_elements(root):
        if not known_node(element):
            continue
        node_id = str(element.get("id"))
        if node_id in diagram.nodes:
            diagram.findings.error("duplicate-id", f"two flow nodes have the id {node_id}", element)
        if node_id in seen_processes and local_name(element) in CONTAINERS:
            diagram.findings.error("duplicate-id", f"a process has the id {node_id} as well", element)
        diagram.nodes.setdefault(node_id, element)


def _resolve_event_references(diagram: Diagram, root: etree._Element) -> None:
    """Qualified names lose their prefix; what resolves to nothing stays as text and is reported."""
    for element in bpmn_elements(root):
        for attribute in ROOT_REFERENCES:
            value = element.get(attribute)
            if value is None or not value.strip():
                continue
            name = value if value in diagram.roots else value.rpartition(":")[2]
            found = diagram.roots.get(name)
            if found is None:
                diagram.findings.warning("dangling-ref", f"{attribute} {value[:80]} points to nothing", element)
                continue
            element.set(attribute, name)
            if local_name(found) != ROOT_REFERENCES[attribute]:
                message = f"{attribute} {value[:80]} points to a {local_name(found)}: only its name is taken"
                diagram.findings.warning("dangling-ref", message, element)


def _read_send_tasks(diagram: Diagram) -> None:
    """To other tools a send task may be one that performs an operation; where it sends nothing, it is that here."""
    for task in diagram.nodes.values():
        operation = our(task, "operation") if local_name(task) == "sendTask" else None
        if operation is None:
            continue
        if (task.get("messageRef") or "").strip():
            message = f"the operation {operation[:80]} is ignored: the task sends its message"
            diagram.findings.warning("ignored", message, task)
            del task.attrib[banli("operation")]
        else:
            task.tag = bpmn("serviceTask")


def _connect(diagram: Diagram, root: etree._Element) -> None:
    """Resolve the ends of all sequence flows and check that they join two nodes of one scope."""
    flow_ids: set[str] = set()
    for element in root.iter(bpmn("sequenceFlow")):
        flow_id = str(element.get("id"))
        if flow_id in flow_ids or flow_id in diagram.nodes:
            diagram.findings.error("duplicate-id", f"two elements have the id {flow_id}", element)
        flow_ids.add(flow_id)
        ends = [_end(diagram, element, end) for end in ("sourceRef", "targetRef")]
        if ends[0] is None or ends[1] is None:
            continue
        source, target = ends[0], ends[1]
        if source.getparent() is not target.getparent():
            diagram.findings.error("crossing-flow", f"flow {flow_id} crosses the border of a sub-process", element)
            continue
        flow = FlowElement(flow_id, str(source.get("id")), str(target.get("id")), element)
        diagram.flows.append(flow)
        diagram.outgoing.setdefault(flow.source, []).append(flow)
        diagram.incoming.setdefault(flow.target, []).append(flow)
        if local_name(source) == "eventBasedGateway":
            diagram.awaited.add(flow.target)


def _end(diagram: Diagram, flow: etree._Element, attribute: str) -> etree._Element | None:
    value = (flow.get(attribute) or "").strip()
    node = diagram.nodes.get(value)
    if node is None:
        node = diagram.nodes.get(value.rpartition(":")[2])
    if node is None:
        code = "missing-target" if attribute == "targetRef" else "dangling-ref"
        what = f"{attribute} {value[:80]} is no flow node" if value else f"{attribute} is missing"
        diagram.findings.error(code, f"flow {flow.get('id')}: {what}", flow)
    return node


def _read_lanes(diagram: Diagram, root: etree._Element) -> None:
    """The innermost lane of every node; a lane without a name is known by its id."""
    depth_of: dict[str, int] = {}
    doubled: set[str] = set()
    for lane in root.iter(bpmn("lane")):
        name = (lane.get("name") or "").strip() or str(lane.get("id") or "")
        depth = sum(1 for _ in lane.iterancestors(bpmn("lane")))
        for reference in lane.findall(bpmn("flowNodeRef"))[:20_000]:
            node_id = (reference.text or "").strip()
            if node_id not in diagram.nodes:
                node_id = node_id.rpartition(":")[2]
            if node_id in diagram.nodes and depth >= depth_of.get(node_id, -1) and depth < _MAX_LANE_DEPTH:
                if depth == depth_of.get(node_id) and diagram.lanes[node_id] != name:
                    doubled.add(node_id)
                depth_of[node_id] = depth
                diagram.lanes[node_id] = name
    for node_id in sorted(doubled):
        message = f"it stands in two lanes; the last one counts, {diagram.lanes[node_id][:80]}"
        diagram.findings.warning("two-lanes", message, diagram.nodes[node_id])
    _inherit_lanes(diagram)


def _inherit_lanes(diagram: Diagram) -> None:
    """A node inside a sub-process stands in the lane of the sub-process."""
    for node_id, element in diagram.nodes.items():  # document order: the container comes first
        container = element.getparent()
        if node_id not in diagram.lanes and container is not None and is_container(container):
            lane = diagram.lanes.get(str(container.get("id")))
            if lane is not None:
                diagram.lanes[node_id] = lane


def _read_compensation(diagram: Diagram, root: etree._Element) -> None:
    """Associations from compensation boundary events to their handlers, whichever way they were drawn."""
    compensating = {str(event.get("id")) for event in _boundary_events(diagram, "compensateEventDefinition")}
    for association in root.iter(bpmn("association")):
        ends = [str(association.get(a) or "").rpartition(":")[2] for a in ("sourceRef", "targetRef")]
        for one, other in (ends, ends[::-1]):
            handler = diagram.nodes.get(other) if one in compensating else None
            if handler is None or local_name(handler) == "boundaryEvent":
                continue
            diagram.handlers.add(other)
            if diagram.compensation.setdefault(one, other) != other:
                message = f"a second compensation handler {other[:80]} of {one[:80]}: which of them undoes?"
                diagram.findings.error("unsupported-event", message, association)


def _read_cancel_events(diagram: Diagram) -> None:
    diagram.cancellable.update(_host(event) for event in _boundary_events(diagram, "cancelEventDefinition"))


def _boundary_events(diagram: Diagram, kind: str) -> list[etree._Element]:
    """The boundary events with a definition of this kind, their own or one that they refer to."""
    events = [event for event in diagram.nodes.values() if local_name(event) == "boundaryEvent"]
    return [event for event in events if any(local_name(d) == kind for d in event_definitions(diagram, event))]


def _host(event: etree._Element) -> str:
    return (event.get("attachedToRef") or "").strip().rpartition(":")[2]
