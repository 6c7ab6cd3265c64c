"""A title stands once in a session: the second is refused at the field, and names the first only to who may read it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.bootstrap import Engine, open_engine
from engine.commands.start_instance import start_instance
from engine.errors import InvalidInputError
from engine.settings import Settings
from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.workflows.conftest import prepare_demo
from tests.workflows.scenario import USUAL, Motion, Scenario

TITLE = "关于增加教学楼智慧教室数量的提案"
WITH_SPACES = "关于增加 教学楼　智慧教室数量的提案 "
OTHER_PROPOSER = "d0102"


@pytest.fixture(params=["sqlite", "postgresql"])
def either_engine(
    request: pytest.FixtureRequest, prepared_databases: PreparedDatabases, tmp_path: Path, clock: MovableClock
) -> Iterator[Engine]:
    """An engine on the demo organisation, on SQLite and on PostgreSQL."""
    with prepared_databases.copy(request.param, "workflows", prepare_demo) as url:
        opened = open_engine(settings=Settings(database_url=url, data_directory=tmp_path), clock=clock)
        yield opened
        opened.close()


def _refusal(scenario: Scenario, title: str, proposer: str = OTHER_PROPOSER) -> dict[str, str]:
    motion = scenario.motion(proposer)
    with pytest.raises(InvalidInputError) as refused:
        motion.do("draft", title=title)
    assert motion.waits_at == ["draft"]
    return dict(refused.value.fields)


def test_a_title_that_differs_in_spaces_alone_is_refused_without_naming_a_case_one_may_not_read(
    either_engine: Engine, clock: MovableClock
) -> None:
    # given a motion that its proposer and the invited alone may read
    scenario = Scenario(either_engine, clock)
    scenario.motion_at("second")

    # when / then
    assert _refusal(scenario, WITH_SPACES) == {"title": "已有相同的内容，不能重复，请修改"}


def test_who_may_read_the_other_motion_is_told_which_it_is(either_engine: Engine, clock: MovableClock) -> None:
    scenario = Scenario(either_engine, clock)
    first = scenario.motion_at("sign_for")  # filed, and public to the representatives
    number = first.variables["number"]

    assert _refusal(scenario, WITH_SPACES) == {"title": f"已有“{number} {TITLE}”，不能重复，请修改"}


def test_a_motion_may_keep_its_own_title_when_it_is_revised(scenario: Scenario) -> None:
    motion = scenario.motion_at("revise", formal_check={"formal_action": "return", "formal_comment": "请补充数据。"})

    motion.do("revise", dict(motion.answers["draft"]))

    assert "revise" not in motion.waits_at


def test_the_title_is_free_in_another_session(scenario: Scenario) -> None:
    # given the same title in session 4-6
    scenario.motion_at("second")
    with scenario.engine.unit_of_work(actor=OTHER_PROPOSER) as uow:
        session = {"session_term": 4, "session_meeting": 6}
        earlier = start_instance(uow, "motion", variables=session, request_id=None)
    motion = Motion(scenario, earlier.instance_id, dict(USUAL))

    # when
    motion.do("draft")

    # then
    assert motion.waits_at == ["second", "second"]


def test_a_sealed_motion_gives_no_hint_of_itself(scenario: Scenario) -> None:
    # given a letter to the discipline body, moved out of the flow
    sealed = scenario.motion_at(
        "decide_filing",
        decide_filing={
            "disposition": "not_filed",
            "reason_code": "discipline",
            "reason_text": "应向纪检监察部门反映。",
        },
    )
    sealed.do("decide_filing")
    assert sealed.ended_at == "sealed_closed"

    # when
    motion = scenario.motion(OTHER_PROPOSER, title=TITLE)
    motion.do("draft")

    # then
    assert motion.waits_at == ["second", "second"]
