"""Checks of gateways and activities."""

from __future__ import annotations

import re

from lxml import etree

from engine.bpmn.diagram import Diagram, FlowElement, is_event_subprocess, our
from engine.bpmn.expressions import to_feel
from engine.bpmn.names import BINDINGS, FOR_PEOPLE, bpmn, local_name
from engine.bpmn.wording import expression
from engine.feel.foreseen import is_never_a_context

_COUNT = re.compile(r"\d{1,11}", re.ASCII)
_CATCHABLE = frozenset(f"{k}EventDefinition" for k in ("message", "timer", "signal", "conditional"))


def _has_condition(flow: FlowElement) -> bool:
    condition = flow.element.find(bpmn("conditionExpression"))
    return condition is not None and bool((condition.text or "").strip())


def check_gateway(diagram: Diagram, gateway: etree._Element) -> None:
    """Record the problems of one gateway."""
    kind = local_name(gateway)
    flows = diagram.outgoing.get(str(gateway.get("id")), [])
    _check_default(diagram, gateway, flows)
    if kind == "exclusiveGateway":
        _check_exclusive(diagram, gateway, flows)
    elif kind == "inclusiveGateway" and len(flows) > 1:
        for flow in flows:
            if not _has_condition(flow) and flow.id != gateway.get("default"):
                diagram.findings.warning(
                    "always-taken", f"flow {flow.id} has no condition and is always taken", gateway
                )
    elif kind == "parallelGateway":
        _say_unconditional(diagram, gateway, flows, "a parallel gateway")
    elif kind == "eventBasedGateway":
        _check_event_gateway(diagram, gateway, flows)
        _say_unconditional(diagram, gateway, flows, "an event-based gateway")


def _check_default(diagram: Diagram, node: etree._Element, flows: list[FlowElement]) -> None:
    for flow in flows:
        if flow.id == node.get("default") and _has_condition(flow):
            message = f"flow {flow.id} is the default, taken when no other is: its condition is ignored"
            diagram.findings.warning("ignored", message, flow.element)


def _say_unconditional(diagram: Diagram, gateway: etree._Element, flows: list[FlowElement], what: str) -> None:
    if any(_has_condition(flow) for flow in flows):
        diagram.findings.warning("ignored", f"conditions on flows out of {what} are ignored", gateway)


def _check_exclusive(diagram: Diagram, gateway: etree._Element, flows: list[FlowElement]) -> None:
    default = gateway.get("default")
    without = [f for f in flows if not _has_condition(f) and f.id != default]
    if len(flows) < 2 or not without:
        return
    if len(without) == 1 and not any(f.id == default for f in flows):
        message = f"flow {without[0].id} has no condition and is taken as the default"
        diagram.findings.warning("implied-default", message, gateway)
        return
    for flow in without:
        diagram.findings.error(
            "no-condition", f"flow {flow.id} out of an exclusive gateway has no condition", flow.element
        )


def _check_event_gateway(diagram: Diagram, gateway: etree._Element, flows: list[FlowElement]) -> None:
    if not flows:
        diagram.findings.error("missing-target", "an event-based gateway leads to no event", gateway)
    _check_choice(diagram, gateway, "eventGatewayType", ("Exclusive", "Parallel"))
    if gateway.get("eventGatewayType") == "Parallel" and gateway.get("instantiate") != "true":
        message = "a parallel event-based gateway that starts no instance is not executed"
        diagram.findings.error("unsupported-element", message, gateway)
    for flow in {flow.target: flow for flow in flows}.values():  # each target once
        target = diagram.nodes[flow.target]
        if local_name(target) == "receiveTask":
            if any(local_name(child).endswith("LoopCharacteristics") for child in target):
                message = (
                    f"{flow.target} is behind an event-based gateway: it receives one message, whatever its loop says"
                )
                diagram.findings.error("unsupported-element", message, target)
            continue
        events = [local_name(c) for c in target if local_name(c).endswith("EventDefinition")]
        catches = local_name(target) == "intermediateCatchEvent" and events and set(events) <= _CATCHABLE
        if target.get("parallelMultiple") == "true" and gateway.get("instantiate") != "true":
            message = f"an event-based gateway leads to {flow.target}, which waits for several triggers"
            diagram.findings.error("unsupported-event", message, target)
            continue
        referred = target.find(bpmn("eventDefinitionRef")) is not None
        if not catches and not referred:
            message = f"an event-based gateway leads to {flow.target}, which catches no event"
            diagram.findings.error("unsupported-element", message, gateway)


