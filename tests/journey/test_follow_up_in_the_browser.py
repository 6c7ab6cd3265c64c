"""After the answer: a plan is answered again, followed every half year, and closed when it is done."""

from datetime import timedelta

import pytest

from tests.journey import steps
from tests.journey.people import House, as_text
from tests.journey.steps import Motion, motion_at
from tests.journey.taken import takes

pytestmark = pytest.mark.browser

HALF_A_YEAR = timedelta(days=180)  # a row of follow_up.dmn
FOLLOW_UP = "报送落实情况"


@takes("draft_answer", "rate", "face_to_face", "follow_up")
def test_a_plan_is_answered_again_followed_every_half_year_and_closed_as_done(house: House) -> None:
    motion = motion_at(house, "draft_answer")
    answers_with_a_plan(motion, "设备采购须经招标，周期较长。")
    motion.meanwhile.go_on_to("rate")

    # not content: they meet, and the unit answers once more
    motion.rate("不满意", "只有计划，没有时间，请继续办理。")
    motion.meet()
    officer = answers_with_a_plan(motion, "经费须待明年预算批复。", again=True)
    motion.meanwhile.go_on_to("rate")
    motion.rate("基本满意")
    assert not officer.has_todo(FOLLOW_UP, motion.title)
    follower = house.person(steps.FOLLOWER)
    follower.open("/follow/")
    assert follower.reads(motion.title)

    # half a year later it is still a plan
    house.go_to(house.today + HALF_A_YEAR)
    officer = motion.taken_up_by(steps.OFFICER, FOLLOW_UP)
    officer.choose(**{"class": "C"})
    officer.write(progress="已列入明年修缮计划，等待预算批复。", finish_date=as_text(house.today))
    officer.press("报送", refused=True)
    assert officer.page.locator("#field-finish_date-error").is_visible()
    officer.write(finish_date=as_text(house.today + timedelta(days=90)))
    officer.picture("follow-up-plan")
    officer.press("报送")
    assert not officer.has_todo(FOLLOW_UP, motion.title)

    # a day too early nobody is asked, then it is done, and the proposer sees what became of it
    house.go_to(house.today + HALF_A_YEAR - timedelta(days=1))
    assert not officer.has_todo(FOLLOW_UP, motion.title)
    house.go_to(house.today + timedelta(days=1))
    motion.report_progress()
    proposer = motion.opened_by(motion.proposer)
    proposer.page.locator(".timeline-earlier summary").click()
    for told in ("已办结", "A 已解决", "已列入明年修缮计划，等待预算批复。"):
        assert proposer.reads(told), told
    proposer.picture("followed")
    follower.open("/follow/")
    assert not follower.reads(motion.title)
    assert motion.meanwhile.variables["first_class"] == "C"  # what the year's report counts


@takes("rate")
def test_what_is_still_a_plan_when_the_session_ends_is_closed_with_it(house: House) -> None:
    season = house.scenario.season()
    motion = motion_at(house, "rate", draft_answer={"class": "C"})
    motion.rate("满意", reads="所提建议已逐条落实")
    house.go_to(house.today + HALF_A_YEAR)
    officer = house.person(steps.OFFICER)
    assert officer.has_todo(FOLLOW_UP, motion.title)

    season.close()

    assert not officer.has_todo(FOLLOW_UP, motion.title)
    proposer = motion.opened_by(motion.proposer)
    assert proposer.reads("已办结")
    assert proposer.reads("C 列入计划")


def answers_with_a_plan(motion: Motion, difficulty: str, *, again: bool = False) -> steps.Person:
    """The handler writes an answer of class C: what is planned until when, and what stands in the way."""
    officer = motion.taken_up_by(steps.OFFICER, "办理并起草答复")
    officer.choose(**{"contact_way": "visit", "class": "C"})
    officer.page.locator("#field-done_measures").wait_for(state="detached")
    officer.write(
        planned_measures="列入明年修缮计划，分批改造。",
        finish_date=as_text(motion.house.today + timedelta(days=300)),
        answer_text=steps.ANSWER,
    )
    if not again:
        officer.press("提交答复", refused=True)
        assert officer.page.locator("#field-difficulty-error").is_visible()
    officer.write(difficulty=difficulty)
    officer.picture("answer-plan")
    officer.press("提交答复")
    return officer
