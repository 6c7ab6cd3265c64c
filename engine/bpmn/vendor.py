"""Attributes of Camunda 7/8, Operaton, Flowable, Activiti and Spiff, rewritten as ours where they mean the same."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from lxml import etree

from engine.bpmn import names
from engine.bpmn.expressions import ForeignLanguageError, literal_or_feel, quoted, to_feel
from engine.bpmn.mappings import map_camunda, map_zeebe
from engine.bpmn.names import banli, bare, bpmn, bpmn_elements, local_name, namespace_of
from engine.bpmn.problems import Findings

_CAMUNDA_LIKE: Final = frozenset((names.CAMUNDA, names.OPERATON, names.FLOWABLE, names.ACTIVITI))
# said by the vendor's engine to itself; nothing a process owner would miss
_SILENT: Final = frozenset(
    [
        "asyncBefore",
        "asyncAfter",
        "async",
        "exclusive",
        "jobPriority",
        "taskPriority",
        "historyTimeToLive",
        "isStartableInTasklist",
        "modelerTemplate",
        "modelerTemplateVersion",
        "modelerTemplateIcon",
        "priority",
        "versionTag",
        "formFieldValidation",
        "allowSendingToSelf",
        "isForCompensation",
        "retryCycle",
        "diagramRelationId",
        "formHandlerClass",
    ]
)
_TEXT_ATTRIBUTES: Final = {
    ("userTask", "formKey"): "formKey",
    ("startEvent", "formKey"): "formKey",
    ("userTask", "formRef"): "formKey",
    ("callActivity", "calledElementBinding"): "binding",
    ("callActivity", "calledElementVersion"): "version",
    ("businessRuleTask", "decisionRef"): "decisionRef",
    ("businessRuleTask", "resultVariable"): "resultVariable",
    ("serviceTask", "resultVariable"): "resultVariable",
    ("serviceTask", "resultVariableName"): "resultVariable",
    ("scriptTask", "resultVariable"): "resultVariable",
    ("multiInstanceLoopCharacteristics", "elementVariable"): "elementVariable",
}
_FEEL_ATTRIBUTES: Final = {("userTask", "assignee"): "assignee", ("userTask", "dueDate"): "due"}
_OPERATION_ATTRIBUTES: Final = ("topic", "class", "delegateExpression", "expression", "type")
_WAYS: Final = frozenset(["in", "out"])  # of variables, between a call and what it calls
_DECISION: Final = "dmn"  # Flowable's type of a service task that evaluates a decision, which is named by a field
_DECISION_FIELDS: Final = ("decisionTableReferenceKey", "decisionServiceReferenceKey")
_ZEEBE: Final = {
    "loopCharacteristics": {
        "inputCollection": "collection",
        "inputElement": "elementVariable",
        "outputCollection": "outputCollection",
        "outputElement": "outputElement",
    },
    "taskDefinition": {"type": "operation"},
    "formDefinition": {"formKey": "formKey", "formId": "formKey", "externalReference": "formKey"},
    "calledDecision": {"decisionId": "decisionRef", "resultVariable": "resultVariable"},
}
# on other elements these mean nothing to us: a throw event that a worker performs, a user task of an old version
_ZEEBE_PLACES: Final = {
    "loopCharacteristics": ("multiInstanceLoopCharacteristics",),
    "taskDefinition": ("serviceTask", "sendTask", "businessRuleTask"),
    "formDefinition": ("userTask", "startEvent"),
    "calledDecision": ("businessRuleTask",),
    "assignmentDefinition": ("userTask",),
    "taskSchedule": ("userTask",),
    "calledElement": ("callActivity",),
    "subscription": ("message",),
    "script": ("scriptTask",),
}
# names, which are taken as they stand: an expression there is none
_NAMES: Final = frozenset(["formKey", "decisionRef", "operation"])
# of an element that is mapped, these say nothing that a process owner would miss
_ZEEBE_SILENT: Final = frozenset([("bindingType", "latest"), ("retries", None)])
_SPIFF_TEXT: Final = {"calledDecisionId": "decisionRef"}


def map_vendor(root: etree._Element, findings: Findings, default_language: str | None) -> None:
    """Rewrite vendors' attributes and extension elements in place; name every one that has no counterpart."""
    calls = list(root.iter(bpmn("callActivity")))
    unmapped = [call for call in calls if not _handed_over(call)] if calls and _is_camunda_like(root) else []
    for element in list(bpmn_elements(root)):
        kind = local_name(element)
        for name in sorted(map(str, element.attrib), key=_rank):
            if namespace_of(name) in names.VENDORS:
                _map_attribute(element, kind, name, findings)
        if kind == "extensionElements":
            _map_extensions(element, findings)
            _close_other_way(element)
    for call in unmapped:
        message = (
            "a call without mappings passes nothing there; here all goes in, and what the called process sets comes out"
        )
        findings.warning("vendor-attribute", message, call)


