"""A message comes to the receiver that its key names, and to no other."""

import pytest

from engine.simulate import Simulation
from engine.simulate.files import load_files
from engine.spiff import ExecutionError
from tests.spiff.driving import NOW, active, running

ORDERS = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:banli="urn:banli:bpmn:1"
 targetNamespace="t">
<message id="order" name="order"/><message id="answer" name="answer"/>
<correlationProperty id="number" name="number">
  <correlationPropertyRetrievalExpression messageRef="order"><messagePath>nr</messagePath>
  </correlationPropertyRetrievalExpression>
  <correlationPropertyRetrievalExpression messageRef="answer"><messagePath>order_nr</messagePath>
  </correlationPropertyRetrievalExpression>
</correlationProperty>
<collaboration id="c"><participant id="p1" processRef="P"/><participant id="p2" processRef="Q"/>
  <messageFlow id="m1" sourceRef="ask" targetRef="q0"/><messageFlow id="m2" sourceRef="reply" targetRef="wait"/>
  <correlationKey id="k"><correlationPropertyRef>number</correlationPropertyRef></correlationKey></collaboration>
<process id="P"><correlationSubscription id="sub" correlationKeyRef="k">
    <correlationPropertyBinding correlationPropertyRef="number"><dataPath>my_number</dataPath>
    </correlationPropertyBinding></correlationSubscription>
  <startEvent id="s"/><sendTask id="ask" messageRef="order"><extensionElements>
    <banli:parameter name="nr" value="=my_number"/></extensionElements></sendTask>
  <intermediateCatchEvent id="wait"><messageEventDefinition messageRef="answer"/></intermediateCatchEvent>
  <userTask id="read"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="ask"/><sequenceFlow id="f2" sourceRef="ask" targetRef="wait"/>
  <sequenceFlow id="f3" sourceRef="wait" targetRef="read"/></process>
<process id="Q"><startEvent id="q0"><messageEventDefinition messageRef="order"/></startEvent>
  <userTask id="work"/><endEvent id="reply"><extensionElements>
    <banli:parameter name="order_nr" value="=if wrong then 99 else nr"/></extensionElements>
    <messageEventDefinition messageRef="answer"/></endEvent>
  <sequenceFlow id="g1" sourceRef="q0" targetRef="work"/><sequenceFlow id="g2" sourceRef="work" targetRef="reply"/>
</process></definitions>"""


def orders() -> Simulation:
    simulation = Simulation(
        load_files({"p.bpmn": ORDERS.encode()}), "P", now=NOW, persist=True, variables={"my_number": 7}
    )
    simulation.start()
    return simulation


def test_two_pools_find_each_other_by_the_standard_correlation_key():
    run = orders()
    assert active(run) == ["work"]
    assert [wait.correlation_key for wait in run.waiting] == ["7"]
    run.complete("work")
    assert active(run) == ["read"]


def test_an_answer_with_another_key_does_not_come():
    run = orders()
    run.complete("work", data={"wrong": True})
    assert active(run) == []
    assert [wait.flow_node_id for wait in run.waiting] == ["wait"]


def test_a_standard_key_is_taken_without_a_warning():
    report = load_files({"p.bpmn": ORDERS.encode()}).definitions
    assert [p.code for p in report.problems] == []


@pytest.mark.parametrize("correlation", [None, {"order": None}, {"order": 7}])
def test_a_receiver_whose_key_is_null_gets_no_message_and_is_reported(correlation):
    run = running("start s\ncatch c message=m key=order\nuser a\ns > c > a", variables={"order": None})
    assert "null-correlation-key" in [w.code for w in run.environment.warnings]
    with pytest.raises(ExecutionError) as failure:
        run.message("m", correlation=correlation)
    assert failure.value.code == "no-receiver"


def test_a_sender_whose_key_is_null_reaches_nobody():
    run = running(
        "start s\nparallel f\ncatch c message=m key=other\nuser a\nuser x\nthrow t message=m key=order\nend e\n"
        "s > f\nf > c > x\nf > a > t > e",
        variables={"order": None, "other": None},
    )
    run.complete("a")
    assert active(run) == []
    assert [w.flow_node_id for w in run.waiting] == ["c"]


@pytest.mark.parametrize(("receiver", "sender"), [(" key=order", ""), ("", " key=order"), (" key=order", " key=other")])
def test_a_message_reaches_only_who_waits_with_its_very_key(receiver, sender):
    run = running(
        f"start s\nparallel f\ncatch c message=m{receiver}\nuser a\nuser x\nthrow t message=m{sender}\nend e\n"
        "s > f\nf > c > x\nf > a > t > e",
        variables={"order": 7, "other": 8},
    )
    run.complete("a")
    assert active(run) == []
    assert "no-receiver" in [w.code for w in run.environment.warnings]
