"""Message flows between pools: who is joined by one speaks of the same message, whichever end names it."""

from __future__ import annotations

from lxml import etree

from engine.bpmn.diagram import Diagram
from engine.bpmn.names import bpmn, bpmn_elements, local_name

_REFERENCES = {"messageFlow": ("sourceRef", "targetRef"), "participant": ("processRef",)}
_TASKS = frozenset(("sendTask", "receiveTask"))


def join_messages(diagram: Diagram, root: etree._Element) -> None:
    """Give an end that names no message that of the other end, of the flow, or one that is called like the receiver.

    A flow to or from a pool, or to something that neither sends nor receives, is a drawing only.
    """
    _name_dangling(diagram, root)
    for flow in root.iter(bpmn("messageFlow")):
        source, target = (_holder(diagram, flow, end) for end in ("sourceRef", "targetRef"))
        if source is None or target is None:
            continue
        if _process_of(source) is _process_of(target):
            message = "a message flow inside one pool: it only says which message the two mean"
            diagram.findings.warning("inside-pool", message, flow)
        named = [_reference(element) for element in (source, target, flow)]
        if named[0] and named[1]:
            _compare(diagram, flow, named[0], named[1])
            continue
        reference = next(filter(None, named), None) or _new_message(diagram, root, flow)
        for end in (source, target):
            end.set("messageRef", reference)


def _name_dangling(diagram: Diagram, root: etree._Element) -> None:
    """Pools and message flows may be drawn to what is not in the file; that is named, and says nothing."""
    ids = {str(element.get("id")) for element in bpmn_elements(root)}
    for kind, references in _REFERENCES.items():
        for element in root.iter(bpmn(kind)):
            for reference in references:
                value = (element.get(reference) or "").strip()
                if value and value not in ids and value.rpartition(":")[2] not in ids:
                    diagram.findings.warning("dangling-ref", f"{reference} {value[:80]} points to nothing", element)


def _reference(element: etree._Element) -> str:
    return (element.get("messageRef") or "").strip()


def _node(diagram: Diagram, flow: etree._Element, end: str) -> etree._Element | None:
    value = (flow.get(end) or "").strip()
    found = diagram.nodes.get(value)
    return found if found is not None else diagram.nodes.get(value.rpartition(":")[2])


def _holder(diagram: Diagram, flow: etree._Element, end: str) -> etree._Element | None:
    """What carries the reference at one end: the task itself, the only event definition of an event."""
    node = _node(diagram, flow, end)
    if node is None or local_name(node) in _TASKS:
        return node
    definitions = node.findall(bpmn("messageEventDefinition"))
    return definitions[0] if len(definitions) == 1 else None


def _process_of(node: etree._Element) -> etree._Element | None:
    return next(node.iterancestors(bpmn("process")), None)


def _compare(diagram: Diagram, flow: etree._Element, sent: str, awaited: str) -> None:
    names = [_name(diagram, reference) for reference in (sent, awaited)]
    if names[0] != names[1]:
        message = f"the message flow joins two messages, {names[0][:80]} and {names[1][:80]}: what is sent never comes"
        diagram.findings.warning("ignored", message, flow)


def _name(diagram: Diagram, reference: str) -> str:
    message = diagram.roots.get(reference)
    return reference if message is None else str(message.get("name") or message.get("id"))


def _new_message(diagram: Diagram, root: etree._Element, flow: etree._Element) -> str:
    receiver = _node(diagram, flow, "targetRef")
    name = "" if receiver is None else str(receiver.get("name") or receiver.get("id"))
    number = len(diagram.roots) + 1
    while f"message_{number}" in diagram.roots:
        number += 1
    message = etree.SubElement(root, bpmn("message"))
    message.set("id", f"message_{number}")
    message.set("name", name)
    diagram.roots[f"message_{number}"] = message
    return f"message_{number}"
