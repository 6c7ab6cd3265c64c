"""A step that the diagram does not allow: told to whoever took it in words, to whoever mends it in detail."""

import re
from pathlib import Path

import pytest

from engine.bootstrap import Engine
from engine.errors import StepFailedError
from engine.queries.incidents import open_incidents
from tests.engine.conftest import Case, Deploy, Start
from tests.support.fakes import MovableClock
from tests.support.folders import form, process, write_folder

FORK = """
    <bpmn:exclusiveGateway id="which" name="走哪条路"/>
    which -> one: way = "one"
    which -> two: way = "two"
    <bpmn:endEvent id="one"/>
    <bpmn:endEvent id="two"/>
"""
LETTERS = re.compile("[a-z]{3,}")
TWO_WAYS = process(
    "ways",
    """
    <bpmn:startEvent id="begin"/>
    begin -> choose
    <bpmn:userTask id="choose" banli:formKey="choose" banli:assignee="=initiator"/>
    choose -> which
    """
    + FORK,
)


@pytest.fixture
def choosing(tmp_path: Path, deploy: Deploy, start: Start) -> Case:
    """A case at a task after which only two answers lead on."""
    deploy(write_folder(tmp_path, "ways", TWO_WAYS, forms={"choose": form("way")}))
    return start("ways")


def test_whoever_took_it_reads_where_by_the_name_on_the_diagram_and_why_in_chinese(choosing: Case) -> None:
    with pytest.raises(StepFailedError) as failed:
        choosing.complete("choose", {"way": "three"}, by="rep1")
    assert failed.value.message == (
        "流程无法继续（走哪条路：没有一条路径的条件成立，也没有默认路径），本次提交未保存，请联系流程负责人"
    )
    assert not LETTERS.search(failed.value.message)


def test_whoever_mends_it_has_the_element_the_code_and_what_the_runtime_said(choosing: Case) -> None:
    with pytest.raises(StepFailedError) as failed:
        choosing.complete("choose", {"way": "three"}, by="rep1")
    error = failed.value
    assert (error.reason_code, error.element) == ("no-flow", "which")
    assert error.detail == "no outgoing flow of which can be taken"


LATER = process(
    "later",
    """
    <bpmn:startEvent id="begin"/>
    begin -> wait
    <bpmn:intermediateCatchEvent id="wait">
      <bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:intermediateCatchEvent>
    wait -> which
    """
    + FORK,
)


def test_a_timer_that_leads_nowhere_leaves_an_incident_that_says_to_which_element(
    tmp_path: Path, deploy: Deploy, start: Start, engine: Engine, clock: MovableClock
) -> None:
    deploy(write_folder(tmp_path, "later", LATER))
    start("later")
    clock.advance(days=1)
    for minutes in (0, 1, 5, 30, 120):
        clock.advance(minutes=minutes)
        engine.run_due_jobs()
    with engine.reading("admin1") as uow:
        [incident] = open_incidents(uow)
    assert incident.message == "StepFailedError which: no outgoing flow of which can be taken"
