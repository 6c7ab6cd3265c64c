"""From the committee to the unit: recommendation and decision, the chair's gate, appeal, sealing, objections."""

from typing import Any

import pytest
from sqlalchemy import select

from engine.errors import InvalidInputError, NotFoundError
from engine.queries.instance_page import instance_page
from engine.queries.organisation import names_of
from engine.queries.work_item_page import work_item_page
from models import Notice, RoleAssignment, User
from tests.workflows.scenario import PROPOSER, Motion, Scenario

REFUSED = {
    "recommend": {"public_interest": "no", "recommended_reason_code": "private_interest"},
    "decide_filing": {
        "disposition": "not_filed",
        "reason_code": "private_interest",
        "reason_text": "属于个人事项，请向来访接待反映。",
    },
}


def test_the_committee_may_overrule_the_recommendation(scenario: Scenario) -> None:
    # given the table recommends a suggestion
    motion = scenario.motion_at("decide_filing", recommend={"minor": "yes"})
    assert motion.variables["recommended_disposition"] == "suggestion"

    # when
    motion.do("decide_filing", disposition="filed")

    # then both stand
    assert motion.waits_at == ["routing"]
    assert motion.variables["disposition"] == "filed"
    assert motion.variables["recommended_disposition"] == "suggestion"


def test_a_veto_of_the_chair_sends_the_line_back_to_the_committee_and_needs_a_reason(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("chair_approve")

    # when
    with pytest.raises(InvalidInputError) as refused:
        motion.do("chair_approve", chair_action="veto")
    motion.do("chair_approve", chair_action="veto", veto_comment="请再研究主办单位。")

    # then
    assert set(refused.value.fields) == {"veto_comment"}
    assert motion.waits_at == ["decide_filing"]
    assert motion.variables["number"] is None


def test_numbers_are_given_at_filing_without_gaps_and_suggestions_share_the_series(scenario: Scenario) -> None:
    # given
    first = scenario.motion_at("endorse")
    second = scenario.motion_at("sign_for", decide_filing={"disposition": "suggestion"})
    third = scenario.motion_at("endorse")

    # then
    assert [each.variables["number"] for each in (first, second, third)] == ["407001", "J407002", "407003"]


def test_a_refused_proposer_may_appeal_and_the_presidium_decides_finally(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("appeal", **REFUSED)
    assert motion.notices("refused") == [PROPOSER, "d0113", "d0114"]

    # when
    motion.do("appeal", {"appeal_action": "appeal", "appeal_reason": "涉及多数教师，请审定。"})
    assert motion.waits_at == ["presidium_review"]
    with scenario.engine.reading("p01") as uow:
        facts = {fact.variable: fact.value for fact in instance_page(uow, motion.id).facts}
    assert facts["appeal_reason"] == "涉及多数教师，请审定。"
    motion.do(
        "presidium_review",
        {"disposition": "filed", "reason_text": "涉及集体利益。", "presidium_on": scenario.clock.now().date()},
    )
    motion.do("routing")

    # then it is numbered without the chair's list
    assert motion.variables["number"] == "407001"
    assert motion.waits_at == ["endorse"]


def test_a_refusal_without_appeal_is_final_after_five_working_days(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("appeal", **REFUSED)

    # when
    scenario.advance(days=8)

    # then
    assert motion.ended_at == "not_filed"
    assert motion.variables["number"] is None


def test_a_letter_for_the_discipline_body_is_sealed_and_its_text_readable_to_nobody_else(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("decide_filing")
    with scenario.engine.reading("clerk1") as uow:
        assert instance_page(uow, motion.id).facts

    # when
    motion.do("decide_filing", disposition="not_filed", reason_code="discipline", reason_text="应向纪检监察部门反映。")

    # then
    assert motion.ended_at == "sealed_closed"
    for reader in ("clerk1", "chair", "d0113", "c02"):
        with scenario.engine.reading(reader) as uow, pytest.raises(NotFoundError):
            instance_page(uow, motion.id)


def test_the_leader_has_five_working_days_to_endorse_then_it_goes_on_with_a_mark(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("endorse")

    # when
    scenario.advance(days=8)

    # then
    assert motion.waits_at == ["sign_for"]
    assert motion.variables["endorsement_overdue"] is True


def test_the_third_objection_lets_the_leader_decide_and_that_is_final(scenario: Scenario) -> None:
    # given
    objection = {"decision": "object", "objection_reason": "不属于本单位职责。", "proposed_unit": "人事处"}
    motion = scenario.motion_at("sign_for")

    # when two objections
    for count in (1, 2):
        motion.do("sign_for", objection)
        assert motion.waits_at == ["routing"]
        assert motion.variables["assign_count"] == count
        motion.go_on_to("sign_for")
    # and a third
    motion.do("sign_for", objection)
    # then
    assert motion.waits_at == ["leader_ruling"]

    # when the leader has decided, an objection changes nothing
    motion.do("leader_ruling", {"lead_unit": "人事处", "co_units": [], "ruling_comment": "由人事处主办。"})
    motion.do("sign_for", objection)
    # then
    assert motion.waits_at == ["name_handler"]
    assert motion.variables["lead_unit"] == "人事处"
    assert motion.variables["number"] == "407001"


def test_a_unit_that_objected_is_told_who_has_the_motion_now(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("sign_for")
    assert motion.notices("objection_result") == []

    # when its objection is heard
    motion.do("sign_for", {"decision": "object", "objection_reason": "不属于本单位职责。", "proposed_unit": "人事处"})
    motion.do("routing", lead_unit="人事处")
    motion.go_on_to("sign_for")
    # then
    told = motion.notices("objection_result")
    assert "o0501" in told
    assert told
    with scenario.engine.reading() as uow:
        bodies = set(uow.session.scalars(select(Notice.body).where(Notice.kind == "objection_result")))
    assert bodies == {"已重新分理，主办单位 人事处。"}

    # when the next unit accepts, then nobody is told again
    motion.do("sign_for")
    assert motion.notices("objection_result") == told


def test_a_motion_that_the_union_itself_handles_is_followed_by_somebody_from_another_unit(scenario: Scenario) -> None:
    # given a committee member who works for the union
    with scenario.engine.unit_of_work() as uow:
        uow.session.get_one(User, "c03").unit_id = "校工会"
    motion = scenario.motion_at("routing")

    # when
    with pytest.raises(InvalidInputError) as refused:
        motion.do("routing", lead_unit="校工会", follower="c03")
    # then
    assert set(refused.value.fields) == {"follower"}
    assert "本会" in str(refused.value.fields["follower"])

    # when somebody else follows it, or the member another unit's
    motion.do("routing", lead_unit="校工会", follower="c02")
    assert motion.variables["follower"] == "c02"
    other = scenario.motion_at("routing")
    other.do("routing", lead_unit="教务处", follower="c03")
    assert other.variables["follower"] == "c03"


def objections_shown(motion: Motion, person: str) -> list[dict[str, Any]]:
    """The objections among the facts of the case, as this person reads them."""
    with motion.scenario.engine.reading(person) as uow:
        facts = instance_page(uow, motion.id).facts
        (found,) = [fact.value for fact in facts if fact.variable == "objections"] or [[]]
        return found


def test_whoever_assigns_again_reads_who_objected_why_and_whom_the_unit_suggests(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("sign_for")
    first = {"decision": "object", "objection_reason": "不属于本单位职责。", "proposed_unit": "人事处"}
    second = {"decision": "object", "objection_reason": "编制不归本单位管。", "proposed_unit": "财务处"}
    assert objections_shown(motion, "clerk1") == []

    # when
    motion.do("sign_for", first, by="o0501")

    # then the first thing that the task shows is the objection
    item, clerk, _ = motion.item("routing")
    with scenario.engine.reading(clerk) as uow:
        fact = work_item_page(uow, item).facts[0]
    assert (fact.variable, fact.label) == ("objections", "承办单位的异议")
    [shown] = fact.value
    assert shown.pop("时间") == motion.variables["objections"][0]["at"]
    with scenario.engine.reading() as uow:
        assert shown.pop("提出人") == names_of(uow.session, ["o0501"])["o0501"]
    assert shown == {"单位": "教务处", "理由": "不属于本单位职责。", "建议承办单位": "人事处"}

    # when the next unit objects as well
    motion.do("routing", lead_unit="人事处")
    motion.go_on_to("sign_for")
    assert [each["理由"] for each in objections_shown(motion, "clerk1")] == ["不属于本单位职责。"]
    motion.do("sign_for", second)
    # then both are there, the earlier first; the proposer and those who only read the motion are not shown them
    assert [each["单位"] for each in objections_shown(motion, "clerk1")] == ["教务处", "人事处"]
    assert objections_shown(motion, PROPOSER) == []
    assert objections_shown(motion, "d0301") == []


def test_a_unit_that_keeps_silent_has_accepted(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("sign_for", routing={"co_units": ["财务处"]})
    assert motion.waits_at == ["sign_for", "sign_for"]

    # when
    scenario.advance(days=8)

    # then
    assert motion.waits_at == ["name_handler"]


def test_a_unit_never_leads_and_helps_in_the_same_motion(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("routing")

    # when / then
    with pytest.raises(InvalidInputError) as refused:
        motion.do("routing", co_units=["教务处", "财务处"])
    assert set(refused.value.fields) == {"co_units"}


def test_two_motions_are_not_merged_into_each_other_and_no_chain_is_made(scenario: Scenario) -> None:
    # given
    first = scenario.motion_at("decide_filing")
    second = scenario.motion_at("decide_filing", proposer="d0201")
    third = scenario.motion_at("decide_filing", proposer="d0301")

    # when
    first.do("decide_filing", disposition="merged", merged_into=str(second.id))

    # then the lead is merged into nothing, and nothing is merged into what is merged already
    for motion, lead in ((second, first), (second, third), (third, first)):
        with pytest.raises(InvalidInputError) as refused:
            motion.do("decide_filing", disposition="merged", merged_into=str(lead.id))
        assert set(refused.value.fields) == {"merged_into"}
    third.do("decide_filing", disposition="merged", merged_into=str(second.id))

    # when the chair refuses and the committee files it instead
    first.do("chair_approve", chair_action="veto", veto_comment="两件不是一回事。")
    first.do("decide_filing", disposition="filed")
    # then
    assert first.variables["merged_into"] is None


def test_a_motion_is_merged_into_a_motion_and_not_into_the_season(scenario: Scenario) -> None:
    season = scenario.season()
    motion = scenario.motion_at("decide_filing")
    with pytest.raises(InvalidInputError) as refused:
        motion.do("decide_filing", disposition="merged", merged_into=str(season.id))
    assert set(refused.value.fields) == {"merged_into"}


def test_who_joined_in_proposing_does_not_follow_the_motion(scenario: Scenario) -> None:
    # given a member of the committee who is a representative as well
    with scenario.engine.unit_of_work() as uow:
        uow.session.add(RoleAssignment(user_id="c02", role="rep", unit_id=None))
    motion = scenario.motion_at("routing", draft={"kind": "joint", "joint_proposers": ["c02"]})

    # when / then
    with pytest.raises(InvalidInputError) as refused:
        motion.do("routing", follower="c02")
    assert set(refused.value.fields) == {"follower"}
