"""What a file may write in several ways is read in each; what would be lost where it stands is refused."""

from datetime import date

import pytest

from engine.simulate import Simulation
from engine.simulate.files import load_files
from engine.spiff import ExecutionError, compile_definitions
from tests.bpmn.judging import checked, codes, definitions
from tests.spiff.driving import NOW, active

YES_AND_NO = {
    "true": "true",
    "1": "true",
    " true ": "true",
    "True": "true",
    "false": "false",
    "0": "false",
    "FALSE": "false",
}


@pytest.mark.parametrize(("written", "meant"), YES_AND_NO.items())
def test_a_flag_may_be_written_in_each_way_of_xml(written, meant):
    body = (
        f'<message id="m" name="m"/><process id="P" isExecutable="{written}"><startEvent id="s"/><userTask id="a">'
        f'<multiInstanceLoopCharacteristics isSequential="{written}"><loopCardinality>3</loopCardinality>'
        f'</multiInstanceLoopCharacteristics></userTask><userTask id="late"/>'
        f'<sequenceFlow id="f" sourceRef="s" targetRef="a"/>'
        f'<boundaryEvent id="b" attachedToRef="a" cancelActivity="{written}"><messageEventDefinition messageRef="m"/>'
        f'</boundaryEvent><sequenceFlow id="g" sourceRef="b" targetRef="late"/></process>'
    )
    assert checked(definitions(body))["processes"][0]["executable"] is (meant == "true")
    run = Simulation(load_files({"p.bpmn": definitions(body)}), "P", now=NOW, persist=True)
    run.start()
    assert len(active(run)) == (1 if meant == "true" else 3)
    run.message("m")
    assert len(active(run)) == (1 if meant == "true" else 4)


def test_an_event_subprocess_may_be_marked_with_a_one():
    body = (
        '<message id="m" name="m"/><process id="P"><startEvent id="s"/><userTask id="a"/>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="a"/><subProcess id="h" triggeredByEvent="1">'
        '<startEvent id="x" isInterrupting="0"><messageEventDefinition messageRef="m"/></startEvent><userTask id="b"/>'
        '<sequenceFlow id="g" sourceRef="x" targetRef="b"/></subProcess></process>'
    )
    run = Simulation(load_files({"p.bpmn": definitions(body)}), "P", now=NOW)
    run.start()
    run.message("m")
    assert active(run) == ["a", "b"]


@pytest.mark.parametrize("written", ["1", "TRUE"])
def test_our_own_flags_may_be_written_in_each_way_of_xml(written):
    body = f'<process id="P"><startEvent id="s"/><userTask id="a" banli:open="{written}"/>{FLOW}</process>'
    process = compile_definitions({"p.bpmn": definitions(body)}).processes["P"]
    assert process.user_tasks["a"].attributes.open


@pytest.mark.parametrize("written", ["20300105T090000Z", "20300105", "2030-W01-6"])
def test_a_date_may_be_written_in_each_way_of_iso_8601(written):
    event = f"<timerEventDefinition><timeDate>{written}</timeDate></timerEventDefinition>"
    body = f'<process id="P"><startEvent id="s"/><intermediateCatchEvent id="a">{event}</intermediateCatchEvent>{FLOW}'
    run = Simulation(load_files({"p.bpmn": definitions(f"{body}</process>")}), "P", now=NOW)
    run.start()
    assert [wait.due_at.date() for wait in run.waiting] in ([date(2030, 1, 4)], [date(2030, 1, 5)])


def test_a_flag_that_is_neither_yes_nor_no_is_named():
    body = '<process id="P"><startEvent id="s"/><userTask id="a" isForCompensation="maybe"/></process>'
    problem = next(p for p in checked(definitions(body))["problems"] if p["code"] == "ignored")
    assert "isForCompensation=maybe" in problem["message"]


TASK, FLOW = '<userTask id="a"/>', '<sequenceFlow id="f" sourceRef="s" targetRef="a"/>'
TWICE = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
LOST = {
    "a task in a task": f'<userTask id="a">{TASK.replace("a", "b")}</userTask>{FLOW}',
    "a task in a lane": f'<laneSet><lane id="l"><userTask id="b"/></lane></laneSet>{TASK}{FLOW}',
    "a timer in a task": f'<userTask id="a"><timerEventDefinition/></userTask>{FLOW}',
    "a loop at a gateway": f'<parallelGateway id="a">{TWICE}</parallelGateway>{FLOW}',
    "a condition in a task": f'<userTask id="a"><conditionExpression>x</conditionExpression></userTask>{FLOW}',
    "a script in a service task": f'<serviceTask id="a" banli:operation="o"><script>x</script></serviceTask>{FLOW}',
    "a time in a task": f'<userTask id="a"><timeDuration>P1D</timeDuration></userTask>{FLOW}',
    "a condition of an event in a task": f'<userTask id="a"><condition>x</condition></userTask>{FLOW}',
    "a number in a loop with a condition": '<userTask id="a"><standardLoopCharacteristics loopMaximum="2">'
    f"<loopCardinality>3</loopCardinality></standardLoopCharacteristics></userTask>{FLOW}",
    "a condition in a loop with a number": '<userTask id="a">'
    + TWICE.replace("<loopCardinality>", "<loopCondition>x</loopCondition><loopCardinality>")
    + f"</userTask>{FLOW}",
    "an end that only its type calls terminate": '<endEvent id="a"><eventDefinition xmlns:xsi='
    '"http://www.w3.org/2001/XMLSchema-instance" xsi:type="tTerminateEventDefinition"/></endEvent>' + FLOW,
    "a loop that only its type tells": f'<userTask id="a"><loopCharacteristics/></userTask>{FLOW}',
    "an element that BPMN does not have": f'<userTask id="a"><skipIf>x</skipIf></userTask>{FLOW}',
    "two ways to repeat": f'<userTask id="a"><standardLoopCharacteristics loopMaximum="2"/>{TWICE}</userTask>{FLOW}',
    "two conditions": f"{TASK}{FLOW[:-2]}>{'<conditionExpression>x</conditionExpression>' * 2}</sequenceFlow>",
    "a maximum that is no number": '<userTask id="a"><standardLoopCharacteristics loopMaximum="many"/></userTask>'
    f"{FLOW}",
}


