"""Checks of what is caught when it is thrown: each thing once at one place, and compensation by a handler."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from engine.bpmn.diagram import Diagram, code_of, event_definitions, is_compensation_handler, is_event_subprocess
from engine.bpmn.names import ACTIVITIES, bpmn, local_name

_CAUGHT_ONCE: Final = ("error", "escalation", "cancel", "compensate")
_Catcher = tuple[str, etree._Element]  # the activity at whose border it stands, or nothing inside a scope; the event


def check_catching(diagram: Diagram, scope: etree._Element) -> None:
    """Record the problems of what is caught in a process or sub-process and at the borders of its activities."""
    seen: set[tuple[str, str, str | None]] = set()
    for place, event in _catchers(diagram, scope):
        definitions = event_definitions(diagram, event)
        kinds = [local_name(definition).removesuffix("EventDefinition") for definition in definitions]
        if "compensate" in kinds:
            _check_handler_of(diagram, event, kinds) if place else _check_place(diagram, scope, event)
        for definition, kind in zip(definitions, kinds, strict=True):
            if kind not in _CAUGHT_ONCE:
                continue
            code = code_of(diagram, definition, kind)
            if (place, kind, code) in seen:
                message = f"a second event catches the {kind} {(code or '')[:80]}".rstrip() + " here: which of them?"
                diagram.findings.error("unsupported-event", message, event)
            seen.add((place, kind, code))
    _check_handlers(diagram, scope)


def _catchers(diagram: Diagram, scope: etree._Element) -> Iterator[_Catcher]:
    for node in diagram.scope_nodes(scope):
        if local_name(node) == "boundaryEvent":
            yield (node.get("attachedToRef") or "").strip().rpartition(":")[2], node
        elif is_event_subprocess(node):
            yield from (("", start) for start in node.findall(bpmn("startEvent")))


def _check_place(diagram: Diagram, scope: etree._Element, event: etree._Element) -> None:
    if local_name(scope) == "process":
        message = "nothing compensates a whole process: an event sub-process that does stands in a sub-process"
        diagram.findings.error("unsupported-event", message, event)


def _check_handler_of(diagram: Diagram, event: etree._Element, kinds: list[str]) -> None:
    event_id = str(event.get("id"))
    wanted = diagram.compensation.get(event_id)
    if event_id in diagram.outgoing and len(kinds) == 1:
        message = "a flow leaves a compensation event: an association leads to its handler"
        diagram.findings.error("unsupported-flow", message, event)
    if wanted is None:
        diagram.findings.warning("missing-target", "no association leads to a compensation handler", event)
        return
    handler = diagram.nodes[wanted]
    if local_name(handler) not in ACTIVITIES or handler.getparent() is not event.getparent():
        message = f"the compensation handler {wanted[:80]} is no activity of the same scope"
        diagram.findings.error("dangling-ref", message, event)


def _check_handlers(diagram: Diagram, scope: etree._Element) -> None:
    handlers = diagram.handlers
    for node in diagram.scope_nodes(scope):
        node_id = str(node.get("id"))
        if local_name(node) not in ACTIVITIES or not (is_compensation_handler(node) or node_id in handlers):
            continue
        if node_id in diagram.incoming or node_id in diagram.outgoing:
            message = "a flow leads to or from a compensation handler"
            diagram.findings.error("unsupported-flow", message, node)
        elif node_id not in handlers:
            message = "no compensation event is associated with it, so it never happens"
            diagram.findings.warning("unreachable", message, node)
