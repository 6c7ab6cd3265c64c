"""Checks of events: which trigger may stand where, and whether it says what is needed."""

from __future__ import annotations

import re

from lxml import etree

from engine.bpmn.diagram import Diagram, event_definitions, is_event_subprocess, our
from engine.bpmn.expressions import ForeignLanguageError, timer_text
from engine.bpmn.iso import TimerValueError, check_timer_literal
from engine.bpmn.names import ACTIVITIES, ALLOWED_TRIGGERS, bpmn, local_name
from engine.bpmn.wording import expression

MAX_TRIGGERS = 100  # of one event
_CRON = re.compile(r"[\d*/?,#A-Z-]+(\s+[\d*/?,#A-Z-]+){4,6}")  # other tools' repetition: minute, hour, day …
_TIMERS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}


def check_event(diagram: Diagram, event: etree._Element) -> None:
    """Record the problems of one event."""
    definitions = event_definitions(diagram, event)
    if len(definitions) > MAX_TRIGGERS:
        diagram.findings.error("budget", f"an event with more than {MAX_TRIGGERS} triggers", event)
        return
    triggers = [local_name(d).removesuffix("EventDefinition") for d in definitions] or ["none"]
    place = _place(event)
    for trigger in triggers:
        if trigger not in ALLOWED_TRIGGERS[place] and not _plain_catch(event, trigger):
            message = f"a {local_name(event)} with {trigger} trigger is not executed here"
            diagram.findings.error("unsupported-event", message, event)
    for definition in definitions:
        _check_definition(diagram, event, definition)
    _check_start_of_all(diagram, event, triggers)
    _check_all_of(diagram, event, triggers)
    if "link" in triggers:
        _check_link(diagram, event, triggers)
    if local_name(event) == "boundaryEvent":
        _check_boundary(diagram, event, triggers)
    if local_name(event) == "startEvent" and triggers != ["none"] and str(event.get("id")) in diagram.incoming:
        diagram.findings.error("unsupported-flow", "a flow leads to a start event that waits for its trigger", event)
    if local_name(event) == "endEvent" and str(event.get("id")) in diagram.outgoing:
        diagram.findings.error("unsupported-flow", "a flow leaves an end event", event)
    if "cancel" in triggers and local_name(event) == "endEvent":
        _check_cancel_end(diagram, event)


def _check_start_of_all(diagram: Diagram, event: etree._Element, triggers: list[str]) -> None:
    """One of the triggers that must all happen begins the instance: somebody must know that it waits for the rest."""
    of_all = _place(event) == "startEvent" and event.get("parallelMultiple") == "true" and len(triggers) > 1
    if of_all and not {"message", "signal"}.intersection(triggers):
        message = "of the triggers that must all happen none is a message or signal: nothing begins an instance"
        diagram.findings.error("unsupported-event", message, event)


def _check_all_of(diagram: Diagram, event: etree._Element, triggers: list[str]) -> None:
    thrown = sorted({"error", "escalation", "cancel", "compensate"}.intersection(triggers))
    if event.get("parallelMultiple") == "true" and len(triggers) > 1 and thrown:
        message = f"{thrown[0]} is caught when it is thrown: it cannot wait for the other triggers"
        diagram.findings.error("unsupported-event", message, event)


def _check_link(diagram: Diagram, event: etree._Element, triggers: list[str]) -> None:
    if len(triggers) > 1:
        message = "a link is a flow drawn in two parts: it cannot be one of several triggers"
        diagram.findings.error("unsupported-event", message, event)
    if local_name(event) == "intermediateThrowEvent" and str(event.get("id")) in diagram.outgoing:
        diagram.findings.error("unsupported-flow", "a flow leaves a link event: it goes on where its link leads", event)


def _place(event: etree._Element) -> str:
    parent = event.getparent()
    if local_name(event) == "startEvent" and parent is not None and is_event_subprocess(parent):
        return "eventSubProcessStart"
    return local_name(event)


def _plain_catch(event: etree._Element, trigger: str) -> bool:
    """A none start in an event sub-process is refused elsewhere, with a better sentence."""
    return trigger == "none" and _place(event) == "eventSubProcessStart"


def _check_cancel_end(diagram: Diagram, event: etree._Element) -> None:
    transaction = next(event.iterancestors(bpmn("transaction")), None)
    if transaction is None:
        diagram.findings.error("unsupported-event", "a cancel end event stands outside a transaction", event)
        return
    if str(transaction.get("id")) not in diagram.cancellable:
        message = "no cancel event is attached to the transaction: where this cancels it, nothing comes after"
        diagram.findings.warning("missing-target", message, event)


