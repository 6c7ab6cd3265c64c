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
    if diagram.message_paths is None:
        diagram.message_paths = _message_paths(diagram)
    paths = diagram.message_paths.get(str(message.get("id")))
    if not paths or diagram.root is None:
        return None
    receiver = None if is_sender(owner) else next(owner.iterancestors(bpmn("process")), None)
    asked = str(message.get("id")), "" if receiver is None else str(receiver.get("id"))
    if asked not in diagram.standard_keys:
        diagram.standard_keys[asked] = _key(diagram.root, paths, _bindings(diagram, receiver))
    return diagram.standard_keys[asked]


def _key(root: etree._Element, paths: dict[str, str], bound: dict[str, str]) -> str:
    """The first key whose properties this message carries all, else all that it carries."""
    declared = root.iter(bpmn("correlationKey"))
    keys = ([_bare(ref.text) for ref in key.findall(bpmn("correlationPropertyRef"))] for key in declared)
    chosen = next((key for key in keys if key and all(name in paths for name in key)), list(paths))
    parts = [bound.get(name) or paths[name] for name in chosen]
    return parts[0] if len(parts) == 1 else "[" + ", ".join(parts) + "]"


def _message_paths(diagram: Diagram) -> dict[str, dict[str, str]]:
    """Message id → property id → FEEL over the payload, for the properties that it carries."""
    paths: dict[str, dict[str, str]] = {}
    for prop in () if diagram.root is None else diagram.root.iter(bpmn("correlationProperty")):
        for retrieval in prop.findall(bpmn("correlationPropertyRetrievalExpression")):
            path = feel_of(diagram, retrieval.find(bpmn("messagePath")))
            if path:
                paths.setdefault(_bare(retrieval.get("messageRef")), {})[str(prop.get("id"))] = path
    return paths


def _bindings(diagram: Diagram, process: etree._Element | None) -> dict[str, str]:
    """Property id → FEEL over the variables of the process that receives."""
    found: dict[str, str] = {}
    for binding in () if process is None else process.iter(bpmn("correlationPropertyBinding")):
        path = feel_of(diagram, binding.find(bpmn("dataPath")))
        if path:
            found[_bare(binding.get("correlationPropertyRef"))] = path
    return found


def _bare(reference: str | None) -> str:
    return (reference or "").strip().rpartition(":")[2]