@pytest.mark.parametrize("case", LOST)
def test_what_would_be_lost_where_it_stands_is_refused_by_name(case):
    report = checked(definitions(f'<process id="P"><startEvent id="s"/>{LOST[case]}</process>'))
    [problem] = [p for p in report["problems"] if p["severity"] == "error"]
    assert (problem["code"], problem["line"]) == ("unsupported-element", 1)


def test_a_condition_with_an_element_in_it_is_refused_and_one_with_a_comment_is_whole():
    drawn = '<process id="P"><startEvent id="s"/><exclusiveGateway id="a"/><userTask id="b"/>' + FLOW + "{}</process>"
    flow = (
        '<sequenceFlow id="g" sourceRef="a" targetRef="b"><conditionExpression>n = 1 {}and n = 2'
        "</conditionExpression></sequenceFlow>"
    )
    bold = checked(definitions(drawn.format(flow.format("<b>always</b> "))))
    assert codes(bold, "error") == ["expression-syntax", "unsupported-element"]
    whole = definitions(drawn.format(flow.format("<!-- both --> ")))
    run = Simulation(load_files({"p.bpmn": whole}), "P", now=NOW, variables={"n": 1})
    with pytest.raises(ExecutionError):
        run.start()


def test_what_a_tool_keeps_in_extension_elements_is_its_own_and_named_once():
    kept = '<extensionElements><x:old xmlns:x="u:x"><userTask id="b"/><timer/></x:old></extensionElements>'
    body = f'<process id="P"><startEvent id="s"/><userTask id="a">{kept}</userTask>{FLOW}</process>'
    assert codes(checked(definitions(body))) == ["vendor-attribute"]


@pytest.mark.parametrize("foreign", ['<x:task id="b"/>', '<banli:input target="n" source="1"/>'])
def test_what_is_no_element_of_bpmn_and_stands_among_them_is_named(foreign):
    body = f'<process id="P"><startEvent id="s"/><userTask id="a">{foreign}</userTask>{FLOW}</process>'
    report = checked(definitions(body, 'xmlns:x="u:x"'))
    assert (report["executable"], codes(report)) == (True, ["ignored"])


def test_a_number_beside_a_collection_is_named():
    loop = '<multiInstanceLoopCharacteristics banli:collection="[1]"><loopCardinality>2</loopCardinality>'
    task = f'<userTask id="a">{loop}</multiInstanceLoopCharacteristics></userTask>'
    assert codes(checked(definitions(f'<process id="P"><startEvent id="s"/>{task}{FLOW}</process>'))) == ["ignored"]


def test_a_timer_that_says_two_times_is_refused():
    times = "<timeDate>2030-01-01</timeDate><timeDuration>P1D</timeDuration>"
    body = (
        f'<process id="P"><startEvent id="s"/><intermediateCatchEvent id="c"><timerEventDefinition>{times}'
        '</timerEventDefinition></intermediateCatchEvent><sequenceFlow id="f" sourceRef="s" targetRef="c"/></process>'
    )
    assert codes(checked(definitions(body)), "error") == ["unsupported-event"]
    assert checked(definitions(body.replace("P1D", " ")))["executable"]


@pytest.mark.parametrize(
    ("element", "known"),
    [
        ('<eventBasedGateway id="x" eventGatewayType="parallel"/>', "Exclusive, Parallel"),
        ('<adHocSubProcess id="x" ordering="sequential"><task id="t"/></adHocSubProcess>', "Parallel, Sequential"),
    ],
)
def test_an_order_that_there_is_not_is_refused_and_not_taken_for_the_usual_one(element, known):
    report = checked(definitions(f'<process id="p">{element}</process>'))
    [problem] = [p for p in report["problems"] if "is none of" in p["message"]]
    assert (problem["severity"], problem["element"], known in problem["message"]) == ("error", "x", True)


@pytest.mark.parametrize("cycle", ["0 9 * * 4", "0 0/5 * * * ?", "0 15 10 ? * MON-FRI", "0 0 12 1/5 * ? 2030"])
def test_a_cron_expression_is_refused_by_its_name(cycle):
    timer = f"<timerEventDefinition><timeCycle>{cycle}</timeCycle></timerEventDefinition>"
    body = f'<process id="P"><startEvent id="s">{timer}</startEvent><userTask id="a"/>{FLOW}</process>'
    [problem] = checked(definitions(body))["problems"]
    assert (problem["code"], problem["severity"]) == ("expression-language", "error")
    assert "cron" in problem["message"]
