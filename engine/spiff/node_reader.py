"""Read the attributes of one flow node from its element. Refusals were said by ``engine.bpmn.check`` before."""

from __future__ import annotations

from lxml import etree

from engine.bpmn.data_names import data_name, element_variable, item_name, output_variable
from engine.bpmn.diagram import Diagram, our
from engine.bpmn.expressions import ForeignLanguageError, to_feel
from engine.bpmn.names import BANLI, FOR_PEOPLE, banli, bare, bpmn, local_name
from engine.spiff.effects import UserTaskAttributes
from engine.spiff.specs import Assignment, FlowNode, LoopSpec


def feel(diagram: Diagram, text: str | None, declared: str | None = None) -> str | None:
    """The FEEL text of an expression, None if it is blank or foreign."""
    if text is None or not text.strip():
        return None
    try:
        return to_feel(text, declared=declared, default=diagram.language).text or None
    except ForeignLanguageError:
        return None


def feel_of(diagram: Diagram, element: etree._Element | None) -> str | None:
    """The FEEL text of an expression element."""
    return None if element is None else feel(diagram, element.text, element.get("language"))


def read_condition(diagram: Diagram, flow: etree._Element) -> str | None:
    """The condition of a sequence flow."""
    return feel_of(diagram, flow.find(bpmn("conditionExpression")))


def parameters(element: etree._Element, name: str = "parameter") -> tuple[Assignment, ...]:
    """Our parameters of an element: target name and FEEL expression."""
    found = []
    for child in element.findall(f"{bpmn('extensionElements')}/{banli(name)}"):
        value = child.get("value") if child.get("value") is not None else child.text
        found.append(Assignment(str(child.get("name") or ""), to_feel(value or "null").text))
    return tuple(found)


def read_loop(diagram: Diagram, element: etree._Element) -> LoopSpec | None:
    """Multi-instance or standard loop of an activity."""
    loop = element.find(bpmn("standardLoopCharacteristics"))
    if loop is not None:
        maximum = (loop.get("loopMaximum") or "").strip()
        return LoopSpec(
            kind="loop",
            condition=feel_of(diagram, loop.find(bpmn("loopCondition"))),
            maximum=int(maximum) if maximum else None,
            test_before=loop.get("testBefore") == "true",
        )
    multi = element.find(bpmn("multiInstanceLoopCharacteristics"))
    return None if multi is None else _read_multi(diagram, multi)


def _read_multi(diagram: Diagram, multi: etree._Element) -> LoopSpec | None:
    cardinality = feel_of(diagram, multi.find(bpmn("loopCardinality")))
    collection = feel(diagram, our(multi, "collection")) or data_name(diagram, multi.findtext(bpmn("loopDataInputRef")))
    if cardinality is None and collection is None:
        return None  # "mi-no-collection": said by check; the activity runs once
    output_element = feel(diagram, our(multi, "outputElement")) or item_name(multi, "outputDataItem")
    return LoopSpec(
        kind="sequential" if multi.get("isSequential") == "true" else "parallel",
        cardinality=cardinality if collection is None else None,
        collection=collection,
        element_variable=element_variable(multi),
        output_collection=output_variable(diagram, multi),
        output_element=output_element,
        completion_condition=feel_of(diagram, multi.find(bpmn("completionCondition"))),
    )


def read_node(diagram: Diagram, element: etree._Element, node: FlowNode) -> None:
    """Fill in what the element says, by its kind."""
    kind = local_name(element)
    node.for_compensation = element.get("isForCompensation") == "true"
    of_all = ("eventGatewayType", "Parallel") if kind == "eventBasedGateway" else ("parallelMultiple", "true")
    node.parallel_multiple = element.get(of_all[0]) == of_all[1]
    node.instantiate = element.get("instantiate") == "true"
    node.interrupting = element.get("cancelActivity", "true") != "false" and element.get("isInterrupting") != "false"
    if {"error", "cancel"} & {t.kind for t in node.triggers}:
        node.interrupting = True  # whatever the file says
    node.result_variable = our(element, "resultVariable")
    node.maps_in, node.maps_out = mappings(element, "input"), mappings(element, "output")
    node.outputs_only = our(element, "outputsOnly") == "true"
    if kind in FOR_PEOPLE or kind == "startEvent":
        node.user_task = _user_task(element)
    if kind in {"serviceTask", "sendTask", "businessRuleTask"}:
        node.operation = our(element, "operation")
        node.parameters = parameters(element)
    if kind == "businessRuleTask":
        node.decision_ref = our(element, "decisionRef")
    if kind == "scriptTask":
        node.script = feel(diagram, element.findtext(bpmn("script")), element.get("scriptFormat"))
    if kind == "callActivity":
        _read_call(diagram, element, node)


def _user_task(element: etree._Element) -> UserTaskAttributes:
    prefix = "{" + BANLI + "}"
    extra = {bare(str(k)): str(v) for k, v in element.attrib.items() if str(k).startswith(prefix)}
    for child in element.findall(f"{bpmn('extensionElements')}/{banli('property')}"):
        extra[str(child.get("name") or "")] = str(child.get("value") or "")
    return UserTaskAttributes(
        form_key=our(element, "formKey"),
        assignee=our(element, "assignee"),
        candidate_role=our(element, "candidateRole"),
        candidate_unit=our(element, "candidateUnit"),
        exclude=our(element, "exclude"),
        due=our(element, "due"),
        anchor=our(element, "anchor"),
        batch=our(element, "batch") == "true",
        open=our(element, "open") == "true",
        help=our(element, "help"),
        result_variable=our(element, "resultVariable"),
        extra=extra,
    )


def _read_call(diagram: Diagram, element: etree._Element, node: FlowNode) -> None:
    called = (element.get("calledElement") or "").strip()
    if called.startswith(("=", "${", "#{")):
        expression = feel(diagram, called)
        node.called_element = "=" + expression if expression else None
    else:
        node.called_element = called or None
    node.binding = our(element, "binding") or "latest"
    node.called_version = (our(element, "version") or "").strip() or None
    node.takes_all, node.inputs_mapped = _call_mapping(element, "in")
    node.hands_all, node.outputs_mapped = _call_mapping(element, "out")


def _call_mapping(element: etree._Element, name: str) -> tuple[bool, tuple[Assignment, ...]]:
    """Whether all variables go, and those that are mapped one by one."""
    entries = element.findall(f"{bpmn('extensionElements')}/{banli(name)}")
    everything = not entries or any(entry.get("all") == "true" for entry in entries)
    return everything, tuple(mapped for mapped in mappings(element, name) if mapped.target)


def mappings(element: etree._Element, name: str) -> tuple[Assignment, ...]:
    """Children with ``target`` and ``source``; with ``copy`` the source is the name of a variable."""
    found = []
    for entry in element.findall(f"{bpmn('extensionElements')}/{banli(name)}"):
        source, copy = str(entry.get("source") or "null"), entry.get("copy") == "true"
        found.append(Assignment(str(entry.get("target") or ""), source if copy else to_feel(source).text, copy))
    return tuple(found)
