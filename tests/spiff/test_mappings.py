"""Input and output mappings: what an activity sees beside the process variables, and what it leaves behind."""

from decimal import Decimal

import pytest

from engine.bpmn.report import check_files
from engine.simulate import Simulation
from engine.simulate.files import load_files
from tests.spiff.drawing import draw
from tests.spiff.driving import NOW

SPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:banli="urn:banli:bpmn:1" targetNamespace="t"'
)
OURS = '<banli:input target="x" source="=n + 1"/><banli:output target="y" source="=given * 2"/>'
CAMUNDA = """<camunda:inputOutput><camunda:inputParameter name="x">${n}</camunda:inputParameter>
<camunda:inputParameter name="fixed">word</camunda:inputParameter>
<camunda:inputParameter name="both"><camunda:list><camunda:value>a</camunda:value><camunda:value>${n}</camunda:value>
</camunda:list></camunda:inputParameter>
<camunda:inputParameter name="table"><camunda:map><camunda:entry key="k">${n}</camunda:entry></camunda:map>
</camunda:inputParameter><camunda:outputParameter name="y">${given}</camunda:outputParameter></camunda:inputOutput>"""
ZEEBE = (
    '<zeebe:ioMapping><zeebe:input source="=n + 1" target="x"/><zeebe:output source="=given" target="y"/>'
    "</zeebe:ioMapping>"
)


def diagram(node: str, more: str = "") -> bytes:
    return (
        f'<definitions {SPACES}>{more}<process id="P"><startEvent id="s"/>{node}<userTask id="z"/>'
        '<sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="z"/>'
        "</process></definitions>"
    ).encode()


def task(extensions: str, inside: str = "") -> bytes:
    return diagram(f'<userTask id="a"><extensionElements>{extensions}</extensionElements>{inside}</userTask>')


def running(data: bytes, **variables) -> Simulation:
    simulation = Simulation(load_files({"p.bpmn": data}), "P", now=NOW, persist=True, variables=variables)
    simulation.start()
    return simulation


def local(simulation: Simulation) -> dict:
    return simulation._cases[0].user_tasks()[0].local


def test_an_input_is_seen_by_its_activity_only_and_an_output_goes_out():
    run = running(task(OURS), n=1)
    assert local(run) == {"x": Decimal(2)}
    run.complete("a", data={"given": 5})
    assert run.data == {"n": Decimal(1), "given": Decimal(5), "y": Decimal(10)}
    assert local(run) == {}


def test_camunda_parameters_are_texts_expressions_lists_and_maps():
    run = running(task(CAMUNDA), n=1)
    assert local(run) == {"x": 1, "fixed": "word", "both": ["a", 1], "table": {"k": 1}}
    run.complete("a", data={"given": 5})
    assert run.data["y"] == 5


def test_with_an_output_mapping_of_camunda_8_nothing_else_goes_out():
    run = running(task(ZEEBE), n=1)
    assert local(run) == {"x": Decimal(2)}
    run.complete("a", data={"given": 5, "other": 1})
    assert run.data == {"n": Decimal(1), "y": Decimal(5)}


@pytest.mark.parametrize("sequential", ["", ' isSequential="true"'])
def test_each_instance_maps_for_itself(sequential):
    loop = (
        f"<multiInstanceLoopCharacteristics{sequential}"
        ' banli:collection="[1, 2]" banli:elementVariable="n" banli:outputCollection="all" banli:outputElement="y"/>'
    )
    run = running(task(ZEEBE, loop))
    run.complete("a", data={"given": 5}, instance=0)
    run.complete("a", data={"given": 6}, instance=1)
    assert run.data == {"all": [Decimal(5), Decimal(6)]}


def test_the_inside_of_a_sub_process_sees_its_inputs():
    inside = f'<subProcess id="a"><extensionElements>{ZEEBE}</extensionElements><userTask id="b"/></subProcess>'
    run = running(diagram(inside), n=1)
    assert local(run) == {"x": Decimal(2)}
    run.complete("b", data={"given": 5, "other": 1})
    assert run.data == {"n": Decimal(1), "y": Decimal(5)}


def test_the_payload_of_a_message_goes_through_the_mapping_of_its_event():
    event = (
        '<intermediateCatchEvent id="a"><extensionElements><zeebe:ioMapping><zeebe:output source="=nr" target="order"/>'
        '</zeebe:ioMapping></extensionElements><messageEventDefinition messageRef="m"/></intermediateCatchEvent>'
    )
    run = running(diagram(event, '<message id="m" name="m"/>'))
    run.message("m", data={"nr": 3, "other": 1})
    assert run.data == {"order": Decimal(3)}


@pytest.mark.parametrize("inside", ["<camunda:script scriptFormat='groovy'>1</camunda:script>", "a ${b} c"])
def test_what_is_not_translated_is_named(inside):
    mapping = (
        f'<camunda:inputOutput><camunda:inputParameter name="x">{inside}</camunda:inputParameter></camunda:inputOutput>'
    )
    report = check_files({"p.bpmn": task(mapping)})[0]
    assert report["executable"]
    assert [p["code"] for p in report["problems"]] == ["vendor-attribute"]
    assert "camunda:inputOutput is ignored" in report["problems"][0]["message"]


DATA = """<dataObject id="do1"/><dataObjectReference id="d1" name="order" dataObjectRef="do1"/>
<userTask id="a"><ioSpecification><dataInput id="i1" name="form"/><dataOutput id="o1" name="result"/>
<inputSet/><outputSet/></ioSpecification>
<dataInputAssociation id="x"><sourceRef>d1</sourceRef><targetRef>i1</targetRef>{}</dataInputAssociation>
<dataOutputAssociation id="y"><sourceRef>o1</sourceRef><targetRef>d1</targetRef></dataOutputAssociation></userTask>"""


