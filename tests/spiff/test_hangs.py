"""Diagrams that hang or mislead stock engines: each is refused by name, bounded by a budget, or simply right."""

from itertools import count
from time import perf_counter

import pytest

from engine.bpmn.report import check_files
from engine.spiff import BpmnRefusedError, BudgetExceededError, ExecutionError, Limits, compile_definitions
from tests.bpmn.judging import checked, codes, definitions
from tests.spiff.drawing import draw
from tests.spiff.test_state import started

FEW = Limits(node_visits=20_000)
SECONDS = 8  # each takes far less; a shared machine may be slow


def stopped(text: str, **options) -> str:
    """The code with which a diagram is refused or its start is stopped."""
    began = perf_counter()
    try:
        started(text, **options)
    except BpmnRefusedError as refusal:
        return next(p.code for p in refusal.problems if p.severity == "error")
    except ExecutionError as error:
        return error.code
    finally:
        assert perf_counter() - began < SECONDS
    return "runs"


def test_an_automatic_loop():
    text = "start s\nexclusive m\nscript t body=`{n: 1}`\nexclusive g\nend e\ns > m > t > g\n"
    text += "g > m if `n = 1`\ng > e default"
    assert stopped(text, limits=FEW) == "budget-exceeded"


def test_an_endless_standard_loop():
    assert stopped("start s\nscript t body=`{n: 1}` loop=`true`\ns > t", limits=FEW) == "budget-exceeded"


@pytest.mark.parametrize("sequential", ["", " sequential"])
@pytest.mark.parametrize("kind", ["user", "script"])
def test_a_million_instances(kind, sequential):
    assert stopped(f"start s\n{kind} a times=1000000{sequential}\ns > a") == "budget-exceeded"


def test_a_timer_in_a_trillion_years():
    assert stopped("start s\ncatch c timer=P999999999999Y\ns > c") == "timer-no-time"


def test_a_cycle_without_pause():
    assert stopped("start s\ncatch c cycle=R/PT0S\ns > c") == "timer-no-time"


def test_a_cycle_of_microseconds():
    assert stopped("start s\ncatch c cycle=R999999999/PT0.000001S\ns > c") == "timer-no-time"


def test_a_gateway_whose_conditions_take_longer_than_a_step_may():
    flows = "".join(f"\nuser a{n}\ng > a{n} if `n = {n}`" for n in range(100))
    seconds = count()
    limits = Limits(seconds=3, clock=lambda: float(next(seconds)))
    assert stopped(f"start s\nexclusive g\nuser b\ns > g\ng > b default{flows}", limits=limits) == "budget-exceeded"


@pytest.mark.parametrize(("count_of_triggers", "found"), [(100, []), (101, ["budget"]), (20_000, ["budget"])])
def test_an_event_with_thousands_of_triggers(count_of_triggers, found):
    triggers = "<eventDefinitionRef>d</eventDefinitionRef>" * count_of_triggers
    process = (
        f'<process id="P"><startEvent id="s"/><intermediateThrowEvent id="t">{triggers}</intermediateThrowEvent>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="t"/></process>'
    )
    report = checked(definitions(f'<signal id="x"/><signalEventDefinition id="d" signalRef="x"/>{process}'))
    assert codes(report, "error") == found


def test_an_expression_of_another_tool_without_end():
    began = perf_counter()
    text = "start s\nexclusive g\nuser a\nuser b\ns > g\ng > a if `${%s}`\ng > b default"
    assert stopped(text % ("!" * 1_000_000 + "n")) == "expression-language"
    assert perf_counter() - began < SECONDS


def test_a_thousand_problems_of_an_id_without_end():
    body = f'<process id="{"x" * 1_000_000}"><startEvent id="s"/>{"<nonsense/>" * 1_000}</process>'
    problems = checked(definitions(body))["problems"]
    assert len(problems) == 1_000
    assert sum(len(problem["element"]) + len(problem["message"]) for problem in problems) < 2_000_000


def test_a_process_that_calls_itself():
    assert stopped("start s\ncall c calls=P\ns > c") == "budget-exceeded"


def test_a_process_that_calls_itself_twice_is_stopped_before_it_has_grown():
    with pytest.raises(BudgetExceededError):
        started("start s\nparallel f\ncall c calls=P\ncall d calls=P\ns > f\nf > c\nf > d")


def test_a_data_object_of_the_process_two_sub_processes_down():
    data = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
    <process id="P"><dataObject id="d" name="paper"/><dataObjectReference id="r" dataObjectRef="d"/><startEvent id="s"/>
    <subProcess id="one"><subProcess id="two"><userTask id="a"><ioSpecification><dataInput id="i" name="i"/><inputSet/>
    <outputSet/></ioSpecification><dataInputAssociation id="x"><sourceRef>d</sourceRef><targetRef>i</targetRef>
    </dataInputAssociation></userTask></subProcess></subProcess>
    <sequenceFlow id="f" sourceRef="s" targetRef="one"/></process></definitions>"""
    began = perf_counter()
    assert check_files({"p.bpmn": data})[0]["executable"]
    assert "a" in compile_definitions({"p.bpmn": data}).processes["P"].user_tasks
    assert perf_counter() - began < SECONDS


def test_the_lanes_of_one_file_are_never_those_of_another():
    def laned(lane: str) -> bytes:
        lanes = f'<laneSet id="l"><lane id="x" name="{lane}"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
        return draw("start s\nuser a\ns > a").replace(b'<startEvent id="s">', lanes.encode() + b'<startEvent id="s">')

    empty = b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"/>'
    for turn in range(50):
        lane = ("EVERYBODY", "FINANCE")[turn % 2]
        process = compile_definitions({"p.bpmn": laned(lane)}).processes["P"]
        assert process.user_tasks["a"].lane == lane
        check_files({"empty.bpmn": empty})
