"""What an ad-hoc sub-process offers is begun by those who would do it, as often as they want, until it is done."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from engine.bootstrap import Engine
from engine.commands.begin_activity import begin_activity
from engine.commands.cancel_instance import suspend_instance
from engine.errors import ConflictError, NotFoundError, SuspendedError
from engine.queries.enabled import enabled_activities
from engine.queries.incidents import standstills
from engine.step.instance import load_instance
from tests.engine.conftest import Case, Deploy, Start
from tests.support.folders import form, process, write_folder

INQUIRY = process(
    "inquiry",
    """
    <bpmn:startEvent id="begin"/>
    begin -> look
    <bpmn:adHocSubProcess id="look">
      <bpmn:userTask id="visit" name="走访" banli:candidateRole="union_clerk" banli:formKey="visit"/>
      <bpmn:userTask id="review" name="复核" banli:candidateRole="chair" banli:exclude="=[initiator]"/>
      <bpmn:scriptTask id="count" name="计数" scriptFormat="feel">
        <bpmn:script>{counted: true}</bpmn:script>
      </bpmn:scriptTask>
      <bpmn:completionCondition>=done = "yes"</bpmn:completionCondition>
    </bpmn:adHocSubProcess>
    look -> end
    <bpmn:endEvent id="end"/>
    """,
)


@pytest.fixture
def case(tmp_path: Path, deploy: Deploy, start: Start) -> Case:
    """An inquiry that has just begun."""
    roles = {"roles": ["union_clerk", "chair", "admin"]}
    deploy(write_folder(tmp_path, "inquiry", INQUIRY, forms={"visit": form("done")}, visibility=[roles]))
    return start("inquiry")


Begin = Callable[..., object]


@pytest.fixture
def begin(engine: Engine, case: Case) -> Begin:
    """Begin one of the activities."""

    def begin_one(activity: str, *, by: str, request_id: str | None = None) -> object:
        with engine.unit_of_work(by) as uow:
            return begin_activity(uow, case.id, activity, request_id=request_id or uuid4().hex)

    return begin_one


def _offered(engine: Engine, case: Case, person: str) -> list[str]:
    with engine.reading(person) as uow:
        return [each.name for each in enabled_activities(uow, load_instance(uow, case.id, for_update=False))]


def test_each_person_is_offered_what_he_or_she_would_be_entitled_to(engine: Engine, case: Case) -> None:
    offered = {person: _offered(engine, case, person) for person in ("clerk1", "chair1", "admin1", "rep2")}
    assert offered == {"clerk1": ["走访"], "chair1": ["复核"], "admin1": ["走访", "复核", "计数"], "rep2": []}


def test_a_case_that_offers_something_does_not_stand_still(engine: Engine, case: Case) -> None:
    with engine.reading("admin1") as uow:
        assert standstills(uow, case.id) == ()


def test_what_is_offered_may_be_done_again_and_again_until_the_condition_holds(
    engine: Engine, case: Case, begin: Begin
) -> None:
    for answer in ("no", "yes"):
        begin("visit", by="clerk1")
        assert case.waits_at == {"visit"}
        case.complete("visit", {"done": answer}, by="clerk1")
    assert case.status == "completed"
    assert case.kinds.count("activity.begun") == 2
    assert _offered(engine, case, "clerk1") == []


def test_what_runs_by_itself_is_begun_by_whoever_administers_the_case(case: Case, begin: Begin) -> None:
    with pytest.raises(ConflictError, match="现在不能开始"):
        begin("count", by="clerk1")
    begin("count", by="admin1")
    assert case.variables["counted"] is True


def test_a_second_click_begins_nothing_and_answers_the_same(case: Case, begin: Begin) -> None:
    first, second = (begin("visit", by="clerk1", request_id="click") for _ in range(2))
    assert first == second == (case.item("visit").id,)


def test_nothing_is_begun_by_who_may_not_read_the_case_or_while_it_is_suspended(
    engine: Engine, case: Case, begin: Begin
) -> None:
    with pytest.raises(NotFoundError):
        begin("visit", by="stranger")
    with engine.unit_of_work("admin1") as uow:
        suspend_instance(uow, case.id, reason="查账", request_id=uuid4().hex)
    with pytest.raises(SuspendedError):
        begin("visit", by="clerk1")
    assert _offered(engine, case, "clerk1") == []


def test_an_activity_that_is_not_offered_is_refused(begin: Begin) -> None:
    for activity in ("end", "nowhere", ""):
        with pytest.raises(ConflictError, match="现在不能开始"):
            begin(activity, by="admin1")


EACH_INSPECTOR = process(
    "inspection",
    """
    <bpmn:startEvent id="begin"/>
    begin -> look
    <bpmn:adHocSubProcess id="look">
      <bpmn:multiInstanceLoopCharacteristics banli:collection='=["clerk1", "chair1"]'
        banli:elementVariable="inspector"/>
      <bpmn:userTask id="visit" name="走访" banli:assignee="=inspector"/>
      <bpmn:completionCondition>=false</bpmn:completionCondition>
    </bpmn:adHocSubProcess>
    """,
)


def test_of_several_ad_hoc_sub_processes_each_person_begins_what_his_or_her_own_offers(
    engine: Engine, tmp_path: Path, deploy: Deploy, start: Start
) -> None:
    deploy(write_folder(tmp_path, "inspection", EACH_INSPECTOR, visibility=[{"roles": ["union_clerk", "chair"]}]))
    case = start("inspection")
    for person in ("chair1", "clerk1"):
        assert _offered(engine, case, person) == ["走访"]
        with engine.unit_of_work(person) as uow:
            [item] = begin_activity(uow, case.id, "visit", request_id=None)
        assert case.item("visit", assignee=person).id == item
