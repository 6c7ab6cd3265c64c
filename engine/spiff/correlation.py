"""The standard's correlation: keys of properties, read from the message by its path or from the process by its own."""

from __future__ import annotations

from lxml import etree

from engine.bpmn.diagram import Diagram
from engine.bpmn.names import bpmn, local_name
from engine.spiff.node_reader import feel_of

_SENDERS = frozenset(("sendTask", "intermediateThrowEvent", "endEvent"))


def is_sender(element: etree._Element) -> bool:
    """True for an element that sends messages rather than waiting for them."""
    return local_name(element) in _SENDERS


def standard_key(diagram: Diagram, owner: etree._Element, message: etree._Element) -> str | None:
    """The FEEL expression of the correlation key of a message, None if the file declares none.

    A sender's key is what each ``messagePath`` finds in its message. A receiver's is what the process's
    ``correlationSubscription`` binds to the property, else what the path finds among the process's own variables,
    where the messages before this one have left it. A key of several properties is a list.
    """
    paths = _paths(diagram, str(message.get("id")))
    if not paths or diagram.root is None:
        return None
    keys = [[_bare(ref.text) for ref in key.findall(bpmn("correlationPropertyRef"))] for key in _keys(diagram.root)]
    chosen = next((key for key in keys if key and all(name in paths for name in key)), list(paths))
    bound = {} if is_sender(owner) else _bindings(diagram, owner)
    parts = [bound.get(name) or paths[name] for name in chosen]
    return parts[0] if len(parts) == 1 else "[" + ", ".join(parts) + "]"


def _keys(root: etree._Element) -> list[etree._Element]:
    return list(root.iter(bpmn("correlationKey")))


def _paths(diagram: Diagram, message_id: str) -> dict[str, str]:
    """Property id → FEEL over the payload, for the properties that this message carries."""
    paths: dict[str, str] = {}
    for prop in () if diagram.root is None else diagram.root.iter(bpmn("correlationProperty")):
        for retrieval in prop.findall(bpmn("correlationPropertyRetrievalExpression")):
            path = feel_of(diagram, retrieval.find(bpmn("messagePath")))
            if _bare(retrieval.get("messageRef")) == message_id and path:
                paths[str(prop.get("id"))] = path
    return paths


def _bindings(diagram: Diagram, owner: etree._Element) -> dict[str, str]:
    """Property id → FEEL over the process's variables."""
    process = next(owner.iterancestors(bpmn("process")), None)
    found: dict[str, str] = {}
    for binding in () if process is None else process.iter(bpmn("correlationPropertyBinding")):
        path = feel_of(diagram, binding.find(bpmn("dataPath")))
        if path:
            found[_bare(binding.get("correlationPropertyRef"))] = path
    return found


def _bare(reference: str | None) -> str:
    return (reference or "").strip().rpartition(":")[2]
