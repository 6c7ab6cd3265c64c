"""An expression of a diagram that asks for too much, or that cannot be read where it stands, is told in words."""

from pathlib import Path

import pytest

from engine.bootstrap import Engine
from engine.errors import StepFailedError
from engine.queries.enabled import enabled_activities
from engine.step.instance import load_instance
from tests.engine.conftest import Case, Deploy, Start
from tests.support.folders import process, write_folder

ENDLESS = "count(for i in 1..100000000 return i)"
ROLE = 'banli:candidateRole="union_clerk"'


@pytest.fixture
def begun(tmp_path: Path, deploy: Deploy, start: Start):
    """A case of a process that has these elements between its start and its end."""

    def begin(key: str, body: str) -> Case:
        drawing = f'<bpmn:startEvent id="begin"/>\n{body}\n<bpmn:endEvent id="end"/>'
        deploy(write_folder(tmp_path, key, process(key, drawing), visibility=[{"roles": ["union_clerk"]}]))
        return start(key)

    return begin


def test_a_script_without_measure_fails_the_step_with_a_sentence_and_keeps_nothing(begun) -> None:
    case = begun(
        "counting",
        f"""
        begin -> ask
        <bpmn:userTask id="ask" {ROLE}/>
        ask -> sum
        <bpmn:scriptTask id="sum" scriptFormat="feel"><bpmn:script>{{x: {ENDLESS}}}</bpmn:script></bpmn:scriptTask>
        sum -> end
        """,
    )
    with pytest.raises(StepFailedError) as failed:
        case.complete("ask", by="clerk1")
    assert failed.value.reason_code == "budget-exceeded"
    assert case.waits_at == {"ask"}


def test_a_task_whose_people_cannot_be_found_out_in_time_fails_the_step_with_a_sentence(begun) -> None:
    with pytest.raises(StepFailedError):
        begun(
            "asking",
            f"""
            begin -> ask
            <bpmn:userTask id="ask" banli:candidateRole="={ENDLESS}"/>
            ask -> end
            """,
        )


def test_what_is_an_expression_only_with_a_name_of_several_words_is_null_without_that_name(begun) -> None:
    case = begun(
        "naming",
        f"""
        begin -> ask
        <bpmn:userTask id="ask" banli:assignee="=sum of all" {ROLE}/>
        ask -> end
        """,
    )
    assert case.item("ask").assignee_id is None
    case.complete("ask", by="clerk1")


def test_the_page_of_a_case_stands_although_it_cannot_be_found_out_whom_an_activity_is_offered_to(
    begun, engine: Engine
) -> None:
    case = begun(
        "offering",
        f"""
        begin -> look
        <bpmn:adHocSubProcess id="look">
          <bpmn:userTask id="visit" banli:candidateRole="={ENDLESS}"/>
          <bpmn:userTask id="talk" {ROLE}/>
        </bpmn:adHocSubProcess>
        look -> end
        """,
    )
    with engine.reading("clerk1") as uow:
        offered = enabled_activities(uow, load_instance(uow, case.id, for_update=False))
    assert [each.flow_node_id for each in offered] == ["talk"]
