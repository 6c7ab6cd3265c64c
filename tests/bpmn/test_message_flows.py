"""Pools that are joined by message flows understand each other, whether or not the messages are named."""

import pytest

from engine.bpmn.report import check_files
from engine.simulate import Simulation
from engine.simulate.files import load_files
from tests.spiff.driving import NOW, active, waiting

POOLS = """
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:b="urn:other">
<message id="m" name="order"/><message id="n" name="other"/>
<collaboration id="c"><participant id="shop" processRef="Q"/><participant id="bank"/>
<messageFlow id="f" sourceRef="{p}ask" targetRef="{p}asked"{flow}/><messageFlow sourceRef="told" targetRef="hear"/>
<messageFlow sourceRef="bank" targetRef="hear"/><messageFlow sourceRef="u" targetRef="shop"/></collaboration>
<process id="P"><startEvent id="s"/><sendTask id="ask"{sender}/><receiveTask id="hear" name="the answer"/>
<userTask id="u"/>
<sequenceFlow sourceRef="s" targetRef="ask"/><sequenceFlow sourceRef="ask" targetRef="hear"/>
<sequenceFlow sourceRef="hear" targetRef="u"/></process>
<process id="Q"><startEvent id="asked"><messageEventDefinition{receiver}/></startEvent><userTask id="w"/>
<endEvent id="told"><messageEventDefinition/></endEvent>
<sequenceFlow sourceRef="asked" targetRef="w"/><sequenceFlow sourceRef="w" targetRef="told"/></process></definitions>
"""
ORDER = ' messageRef="m"'


def _pools(flow: str = "", sender: str = "", receiver: str = "", p: str = "") -> dict[str, bytes]:
    return {"p.bpmn": POOLS.format(flow=flow, sender=sender, receiver=receiver, p=p).encode()}


@pytest.mark.parametrize(
    "named",
    [{}, {"flow": ORDER}, {"sender": ORDER}, {"receiver": ORDER}, {"sender": ORDER, "receiver": ORDER}, {"p": "b:"}],
)
def test_what_one_pool_sends_comes_to_the_other(named):
    files = _pools(**named)
    assert "dangling-ref" not in [p["code"] for p in check_files(files)[0]["problems"]]
    run = Simulation(load_files(files), "P", now=NOW, persist=True)
    run.start()
    assert (active(run), waiting(run)) == (["w"], ["hear"])
    run.complete("w")
    assert active(run) == ["u"]


def test_the_message_is_called_like_who_receives_it():
    run = Simulation(load_files(_pools()), "P", now=NOW, persist=True)
    run.start()
    run.message("the answer")
    assert active(run) == ["u", "w"]


def test_a_flow_that_joins_two_messages_is_warned_of():
    [problem] = check_files(_pools(sender=ORDER, receiver=' messageRef="n"'))[0]["problems"]
    assert (problem["code"], problem["element"]) == ("ignored", "f")
    assert "order and other" in problem["message"]


def test_the_elements_are_counted_as_they_stand_in_the_file():
    assert check_files(_pools())[0]["elements"]["messageFlow"] == 4


def test_a_flow_or_pool_that_points_to_nothing_is_named() -> None:
    drawn = POOLS.format(flow="", sender="", receiver="", p="").replace('processRef="Q"', 'processRef="R"')
    drawn = drawn.replace('targetRef="shop"', 'targetRef="shopp"')
    [report] = check_files({"p.bpmn": drawn.encode()})
    found = [(p["type"], p["message"]) for p in report["problems"] if p["code"] == "dangling-ref"]
    assert report["executable"]
    assert found == [
        ("messageFlow", "targetRef shopp points to nothing"),
        ("participant", "processRef R points to nothing"),
    ]
