"""What of a diagram is executed, inert or refused; every refusal with element and line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from lxml import etree

from engine.bpmn.check_catching import check_catching
from engine.bpmn.check_events import check_event
from engine.bpmn.check_handed_over import check_handed_over, check_key
from engine.bpmn.check_nodes import check_activity, check_gateway
from engine.bpmn.check_places import check_places
from engine.bpmn.check_variables import check_variables
from engine.bpmn.check_vocabulary import check_vocabulary
from engine.bpmn.diagram import (
    Diagram,
    definition_of,
    is_compensation_handler,
    is_container,
    is_event_subprocess,
    our,
)
from engine.bpmn.names import (
    ACTIVITIES,
    EVENTS,
    FLOW_NODES,
    GATEWAYS,
    REFUSED_NODES,
    bpmn,
    bpmn_elements,
    local_name,
)
from engine.bpmn.soundness import find_deadlocks
from engine.bpmn.wording import expression

# inside a process or sub-process; without effect by their nature
_INERT = frozenset(
    [
        "documentation",
        "extensionElements",
        "laneSet",
        "lane",
        "dataObject",
        "dataObjectReference",
        "dataStore",
        "dataStoreReference",
        "textAnnotation",
        "association",
        "group",
        "ioSpecification",
        "property",
        "incoming",
        "outgoing",
        "auditing",
        "monitoring",
        "supportedInterfaceRef",
        "ioBinding",
        "artifact",
        "category",
        "categoryValue",
        "sequenceFlow",
        "completionCondition",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
        "dataInputAssociation",
        "dataOutputAssociation",
        "definitionalCollaborationRef",
        "correlationSubscription",
    ]
)
# they say something that we do not execute
_IGNORED = frozenset(
    [
        "potentialOwner",
        "humanPerformer",
        "performer",
        "resourceRole",
        "escalationEventDefinition",
    ]
)


def check_diagram(diagram: Diagram) -> None:
    """Record every problem of one normalised file in its findings; checked a second time it stays the same."""
    root = diagram.root
    if root is None:
        return
    if not any(True for p in diagram.processes for _ in diagram.scope_nodes(p)):
        diagram.findings.error("no-process", "there is no process with a flow node in it", root)
    check_places(diagram, root)
    check_vocabulary(diagram, root)
    _check_refused(diagram, root)
    _check_ignored(diagram, root)
    for scope in _scopes(diagram):
        _check_scope(diagram, scope)
        _check_starts(diagram, scope)
        _check_links(diagram, scope)
        check_catching(diagram, scope)
        _check_soundness(diagram, scope)
        for node in diagram.scope_nodes(scope):
            _check_node(diagram, node)
    for flow in diagram.flows:
        condition = flow.element.find(bpmn("conditionExpression"))
        if condition is not None:
            expression(diagram, condition.text, condition, condition.get("language"))


def check_together(diagrams: list[Diagram], *, strict: bool = False) -> None:
    """Called processes, and what only a deployment needs.

    Args:
        diagrams: the files that are put live or tried together.
        strict: a deployment: an absent called process and a task without assignment are errors.
    """
    seen: Counter[str] = Counter(str(p.get("id")) for d in diagrams for p in d.processes)
    processes = {str(p.get("id")): p for d in diagrams for p in d.processes}
    for diagram in diagrams:
        for process in diagram.processes:
            if seen[str(process.get("id"))] > 1:
                diagram.findings.error("duplicate-id", f"process {process.get('id')} stands in two files", process)
        for call in _elements(diagram, "callActivity"):
            _check_call(diagram, call, processes, strict)
        for task in _elements(diagram, "userTask") if strict else ():
            _check_assignment(diagram, task)


def _elements(diagram: Diagram, kind: str) -> Iterable[etree._Element]:
    return [] if diagram.root is None else diagram.root.iter(bpmn(kind))


def _scopes(diagram: Diagram) -> list[etree._Element]:
    if diagram.root is None:
        return []
    return [e for e in bpmn_elements(diagram.root) if local_name(e) == "process" or is_container(e)]


def _check_refused(diagram: Diagram, root: etree._Element) -> None:
    for element in bpmn_elements(root):
        kind = local_name(element)
        if kind in REFUSED_NODES:
            diagram.findings.error("unsupported-element", f"{kind} is not executed", element)
        elif kind == "eventDefinitionRef":
            _check_definition_reference(diagram, element)


def _check_definition_reference(diagram: Diagram, reference: etree._Element) -> None:
    wanted = (reference.text or "").strip().rpartition(":")[2]
    if wanted not in diagram.event_definitions:
        diagram.findings.error("dangling-ref", f"event definition {wanted[:80]} is not there", reference)


def _check_ignored(diagram: Diagram, root: etree._Element) -> None:
    for element in bpmn_elements(root):
        kind = local_name(element)
        if kind in _IGNORED and kind != "escalationEventDefinition":
            diagram.findings.warning("ignored", f"{kind} is ignored; use banli: attributes", element)
        elif kind == "message":
            check_key(diagram, element)
        elif kind in {"messagePath", "dataPath"}:
            expression(diagram, element.text, element, element.get("language"))


def _check_scope(diagram: Diagram, scope: etree._Element) -> None:
    for child in scope:
        kind = local_name(child)
        if not kind or kind in FLOW_NODES or kind in REFUSED_NODES or kind in _INERT or kind in _IGNORED:
            continue
        diagram.findings.error("unsupported-element", f"{kind} is not executed", child)


def _check_node(diagram: Diagram, node: etree._Element) -> None:
    kind = local_name(node)
    check_handed_over(diagram, node)
    if kind in EVENTS:
        check_event(diagram, node)
    elif kind in GATEWAYS:
        check_gateway(diagram, node)
    elif kind in ACTIVITIES:
        check_activity(diagram, node)
    check_variables(diagram, node)
    default = node.get("default")
    if default and not any(flow.id == default for flow in diagram.outgoing.get(str(node.get("id")), [])):
        diagram.findings.warning("dangling-ref", f"default flow {default[:80]} does not leave this node", node)


def _check_starts(diagram: Diagram, scope: etree._Element) -> None:
    nodes = list(diagram.scope_nodes(scope))
    if not nodes:
        _check_empty(diagram, scope)
    if local_name(scope) == "adHocSubProcess":
        _check_offers(diagram, scope, nodes)
        return
    if not nodes:
        return
    starts = [n for n in nodes if local_name(n) == "startEvent"]
    heads = [n for n in nodes if str(n.get("id")) not in diagram.incoming and _could_begin(diagram, n)]
    if starts:
        for head in heads:
            if local_name(head) != "startEvent" and not _begins_instances(scope, head):
                diagram.findings.warning("unreachable", "no flow leads here, so it never happens", head)
        _check_start_events(diagram, scope, starts)
        _check_circles(diagram, nodes)
    elif is_event_subprocess(scope):
        diagram.findings.error("no-start-event", "an event sub-process needs a start event", scope)
    elif heads:
        names = ", ".join(str(h.get("id")) for h in heads[:5])
        diagram.findings.warning("implied-start", f"there is no start event; it begins with {names}", scope)
        _check_circles(diagram, nodes)
    elif all(map(is_event_subprocess, nodes)):
        message = "nothing begins here: there are only event sub-processes, which wait until it has begun"
        diagram.findings.error("no-start-event", message, scope)
    else:
        diagram.findings.error("no-start-event", "there is no start event, and every node has an incoming flow", scope)


def _check_circles(diagram: Diagram, nodes: list[etree._Element]) -> None:
    """Nodes that lead to each other only: each has an incoming flow, and none is ever reached."""
    open_ended = [n for n in nodes if str(n.get("id")) not in diagram.incoming or not _could_begin(diagram, n)]
    reached: set[str] = set()
    _follow(diagram, open_ended, reached)
    for node in nodes:
        if str(node.get("id")) not in reached:
            diagram.findings.warning("unreachable", "flows lead here from each other only: it never happens", node)
            _follow(diagram, [node], reached)


def _follow(diagram: Diagram, nodes: list[etree._Element], reached: set[str]) -> None:
    pending = [str(node.get("id")) for node in nodes]
    while pending:
        node_id = pending.pop()
        if node_id not in reached:
            reached.add(node_id)
            pending += [flow.target for flow in diagram.outgoing.get(node_id, [])]


def _check_offers(diagram: Diagram, scope: etree._Element, nodes: list[etree._Element]) -> None:
    """In an ad-hoc sub-process people begin what no flow leads to, or one from a start event."""
    starts = {str(n.get("id")) for n in nodes if local_name(n) == "startEvent"}
    wanted = [n for n in nodes if local_name(n) not in {"startEvent", "endEvent"} and _could_begin(diagram, n)]
    leading = [diagram.incoming.get(str(n.get("id")), []) for n in wanted]
    if wanted and all(flows and not any(flow.source in starts for flow in flows) for flows in leading):
        message = "nothing in the ad-hoc sub-process can be begun: every node has an incoming flow"
        diagram.findings.error("no-start-event", message, scope)


def _check_empty(diagram: Diagram, scope: etree._Element) -> None:
    if is_event_subprocess(scope):
        diagram.findings.error("no-start-event", "an event sub-process needs a start event", scope)
    elif is_container(scope):
        diagram.findings.warning("empty-sub-process", "there is nothing in the sub-process: it is over at once", scope)


def _could_begin(diagram: Diagram, node: etree._Element) -> bool:
    if local_name(node) == "boundaryEvent" or is_event_subprocess(node) or is_compensation_handler(node):
        return False
    return str(node.get("id")) not in diagram.handlers and definition_of(diagram, node, "link") is None


def _begins_instances(scope: etree._Element, node: etree._Element) -> bool:
    """True for what a message may start the process at, beside its start events."""
    instantiates = local_name(node) in {"receiveTask", "eventBasedGateway"} and node.get("instantiate") == "true"
    return instantiates and local_name(scope) == "process"


def _check_start_events(diagram: Diagram, scope: etree._Element, starts: list[etree._Element]) -> None:
    plain = [s for s in starts if _is_plain(s)]
    if is_event_subprocess(scope):
        for start in plain:
            diagram.findings.error("unsupported-event", "the start of an event sub-process needs a trigger", start)
    elif local_name(scope) != "process":
        say = diagram.findings.warning if plain else diagram.findings.error
        for start in starts:
            if start not in plain:
                say("unsupported-event", "a sub-process cannot be started by a trigger: this never happens", start)
    if len(plain) > 1:
        message = f"{len(plain)} start events without trigger: {plain[0].get('id')} begins unless another is named"
        diagram.findings.warning("several-start-events", message, plain[1])


def _is_plain(start: etree._Element) -> bool:
    return not any(local_name(child).endswith(("EventDefinition", "DefinitionRef")) for child in start)


def _check_soundness(diagram: Diagram, scope: etree._Element) -> None:
    joins, complete = find_deadlocks(diagram, scope)
    for join in joins:
        message = "tokens may wait here for ever: not every way through the diagram brings one to each incoming flow"
        diagram.findings.warning("may-deadlock", message, join)
    if not complete:
        message = "tokens multiply, or there are too many ways, to tell whether some wait for ever"
        diagram.findings.warning("not-bounded", message, scope)


def _check_links(diagram: Diagram, scope: etree._Element) -> None:
    catches: dict[str, etree._Element] = {}
    throws: list[tuple[str, etree._Element]] = []
    for node in diagram.scope_nodes(scope):
        link = definition_of(diagram, node, "link")
        if link is None:
            continue
        name = (link.get("name") or node.get("name") or "").strip()
        if local_name(node) != "intermediateCatchEvent":
            throws.append((name, node))
        elif catches.setdefault(name, node) is not node:
            diagram.findings.error("duplicate-id", f"two link events catch {name[:80]}", node)
    for name, node in throws:
        if name not in catches:
            diagram.findings.error("missing-target", f"no link event catches {name[:80]} in this scope", node)
    thrown = {name for name, _ in throws}
    for name, node in catches.items():
        if name not in thrown and str(node.get("id")) not in diagram.incoming:
            diagram.findings.warning("unreachable", f"no link event throws {name[:80]}, so this never happens", node)


def _check_called(diagram: Diagram, call: etree._Element, process: etree._Element) -> None:
    starts = process.findall(bpmn("startEvent"))
    if starts and not any(_is_plain(start) for start in starts):
        message = f"the called process {str(process.get('id'))[:80]} has no start event without trigger"
        diagram.findings.error("no-start-event", message, call)


def _check_call(diagram: Diagram, call: etree._Element, processes: Mapping[str, etree._Element], strict: bool) -> None:
    called = (call.get("calledElement") or "").strip()
    if called.startswith(("=", "${", "#{")):
        expression(diagram, called, call)
        return
    local = called.rpartition(":")[2]
    if called and called not in processes and local in processes:
        call.set("calledElement", local)
        called = local
    if called in processes:
        _check_called(diagram, call, processes[called])
    elif called:
        say = diagram.findings.error if strict else diagram.findings.warning
        say("missing-called-process", f"the called process {called[:80]} is not in these files", call)


def _check_assignment(diagram: Diagram, task: etree._Element) -> None:
    if not any(our(task, name) for name in ("assignee", "candidateRole", "candidateUnit", "open")):
        diagram.findings.error("no-assignment", "nobody is named who could do this task", task)
