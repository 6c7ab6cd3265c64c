"""Our own attributes and those of tools that nobody maps: what would be lost is named."""

import pytest

from engine.bpmn.report import check_files

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:banli="urn:banli:bpmn:1"'
    ' xmlns:pm="http://processmaker.example/bpmn" xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0"'
    ' xmlns:color="http://www.omg.org/spec/BPMN/non-normative/color/1.0"'
    ' xmlns:modeler="http://camunda.org/schema/modeler/1.0"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" modeler:executionPlatform="x"><process id="P">'
    '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="a"/>'
)


def problems(nodes: str) -> list[tuple[str, str, str | None]]:
    data = (HEAD + nodes + "</process></definitions>").encode()
    return [(p["severity"], p["code"], p["element"]) for p in check_files({"p.bpmn": data})[0]["problems"]]


def messages(nodes: str) -> list[str]:
    data = (HEAD + nodes + "</process></definitions>").encode()
    return [p["message"] for p in check_files({"p.bpmn": data})[0]["problems"]]


def extended(node: str, inside: str) -> str:
    return f'<{node} id="a"><extensionElements>{inside}</extensionElements></{node}>'


@pytest.mark.parametrize(
    ("node", "meant"),
    [
        ('<userTask id="a" banli:asignee="=initiator"/>', "assignee"),
        ('<userTask id="a" banli:candidateRoles="chair"/>', "candidateRole"),
        ('<userTask id="a" banli:fourEyes="s"/>', "fourEyesWith"),
        ('<userTask id="a" banli:assignee="=initiator" banli:formkey="x"/>', "formKey"),
        (extended("userTask", '<banli:propertie name="x" value="1"/>'), "property"),
    ],
)
def test_a_name_of_ours_that_is_misspelt_is_refused_with_the_one_that_was_meant(node, meant):
    assert problems(node) == [("error", "unknown-attribute", "a")]
    assert meant in messages(node)[0]


def test_a_name_that_is_like_none_of_ours_is_refused():
    assert messages('<userTask id="a" banli:xyz="1"/>') == ["banli:xyz is no attribute of ours"]


@pytest.mark.parametrize(
    "node",
    [
        '<manualTask id="a" banli:collection="=people"/>',
        '<userTask id="a" banli:operation="number.assign"/>',
        '<exclusiveGateway id="a" banli:assignee="=initiator"/>',
        '<callActivity id="a" calledElement="Q" banli:due="P1D"/>',
        '<scriptTask id="a" scriptFormat="feel" banli:decisionRef="d"><script>{x: 1}</script></scriptTask>',
        extended("userTask", '<banli:parameter name="x" value="1"/>'),
    ],
)
def test_a_name_of_ours_where_it_says_nothing_is_named(node):
    found = [problem for problem in problems(node) if problem[1] == "ignored"]
    assert found == [("warning", "ignored", "a")]


@pytest.mark.parametrize(
    "node",
    [
        '<userTask id="a" banli:assignee="=initiator" banli:standIn="=x" banli:standInRole="chair" banli:help="h"'
        ' banli:standInUnit="u" banli:exclude="=x" banli:due="P1D" banli:anchor="=now" banli:batch="true"'
        ' banli:mandatory="true" banli:open="true" banli:resultVariable="r" banli:fourEyesWith="s"'
        ' banli:candidateUnit="u" banli:candidateRole="chair" banli:formKey="f" banli:outputsOnly="true"/>',
        '<sendTask id="a" banli:broadcast="true" banli:correlation="=x" messageRef="m"/>',
        extended("userTask", '<banli:property name="x" value="1"/><banli:input target="x" source="=1"/>'),
        extended("sendTask", '<banli:parameter name="x" value="1"/><banli:correlation value="=1"/>'),
    ],
)
def test_what_our_documents_list_is_taken(node):
    assert [problem for problem in problems(node) if problem[1] in {"unknown-attribute", "ignored"}] == []


