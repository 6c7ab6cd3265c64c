"""Our own attributes and elements are known and stand where they say something; what other tools say is named.

A misspelt name would be lost without a word: the task would be everybody's, the deadline none.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final

from lxml import etree

from engine.bpmn.diagram import Diagram
from engine.bpmn.names import (
    ACTIVITIES,
    BANLI,
    EVENTS,
    FOR_PEOPLE,
    VENDORS,
    bare,
    bpmn_elements,
    local_name,
    namespace_of,
)

_ASKING: Final = FOR_PEOPLE | {"startEvent"}
_CALLS: Final = frozenset(["callActivity"])
_TIMERS: Final = frozenset(["timerEventDefinition"])
_MANY: Final = frozenset(["multiInstanceLoopCharacteristics"])
_OPERATING: Final = frozenset(["serviceTask", "sendTask", "businessRuleTask"])
_SPEAKING: Final = EVENTS | {"sendTask", "receiveTask", "messageEventDefinition", "signalEventDefinition"}
# docs/bpmn-attributes.md, in its order; where each says something
_ATTRIBUTES: Final = {
    "formKey": _ASKING,
    **dict.fromkeys(
        ("assignee", "candidateRole", "candidateUnit", "standIn", "standInRole", "standInUnit", "exclude", "due",
         "batch", "mandatory", "open", "help", "fourEyesWith"),
        FOR_PEOPLE,
    ),
    "anchor": FOR_PEOPLE | _TIMERS,
    "resultVariable": ACTIVITIES | EVENTS,
    "operation": _OPERATING,
    "decisionRef": frozenset(["businessRuleTask"]),
    "binding": _CALLS,
    "version": _CALLS,
    "outputsOnly": ACTIVITIES | EVENTS,
    "deadline": _TIMERS,
    "correlation": _SPEAKING | {"message"},
    "broadcast": _SPEAKING,
    "variable": frozenset(["errorEventDefinition", "escalationEventDefinition"]),
    **dict.fromkeys(("collection", "elementVariable", "outputCollection", "outputElement"), _MANY),
}  # fmt: skip
_ELEMENTS: Final = {
    "property": _ASKING,
    "parameter": _OPERATING | EVENTS,
    "correlation": _SPEAKING | {"message"},
    **dict.fromkeys(("input", "output", "in", "out"), ACTIVITIES | EVENTS),  # their places are told apart elsewhere
}
# how a drawing looks, and XML's own
_INERT: Final = frozenset(
    [
        "http://bpmn.io/schema/bpmn/biocolor/1.0",
        "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
        "http://www.omg.org/spec/BPMN/non-normative/extensions/color/1.0",
        "http://www.w3.org/2001/XMLSchema-instance",
        "http://www.w3.org/XML/1998/namespace",
        "http://camunda.org/schema/modeler/1.0",
    ]
)


def check_vocabulary(diagram: Diagram, root: etree._Element) -> None:
    """Record names of ours that nobody reads, and once each what tools say that are not mapped."""
    told: set[str] = set()
    for element in bpmn_elements(root):
        kind = local_name(element)
        for name in map(str, element.attrib):
            if name.startswith("{"):
                _check_name(diagram, element, kind, name, _ATTRIBUTES, "attribute", told)
        if kind == "extensionElements":
            _check_extensions(diagram, element, told)


def _check_extensions(diagram: Diagram, extensions: etree._Element, told: set[str]) -> None:
    owner = extensions.getparent()
    if owner is None or not local_name(owner):
        return
    for child in extensions:
        if isinstance(child.tag, str) and child.tag.startswith("{") and not local_name(child):
            _check_name(diagram, owner, local_name(owner), child.tag, _ELEMENTS, "element", told)


def _check_name(
    diagram: Diagram,
    element: etree._Element,
    kind: str,
    name: str,
    known: dict[str, frozenset[str]],
    what: str,
    told: set[str],
) -> None:
    namespace, local = namespace_of(name), bare(name)
    if namespace == BANLI:
        _check_ours(diagram, element, kind, local, known, what)
    elif namespace not in VENDORS and namespace not in _INERT and name not in told and kind != "definitions":
        told.add(name)
        message = f"{local[:80]} of {namespace[:120]} is not read, here and wherever else it stands"
        diagram.findings.warning("vendor-attribute", message, element)


def _check_ours(
    diagram: Diagram, element: etree._Element, kind: str, local: str, known: dict[str, frozenset[str]], what: str
) -> None:
    if local not in known:
        meant = get_close_matches(local, known, n=1)
        hint = f"; banli:{meant[0]} is one" if meant else ""
        diagram.findings.error("unknown-attribute", f"banli:{local[:80]} is no {what} of ours{hint}", element)
    elif kind not in known[local]:
        message = f"banli:{local} says nothing at a {kind or 'foreign element'}: it is ignored"
        diagram.findings.warning("ignored", message, element)
