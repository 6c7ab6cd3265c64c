"""From the draft to the committee: seconding, delegation check, formal check, returns, late motions."""

from datetime import date, datetime

import pytest

from engine.commands.organisation.congress import SessionData, change_session
from engine.errors import InvalidInputError, NotFoundError, NotPermittedError
from engine.queries.instance_page import instance_page
from engine.queries.notices import notices
from tests.workflows.scenario import PROPOSER, Answer, Scenario

RETURNED = {
    "complete": "yes",
    "one_matter": "no",
    "in_scope": "yes",
    "duplicate": "no",
    "formal_action": "return",
    "formal_comment": "一事一案，请拆分后重新提交。",
}
REFUSED = {"disposition": "not_filed", "reason_code": "already_solved", "reason_text": "此事已经解决。"}
APPEALED = {"appeal_action": "appeal", "appeal_reason": "涉及多数教师，请审定。"}


def test_a_motion_without_suggestions_stays_a_draft_with_a_message_at_the_field(scenario: Scenario) -> None:
    # given
    motion = scenario.motion()

    # when
    with pytest.raises(InvalidInputError) as refused:
        motion.do("draft", suggestions=[])

    # then
    assert set(refused.value.fields) == {"suggestions"}
    assert motion.waits_at == ["draft"]
    assert motion.variables["received_at"] is None


def test_nobody_seconds_his_own_motion(scenario: Scenario) -> None:
    # given
    motion = scenario.motion()

    # when
    with pytest.raises(InvalidInputError) as refused:
        motion.do("draft", seconders=[PROPOSER, "d0113"])

    # then
    assert set(refused.value.fields) == {"seconders"}