def check_activity(diagram: Diagram, activity: etree._Element) -> None:
    """Record the problems of one activity."""
    kind = local_name(activity)
    _check_loop(diagram, activity)
    _check_default(diagram, activity, diagram.outgoing.get(str(activity.get("id")), []))
    for quantity in ("startQuantity", "completionQuantity"):
        if activity.get(quantity, "1").strip() != "1":
            diagram.findings.error("unsupported-element", f"a {quantity} other than 1 is not executed", activity)
    if kind == "task":
        diagram.findings.warning("untyped-task", "a task without type waits for a person", activity)
    if kind in FOR_PEOPLE:
        _check_for_people(diagram, activity)
    elif kind == "scriptTask":
        _check_script(diagram, activity)
    elif kind in {"serviceTask", "businessRuleTask"}:
        _check_automatic(diagram, activity, kind)
    elif kind == "callActivity":
        _check_call(diagram, activity)
    elif kind == "adHocSubProcess":
        _check_ad_hoc(diagram, activity)
    elif kind in {"sendTask", "receiveTask"} and not (activity.get("messageRef") or "").strip():
        diagram.findings.warning("dangling-ref", "it names no message; its own name is used", activity)
    _check_without_flows(diagram, activity)


def _check_without_flows(diagram: Diagram, activity: etree._Element) -> None:
    """An event sub-process is begun by its event."""
    node_id = str(activity.get("id"))
    if is_event_subprocess(activity):
        if node_id in diagram.incoming or node_id in diagram.outgoing:
            diagram.findings.error("unsupported-flow", "a flow leads to or from an event sub-process", activity)
        if any(local_name(child).endswith("LoopCharacteristics") for child in activity):
            message = "an event sub-process begins once each time its event happens, whatever its loop says"
            diagram.findings.error("unsupported-element", message, activity)


def _check_call(diagram: Diagram, call: etree._Element) -> None:
    if not (call.get("calledElement") or "").strip():
        message = "it calls no process, so it waits for a person like a task without type"
        diagram.findings.warning("missing-called-process", message, call)
    binding, version = our(call, "binding") or "latest", our(call, "version") or ""
    if binding not in BINDINGS:
        message = f"binding={binding[:80]} is none of {', '.join(BINDINGS)}"
        diagram.findings.error("unsupported-element", message, call)
    elif binding == "version" and not _is_count(version):
        message = f"the version that is called is a number, not {version[:80] or 'left out'}"
        diagram.findings.error("missing-called-process", message, call)


def _is_count(text: str) -> bool:
    return bool(_COUNT.fullmatch(text.strip()))


def _check_automatic(diagram: Diagram, task: etree._Element, kind: str) -> None:
    if our(task, "operation") is not None:
        return
    if kind == "serviceTask":
        diagram.findings.warning("no-operation", "a service task without operation does nothing", task)
    elif kind == "businessRuleTask" and our(task, "decisionRef") is None:
        diagram.findings.warning("missing-decision", "a business rule task without decision does nothing", task)


def _check_loop(diagram: Diagram, activity: etree._Element) -> None:
    standard = activity.find(bpmn("standardLoopCharacteristics"))
    if standard is not None:
        _check_standard_loop(diagram, activity, standard)
    multi = activity.find(bpmn("multiInstanceLoopCharacteristics"))
    if multi is not None:
        _check_multi_instance(diagram, activity, multi)


def _check_standard_loop(diagram: Diagram, activity: etree._Element, standard: etree._Element) -> None:
    condition = standard.find(bpmn("loopCondition"))
    if condition is not None:
        expression(diagram, condition.text, condition, condition.get("language"))
    maximum = standard.get("loopMaximum") or ""
    if maximum and not _is_count(maximum):
        message = f"loopMaximum={maximum[:80]} is no whole number"
        diagram.findings.error("unsupported-element", message, activity)
    if (condition is None or not (condition.text or "").strip()) and not maximum:
        message = "a loop without condition and maximum runs once"
        diagram.findings.warning("loop-no-condition", message, activity)