def _is_camunda_like(root: etree._Element) -> bool:
    """Whether the file says anything in the words of Camunda 7 and those that come from it."""
    return any(
        namespace_of(str(name)) in _CAMUNDA_LIKE
        for element in root.iter(etree.Element)
        for name in (element.tag, *element.attrib)
    )


def _handed_over(call: etree._Element) -> list[etree._Element]:
    """What of a call says that something goes in or comes out."""
    inside = call.iterfind(f"{bpmn('extensionElements')}/*")
    return [child for child in inside if bare(str(child.tag)) in {"in", "out"}]


def _rank(attribute: str) -> int:
    """An assignee comes before those who could be asked instead, however they stand in the file."""
    return bare(attribute) == "candidateUsers"


def _put(element: etree._Element, name: str, value: str) -> bool:
    """Set one of our attributes unless it is there already; False if it was."""
    if element.get(banli(name)) is not None:
        return False
    element.set(banli(name), value)
    return True


def _map_attribute(element: etree._Element, kind: str, key: str, findings: Findings) -> None:
    vendor, local = namespace_of(key), bare(key)
    value = str(element.get(key) or "")
    try:
        mapped = _camunda_attribute(element, kind, local, value, findings) if vendor in _CAMUNDA_LIKE else False
    except ForeignLanguageError as error:
        findings.warning("vendor-attribute", f"{names.VENDORS[vendor]}:{local} is ignored: {error}", element)
        return
    if not mapped and local not in _SILENT:
        findings.warning(
            "vendor-attribute", f"{names.VENDORS[vendor]}:{local} has no counterpart and is ignored", element
        )


def _camunda_attribute(element: etree._Element, kind: str, local: str, value: str, findings: Findings) -> bool:
    if local == "calledElementBinding" and value not in names.BINDINGS:
        return False
    if (kind, local) in _TEXT_ATTRIBUTES:
        target = _TEXT_ATTRIBUTES[kind, local]
        return not (target in _NAMES and _is_expression(value)) and _put(element, target, value)
    if (kind, local) in _FEEL_ATTRIBUTES:
        return _put(element, _FEEL_ATTRIBUTES[kind, local], literal_or_feel(value).text)
    if (kind, local) in {("userTask", "candidateGroups"), ("userTask", "candidateUsers")}:
        target = "candidateRole" if local == "candidateGroups" else "assignee"
        return _put(element, target, _list_or_expression(value))
    if kind == "multiInstanceLoopCharacteristics" and local == "collection":
        return _put(element, "collection", "=" + to_feel(value).text)
    if kind == "startEvent" and local == "initiator":
        return value == "initiator"
    if kind in {"serviceTask", "sendTask", "businessRuleTask"} and local in _OPERATION_ATTRIBUTES:
        if not (local == "type" and value in {"external", _DECISION}):
            _put(element, "operation", value)
            findings.warning("vendor-attribute", f"{local}={value[:80]} is taken as the name of an operation", element)
        return True
    return False


def _is_expression(value: str) -> bool:
    return value.strip().startswith(("=", "${", "#{"))


