"""Every BPMN element is one that the standard has, and stands where it means something.

What stands elsewhere would be lost: a task in a lane never runs, a timer in a task never fires.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from engine.bpmn.diagram import Diagram
from engine.bpmn.names import (
    ACTIVITIES,
    CONTAINERS,
    EVENT_DEFINITIONS,
    EVENTS,
    FLOW_NODES,
    REFUSED_NODES,
    bare,
    bpmn_elements,
    local_name,
)

_CONTAINERS: Final = CONTAINERS | {"process"}
_LOOPS: Final = frozenset(["standardLoopCharacteristics", "multiInstanceLoopCharacteristics"])
_TIMES: Final = ("timeCycle", "timeDate", "timeDuration")
_OF_INSTANCES: Final = ("loopCardinality", "loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem")
_PARENTS: Final = {
    **dict.fromkeys(FLOW_NODES, _CONTAINERS | {"choreography", "subChoreography"}),
    **dict.fromkeys(EVENT_DEFINITIONS, EVENTS | {"definitions"}),
    **dict.fromkeys(_LOOPS, ACTIVITIES),
    "conditionExpression": frozenset(["sequenceFlow"]),
    "completionCondition": frozenset(["adHocSubProcess", "multiInstanceLoopCharacteristics"]),
    **dict.fromkeys(_TIMES, frozenset(["timerEventDefinition"])),
    **dict.fromkeys(_OF_INSTANCES, frozenset(["multiInstanceLoopCharacteristics"])),
    "loopCondition": frozenset(["standardLoopCharacteristics"]),
    "condition": frozenset(["conditionalEventDefinition", "complexBehaviorDefinition"]),
    "script": frozenset(["scriptTask", "globalScriptTask"]),
}
_EXPRESSIONS: Final = frozenset(
    """completionCondition condition conditionExpression dataPath from loopCardinality loopCondition messagePath script
    timeCycle timeDate timeDuration transformation""".split()
)
# what may hold elements of others: a tool's own, text with marks, the drawing; expressions are checked by themselves
_HOLDERS: Final = _EXPRESSIONS | {"definitions", "documentation", "extension", "extensionElements", "rendering", "text"}
# a second one would be lost
_ONCE: Final = _EXPRESSIONS | {"loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem"}
# the rest of the standard's names: conversations, interfaces, data, resources; inert, or read with their owner
_OTHERS: Final = frozenset(
    """activationCondition artifact assignment association auditing callConversation callableElement category
    categoryValue categoryValueRef childLaneSet choreography choreographyRef choreographyTask collaboration
    complexBehaviorDefinition conversation conversationAssociation conversationLink conversationNode correlationKey
    correlationKeyRef correlationProperty correlationPropertyBinding correlationPropertyRef
    correlationPropertyRetrievalExpression correlationSubscription dataInput dataInputAssociation
    dataInputRefs dataObject dataObjectReference dataOutput dataOutputAssociation dataOutputRefs dataState dataStore
    dataStoreReference definitionalCollaborationRef definitions documentation endPoint endPointRef endPointRefs
    error errorRef escalation eventDefinitionRef expression extension extensionElements flowNodeRef
    formalExpression globalBusinessRuleTask globalChoreographyTask globalCommunication globalConversation
    globalManualTask globalScriptTask globalTask globalUserTask group humanPerformer import inMessageRef incoming
    innerConversationNodeRef innerMessageFlowRef innerParticipantRef inputDataItem inputSet inputSetRefs interface
    interfaceRef ioBinding ioSpecification itemDefinition lane laneSet loopDataInputRef loopDataOutputRef
    message messageFlow messageFlowAssociation messageFlowRef messageFlowRefs monitoring operation
    operationRef optionalInputRefs optionalOutputRefs outMessageRef outerConversationNodeRef outerMessageFlowRef
    outerParticipantRef outgoing outputDataItem outputSet outputSetRefs participant participantAssociation
    participantMultiplicity participantRef partitionElement partnerEntity partnerEntityRef partnerRole
    partnerRoleRef performer potentialOwner process processRef property relationship rendering resource
    resourceAssignmentExpression resourceParameter resourceParameterBinding resourceRef resourceRole sequenceFlow
    signal source sourceRef structureRef subConversation supportedInterfaceRef supports target targetRef text
    textAnnotation to value whileExecutingInputRefs whileExecutingOutputRefs""".split()
)
_KNOWN: Final = frozenset(_PARENTS) | REFUSED_NODES | _EXPRESSIONS | _OTHERS


def check_places(diagram: Diagram, root: etree._Element) -> None:
    """Record what the standard does not have, has elsewhere, or has once."""
    kept_by_tools: set[etree._Element] = set()  # what a tool keeps in extension elements is its own
    for element in bpmn_elements(root):
        kind, parent = local_name(element), element.getparent()
        if parent is None or element in kept_by_tools:
            continue
        if kind == "extensionElements":
            kept_by_tools.update(element.iterdescendants())
        if kind not in _HOLDERS:
            _check_foreign(diagram, element)
        if kind not in _KNOWN:
            _check_unknown(diagram, element, kind)
        elif kind in _PARENTS and local_name(parent) not in _PARENTS[kind]:
            message = f"{kind} stands inside {local_name(parent) or bare(str(parent.tag))}, where it is not executed"
            diagram.findings.error("unsupported-element", message, element)
        elif kind in _LOOPS:
            _check_single(diagram, element, _LOOPS)
        elif kind in _ONCE:
            _check_single(diagram, element, frozenset([kind]))
        if kind in _EXPRESSIONS and len(element):
            diagram.findings.error("expression-syntax", "an expression is a text, with no element in it", element)


def _check_unknown(diagram: Diagram, element: etree._Element, kind: str) -> None:
    parent = element.getparent()
    if parent is None or local_name(parent) not in _CONTAINERS:  # in those it is refused with the other nodes
        diagram.findings.error("unsupported-element", f"{kind[:80]} is no element of BPMN", element)


def _check_foreign(diagram: Diagram, element: etree._Element) -> None:
    for child in element:
        if not local_name(child):
            message = (
                f"{bare(str(child.tag))[:80]} is no element of BPMN and stands outside extensionElements: it is ignored"
            )
            diagram.findings.warning("ignored", message, child)


def _check_single(diagram: Diagram, element: etree._Element, kinds: frozenset[str]) -> None:
    if any(local_name(before) in kinds for before in element.itersiblings(preceding=True)):
        message = f"a second {local_name(element)}: which of them counts?"
        diagram.findings.error("unsupported-element", message, element)