def _check_multi_instance(diagram: Diagram, activity: etree._Element, multi: etree._Element) -> None:
    for tag in ("loopCardinality", "completionCondition"):
        element = multi.find(bpmn(tag))
        if element is not None:
            expression(diagram, element.text, element, element.get("language"))
    for attribute in ("collection", "outputElement"):
        if our(multi, attribute):
            expression(diagram, our(multi, attribute), multi)
    numbered = bool((multi.findtext(bpmn("loopCardinality")) or "").strip())
    collected = bool((multi.findtext(bpmn("loopDataInputRef")) or "").strip() or our(multi, "collection"))
    if not numbered and not collected:
        message = "a multi-instance activity has neither a cardinality nor a collection"
        diagram.findings.error("mi-no-collection", message, activity)
    if numbered and collected:
        message = "the cardinality is ignored: there are as many instances as the collection has items"
        diagram.findings.warning("ignored", message, activity)
    elif numbered and _is_never_a_number_of_instances(multi.findtext(bpmn("loopCardinality")) or ""):
        message = "the cardinality is not a whole number from 0"
        diagram.findings.error("mi-no-cardinality", message, activity)
    if _throws_as_it_goes(multi):
        message = "the events of a multi-instance behaviour are not thrown: draw throw events inside"
        diagram.findings.error("unsupported-event", message, activity)


def _is_never_a_number_of_instances(text: str) -> bool:
    """True for a constant that the step would refuse; False where it cannot be told."""
    constant = text.strip().removeprefix("=").strip()
    if constant.startswith('"'):
        return constant.count('"') == 2 and constant.endswith('"')
    return re.fullmatch(r"-\s*\d[\d.]*|\d*\.\d*[1-9]\d*", constant) is not None


def _throws_as_it_goes(multi: etree._Element) -> bool:
    """Whether an event is thrown when the first, or each, of the instances is done."""
    behavior = multi.get("behavior", "All")
    if behavior == "Complex":
        return multi.find(bpmn("complexBehaviorDefinition")) is not None
    return behavior != "All" and bool(multi.get(f"{behavior.lower()}BehaviorEventRef"))


def _check_for_people(diagram: Diagram, task: etree._Element) -> None:
    for attribute in ("assignee", "standIn", "exclude", "anchor"):
        expression(diagram, our(task, attribute), task)
    for attribute in ("candidateRole", "candidateUnit", "standInRole", "standInUnit", "due"):
        text = our(task, attribute)
        if text and text.startswith("="):
            expression(diagram, text, task)


def _check_script(diagram: Diagram, task: etree._Element) -> None:
    script = task.find(bpmn("script"))
    if script is None or not (script.text or "").strip():
        diagram.findings.warning("no-script", "a script task without script does nothing", task)
        return
    if not expression(diagram, script.text, task, task.get("scriptFormat")) or our(task, "resultVariable"):
        return
    feel = to_feel(script.text or "", declared=task.get("scriptFormat"), default=diagram.language).text
    if is_never_a_context(feel):
        message = f"the script gives no context, and without banli:resultVariable its value has no name: {feel[:60]}"
        diagram.findings.error("script-no-context", message, task)


def _check_choice(diagram: Diagram, element: etree._Element, attribute: str, known: tuple[str, ...]) -> None:
    written = element.get(attribute)
    if written is not None and written not in known:
        message = f"{attribute}={written[:80]} is none of {', '.join(known)}"
        diagram.findings.error("unsupported-element", message, element)


def _check_ad_hoc(diagram: Diagram, activity: etree._Element) -> None:
    _check_choice(diagram, activity, "ordering", ("Parallel", "Sequential"))
    condition = activity.find(bpmn("completionCondition"))
    if condition is None or not (condition.text or "").strip():
        message = "an ad-hoc sub-process without completion condition ends when each activity has been done once"
        diagram.findings.warning("ad-hoc-no-condition", message, activity)
    else:
        expression(diagram, condition.text, condition, condition.get("language"))
    for child in diagram.scope_nodes(activity):
        if local_name(child) in {"startEvent", "endEvent"}:
            diagram.findings.warning("ignored", f"a {local_name(child)} in an ad-hoc sub-process", child)
