"""A file in, an answer out: whatever is done to a diagram, there is no traceback and no hang."""

import os
import random
import time
from pathlib import Path

import pytest
from lxml import etree

from engine.bpmn.names import ACTIVITIES, EVENT_DEFINITIONS, EVENTS, GATEWAYS, bpmn
from engine.bpmn.report import check_files
from engine.simulate.environment import SimulationEnvironment
from engine.spiff import BpmnRefusedError, Execution, ExecutionError, Limits, compile_definitions
from tests.spiff.drawing import draw
from tests.spiff.driving import NOW
from tests.spiff.random_diagrams import Generator

EXAMPLES = sorted((Path(__file__).parents[1] / "simulate/examples").glob("*.bpmn"))
SCALE = float(os.environ.get("BANLI_TEST_SCALE", "0.1"))
ROUNDS = max(1, int(40 * SCALE))
PER_ROUND = 50
TAGS = sorted(
    ACTIVITIES | GATEWAYS | EVENTS | EVENT_DEFINITIONS | {"lane", "dataObject", "script", "process", "nonsense"}
)
TEXTS = [
    "",
    "= x",
    "${x}",
    "${x.y()}",
    "P1D",
    "R/PT0S",
    "x >",
    "1",
    "-1",
    "10000000",
    "null",
    "[1,2]",
    "审批",
    "a:b",
]


def mutated(data: bytes, dice: random.Random) -> bytes:
    """A diagram with one to six things changed in it."""
    if dice.random() < 0.1:
        spoilt = bytearray(data)
        for _ in range(dice.randint(1, 5)):
            spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
        return bytes(spoilt)
    root = etree.fromstring(data)
    for _ in range(dice.randint(1, 6)):
        elements = [e for e in root.iter(etree.Element) if e is not root]
        if elements:
            change(dice.choice(elements), elements, dice)
    return etree.tostring(root)


def change(element, elements, dice):
    """One change of one element."""
    other = dice.choice(elements)
    what = dice.randrange(7)
    parent = element.getparent()
    if what == 0:
        parent.remove(element)
    elif what == 1:
        parent.append(etree.fromstring(etree.tostring(element)))
    elif what == 2 and element.attrib:
        key = dice.choice(list(element.attrib))
        element.set(key, dice.choice([other.get("id") or "", "nobody", "true", "false", "=x", "P"]))
    elif what == 3:
        element.tag = bpmn(dice.choice(TAGS))
    elif what == 4 and element not in other.iterancestors() and other is not element:
        other.append(element)
    elif what == 5:
        element.text = dice.choice(TEXTS)
    elif what == 6:
        child = etree.SubElement(element, bpmn(dice.choice(TAGS)))
        child.set("id", f"new{dice.randrange(10)}")


def answers(data: bytes) -> None:
    """Check the file and, if it can be executed, run it a little."""
    report = check_files({"p.bpmn": data})[0]
    try:
        definitions = compile_definitions({"p.bpmn": data})
    except BpmnRefusedError:
        assert not report["executable"]
        return
    assert report["executable"]
    environment = SimulationEnvironment(definitions, None, NOW)
    for process in definitions.processes:
        try:
            run = Execution.start(definitions, process, {}, environment, limits=Limits(node_visits=2_000, items=100))
            for _ in range(10):
                if run.ended or not run.user_tasks():
                    break
                run = Execution.restore(definitions, run.state(), run.variables, environment, run.limits)
                run.complete(run.user_tasks()[-1].no, {})
        except ExecutionError:
            pass


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_mutated_diagram_gets_an_answer_in_bounded_time(seed):
    dice = random.Random(seed)
    sources = [p.read_bytes() for p in EXAMPLES] + [
        draw(Generator(random.Random(seed + n)).drawing()) for n in range(4)
    ]
    for _ in range(PER_ROUND):
        data = mutated(dice.choice(sources), dice)
        started = time.perf_counter()
        try:
            answers(data)
        except Exception as error:
            raise AssertionError(f"no answer for {data!r}") from error
        assert time.perf_counter() - started < 5
