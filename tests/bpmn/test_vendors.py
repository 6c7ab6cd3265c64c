"""What other tools write is taken where it means the same, and named where it does not."""

import pytest

from engine.bpmn.report import check_files
from engine.simulate import Simulation
from engine.simulate.files import load_files
from engine.spiff import compile_definitions
from tests.bpmn.judging import checked, definitions
from tests.spiff.drawing import draw
from tests.spiff.driving import NOW, active

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:flowable="http://flowable.org/bpmn"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    ' xmlns:spiff="http://spiffworkflow.org/bpmn/schema/1.0/core" xmlns:banli="urn:banli:bpmn:1">'
    '<process id="P"><startEvent id="s"{at_start}/><sequenceFlow id="f" sourceRef="s" targetRef="a"/>'
)


def _file(node: str, at_start: str = "") -> bytes:
    return (HEAD.format(at_start=at_start) + node + "</process></definitions>").encode()


def _messages(data: bytes) -> list[str]:
    return [p["message"] for p in check_files({"p.bpmn": data})[0]["problems"]]


@pytest.mark.parametrize(
    "attributes",
    [
        'camunda:candidateUsers="u1,u2" camunda:assignee="u3"',
        'flowable:assignee="u3" flowable:candidateUsers="u1,u2"',
    ],
)
def test_an_assignee_counts_before_those_who_could_be_asked(attributes):
    data = _file(f'<userTask id="a" {attributes}/>')
    task = compile_definitions({"p.bpmn": data}).processes["P"].user_tasks["a"]
    assert task.attributes.assignee == '="u3"'
    [message] = _messages(data)
    assert "candidateUsers" in message


def test_the_assignment_of_camunda_8_may_name_people():
    people = '<zeebe:assignmentDefinition candidateUsers="u1, u2"/>'
    data = _file(f'<userTask id="a"><extensionElements>{people}</extensionElements></userTask>')
    task = compile_definitions({"p.bpmn": data}).processes["P"].user_tasks["a"]
    assert (task.attributes.assignee, _messages(data)) == ('=["u1", "u2"]', [])


def test_of_the_assignment_of_camunda_8_only_what_is_not_taken_is_named():
    people = '<zeebe:assignmentDefinition assignee="u3" candidateUsers="u1, u2" candidateGroups="g"/>'
    data = _file(f'<userTask id="a"><extensionElements>{people}</extensionElements></userTask>')
    task = compile_definitions({"p.bpmn": data}).processes["P"].user_tasks["a"]
    assert (task.attributes.assignee, task.attributes.candidate_role) == ('="u3"', '=["g"]')
    assert _messages(data) == ["candidateUsers=u1, u2 has no counterpart and is ignored"]


@pytest.mark.parametrize("name", ["starter", "initiator"])
def test_another_name_of_the_initiator_is_warned_of(name):
    data = _file('<userTask id="a"/>', f' flowable:initiator="{name}"')
    assert len(_messages(data)) == (name != "initiator")


@pytest.mark.parametrize("attribute", ["flowable:skipExpression", "camunda:candidateStarterGroups"])
def test_what_would_change_who_does_what_is_never_ignored_in_silence(attribute):
    assert len(_messages(_file(f'<userTask id="a" {attribute}="x"/>'))) == 1


@pytest.mark.parametrize("rest", ["stringValue='tier'/>", "><flowable:string>tier</flowable:string></flowable:field>"])
def test_the_decision_task_of_flowable_is_a_business_rule_task(rest):
    field = f"<flowable:field name='decisionTableReferenceKey' {rest}"
    data = _file(
        f'<serviceTask id="a" flowable:type="dmn"><extensionElements>{field}</extensionElements></serviceTask>'
    )
    assert compile_definitions({"p.bpmn": data}).processes["P"].decisions == ("tier",)
    report = check_files({"p.bpmn": data})[0]
    assert (report["problems"], report["elements"]["serviceTask"]) == ([], 1)


def _call(attributes: str, loop: str = "") -> str:
    inside = f'<zeebe:calledElement processId="Q" {attributes}/>'
    return f'<callActivity id="a"><extensionElements>{inside}</extensionElements>{loop}</callActivity>'


TWICE = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"


@pytest.mark.parametrize("loop", ["", TWICE])
@pytest.mark.parametrize(("flag", "seen"), [("true", True), ("false", False)])
def test_a_call_of_camunda_8_hands_its_variables_out_unless_it_says_no(flag, seen, loop):
    called = draw("start s\nscript q body=`{made: 1}`\ns > q", "Q")
    data = _file(
        _call(f'propagateAllChildVariables="{flag}"', loop)
        + '<userTask id="b"/><sequenceFlow id="g" sourceRef="a" targetRef="b"/>'
    )
    run = Simulation(load_files({"p.bpmn": data, "q.bpmn": called}), "P", now=NOW, persist=True)
    run.start()
    assert (active(run), "made" in run.data) == (["b"], seen)