def _list_or_expression(value: str) -> str:
    """Comma-separated names or one ``${…}``, as FEEL."""
    if _is_expression(value):
        return literal_or_feel(value).text
    parts = [quoted(part.strip()) for part in value.split(",") if part.strip()]
    return "=[" + ", ".join(parts) + "]"


def _map_extensions(extensions: etree._Element, findings: Findings) -> None:
    owner = extensions.getparent()
    if owner is None:
        return
    for child in list(extensions):
        vendor, local = namespace_of(child.tag), bare(child.tag)
        if vendor not in names.VENDORS:
            continue
        try:
            mapped = _map_extension(owner, extensions, child, vendor, local, findings)
        except ForeignLanguageError as error:
            findings.warning("vendor-attribute", f"{names.VENDORS[vendor]}:{local} is ignored: {error}", owner)
            continue
        if not mapped:
            findings.warning(
                "vendor-attribute", f"{names.VENDORS[vendor]}:{local} has no counterpart and is ignored", owner
            )


def _map_extension(
    owner: etree._Element,
    extensions: etree._Element,
    child: etree._Element,
    vendor: str,
    local: str,
    findings: Findings,
) -> bool:
    if vendor in _CAMUNDA_LIKE:
        return _camunda_extension(owner, extensions, child, local, findings)
    if vendor == names.ZEEBE:
        here = local_name(owner) in _ZEEBE_PLACES.get(local, (local_name(owner),))
        return here and _zeebe_extension(owner, extensions, child, local, findings)
    return _spiff_extension(owner, child, local, findings)


def _camunda_extension(
    owner: etree._Element, extensions: etree._Element, child: etree._Element, local: str, findings: Findings
) -> bool:
    if local in {"in", "out"} and local_name(owner) == "callActivity":
        return _camunda_handed_over(owner, extensions, child, local, findings)
    if local == "inputOutput":
        return map_camunda(owner, child)
    if local == "field" and child.get("name") in _DECISION_FIELDS and local_name(owner) == "serviceTask":
        text = child.get("stringValue") or "".join(str(part) for part in child.itertext())
        owner.tag = bpmn("businessRuleTask")
        return _put(owner, "decisionRef", text.strip())
    return local == "failedJobRetryTimeCycle"


def _close_other_way(extensions: etree._Element) -> None:
    """Where a call of theirs says what goes one way and nothing of the other, nothing goes the other way."""
    theirs = {bare(str(child.tag)) for child in extensions if namespace_of(str(child.tag)) in _CAMUNDA_LIKE}
    ours = {bare(str(child.tag)) for child in extensions if namespace_of(str(child.tag)) == names.BANLI}
    if theirs & _WAYS and (owner := extensions.getparent()) is not None and local_name(owner) == "callActivity":
        for way in sorted(_WAYS - ours):
            etree.SubElement(extensions, banli(way)).set("all", "false")


def _camunda_handed_over(
    owner: etree._Element, extensions: etree._Element, child: etree._Element, local: str, findings: Findings
) -> bool:
    """A variable, or all, that goes into a call or comes out of it."""
    everything, target = child.get("variables") == "all", str(child.get("target") or "")
    source = child.get("source") or to_feel(str(child.get("sourceExpression") or "")).text
    if child.get("businessKey") is not None or not (everything or (source and target)):
        return False
    entry = etree.SubElement(extensions, banli(local))
    if everything:
        entry.set("all", "true")
    else:
        entry.set("source", source)
        entry.set("target", target)
    _say_rest(owner, child, ("variables",) if everything else ("source", "sourceExpression", "target"), findings)
    return True