@pytest.mark.parametrize(
    "node",
    [
        '<userTask id="a" pm:screenRef="3"/>',
        extended("userTask", '<pm:assignment user="3"/>'),
        '<userTask id="a" pm:screenRef="3"/><userTask id="b" pm:screenRef="4"/>'
        '<sequenceFlow id="g" sourceRef="a" targetRef="b"/>',
    ],
)
def test_what_a_tool_that_nobody_maps_says_is_named_once(node):
    found = [problem for problem in problems(node) if problem[1] == "vendor-attribute"]
    assert found == [("warning", "vendor-attribute", "a")]
    assert "http://processmaker.example/bpmn" in messages(node)[0]


@pytest.mark.parametrize(
    "node",
    [
        '<userTask id="a" bioc:stroke="#000" color:border-color="#fff" xsi:type="x"/>',
        '<userTask id="a" xml:lang="zh"/>',
    ],
)
def test_colours_and_the_like_are_inert(node):
    assert problems(node) == []


def test_what_a_tool_keeps_in_its_own_element_is_its_own_however_deep_and_whatever_it_is_called():
    kept = '<pm:all><attribute name="x"><attribute name="y"/><task id="t"/></attribute></pm:all>'
    assert problems(extended("userTask", kept)) == [("warning", "vendor-attribute", "a")]


def test_a_node_in_two_lanes_is_named():
    lanes = "".join(f'<lane id="{name}"><flowNodeRef>a</flowNodeRef></lane>' for name in ("one", "two"))
    assert problems(f'<laneSet id="l">{lanes}</laneSet><userTask id="a"/>') == [("warning", "two-lanes", "a")]


def test_a_node_in_a_lane_and_in_one_inside_it_stands_in_the_inner_one():
    inner = '<childLaneSet><lane id="two"><flowNodeRef>a</flowNodeRef></lane></childLaneSet>'
    lanes = f'<laneSet id="l"><lane id="one"><flowNodeRef>a</flowNodeRef>{inner}</lane></laneSet>'
    assert problems(f'{lanes}<userTask id="a"/>') == []


def test_a_message_flow_inside_one_pool_is_named():
    head = HEAD.replace(
        '<process id="P">',
        '<collaboration id="c"><participant id="p" processRef="P"/>'
        '<messageFlow id="mf" sourceRef="a" targetRef="b"/></collaboration><process id="P">',
    )
    nodes = '<sendTask id="a"/><receiveTask id="b"/><sequenceFlow id="g" sourceRef="a" targetRef="b"/>'
    data = (head + nodes + "</process></definitions>").encode()
    found = check_files({"p.bpmn": data})[0]["problems"]
    assert [(p["severity"], p["code"], p["element"]) for p in found] == [("warning", "inside-pool", "mf")]


@pytest.mark.parametrize(
    ("circle", "where"),
    [
        ('<userTask id="b"/><userTask id="c"/><sequenceFlow id="g" sourceRef="b" targetRef="c"/>'
         '<sequenceFlow id="h" sourceRef="c" targetRef="b"/>', "b"),
        ('<userTask id="b"/><sequenceFlow id="g" sourceRef="b" targetRef="b"/>', "b"),
    ],
)  # fmt: skip
def test_a_circle_that_nothing_leads_to_is_named_once(circle, where):
    assert problems('<userTask id="a"/>' + circle) == [("warning", "unreachable", where)]


def test_a_circle_behind_a_boundary_event_is_reached():
    circle = (
        '<boundaryEvent id="e" attachedToRef="a"><timerEventDefinition><timeDuration>P1D</timeDuration>'
        '</timerEventDefinition></boundaryEvent><sequenceFlow id="g" sourceRef="e" targetRef="b"/>'
        '<userTask id="b"/><sequenceFlow id="h" sourceRef="b" targetRef="b"/>'
    )
    assert problems('<userTask id="a"/>' + circle) == []


def test_a_process_of_nothing_but_an_event_sub_process_is_refused_for_what_it_lacks():
    nodes = (
        '<subProcess id="e" triggeredByEvent="true"><startEvent id="t"><messageEventDefinition messageRef="m"/>'
        "</startEvent></subProcess>"
    )
    head = HEAD.partition('<startEvent id="s"/>')[0].replace("<process", '<message id="m" name="m"/><process')
    found = check_files({"p.bpmn": (head + nodes + "</process></definitions>").encode()})[0]["problems"]
    assert [(p["code"], p["message"]) for p in found] == [
        ("no-start-event", "nothing begins here: there are only event sub-processes, which wait until it has begun")
    ]