def _extended(kind: str, extension: str) -> bytes:
    return _file(f'<{kind} id="a"><extensionElements>{extension}</extensionElements></{kind}>')


def test_the_due_date_of_camunda_8_is_ours_and_its_follow_up_date_is_named():
    data = _extended("userTask", '<zeebe:taskSchedule dueDate="=now() + duration(d)" followUpDate="2030-01-01"/>')
    task = compile_definitions({"p.bpmn": data}).processes["P"].user_tasks["a"]
    assert task.attributes.due == "=now() + duration(d)"
    [message] = _messages(data)
    assert "followUpDate" in message


@pytest.mark.parametrize(
    ("kind", "extension"),
    [
        ("userTask", '<zeebe:formDefinition formId="f" bindingType="deployment"/>'),
        ("businessRuleTask", '<zeebe:calledDecision decisionId="d" resultVariable="r" versionTag="v"/>'),
        ("userTask", "<spiff:instructionsForEndUser>Read the file.</spiff:instructionsForEndUser>"),
        ("userTask", '<spiff:properties><spiff:property name="formUiSchemaFilename" value="u"/></spiff:properties>'),
        (
            "serviceTask",
            '<spiff:serviceTaskOperator id="http/Get"><spiff:parameters><spiff:parameter id="url" value="u"/>'
            "</spiff:parameters></spiff:serviceTaskOperator>",
        ),
    ],
)
def test_what_a_mapped_element_says_besides_is_named(kind, extension):
    assert len(_messages(_extended(kind, extension))) == 1


@pytest.mark.parametrize(
    ("kind", "extension"),
    [
        ("intermediateThrowEvent", '<zeebe:taskDefinition type="mail"/>'),
        ("endEvent", '<zeebe:taskDefinition type="mail"/>'),
        ("userTask", '<zeebe:taskDefinition type="mail"/>'),
        ("userTask", '<zeebe:calledDecision decisionId="d"/>'),
        ("manualTask", '<zeebe:assignmentDefinition assignee="u"/>'),
        ("userTask", '<zeebe:calledElement processId="Q"/>'),
        ("userTask", '<zeebe:formDefinition formId="=form"/>'),
    ],
)
def test_what_stands_where_it_is_not_read_is_named(kind, extension):
    assert len(_messages(_extended(kind, extension))) == 1


@pytest.mark.parametrize(
    "node",
    [
        '<businessRuleTask id="a" camunda:decisionRef="${tier}"/>',
        '<businessRuleTask id="a"><extensionElements><zeebe:calledDecision decisionId="=tier"/></extensionElements>'
        "</businessRuleTask>",
        '<serviceTask id="a"><extensionElements><zeebe:taskDefinition type="=kind"/></extensionElements></serviceTask>',
    ],
)
def test_an_expression_is_not_taken_for_a_name(node):
    problems = check_files({"p.bpmn": _file(node)})[0]["problems"]
    assert problems[0]["code"] == "vendor-attribute"
    assert problems[1]["code"] in {"missing-decision", "no-operation"}


@pytest.mark.parametrize(
    "said",
    [
        'camunda:in variables="all" local="true"',
        'camunda:in source="x"',
        'camunda:out target="y"',
        'flowable:in source="x"',
    ],
)
def test_what_a_call_hands_over_and_is_not_done_is_named(said):
    call = f'<callActivity id="a" calledElement="P"><extensionElements><{said}/></extensionElements></callActivity>'
    assert len(_messages(_file(call))) == 1


@pytest.mark.parametrize(
    ("message", "said", "kind", "operations"),
    [("", "taken as the name", "serviceTask", ("mail",)), (' messageRef="m"', "ignored", "sendTask", ())],
)
def test_a_send_task_performs_its_operation_unless_it_sends_a_message(message, said, kind, operations):
    task = f'<sendTask id="a" camunda:class="mail"{message}/>'
    data = _file(task).replace(b"<process", b'<message id="m"/><process')
    process = compile_definitions({"p.bpmn": data}).processes["P"]
    assert (process.nodes["a"].type, process.operations) == (kind, operations)
    assert said in _messages(data)[-1]


def test_a_payload_that_is_not_copied_under_another_name_is_named():
    copied = (
        '<dataOutput id="o" name="given"/><dataOutputAssociation><sourceRef>o</sourceRef><targetRef>d</targetRef>'
        "</dataOutputAssociation><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
    )
    data = _file(f'<dataObject id="d" name="wanted"/><intermediateCatchEvent id="a">{copied}</intermediateCatchEvent>')
    [message] = _messages(data)
    assert message == "given is not copied to wanted here"
    assert _messages(data.replace(b"wanted", b"given")) == []


