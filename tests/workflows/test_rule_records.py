"""Why a case went the way it went: read by whoever decides, and by everybody once it is decided and approved."""

import pytest

from engine.queries.instance_page import instance_page
from engine.queries.work_item_page import work_item_page
from models import RoleAssignment
from tests.workflows.scenario import PROPOSER, Motion, Scenario

INTERNAL = {"unit_routing", "filing"}
JOINT, SECONDER = "d0102", "d0113"


def records(motion: Motion, reader: str) -> set[str]:
    """Tables whose records the person reads on the case's page."""
    with motion.scenario.engine.reading(reader) as uow:
        return {entry.decision_id for entry in instance_page(uow, motion.id).decisions}


@pytest.mark.parametrize("reader", [PROPOSER, JOINT, SECONDER])
def test_a_recommendation_is_not_shown_to_the_proposing_side_before_it_is_approved(
    scenario: Scenario, reader: str
) -> None:
    # given
    motion = scenario.motion_at("chair_approve", draft={"kind": "joint", "joint_proposers": [JOINT]})

    # then what the table recommended is not told, what concerned the seconders is
    assert records(motion, reader) & INTERNAL == set()
    assert "seconders" in records(motion, reader)

    # when
    motion.do("chair_approve")
    # then
    assert records(motion, reader) >= INTERNAL


@pytest.mark.parametrize("reader", ["clerk1", "c02", "chair"])
def test_whoever_decides_about_the_motion_sees_the_recommendation_at_once(scenario: Scenario, reader: str) -> None:
    motion = scenario.motion_at("decide_filing")
    assert records(motion, reader) >= INTERNAL


def test_a_member_of_the_committee_who_joined_in_proposing_reads_it_no_earlier_than_the_others(
    scenario: Scenario,
) -> None:
    # given
    with scenario.engine.unit_of_work() as uow:
        uow.session.add(RoleAssignment(user_id="c02", role="rep", unit_id=None))
    motion = scenario.motion_at("decide_filing", draft={"kind": "joint", "joint_proposers": ["c02"]})

    # then
    assert records(motion, "c02") & INTERNAL == set()


def test_a_veto_keeps_the_recommendation_closed_and_a_refusal_opens_it(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("chair_approve")
    motion.do("chair_approve", chair_action="veto", veto_comment="请再研究主办单位。")
    assert records(motion, PROPOSER) & INTERNAL == set()

    # when
    motion.do(
        "decide_filing",
        disposition="not_filed",
        reason_code="private_interest",
        reason_text="属于个人事项，请向来访接待反映。",
    )
    assert records(motion, PROPOSER) & INTERNAL == set()
    motion.do("chair_approve")

    # then
    assert motion.waits_at == ["appeal"]
    assert records(motion, PROPOSER) >= INTERNAL


def test_the_page_of_a_task_shows_no_more_than_the_page_of_the_case(scenario: Scenario) -> None:
    # given a motion that the committee sent back to be revised
    motion = scenario.motion_at(
        "revise", decide_filing={"disposition": "returned", "reason_text": "请把两件事分开提出。"}
    )
    item_id, actor, _ = motion.item("revise")

    # when / then
    with scenario.engine.reading(actor) as uow:
        assert {entry.decision_id for entry in work_item_page(uow, item_id).decisions} & INTERNAL == set()
