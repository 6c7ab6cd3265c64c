"""After the answer: rating, reminders, re-answer, follow-up, merged motions, the end of the season."""

from datetime import date, timedelta

import pytest

from engine.errors import ConflictError, InvalidInputError, NotFoundError, NotPermittedError
from engine.queries.instance_page import instance_page
from engine.rules.due_dates import SHANGHAI
from tests.workflows.scenario import PROPOSER, Scenario

DISSATISFIED = {"rating_result": "不满意"}


def test_a_motion_nobody_rates_is_closed_after_fifteen_days(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("rate")
    due = motion.due("rate")
    assert due is not None

    # when one second is missing
    scenario.clock.set(due - timedelta(seconds=1))
    scenario.run_due_jobs()
    # then
    assert motion.waits_at == ["rate"]
    assert motion.notices("rating_reminder") == [PROPOSER, PROPOSER]

    # when the time is over
    scenario.advance(seconds=1)
    # then
    assert motion.ended_at == "closed_without_rating"
    assert motion.variables["rating_result"] is None
    assert scenario.open_timers() == 0


def test_no_feedback_counts_as_satisfied_only_if_the_setting_says_so(scenario: Scenario) -> None:
    # given
    scenario.set(no_feedback_counts_as="satisfied")
    motion = scenario.motion_at("rate")

    # when
    scenario.advance(days=17)

    # then
    assert motion.variables["rating_result"] == "满意"
    assert motion.variables["rated_at"] is None


def test_a_department_never_rates(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("rate")

    # when / then
    for person in ("o0501", "h05", "c02"):
        with pytest.raises((NotFoundError, NotPermittedError, ConflictError)):
            motion.do("rate", by=person)


def test_dissatisfaction_needs_a_reason(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("rate")

    # when / then
    with pytest.raises(InvalidInputError) as refused:
        motion.do("rate", rating_result="不满意", rating_comment="不好")
    assert set(refused.value.fields) == {"rating_comment"}


def test_a_dissatisfied_proposer_gets_a_second_answer_and_then_the_motion_closes_as_dissatisfied(
    scenario: Scenario,
) -> None:
    # given
    motion = scenario.motion_at("rate", rate=DISSATISFIED)

    # when
    motion.do("rate")
    # then
    assert motion.waits_at == ["face_to_face"]
    assert "h05" in motion.notices("dissatisfied")

    # when answered again
    motion.do("face_to_face")
    assert motion.waits_at == ["draft_answer"]
    assert motion.variables["answer_due"].date() == scenario.clock.now().date() + timedelta(days=31)
    motion.go_on_to("rate")
    motion.do("rate")
    # then
    assert motion.ended_at == "closed_dissatisfied"
    assert motion.variables["rounds"] == 2
    assert motion.variables["first_rating_result"] == "不满意"


def test_the_number_of_rounds_is_a_setting(scenario: Scenario) -> None:
    # given
    scenario.set(max_rounds=1)
    motion = scenario.motion_at("rate")

    # when
    motion.do("rate", **DISSATISFIED)

    # then
    assert motion.ended_at == "closed_dissatisfied"


def test_a_bad_attitude_alone_starts_no_second_answer_but_the_head_is_told(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("rate")

    # when
    motion.do("rate", rating_attitude="不满意")

    # then
    assert motion.ended_at == "closed"
    assert motion.notices("attitude") == ["h05"]


def test_class_b_is_followed_up_at_its_date_and_a_rise_keeps_the_first_class(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("rate", draft_answer={"class": "B"})
    motion.do("rate")
    assert motion.waits_at == []

    # when the date has come
    scenario.advance(days=61)
    # then
    assert motion.waits_at == ["follow_up"]

    # when
    motion.do("follow_up", {"progress": "已经全部落实到位，效果良好。", "class": "A"})
    # then
    assert motion.ended_at == "closed"
    assert motion.variables["class"] == "A"
    assert motion.variables["first_class"] == "B"
    assert motion.notices("class_raised") == [PROPOSER]


def test_every_rating_stands_on_the_timeline_with_its_reason(scenario: Scenario) -> None:
    # given a motion rated twice, with a re-answer between
    motion = scenario.motion_at("rate")
    motion.do("rate", rating_attitude="满意", rating_result="不满意", rating_comment="措施没有落实，请继续办理。")
    rated_on = scenario.clock.now()
    motion.go_on_to("rate")
    motion.do("rate", rating_attitude="满意", rating_result="基本满意", rating_comment="有改进，请继续落实好。")

    # then the unit reads both: who, when, attitude, result and the reason
    for reader in ("o0501", PROPOSER, "clerk1"):
        with scenario.engine.reading(reader) as uow:
            lines = [line for line in instance_page(uow, motion.id).timeline if line.flow_node_id == "rate"]
        assert [(line.actor_id, line.recorded, line.opinion) for line in lines if line.state == "done"] == [
            (PROPOSER, (("对办理态度", "满意"), ("对办理结果", "不满意")), "措施没有落实，请继续办理。"),
            (PROPOSER, (("对办理态度", "满意"), ("对办理结果", "基本满意")), "有改进，请继续落实好。"),
        ]
        assert lines[0].at == rated_on


def test_a_merged_motion_gets_the_leads_answer_and_its_own_number_and_rating(scenario: Scenario) -> None:
    # given
    lead = scenario.motion_at("draft_answer")
    merged = scenario.motion_at(
        "chair_approve",
        proposer="d0201",
        draft={"title": "关于统一智慧教室操作界面的提案", "seconders": ["d0213", "d0214"]},
        recommend={"same_matter_open": "yes", "recommended_merge_into": str(lead.id)},
        decide_filing={"disposition": "merged", "merged_into": str(lead.id)},
    )
    assert merged.variables["recommended_disposition"] == "merged"
    merged.do("chair_approve")
    assert merged.waits_at == []
    assert merged.variables["number"] == "407002"

    # when
    lead.go_on_to("rate")
    # then
    assert merged.waits_at == ["rate"]
    assert merged.variables["answered_at"] == lead.variables["answered_at"]
    assert merged.variables["lead_unit"] == "教务处"

    # when
    merged.do("rate", rating_result="基本满意")
    # then
    assert merged.ended_at == "closed"
    assert lead.waits_at == ["rate"]


def test_a_motion_merged_into_an_answered_one_is_rated_at_once(scenario: Scenario) -> None:
    # given
    lead = scenario.motion_at("rate")

    # when
    merged = scenario.motion_at(
        "chair_approve", proposer="d0201", decide_filing={"disposition": "merged", "merged_into": str(lead.id)}
    )
    merged.do("chair_approve")

    # then
    assert merged.waits_at == ["rate"]


def test_when_the_lead_is_withdrawn_the_committee_decides_the_merged_motion_anew(scenario: Scenario) -> None:
    # given
    lead = scenario.motion_at("draft_answer")
    merged = scenario.motion_at(
        "chair_approve", proposer="d0201", decide_filing={"disposition": "merged", "merged_into": str(lead.id)}
    )
    merged.do("chair_approve")

    # when
    lead.withdraw()

    # then
    assert merged.waits_at == ["decide_filing"]
    assert merged.variables["merged_into"] is None


def test_every_unit_with_something_open_checks_itself_before_the_year_ends(scenario: Scenario) -> None:
    # given an answer of November that comes up for a look in half a year
    motion = scenario.motion_at("rate", draft_answer={"class": "C"})
    motion.do("rate")
    scenario.advance(days=35)  # 14 December
    assert motion.waits_at == []

    # when the middle of December is there
    scenario.advance(days=1)
    # then its report is due by the end of the year
    assert motion.waits_at == ["follow_up"]
    due = motion.due("follow_up")
    assert due is not None
    assert due.astimezone(SHANGHAI).date() <= date(2026, 12, 31)

    # when it has reported, then half a year is half a year
    motion.do(
        "follow_up", {"progress": "仍在等待上级政策，暂无进展可报。", "class": "C", "finish_date": date(2027, 9, 1)}
    )
    scenario.advance(days=179)
    assert motion.waits_at == []
    scenario.advance(days=2)
    assert motion.waits_at == ["follow_up"]


def test_class_c_is_followed_up_every_half_year_until_the_season_closes(scenario: Scenario) -> None:
    # given
    season = scenario.season()
    motion = scenario.motion_at("rate", draft_answer={"class": "C"})
    motion.do("rate")
    scenario.advance(days=182)
    assert motion.waits_at == ["follow_up"]

    # when
    season.close()

    # then
    assert motion.ended_at == "closed"
    assert season.ended_at == "closed"


def test_when_a_merged_motion_is_withdrawn_only_its_proposer_leaves_the_case(scenario: Scenario) -> None:
    # given
    lead = scenario.motion_at("draft_answer")
    merged = scenario.motion_at(
        "chair_approve", proposer="d0201", decide_filing={"disposition": "merged", "merged_into": str(lead.id)}
    )
    merged.do("chair_approve")

    # when
    merged.withdraw(by="d0201")

    # then its seconders and the units that have it in hand are told, and the lead goes on to its answer and rating
    assert (merged.ended_at, merged.variables["disposition"]) == ("withdrawn", "withdrawn")
    assert {"d0113", "d0114", "h05"} <= set(merged.notices("withdrawn"))
    assert (lead.waits_at, lead.variables["disposition"]) == (["draft_answer"], "filed")
    lead.go_on_to("rate")
    lead.do("rate")
    assert lead.ended_at == "closed"
    assert merged.variables["answered_at"] is None


def test_a_merge_is_split_by_the_chairs_veto_before_the_hand_over(scenario: Scenario) -> None:
    # given
    lead = scenario.motion_at("draft_answer")
    merged = scenario.motion_at(
        "chair_approve", proposer="d0201", decide_filing={"disposition": "merged", "merged_into": str(lead.id)}
    )

    # when
    merged.do("chair_approve", chair_action="veto", veto_comment="两件提案不是同一事项，分别办理。")
    merged.do("decide_filing", disposition="filed", merged_into=None)
    merged.go_on_to("draft_answer")

    # then
    assert merged.variables["merged_into"] is None
    assert merged.variables["number"] != lead.variables["number"]
    assert (merged.variables["disposition"], lead.waits_at) == ("filed", ["draft_answer"])
