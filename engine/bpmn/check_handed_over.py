"""Checks of what a node gives and takes: mappings, parameters, correlation keys, the names of messages and signals."""

from __future__ import annotations

from lxml import etree

from engine.bpmn.diagram import Diagram, event_definitions, is_event_subprocess, our
from engine.bpmn.names import ACTIVITIES, banli, bpmn, local_name
from engine.bpmn.wording import expression

_PLACES = {
    "input": ACTIVITIES,
    "output": ACTIVITIES | {"intermediateCatchEvent", "boundaryEvent", "startEvent"},
    "in": frozenset(["callActivity"]),
    "out": frozenset(["callActivity"]),
}
_NAMED = ("message", "signal")
_CODED = ("error", "escalation")


def check_handed_over(diagram: Diagram, node: etree._Element) -> None:
    """Record what is wrong with what goes into a node and comes out of it."""
    for kind in ("input", "output", "in", "out"):
        for mapping in _children(node, kind):
            _check_mapping(diagram, node, mapping, kind)
    for parameter in _children(node, "parameter"):
        expression(diagram, _value(parameter), parameter)
        if not (parameter.get("name") or "").strip():
            diagram.findings.error("missing-target", "a parameter has no name", parameter)
    for definition in _messages(diagram, node):
        _check_names(diagram, node, definition)
        if definition is not node:
            check_key(diagram, definition)
    check_key(diagram, node)


def check_key(diagram: Diagram, holder: etree._Element) -> None:
    """Record what is wrong with the correlation key of a node, an event definition or a message."""
    expression(diagram, our(holder, "correlation"), holder)
    for key in _children(holder, "correlation"):
        expression(diagram, _value(key), key)


def _check_mapping(diagram: Diagram, node: etree._Element, mapping: etree._Element, kind: str) -> None:
    if mapping.get("copy") != "true":
        expression(diagram, mapping.get("source"), mapping)
    if mapping.get("all") is None and not (mapping.get("target") or "").strip():
        diagram.findings.error("missing-target", f"the {kind} mapping names no target", mapping)
    place, scope = local_name(node), node.getparent()
    starts_process = place == "startEvent" and scope is not None and not is_event_subprocess(scope)
    if place not in _PLACES[kind] or starts_process:
        diagram.findings.warning("ignored", f"the {kind} mapping of a {place} is ignored", mapping)


def _messages(diagram: Diagram, node: etree._Element) -> list[etree._Element]:
    """What of a node refers to messages, signals, errors and escalations: itself, or the definitions of an event."""
    return [node] if local_name(node) in {"sendTask", "receiveTask"} else event_definitions(diagram, node)


def _check_names(diagram: Diagram, node: etree._Element, definition: etree._Element) -> None:
    kind = "message" if definition is node else local_name(definition).removesuffix("EventDefinition")
    root = diagram.roots.get(definition.get(f"{kind}Ref") or "")
    if kind in _NAMED and root is None:
        own = (definition.get(f"{kind}Ref") or "").strip() or node.get("name") or ""
        if own.startswith("="):
            expression(diagram, own, node)
    elif kind in _NAMED and root is not None and _is_expression(root.get("name") or ""):
        expression(diagram, root.get("name"), node)
    elif kind in _CODED and root is not None and _is_expression(root.get(f"{kind}Code") or ""):
        message = f"the code {str(root.get(f'{kind}Code'))[:80]} is taken as it stands, not as an expression"
        diagram.findings.warning("ignored", message, node)


def _is_expression(text: str) -> bool:
    return text.startswith("=") or "${" in text or "#{" in text


def _children(element: etree._Element, kind: str) -> list[etree._Element]:
    return element.findall(f"{bpmn('extensionElements')}/{banli(kind)}")


def _value(element: etree._Element) -> str | None:
    """What stands in the attribute, else in the element."""
    return element.text if element.get("value") is None else element.get("value")