def test_the_proposer_learns_at_once_that_somebody_declined_and_why(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("second")

    # when one accepts and one declines
    motion.do("second", by="d0113")
    assert motion.notices("seconding_declined") == []
    motion.do("second", by="d0114", decision="decline", decline_reason="与我团的提案重复。")

    # then
    assert motion.notices("seconding_declined") == [PROPOSER]
    with scenario.engine.reading(PROPOSER) as uow:
        assert "与我团的提案重复。" in {entry.body for entry in notices(uow).entries}


def test_changing_the_reason_clears_the_acceptances(scenario: Scenario) -> None:
    # given one of two has accepted
    motion = scenario.motion_at("second")
    motion.do("second", by="d0113")
    motion.do("second", by="d0114", decision="decline", decline_reason="不同意。")
    assert motion.waits_at == ["draft"]
    assert motion.variables["accepted"] == ["d0113"]

    # when the reason changes
    motion.do("draft", reason="修改以后的理由，说明现状和存在的问题。", seconders=["d0113", "d0115"])

    # then both are asked
    assert motion.waits_at == ["second", "second"]
    assert motion.variables["accepted"] == []


def test_who_has_accepted_is_not_asked_again_when_only_the_phone_changes(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("second")
    motion.do("second", by="d0113")
    motion.do("second", by="d0114", decision="decline", decline_reason="不同意。")

    # when
    motion.do("draft", phone="13900000000", seconders=["d0113", "d0115"])
    motion.do("second", by="d0115")

    # then
    assert motion.waits_at == ["formal_check"]


def test_an_acceptance_counts_even_if_the_time_runs_out_for_the_others(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("second")
    motion.do("second", by="d0114")

    # when
    scenario.advance(days=6)

    # then
    assert motion.waits_at == ["draft"]
    assert motion.variables["accepted"] == ["d0114"]
    assert motion.notices("seconding_short") == [PROPOSER]


def test_any_representative_but_the_proposer_seconds_on_the_open_list(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("second_openly", draft={"seconders": ["d0113"], "open_seconding": True})

    # when
    with pytest.raises((NotFoundError, NotPermittedError)):
        motion.do("second_openly", by=PROPOSER)
    motion.do("second_openly", by="d0305")
    motion.do("second", by="d0113")

    # then
    assert motion.waits_at == ["formal_check"]
    assert sorted(motion.variables["accepted"]) == ["d0113", "d0305"]


def test_a_delegations_motion_needs_no_seconders_but_its_head_and_a_majority(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("delegation_check", draft={"kind": "delegation", "seconders": None})

    # when
    with pytest.raises(InvalidInputError):
        motion.do("delegation_check", supporters=8, delegation_size=16)
    motion.do("delegation_check", by="d0112", supporters=9, delegation_size=16)

    # then
    assert motion.waits_at == ["formal_check"]


def test_the_delegation_check_is_a_setting(scenario: Scenario) -> None:
    # given
    scenario.set(delegation_check=True)

    # when
    motion = scenario.motion_at("delegation_check")
    motion.do("delegation_check", delegation_action="return", delegation_comment="请补充数据说明。")

    # then
    assert motion.waits_at == ["draft"]


def test_a_return_that_is_not_answered_in_three_working_days_withdraws_the_motion(scenario: Scenario) -> None:
    # given a return on a Monday
    motion = scenario.motion_at("formal_check")
    motion.do("formal_check", RETURNED)
    assert motion.waits_at == ["revise"]

    # when the third working day is not yet over
    scenario.advance(days=3, hours=14, minutes=59)
    # then
    assert motion.waits_at == ["revise"]

    # when it is over
    scenario.advance(minutes=1)
    # then
    assert motion.ended_at == "withdrawn_unrevised"
    assert motion.variables["disposition"] == "withdrawn"
    assert motion.notices("lapsed") == sorted([PROPOSER, "d0113", "d0114"])


def test_a_motion_is_returned_at_most_twice(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("formal_check")
    for _ in range(2):
        motion.do("formal_check", RETURNED)
        motion.do("revise", motion.answers["draft"])  # type: ignore[arg-type]

    # when
    motion.do("formal_check", RETURNED)

    # then it goes on to the committee
    assert motion.waits_at == ["recommend"]
    assert motion.variables["returns"] == 2


def test_the_proposer_never_checks_his_own_motion(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("formal_check")

    # when / then
    with pytest.raises((NotFoundError, NotPermittedError)):
        motion.do("formal_check", by=PROPOSER)


@pytest.mark.parametrize(("allowed", "outcome"), [(False, "suggestion"), (True, "out_of_session")])
def test_a_late_motion_becomes_a_suggestion_unless_motions_between_congresses_are_allowed(
    scenario: Scenario, allowed: bool, outcome: str
) -> None:
    # given
    scenario.set(between_congress_motions=allowed)
    motion = scenario.motion()

    # when it is seconded after the window has closed
    scenario.advance(days=40)
    motion.go_on_to("formal_check")

    # then
    assert motion.variables["late"] is True
    assert motion.variables["late_outcome"] == outcome


def test_a_motion_submitted_in_a_window_extended_after_its_draft_began_is_not_late(scenario: Scenario) -> None:
    # given a draft under way when the window is extended by a month
    motion = scenario.motion()
    _move_window(scenario, closes="2027-01-01T00:00+08:00", congress=date(2027, 1, 16))

    # when it is submitted after the first date, before the second
    scenario.advance(days=40)
    motion.go_on_to("formal_check")

    # then
    assert motion.variables["late"] is False
    assert motion.variables["late_outcome"] == "motion"
    assert motion.variables["congress_on"] == date(2027, 1, 16)

    # when it is returned, and submitted again after the window has closed
    motion.do("formal_check", RETURNED)
    _move_window(scenario, closes="2026-12-02T00:00+08:00")
    motion.do("revise", motion.answers["draft"])  # type: ignore[arg-type]
    motion.go_on_to("formal_check")

    # then the first submission counts
    assert motion.variables["late"] is False


def test_a_motion_submitted_after_a_window_that_was_shortened_meanwhile_is_late(scenario: Scenario) -> None:
    # given a draft under way when the window is made to close on Wednesday
    motion = scenario.motion()
    _move_window(scenario, closes="2026-11-12T00:00+08:00")

    # when it is submitted on Thursday, which was in time before
    scenario.advance(days=3)
    motion.go_on_to("formal_check")

    # then
    assert motion.variables["late"] is True
    assert motion.variables["late_outcome"] == "suggestion"


def _move_window(scenario: Scenario, *, closes: str, congress: date = date(2026, 12, 16)) -> None:
    opens = datetime.fromisoformat("2026-11-01T00:00+08:00")
    data = SessionData(4, 7, "", opens, datetime.fromisoformat(closes), congress)
    with scenario.engine.unit_of_work(actor="admin") as uow:
        change_session(uow, "4-7", data)


@pytest.mark.parametrize(
    ("node", "answers", "following"),
    [
        ("second_openly", {"draft": {"open_seconding": True, "seconders": ["d0113"]}}, ["formal_check", "recommend"]),
        ("revise", {"formal_check": RETURNED}, ["second", "formal_check"]),
        ("appeal", {"decide_filing": REFUSED}, ["presidium_review"]),
        ("presidium_review", {"decide_filing": REFUSED, "appeal": APPEALED}, ["routing", "chair_approve"]),
    ],
)
def test_what_comes_after_a_step_beside_the_usual_way_is_told_in_its_order(
    scenario: Scenario, node: str, answers: dict[str, Answer], following: list[str]
) -> None:
    motion = scenario.motion_at(node, **answers)
    with scenario.engine.reading(PROPOSER) as uow:
        page = instance_page(uow, motion.id)
    assert [step.flow_node_id for step in page.next_steps][:2] == following