def test_the_service_operator_of_spiff_says_where_its_result_goes():
    data = _extended("serviceTask", '<spiff:serviceTaskOperator id="http/Get" resultVariable="answer"/>')
    definitions = compile_definitions({"p.bpmn": data})
    assert (definitions.processes["P"].operations, _messages(data)) == (("http/Get",), [])
    assert definitions.specs["P"].nodes["a"].result_variable == "answer"


@pytest.mark.parametrize(
    ("binding", "codes"),
    [
        ('camunda:calledElementBinding="version" camunda:calledElementVersion="17"', []),
        ('camunda:calledElementBinding="deployment"', []),
        ('camunda:calledElementBinding="versionTag"', ["vendor-attribute"]),
        ('camunda:calledElementBinding="version" camunda:calledElementVersion="${v}"', ["missing-called-process"]),
        ('camunda:calledElementBinding="version"', ["missing-called-process"]),
        ('banli:binding="sometimes"', ["unsupported-element"]),
    ],
)
def test_a_binding_is_one_that_is_kept_or_it_is_named(binding, codes):
    passed = '<extensionElements><camunda:in variables="all"/><camunda:out variables="all"/></extensionElements>'
    data = _file(f'<callActivity id="a" calledElement="P" {binding}>{passed}</callActivity>')
    assert [p["code"] for p in check_files({"p.bpmn": data})[0]["problems"]] == codes


@pytest.mark.parametrize("said", ['propagateAllParentVariables="false"', 'bindingType="versionTag"'])
def test_what_a_call_of_camunda_8_says_that_is_not_done_is_named(said):
    messages = _messages(_file(_call(said)))
    assert any(said.partition("=")[0] in message for message in messages)


VENDORS = {
    "camunda": ('xmlns:camunda="http://camunda.org/schema/1.0/bpmn"', "camunda"),
    "operaton": ('xmlns:o="http://operaton.org/schema/1.0/bpmn"', "o"),
    "flowable": ('xmlns:f="http://flowable.org/bpmn"', "f"),
}


@pytest.mark.parametrize("vendor", VENDORS)
def test_vendor_attributes_that_mean_the_same_are_mapped(vendor):
    namespace, p = VENDORS[vendor]
    body = (
        f'<process id="P"><startEvent id="s"/>'
        f'<userTask id="a" {p}:assignee="${{initiator}}" {p}:candidateGroups="x, y" {p}:formKey="form" {p}:other="1">'
        f'<multiInstanceLoopCharacteristics {p}:collection="${{people}}" {p}:elementVariable="person"/></userTask>'
        f'<businessRuleTask id="r" {p}:decisionRef="tier" {p}:resultVariable="t"/>'
        f'<sequenceFlow id="f1" sourceRef="s" targetRef="a"/>'
        f'<sequenceFlow id="f2" sourceRef="a" targetRef="r"/></process>'
    )
    data = definitions(body, namespace)
    report = checked(data)
    assert report["executable"]
    assert [p["message"] for p in report["problems"]] == [f"{vendor}:other has no counterpart and is ignored"]
    process = compile_definitions({"p.bpmn": data}).processes["P"]
    attributes = process.user_tasks["a"].attributes
    assert (attributes.assignee, attributes.candidate_role, attributes.form_key) == (
        "=initiator",
        '=["x", "y"]',
        "form",
    )
    assert process.user_tasks["a"].multi_instance
    assert process.decisions == ("tier",)


def test_camunda_8_extensions_are_mapped():
    body = """<process id="P"><startEvent id="s"/><userTask id="a"><extensionElements>
      <zeebe:assignmentDefinition assignee="=initiator" candidateGroups="x"/><zeebe:formDefinition formId="f"/>
      <zeebe:ioMapping/></extensionElements>
      <multiInstanceLoopCharacteristics><extensionElements>
      <zeebe:loopCharacteristics inputCollection="=items" inputElement="item"
        outputCollection="out" outputElement="=x"/>
      </extensionElements></multiInstanceLoopCharacteristics></userTask>
      <serviceTask id="t"><extensionElements><zeebe:taskDefinition type="mail"/></extensionElements></serviceTask>
      <callActivity id="c"><extensionElements><zeebe:calledElement processId="P"/></extensionElements></callActivity>
      <sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="t"/>
      <sequenceFlow id="f3" sourceRef="t" targetRef="c"/></process>"""
    data = definitions(body, 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"')
    report = checked(data)
    assert report["problems"] == []
    process = compile_definitions({"p.bpmn": data}).processes["P"]
    assert process.user_tasks["a"].attributes.form_key == "f"
    assert (process.operations, process.calls) == (("mail",), ("P",))