def _check_definition(diagram: Diagram, event: etree._Element, definition: etree._Element) -> None:
    kind = local_name(definition)
    if kind == "timerEventDefinition":
        _check_timer(diagram, event, definition)
    elif kind == "conditionalEventDefinition":
        condition = definition.find(bpmn("condition"))
        if condition is None or not (condition.text or "").strip():
            diagram.findings.error("no-condition", "a conditional event has no condition", event)
        else:
            expression(diagram, condition.text, condition, condition.get("language"))
    elif kind in {"messageEventDefinition", "signalEventDefinition"}:
        what = kind.removesuffix("EventDefinition")
        if not definition.get(f"{what}Ref"):
            diagram.findings.warning("dangling-ref", f"it names no {what}; its own name is used", event)
    elif kind == "compensateEventDefinition" and definition.get("activityRef"):
        _check_compensated(diagram, event, str(definition.get("activityRef")).rpartition(":")[2])


def _check_compensated(diagram: Diagram, event: etree._Element, wanted: str) -> None:
    """The activity stands beside the event, or beside the event sub-process that the event stands in."""
    activity = diagram.nodes.get(wanted)
    if activity is None:
        diagram.findings.error("dangling-ref", f"compensation of {wanted[:80]}, which is not there", event)
        return
    scope = event.getparent()
    while scope is not None and scope is not activity.getparent() and is_event_subprocess(scope):
        scope = scope.getparent()
    if scope is not activity.getparent():
        message = f"compensation of {wanted[:80]}, which stands in another scope and is not reached from here"
        diagram.findings.error("dangling-ref", message, event)


def _check_timer(diagram: Diagram, event: etree._Element, definition: etree._Element) -> None:
    if our(definition, "anchor"):
        expression(diagram, our(definition, "anchor"), definition)
    deadline = our(definition, "deadline")
    if deadline:
        if deadline.startswith("="):
            expression(diagram, deadline, definition)
        return
    found = [(definition.find(bpmn(tag)), kind) for tag, kind in _TIMERS.items()]
    times = [(element, kind) for element, kind in found if element is not None and (element.text or "").strip()]
    if len(times) > 1:
        message = f"a timer with a {times[0][1]} and a {times[1][1]}: it has one of them"
        diagram.findings.error("unsupported-event", message, event)
    if times:
        _check_timer_text(diagram, event, *times[0])
        return
    message = "a timer has no time"
    if local_name(event) == "startEvent" and _place(event) == "startEvent":
        diagram.findings.warning("timer-no-time", message + "; the process can be started by hand", event)
    else:
        diagram.findings.error("timer-no-time", message, event)


def _check_timer_text(diagram: Diagram, event: etree._Element, element: etree._Element, kind: str) -> None:
    text = str(element.text).strip()
    if kind == "cycle" and _CRON.fullmatch(text):
        message = f"{text[:60]} is a cron expression, which is not executed; write a repetition as R/PT1H, or FEEL"
        diagram.findings.error("expression-language", message, event)
        return
    try:
        value = timer_text(text, declared=element.get("language"), default=diagram.language).text
        if value.startswith("="):
            expression(diagram, text, element, element.get("language"))
            return
        check_timer_literal(kind, value)
        if value.startswith("-"):
            message = f"a duration of less than nothing is over at once: {value[:60]}"
            diagram.findings.warning("already-due", message, event)
    except ForeignLanguageError as error:
        diagram.findings.error("expression-language", str(error), event)
    except TimerValueError as error:
        diagram.findings.error("timer-no-time", str(error), event)


def _check_boundary(diagram: Diagram, event: etree._Element, triggers: list[str]) -> None:
    wanted = (event.get("attachedToRef") or "").strip().rpartition(":")[2]
    host = diagram.nodes.get(wanted)
    if host is None or host.getparent() is not event.getparent():
        diagram.findings.error(
            "dangling-ref", f"attached to {wanted[:80] or 'nothing'}, which is not in its scope", event
        )
        return
    if local_name(host) not in ACTIVITIES:
        diagram.findings.error("unsupported-event", f"attached to a {local_name(host)}", event)
    elif is_event_subprocess(host):
        message = "attached to an event sub-process: what ends it is an event sub-process inside it"
        diagram.findings.error("unsupported-event", message, event)
    if wanted in diagram.awaited:
        message = f"{wanted[:80]} is behind an event-based gateway: nothing of it is under way while the gateway waits"
        diagram.findings.error("unsupported-event", message, event)
    if str(event.get("id")) in diagram.incoming:
        diagram.findings.error("unsupported-flow", "a flow leads to a boundary event", event)
    if "cancel" in triggers and local_name(host) != "transaction":
        diagram.findings.error("unsupported-event", "a cancel event is attached to no transaction", event)
    if event.get("cancelActivity") == "false" and {"error", "cancel"} & set(triggers):
        diagram.findings.warning("always-interrupting", "an error or cancel event always ends its activity", event)