def _zeebe_extension(
    owner: etree._Element, extensions: etree._Element, child: etree._Element, local: str, findings: Findings
) -> bool:
    if local in _ZEEBE:
        for source, target in _ZEEBE[local].items():
            value = str(child.get(source) or "")
            if target in _NAMES and _is_expression(value):
                _say_unmapped(owner, source, child, findings)
            elif value:
                _put(owner, target, value)
        _say_rest(owner, child, _ZEEBE[local], findings)
        return True
    if local == "ioMapping":
        return map_zeebe(owner, child)
    if local == "assignmentDefinition":
        _zeebe_assignment(owner, child, findings)
        return True
    if local == "taskSchedule":
        if child.get("dueDate"):
            _put(owner, "due", literal_or_feel(str(child.get("dueDate"))).text)
        _say_rest(owner, child, ("dueDate",), findings)
        return True
    if local == "calledElement":
        _zeebe_call(owner, child, findings)
        return True
    if local == "subscription":
        etree.SubElement(extensions, banli("correlation")).set("value", str(child.get("correlationKey") or ""))
        return True
    if local == "script":
        _zeebe_script(owner, child)
        return True
    return local in {"userTask", "versionTag", "priorityDefinition", "modelerTemplate"}


def _zeebe_script(owner: etree._Element, child: etree._Element) -> None:
    expression, result = to_feel(str(child.get("expression") or "null")).text, child.get("resultVariable")
    owner.set("scriptFormat", "feel")
    body = etree.SubElement(owner, bpmn("script"))
    body.text = f"{{{quoted(str(result))}: {expression}}}" if result else expression


def _zeebe_call(owner: etree._Element, child: etree._Element, findings: Findings) -> None:
    owner.set("calledElement", str(child.get("processId") or ""))
    if child.get("bindingType") == "deployment":
        _put(owner, "binding", "deployment")
    elif child.get("bindingType", "latest") != "latest":
        _say_unmapped(owner, "bindingType", child, findings)
    if child.get("propagateAllChildVariables") == "false":
        _put(owner, "outputsOnly", "true")
    if child.get("propagateAllParentVariables") == "false":
        _say_unmapped(owner, "propagateAllParentVariables", child, findings)


def _say_rest(owner: etree._Element, child: etree._Element, known: Collection[str], findings: Findings) -> None:
    """Name what an element that is mapped says besides."""
    for name in map(str, child.attrib):
        said = {(name, None), (name, child.get(name))}
        if name not in known and not namespace_of(name) and child.get(name) and not said & _ZEEBE_SILENT:
            _say_unmapped(owner, name, child, findings)


def _say_unmapped(owner: etree._Element, attribute: str, child: etree._Element, findings: Findings) -> None:
    value = str(child.get(attribute))[:80]
    findings.warning("vendor-attribute", f"{attribute}={value} has no counterpart and is ignored", owner)


def _zeebe_assignment(owner: etree._Element, child: etree._Element, findings: Findings) -> None:
    if child.get("assignee"):
        _put(owner, "assignee", literal_or_feel(str(child.get("assignee"))).text)
    if child.get("candidateGroups"):
        _put(owner, "candidateRole", _list_or_expression(str(child.get("candidateGroups"))))
    users = child.get("candidateUsers")
    if users and not _put(owner, "assignee", _list_or_expression(str(users))):
        _say_unmapped(owner, "candidateUsers", child, findings)


def _spiff_extension(owner: etree._Element, child: etree._Element, local: str, findings: Findings) -> bool:
    text = (child.text or "").strip()
    if local in _SPIFF_TEXT:
        _put(owner, _SPIFF_TEXT[local], text)
        return True
    if local == "serviceTaskOperator":
        _put(owner, "operation", str(child.get("id") or ""))
        if child.get("resultVariable"):
            _put(owner, "resultVariable", str(child.get("resultVariable")))
        for parameter in child.iter(f"{{{names.SPIFF}}}parameter"):
            name = str(parameter.get("id"))[:80]
            message = f"the parameter {name} of the operator, in Python, has no counterpart and is ignored"
            findings.warning("vendor-attribute", message, owner)
        return True
    if local == "properties":
        for item in child:
            if item.get("name") == "formJsonSchemaFilename":
                _put(owner, "formKey", str(item.get("value") or ""))
            else:
                message = f"the property {str(item.get('name'))[:80]} has no counterpart and is ignored"
                findings.warning("vendor-attribute", message, owner)
        return True
    if local == "messageVariable":
        _put(owner, "resultVariable", text)
        return True
    return local in {"category", "isOutputSynthetic"}
