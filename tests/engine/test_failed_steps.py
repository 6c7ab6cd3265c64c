"""A step that the diagram does not allow: told to whoever took it in words, to whoever mends it in detail."""

import itertools
import re
from pathlib import Path

import pytest

from engine.bootstrap import Engine
from engine.errors import StepFailedError
from engine.queries.incidents import open_incidents
from engine.spiff.budget import Limits
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


def test_the_case_is_kept_as_it_was_and_another_answer_leads_on(choosing: Case) -> None:
    with pytest.raises(StepFailedError):
        choosing.complete("choose", {"way": "three"}, by="rep1")
    assert choosing.waits_at == {"choose"}
    choosing.complete("choose", {"way": "two"}, by="rep1")
    assert choosing.row.end_event_id == "two"


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


def test_a_script_that_makes_what_no_variable_can_be_refuses_the_step_and_keeps_the_case(
    tmp_path: Path, deploy: Deploy, start: Start
) -> None:
    diagram = process(
        "ranging",
        """
        <bpmn:startEvent id="begin"/>
        begin -> ask
        <bpmn:userTask id="ask" banli:assignee="=initiator"/>
        ask -> range
        <bpmn:scriptTask id="range" scriptFormat="feel"><bpmn:script>{between: [1..3]}</bpmn:script></bpmn:scriptTask>
        """,
    )
    deploy(write_folder(tmp_path, "ranging", diagram))
    case = start("ranging")
    with pytest.raises(StepFailedError, match="between"):
        case.complete("ask", by="rep1")
    assert case.waits_at == {"ask"}


def test_asking_whom_thousands_of_tasks_wait_for_is_within_the_time_of_a_step(
    tmp_path: Path, deploy: Deploy, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    each = '<bpmn:multiInstanceLoopCharacteristics banli:collection="=for i in 1..40 return i"/>'
    diagram = process(
        "crowd",
        f"""
        <bpmn:startEvent id="begin"/>
        begin -> ask
        <bpmn:userTask id="ask" banli:assignee="=initiator">{each}</bpmn:userTask>
        """,
    )
    deploy(write_folder(tmp_path, "crowd", diagram))
    assert start("crowd").waits_at == {"ask"}
    slow = Limits(seconds=0.5, clock=itertools.count().__next__)  # a second goes by from look to look
    monkeypatch.setattr("engine.spiff.core.DEFAULT_LIMITS", slow)
    with pytest.raises(StepFailedError, match="上限") as failed:
        start("crowd")
    assert "in one step" in failed.value.detail