def test_a_data_association_copies_a_variable():
    run = running(diagram(DATA.format("")), order=1)
    assert local(run) == {"form": Decimal(1)}
    run.complete("a", data={"result": 2})
    assert run.data["order"] == Decimal(2)


def test_a_data_association_without_a_value_copies_nothing_and_says_nothing():
    run = running(diagram(DATA.format("")))
    assert local(run) == {}
    run.complete("a")
    assert run.data == {}
    assert run.environment.warnings == []


@pytest.mark.parametrize(
    "change",
    ["<transformation>order + 1</transformation>", "<assignment><from>order + 1</from><to>form</to></assignment>"],
)
def test_a_data_association_may_say_what_it_assigns(change):
    run = running(diagram(DATA.format(change)), order=1)
    assert local(run) == {"form": Decimal(2)}


CALLED = draw("start s\nuser b\ns > b", "Q")


def calling(extensions: str, **variables) -> Simulation:
    call = f'<callActivity id="a" calledElement="Q"><extensionElements>{extensions}</extensionElements></callActivity>'
    files = load_files({"p.bpmn": diagram(call), "q.bpmn": CALLED})
    simulation = Simulation(files, "P", now=NOW, persist=True, variables=variables)
    simulation.start()
    return simulation


def inside(simulation: Simulation) -> dict:
    return {name: local(simulation).get(name) for name in ("n", "m", "x")}


@pytest.mark.parametrize(
    "extensions",
    [
        '<banli:in all="true"/><banli:in target="x" source="=n + 1"/>',
        '<camunda:in variables="all"/><camunda:in source="m" target="x"/>',
    ],
)
def test_a_call_that_takes_all_variables_takes_those_it_names_as_well(extensions):
    assert inside(calling(extensions, n=1, m=2)) == {"n": 1, "m": 2, "x": 2}


def test_a_call_that_hands_all_variables_out_hands_those_it_names_as_well():
    run = calling('<banli:out all="true"/><banli:out target="y" source="=given * 2"/>', n=1)
    run.complete("b", data={"given": 5})
    assert run.data == {"n": 1, "given": 5, "y": 10}


@pytest.mark.parametrize("extension", ['<banli:in all="false"/>', '<camunda:out source="given" target="given"/>'])
def test_a_call_that_takes_nothing_is_given_nothing(extension):
    assert inside(calling(extension, n=1, m=2)) == {"n": None, "m": None, "x": None}


@pytest.mark.parametrize("extension", ['<banli:out all="false"/>', '<camunda:in source="n" target="n"/>'])
def test_a_call_that_hands_nothing_out_leaves_the_variables_as_they_were(extension):
    run = calling(extension, n=1)
    run.complete("b", data={"n": 7, "given": 5})
    assert run.data == {"n": 1}


def test_a_call_of_camunda_7_without_mappings_is_warned_of_because_nothing_is_passed_there():
    call = '<callActivity id="a" calledElement="Q" camunda:calledElementBinding="latest"/>'
    reports = check_files({"p.bpmn": diagram(call), "q.bpmn": CALLED})
    [message] = [p["message"] for p in reports[0]["problems"]]
    assert "passes nothing there" in message
    ours = check_files({"p.bpmn": diagram('<callActivity id="a" calledElement="Q"/>'), "q.bpmn": CALLED})
    assert ours[0]["problems"] == []


def test_the_mappings_of_a_call_read_the_side_that_gives():
    swapped = "".join(
        f'<banli:{way} target="{one}" source="{other}"/>'
        for way in ("in", "out")
        for one, other in (("n", "m"), ("m", "n"))
    )
    run = calling(swapped, n=1, m=2)
    assert inside(run) == {"n": 2, "m": 1, "x": None}
    run.complete("b")
    assert run.data == {"n": 1, "m": 2}


def test_the_items_of_a_loop_may_stand_in_a_data_object_around_its_sub_process():
    loop = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>d1</loopDataInputRef></multiInstanceLoopCharacteristics>"
    )
    inner = f'<subProcess id="a"><startEvent id="i"/><userTask id="b">{loop}</userTask>'
    inner += '<sequenceFlow id="g" sourceRef="i" targetRef="b"/></subProcess>'
    run = running(diagram(f'<dataObject id="d1" name="orders"/>{inner}'), orders=[1, 2, 3])
    assert len(run.active) == 3


def test_the_items_of_a_loop_may_stand_in_a_reference_that_has_a_label_of_its_own():
    loop = "<multiInstanceLoopCharacteristics><loopDataInputRef>r</loopDataInputRef></multiInstanceLoopCharacteristics>"
    data = '<dataObject id="d1" name="orders"/><dataObjectReference id="r" name="orders [new]" dataObjectRef="d1"/>'
    run = running(diagram(f'{data}<userTask id="a">{loop}</userTask>'), orders=[1, 2, 3])
    assert len(run.active) == 3


def test_an_arrow_to_a_document_is_inert():
    arrow = """<dataObject id="do1"/><dataObjectReference id="d1" name="Order" dataObjectRef="do1"/><userTask id="a">
    <property id="p1" name="__targetRef_placeholder"/>
    <dataInputAssociation id="x"><sourceRef>d1</sourceRef><targetRef>p1</targetRef></dataInputAssociation></userTask>"""
    assert check_files({"p.bpmn": diagram(arrow)})[0]["problems"] == []
