"""Thousands of elements, hundreds of files: an answer in seconds."""

from pathlib import Path

import pytest

from engine.bpmn.report import check_files
from engine.spiff import compile_definitions
from tests.bpmn.judging import definitions
from tests.support.processor import processor_time


def _many(count: int, text: str) -> str:
    return "".join(text.replace("#", str(n)) for n in range(count))


REFERRING = {
    "events to definitions at the root": (
        '<intermediateCatchEvent id="c#"><eventDefinitionRef>d#</eventDefinitionRef></intermediateCatchEvent>',
        '<messageEventDefinition id="d#"/>',
    ),
    "instances to data": (
        '<dataObject id="d#" name="n#"/><userTask id="u#"><multiInstanceLoopCharacteristics>'
        "<loopDataInputRef>d#</loopDataInputRef></multiInstanceLoopCharacteristics></userTask>",
        "",
    ),
    "receivers to properties": (
        '<receiveTask id="r#" messageRef="m0"/>',
        '<message id="m#"/><correlationProperty id="p#"><correlationPropertyRetrievalExpression messageRef="m0">'
        "<messagePath>x</messagePath></correlationPropertyRetrievalExpression></correlationProperty>",
    ),
}


@pytest.mark.parametrize("case", REFERRING)
def test_a_file_of_thousands_of_references_is_read_in_seconds(case):
    nodes, roots = REFERRING[case]
    data = definitions(f'{_many(2_000, roots)}<process id="P"><startEvent id="s"/>{_many(2_000, nodes)}</process>')
    with processor_time() as cost:
        compile_definitions({"p.bpmn": data})
    assert cost.seconds < 6  # looked for from the beginning each time it takes half a minute or more


COMPENSATING = '<task id="a"/><boundaryEvent id="b" attachedToRef="a">' + "<compensateEventDefinition/>" * 3_000
COMPENSATING += '</boundaryEvent><serviceTask id="u" isForCompensation="true"/>'
CROWDED = {
    "associations of one event": COMPENSATING + _many(3_000, '<association id="l#" sourceRef="b" targetRef="u"/>'),
    "compensations of one event that a flow leaves": COMPENSATING
    + '<sequenceFlow id="f" sourceRef="b" targetRef="a"/>',
    "flows to a task and events at its border": '<task id="a"/><exclusiveGateway id="g"/>'
    + _many(3_000, '<sequenceFlow id="f#" sourceRef="g" targetRef="a"/>')
    + _many(3_000, '<boundaryEvent id="b#" attachedToRef="a"><signalEventDefinition/></boundaryEvent>'),
    "flows from an event gateway to one task": '<eventBasedGateway id="g"/><receiveTask id="r">'
    + "<property/>" * 3_000
    + "</receiveTask>"
    + _many(3_000, '<sequenceFlow id="f#" sourceRef="g" targetRef="r"/>'),
    "flows from an event with many triggers to a join": '<task id="a"/><boundaryEvent id="b" attachedToRef="a">'
    + "<signalEventDefinition/>" * 3_000
    + '</boundaryEvent><parallelGateway id="j"/>'
    + _many(
        3_000,
        '<sequenceFlow id="f#" sourceRef="b" targetRef="j"><conditionExpression>x</conditionExpression></sequenceFlow>',
    ),
    "ways out of a task and events that add to each": '<task id="a"/><parallelGateway id="j"/>'
    + _many(
        6_000,
        '<sequenceFlow id="f#" sourceRef="a" targetRef="j"><conditionExpression>x</conditionExpression></sequenceFlow>',
    )
    + _many(
        1_500,
        '<boundaryEvent id="b#" attachedToRef="a" cancelActivity="false"><signalEventDefinition/></boundaryEvent>'
        '<sequenceFlow id="k#" sourceRef="b#" targetRef="a"/>',
    ),
}


@pytest.mark.parametrize("case", CROWDED)
def test_a_file_that_crowds_one_element_is_checked_in_seconds(case):
    data = definitions(f'<process id="P"><startEvent id="s"/>{CROWDED[case]}</process>')
    with processor_time() as cost:
        check_files({"p.bpmn": data})
    assert cost.seconds < 2


def test_checking_many_files_is_quick():
    import time

    data = (Path(__file__).parents[1] / "simulate/examples/error-boundary-subprocess.bpmn").read_bytes()
    started = time.perf_counter()
    for number in range(300):
        assert check_files({f"{number}.bpmn": data})[0]["executable"]
    assert time.perf_counter() - started < 15
