"""From the unit to the proposer: handler, co-units, extension, signatures, quality, delivery, late answers."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, update

from engine.errors import ConflictError, InvalidInputError, NotFoundError, NotPermittedError
from models import RoleAssignment, User
from tests.workflows.scenario import PROPOSER, Scenario

SPORTS = "体育教研部"


def test_a_proposer_who_works_in_the_handling_unit_never_handles_his_own_motion(scenario: Scenario) -> None:
    # given an officer of the unit is the proposer
    with scenario.engine.unit_of_work() as uow:
        uow.session.add(RoleAssignment(user_id="d1601", role="unit_officer", unit_id=SPORTS))
    motion = scenario.motion_at(
        "name_handler",
        proposer="d1601",
        draft={"seconders": ["d1613", "d1614"]},
        routing={"lead_unit": SPORTS},
    )

    # when / then
    with pytest.raises(InvalidInputError) as refused:
        motion.do("name_handler", handler="d1601")
    assert set(refused.value.fields) == {"handler"}


def test_relatives_of_the_proposer_do_not_handle_the_motion(scenario: Scenario) -> None:
    # given o0501 is the spouse of d0110
    motion = scenario.motion_at("sign_for", proposer="d0110")

    # when / then
    with pytest.raises((NotFoundError, NotPermittedError)):
        motion.do("sign_for", by="o0501")
    motion.do("sign_for", by="o0502")


def test_a_relative_of_the_proposer_is_not_offered_as_handler_and_is_told_why_when_chosen(scenario: Scenario) -> None:
    # given o0501 is the spouse of d0110
    motion = scenario.motion_at("name_handler", proposer="d0110")

    # then the list leaves o0501 out
    assert "o0501" not in motion.offered("name_handler", "handler")
    assert "o0502" in motion.offered("name_handler", "handler")

    # when posted all the same
    with pytest.raises(InvalidInputError) as refused:
        motion.do("name_handler", handler="o0501")
    # then
    assert "亲属须回避" in refused.value.fields["handler"]
    motion.do("name_handler", handler="o0502")
    assert motion.waits_at == ["draft_answer"]


def test_when_nobody_may_handle_the_motion_the_form_says_what_to_do(scenario: Scenario) -> None:
    # given both officers of the unit have gone or are recused since it was assigned
    motion = scenario.motion_at("name_handler", proposer="d0110")
    officers = motion.offered("name_handler", "handler")
    with scenario.engine.unit_of_work() as uow:
        uow.session.execute(update(User).where(User.id.in_(officers)).values(left_on=date(2026, 1, 1)))

    # when / then
    with pytest.raises(InvalidInputError) as refused:
        motion.do("name_handler", handler="")
    assert "请联系系统管理员为本单位增加一名承办人" in refused.value.fields["handler"]


def test_a_unit_whose_people_are_all_recused_is_not_offered_as_lead(scenario: Scenario) -> None:
    # given the only officer left in the unit is the proposer's spouse
    motion = scenario.motion_at("routing", proposer="d0110")
    with scenario.engine.unit_of_work() as uow:
        others = RoleAssignment.user_id != "o0501"
        unit = RoleAssignment.unit_id == "教务处"
        uow.session.execute(delete(RoleAssignment).where(RoleAssignment.role == "unit_officer", unit, others))

    # then it can neither lead nor help
    assert "教务处" not in motion.offered("routing", "lead_unit")
    assert "财务处" in motion.offered("routing", "lead_unit")
    with pytest.raises(InvalidInputError) as refused:
        motion.do("routing", lead_unit="教务处")
    assert "请另选主办单位" in refused.value.fields["lead_unit"]


def test_a_co_unit_that_keeps_silent_is_named_in_the_answer(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("countersign", routing={"co_units": ["财务处", "人事处"]})
    motion.do("countersign", {"stance": "cannot", "opinion_text": "本单位无法配合。"})

    # when half of the answer time is over
    scenario.advance(days=31)

    # then
    assert motion.waits_at == ["draft_answer"]
    assert len(motion.variables["opinions"]) == 1
    assert motion.variables["silent_units"] == ["人事处"]


def test_under_strict_countersigning_the_lead_waits_for_every_co_unit(scenario: Scenario) -> None:
    # given
    scenario.set(strict_countersign=True)
    motion = scenario.motion_at("countersign_strict", routing={"co_units": ["财务处"]})

    # when
    scenario.advance(days=90)
    # then
    assert motion.waits_at == ["countersign_strict"]

    # when
    motion.do("countersign_strict")
    # then
    assert motion.waits_at == ["draft_answer"]


def test_an_answer_is_due_sixty_days_after_the_hand_over_and_thirty_at_a_key_motion_less(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("draft_answer")
    key_motion = scenario.motion_at("draft_answer", routing={"key": True})

    # then
    today = motion.variables["assigned_at"].date()
    assert motion.variables["answer_due"].date() == today + timedelta(days=61)  # 24:00 of the 60th day
    assert key_motion.variables["answer_due"].date() == today + timedelta(days=46)


def test_an_extension_is_granted_once_and_moves_the_deadline(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("draft_answer")
    wanted = motion.variables["answer_due"].date() + timedelta(days=10)
    request = {"answer_action": "extend", "extension_reason": "需要调研论证。", "extension_date": wanted}

    # when too long
    with pytest.raises(InvalidInputError) as refused:
        motion.do("draft_answer", {**request, "extension_date": wanted + timedelta(days=40)})
    # then
    assert set(refused.value.fields) == {"extension_date"}

    # when
    motion.do("draft_answer", request)
    motion.do("extension")
    # then
    assert motion.waits_at == ["draft_answer"]
    assert motion.variables["answer_due"].date() == wanted + timedelta(days=1)
    assert motion.due("draft_answer") == motion.variables["answer_due"]
    assert motion.notices("extension") == sorted([PROPOSER, "o0501"])


def test_no_answer_without_contact_to_the_proposer(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("draft_answer")

    # when / then
    with pytest.raises(InvalidInputError) as refused:
        motion.do("draft_answer", contact_date=None, contact_way=None)
    assert set(refused.value.fields) == {"contact_date", "contact_way"}


def test_class_b_needs_a_date_to_finish(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("draft_answer")

    # when / then
    with pytest.raises(InvalidInputError) as refused:
        motion.do("draft_answer", **{"class": "B", "finish_date": None})
    assert set(refused.value.fields) == {"finish_date"}


def test_who_drafted_the_answer_does_not_sign_it(scenario: Scenario) -> None:
    # given the handler is a head as well
    with scenario.engine.unit_of_work() as uow:
        uow.session.add(RoleAssignment(user_id="o0501", role="unit_head", unit_id="教务处"))
    motion = scenario.motion_at("head_sign")

    # when / then
    with pytest.raises((NotFoundError, NotPermittedError)):
        motion.do("head_sign", by="o0501")
    motion.do("head_sign", by="h05")


def test_an_answer_not_up_to_standard_goes_back_and_is_counted(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("quality")

    # when
    motion.do("quality", quality_action="return", quality_comment="措施不具体。")
    # then
    assert motion.waits_at == ["draft_answer"]
    assert motion.variables["quality_returns"] == 1


def test_the_committee_may_change_the_class(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("quality")

    # when
    motion.do("quality", {"class": "D", "quality_action": "pass"})

    # then
    assert motion.variables["class"] == "D"
    assert motion.variables["first_class"] == "D"


def test_a_late_answer_is_accepted_and_marked_late(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("draft_answer")

    # when
    scenario.advance(days=80)
    motion.go_on_to("rate")

    # then
    assert motion.variables["on_time"] is False
    assert motion.notices("answered") == sorted([PROPOSER, "d0113", "d0114"])


def test_a_suggestion_is_answered_without_a_leader(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("head_sign", decide_filing={"disposition": "suggestion"})

    # when
    motion.do("head_sign")

    # then
    assert motion.waits_at == ["quality"]


def test_the_proposer_withdraws_before_the_answer_and_the_units_are_told(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("draft_answer")

    # when
    motion.withdraw()

    # then
    assert motion.ended_at == "withdrawn"
    assert motion.variables["disposition"] == "withdrawn"
    assert "h05" in motion.notices("withdrawn")
    assert scenario.open_timers() == 0


def test_after_the_answer_a_motion_is_not_withdrawn_any_more(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("rate")

    # when / then
    with pytest.raises(ConflictError):
        motion.withdraw()
    assert motion.waits_at == ["rate"]


def test_the_unit_is_reminded_ten_and_three_days_before_the_deadline_and_when_it_is_over(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("draft_answer")
    due = motion.due("draft_answer")
    assert due is not None

    # when / then
    for before, soon, over in ((11, 0, 0), (10, 1, 0), (3, 2, 0), (0, 2, 1)):
        scenario.clock.set(due - timedelta(days=before))
        scenario.run_due_jobs()
        assert motion.notices("answer_due_soon").count("o0501") == soon
        assert motion.notices("answer_overdue").count("h05") == over
    assert motion.waits_at == ["draft_answer"]


def test_an_overdue_answer_rises_to_the_follower_the_leader_and_the_progress_notice(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("draft_answer")
    due, leader = motion.due("draft_answer"), motion.variables["leader"]
    assert due is not None

    def told(kind: str, person: str) -> int:
        return motion.notices(kind).count(person)

    # when three, seven and fifteen working days have gone (the deadline lies before a Saturday at most)
    seen = []
    for days in (2, 6, 13, 40):
        scenario.clock.set(due + timedelta(days=days))
        scenario.run_due_jobs()
        asked = told("answer_overdue_reason", "h05")
        seen.append((asked, told("answer_overdue_reported", "c02"), told("answer_overdue_reported", leader)))

    # then each is told once, at its time, and the case is listed
    assert seen == [(0, 0, 0), (1, 1, 0), (1, 1, 1), (1, 1, 1)]
    assert (told("answer_listed", "h05"), told("answer_listed", "c02")) == (1, 1)
    assert motion.variables["listed_overdue"] is True
    assert motion.waits_at == ["draft_answer"]


def test_reminders_are_not_sent_again_when_an_answer_comes_back(scenario: Scenario) -> None:
    # given an answer returned when the first reminder had gone out
    motion = scenario.motion_at("draft_answer")
    due = motion.due("draft_answer")
    assert due is not None
    scenario.clock.set(due - timedelta(days=9))
    scenario.run_due_jobs()
    motion.do("draft_answer")
    motion.do("head_sign", head_action="return", head_comment="请补充措施。")

    # then
    assert motion.waits_at == ["draft_answer"]
    assert motion.notices("answer_due_soon") == ["o0501"]
