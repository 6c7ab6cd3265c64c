"""Read the event definitions of a node."""

from __future__ import annotations

from lxml import etree

from engine.bpmn.diagram import Diagram, code_of, event_definitions, our
from engine.bpmn.expressions import ForeignLanguageError, timer_text
from engine.bpmn.names import banli, bpmn, local_name
from engine.spiff.correlation import is_sender, standard_key
from engine.spiff.node_reader import feel, feel_of, parameters
from engine.spiff.specs import Trigger

_TIMERS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}


def read_triggers(diagram: Diagram, element: etree._Element) -> tuple[Trigger, ...]:
    """What the node waits for or throws, in document order."""
    kind = local_name(element)
    if kind in {"sendTask", "receiveTask"}:
        return (_message(diagram, element, element),)
    return tuple(_trigger(diagram, element, d) for d in event_definitions(diagram, element))


def _trigger(diagram: Diagram, owner: etree._Element, definition: etree._Element) -> Trigger:
    kind = local_name(definition).removesuffix("EventDefinition")
    if kind == "message":
        return _message(diagram, owner, definition)
    trigger = Trigger(kind)
    if kind == "timer":
        _timer(diagram, trigger, definition)
    elif kind == "signal":
        trigger.event_name = _root_name(diagram, definition.get("signalRef"), owner)
        trigger.parameters = parameters(owner)
    elif kind in {"error", "escalation"}:
        trigger.code = code_of(diagram, definition, kind)
        root = diagram.roots.get(definition.get(f"{kind}Ref") or "")
        if root is not None:
            trigger.aliases = frozenset(str(root.get(a)) for a in ("id", "name") if root.get(a))
        trigger.error_variable = our(definition, "variable")
    elif kind == "conditional":
        trigger.condition = feel_of(diagram, definition.find(bpmn("condition")))
    elif kind == "link":
        trigger.event_name = (definition.get("name") or owner.get("name") or "").strip()
    elif kind == "compensate":
        trigger.activity = str(definition.get("activityRef") or "").rpartition(":")[2] or None
        trigger.wait_for_completion = definition.get("waitForCompletion") != "false"
    return trigger


def _message(diagram: Diagram, owner: etree._Element, definition: etree._Element) -> Trigger:
    trigger = Trigger("message")
    reference = definition.get("messageRef")
    message = diagram.roots.get(reference or "")
    trigger.event_name = _root_name(diagram, reference, owner)
    trigger.correlation = _correlation(diagram, owner) or _correlation(diagram, definition)
    if trigger.correlation is None and message is not None:
        trigger.correlation = _correlation(diagram, message)
        if trigger.correlation is None:
            trigger.keyed_by_payload = is_sender(owner)
            trigger.correlation = standard_key(diagram, owner, message)
    trigger.parameters = parameters(owner)
    trigger.broadcast = our(owner, "broadcast") == "true" or our(definition, "broadcast") == "true"
    return trigger


def _correlation(diagram: Diagram, element: etree._Element) -> str | None:
    found = element.find(f"{bpmn('extensionElements')}/{banli('correlation')}")
    if found is None:
        return feel(diagram, our(element, "correlation"))
    return feel(diagram, found.get("value") if found.get("value") is not None else found.text)


def _root_name(diagram: Diagram, reference: str | None, owner: etree._Element) -> str:
    """Name of a message or signal; an unresolved one is called as it is written, an absent one like its event."""
    root = diagram.roots.get(reference or "")
    if root is not None:
        name = root.get("name") or root.get("id") or ""
        translated = feel(diagram, name) if name.startswith(("${", "#{")) else None
        return "=" + translated if translated else name
    return (reference or "").strip() or owner.get("name") or str(owner.get("id"))


def _timer(diagram: Diagram, trigger: Trigger, definition: etree._Element) -> None:
    trigger.deadline = our(definition, "deadline")
    trigger.anchor = feel(diagram, our(definition, "anchor"))
    for tag, kind in _TIMERS.items():
        element = definition.find(bpmn(tag))
        if element is None or not (element.text or "").strip():
            continue
        try:
            text = timer_text(str(element.text), declared=element.get("language"), default=diagram.language).text
        except ForeignLanguageError:
            continue
        trigger.timer = (kind, text)
