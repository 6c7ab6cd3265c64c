"""Names of BPMN 2.0 and of the vendors whose files we read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_BPMN_TAG: Final = f"{{{BPMN}}}"
_BPMN_TAG_LENGTH: Final = len(_BPMN_TAG)
BANLI: Final = "urn:banli:bpmn:1"
CAMUNDA: Final = "http://camunda.org/schema/1.0/bpmn"
OPERATON: Final = "http://operaton.org/schema/1.0/bpmn"
FLOWABLE: Final = "http://flowable.org/bpmn"
ACTIVITI: Final = "http://activiti.org/bpmn"
ZEEBE: Final = "http://camunda.org/schema/zeebe/1.0"
SPIFF: Final = "http://spiffworkflow.org/bpmn/schema/1.0/core"

VENDORS: Final = {
    CAMUNDA: "camunda",
    OPERATON: "operaton",
    FLOWABLE: "flowable",
    ACTIVITI: "activiti",
    ZEEBE: "zeebe",
    SPIFF: "spiffworkflow",
}

TASKS: Final = frozenset(
    [
        "task",
        "userTask",
        "manualTask",
        "scriptTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
        "callActivity",
    ]
)
# what every expression can read without anybody having set it; a variable of one of these names is never read
PROVIDED_NAMES: Final = frozenset(["case_id", "business_key", "initiator", "actor", "now", "today", "settings"])
# sensitive values are kept, encrypted together, under this name: another value of that name is not
SEALED_NAME: Final = "__sealed__"
FOR_PEOPLE: Final = frozenset(["userTask", "manualTask", "task"])
BINDINGS: Final = ("latest", "deployment", "version")  # of a call to what it calls
CONTAINERS: Final = frozenset(["subProcess", "transaction", "adHocSubProcess"])
ACTIVITIES: Final = TASKS | CONTAINERS
GATEWAYS: Final = frozenset(
    ["exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"]
)
EVENTS: Final = frozenset(
    ["startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"]
)
FLOW_NODES: Final = ACTIVITIES | GATEWAYS | EVENTS
# drawn by BPMN's other diagram types, or without a notation: nothing we could run
REFUSED_NODES: Final = frozenset(
    ["complexGateway", "choreographyTask", "callChoreography", "subChoreography", "implicitThrowEvent", "event"]
)

EVENT_DEFINITIONS: Final = frozenset(
    f"{kind}EventDefinition"
    for kind in [
        "message",
        "timer",
        "signal",
        "error",
        "escalation",
        "conditional",
        "link",
        "compensate",
        "cancel",
        "terminate",
    ]
)
# what an event may be triggered by, by the place where it stands; "none" is always allowed where listed
ALLOWED_TRIGGERS: Final = {
    "startEvent": frozenset(("none", "message", "timer", "signal", "conditional")),
    "eventSubProcessStart": frozenset(
        ("message", "timer", "signal", "conditional", "error", "escalation", "compensate")
    ),
    "intermediateCatchEvent": frozenset(("message", "timer", "signal", "conditional", "link")),
    "intermediateThrowEvent": frozenset(("none", "message", "signal", "escalation", "link", "compensate")),
    "boundaryEvent": frozenset(
        ("message", "timer", "signal", "conditional", "error", "escalation", "compensate", "cancel")
    ),
    "endEvent": frozenset(("none", "message", "signal", "error", "escalation", "compensate", "cancel", "terminate")),
}

# Counted by `banli check`: everything with a meaning of its own in the drawing.
COUNTED: Final = (
    FLOW_NODES
    | REFUSED_NODES
    | EVENT_DEFINITIONS
    | frozenset(
        [
            "sequenceFlow",
            "participant",
            "lane",
            "messageFlow",
            "dataObject",
            "dataObjectReference",
            "dataStore",
            "dataStoreReference",
            "dataInput",
            "dataOutput",
            "textAnnotation",
            "group",
            "association",
        ]
    )
) - {"dataInput", "dataOutput", "event"}


def bpmn(local: str) -> str:
    """The qualified tag of a BPMN element."""
    return f"{{{BPMN}}}{local}"


def banli(local: str) -> str:
    """The qualified name of one of our attributes or elements."""
    return f"{{{BANLI}}}{local}"


def bpmn_elements(root: etree._Element) -> Iterator[etree._Element]:
    """The BPMN elements at and below one, in document order: not the thousands of points in which they are drawn."""
    return root.iter(bpmn("*"))


def local_name(element: etree._Element) -> str:
    """Local name of a BPMN element; empty for comments and elements of other namespaces."""
    tag = element.tag
    if not isinstance(tag, str) or not tag.startswith(_BPMN_TAG):
        return ""
    return tag[_BPMN_TAG_LENGTH:]


def namespace_of(tag: str) -> str:
    """The namespace part of a qualified name, empty if it has none."""
    return tag[1 : tag.index("}")] if tag.startswith("{") else ""


def bare(tag: str) -> str:
    """The local part of a qualified name."""
    return tag.rpartition("}")[2]
