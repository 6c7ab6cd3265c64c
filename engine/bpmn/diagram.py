"""A BPMN file, read and normalised: every flow node and flow with an id, every reference resolved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from engine.bpmn.names import (
    CONTAINERS,
    COUNTED,
    EVENT_DEFINITIONS,
    FLOW_NODES,
    REFUSED_NODES,
    banli,
    bpmn,
    bpmn_elements,
    local_name,
)
from engine.bpmn.problems import Findings, Problem
from engine.bpmn.read import MAX_ELEMENTS, UnreadableError, read_xml

ROOT_REFERENCES = {
    "messageRef": "message",
    "signalRef": "signal",
    "errorRef": "error",
    "escalationRef": "escalation",
}


@dataclass(frozen=True, slots=True)
class FlowElement:
    """A sequence flow between two nodes of one scope."""

    id: str
    source: str
    target: str
    element: etree._Element


@dataclass(slots=True)
class Diagram:
    """One BPMN file. ``root`` is None when it could not be read; then ``findings`` says why."""

    file: str
    findings: Findings
    root: etree._Element | None = None
    counts: Counter[str] = field(default_factory=Counter)
    nodes: dict[str, etree._Element] = field(default_factory=dict)
    flows: list[FlowElement] = field(default_factory=list)
    outgoing: dict[str, list[FlowElement]] = field(default_factory=dict)
    incoming: dict[str, list[FlowElement]] = field(default_factory=dict)
    lanes: dict[str, str] = field(default_factory=dict)  # flow node id → name of the innermost lane
    roots: dict[str, etree._Element] = field(default_factory=dict)  # messages, signals, errors, escalations, by id
    event_definitions: dict[str, etree._Element] = field(default_factory=dict)  # at the root, to be referred to, by id
    data_names: dict[str, str] = field(default_factory=dict)  # variable by the id of what holds it
    compensation: dict[str, str] = field(default_factory=dict)  # boundary event id → handler id
    handlers: set[str] = field(default_factory=set)  # to which an association leads from a compensation event, by id
    awaited: set[str] = field(default_factory=set)  # to which a flow leads from an event-based gateway, by id
    cancellable: set[str] = field(default_factory=set)  # what a cancel event is attached to, by id
    # read when the first message asks: FEEL of its properties by message; keys by message and receiving process
    message_paths: dict[str, dict[str, str]] | None = None
    standard_keys: dict[tuple[str, str], str | None] = field(default_factory=dict)
    language: str | None = None

    @property
    def processes(self) -> list[etree._Element]:
        """The processes of the file that contain something, in document order."""
        return [] if self.root is None else list(self.root.iter(bpmn("process")))

    @property
    def problems(self) -> list[Problem]:
        """What was found so far."""
        return self.findings.items

    def scope_nodes(self, scope: etree._Element) -> Iterator[etree._Element]:
        """The flow nodes directly inside a process or sub-process, in document order."""
        return (child for child in scope if local_name(child) in FLOW_NODES)


def read_diagram(data: bytes, file: str) -> Diagram:
    """Read and normalise one file; never raises for what is in it."""
    from engine.bpmn.normalise import normalise

    findings = Findings(file)
    diagram = Diagram(file, findings)
    try:
        root = read_xml(data)
    except UnreadableError as error:
        findings.items.append(Problem(error.code, "error", str(error), line=error.line, file=file))
        return diagram
    if local_name(root) != "definitions":
        findings.error("xml", "the root element is not bpmn:definitions", root)
        return diagram
    diagram.counts = count_elements(root)
    if sum(diagram.counts.values()) > MAX_ELEMENTS:
        findings.error("budget", f"more than {MAX_ELEMENTS} elements", root)
        return diagram
    diagram.root = root
    normalise(diagram)
    return diagram


def count_elements(root: etree._Element) -> Counter[str]:
    """Number of elements by local name, as in the file."""
    counts: Counter[str] = Counter()
    for element in bpmn_elements(root):
        kind = local_name(element)
        if kind in COUNTED:
            counts[kind] += 1
    return counts


def event_definitions(diagram: Diagram, event: etree._Element) -> list[etree._Element]:
    """The definitions inside an event and those it refers to."""
    found = [child for child in event if local_name(child) in EVENT_DEFINITIONS]
    for reference in event.findall(bpmn("eventDefinitionRef")):
        referred = diagram.event_definitions.get((reference.text or "").strip().rpartition(":")[2])
        found += [] if referred is None else [referred]
    return found


def definition_of(diagram: Diagram, event: etree._Element, kind: str) -> etree._Element | None:
    """The first definition of an event that is of this kind, inside it or referred to."""
    wanted = f"{kind}EventDefinition"
    return next((found for found in event_definitions(diagram, event) if local_name(found) == wanted), None)


def code_of(diagram: Diagram, definition: etree._Element, kind: str) -> str | None:
    """Code of an error or escalation; one without a code is known by its name or id, None stands for all of them."""
    reference = definition.get(f"{kind}Ref")
    root = diagram.roots.get(reference or "")
    if root is None:
        return (reference or "").strip() or None
    return root.get(f"{kind}Code") or root.get("name") or root.get("id")


def is_event_subprocess(element: etree._Element) -> bool:
    """True for a sub-process that an event starts."""
    return local_name(element) == "subProcess" and element.get("triggeredByEvent") == "true"


def is_compensation_handler(element: etree._Element) -> bool:
    """True for an activity that runs only as compensation."""
    return element.get("isForCompensation") == "true"


def is_container(element: etree._Element) -> bool:
    """True for an embedded sub-process of any sort."""
    return local_name(element) in CONTAINERS


def known_node(element: etree._Element) -> bool:
    """True for a flow node, executed or refused."""
    return local_name(element) in FLOW_NODES or local_name(element) in REFUSED_NODES


def our(element: etree._Element, name: str) -> str | None:
    """One of our attributes, None if absent or blank."""
    value = element.get(banli(name))
    return str(value) if value is not None and str(value).strip() else None
