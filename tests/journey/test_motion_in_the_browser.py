"""One motion goes through every human step on a phone, with a second one merged into it."""

from datetime import timedelta

import pytest

from engine.bootstrap import Engine
from models import Setting
from tests.journey import steps
from tests.journey.people import House
from tests.journey.steps import Motion
from tests.journey.taken import takes

pytestmark = pytest.mark.browser

TITLE = "关于增加教学楼智慧教室数量的提案"
TEXTS = {
    "reason": "现有智慧教室集中在一栋教学楼，不同批次设备的操作界面不一致，教师换教室上课要重新熟悉设备。",
    "suggestion": "分两年改造阶梯教室，统一中控界面",
    "category": "人才培养",
}
OTHER_TITLE = "关于增加教学楼智慧教室、统一中控界面的建议"
OTHER_TEXTS = {
    "reason": "智慧教室数量不足，各教学楼智慧教室设备的操作界面不一致，课间切换时间长。",
    "suggestion": "统一全校智慧教室的中控界面",
    "category": "人才培养",
}


@pytest.fixture(autouse=True)
def log_in_page(house: House) -> None:
    """Here everybody comes in by the page for it."""
    house.logs_in_by_page = True


@pytest.fixture
def delegation_check(engine: Engine) -> None:
    """The delegations look at their motions before they are submitted."""
    with engine.unit_of_work() as uow:
        uow.session.add(
            Setting(key="motion.delegation_check", value={"value": True}, source="test", changed_at=uow.now)
        )


@takes("draft", "second", "second_openly", "delegation_check", "formal_check", "revise", "recommend", "decide_filing")
@takes("routing", "chair_approve", "endorse", "sign_for", "name_handler", "countersign", "draft_answer", "extension")
@takes("head_sign", "leader_sign", "quality", "rate", "face_to_face", "follow_up")
@pytest.mark.usefixtures("delegation_check")
def test_a_motion_goes_through_every_step_on_a_phone(house: House) -> None:
    motion = Motion(house, TITLE, steps.PROPOSER)
    other = Motion(house, OTHER_TITLE, steps.OTHER_PROPOSER)

    is_written_and_saves_itself(motion)
    is_hidden_from_others(motion)
    is_seconded(motion)
    is_returned_and_revised(motion)
    is_filed(motion)
    is_handed_over_after_an_objection(motion)

    is_found_similar_and_merged(other, into=motion)

    is_answered(motion)
    other.rate("满意")
    is_answered_again_after_a_bad_rating(motion)
    is_followed_until_it_is_done(motion, other)
    is_found_everywhere(motion)

    assert len(house.log_ins) >= 10


@takes("draft", "second", "rate")
def test_a_motion_is_written_seconded_and_rated_without_scripts(house: House) -> None:
    motion = Motion(house, TITLE, steps.PROPOSER, scripts=False)

    person = motion.begin(TEXTS)
    person.press("增加一项")
    person.page.fill("[name='suggestions-1-suggestion']", "统一维护")
    person.press("存草稿")
    assert person.sentence == "草稿已保存，可以稍后再提交。"
    motion.invite(person, steps.FIRST_SECONDER, steps.SECOND_SECONDER)
    for seconder in (steps.FIRST_SECONDER, steps.SECOND_SECONDER):
        seconded = motion.taken_up_by(seconder, "附议")
        assert seconded.reads("统一维护")
        seconded.press("同意附议")

    motion.meanwhile.go_on_to("rate")

    person = motion.taken_up_by(motion.proposer, "满意度评价")
    person.choose(rating_attitude="满意", rating_result="不满意")
    person.press("提交评价", refused=True)
    assert person.page.locator("#field-rating_comment-error").is_visible()
    person.write(rating_comment="措施没有落实，请继续办理。")
    person.press("提交评价")
    assert not person.has_todo("满意度评价", TITLE)


def is_written_and_saves_itself(motion: Motion) -> None:
    person = motion.begin(TEXTS)
    with person.page.expect_request("**/draft") as draft:  # one that begins after all this, however slowly it was typed
        person.write(phone="0373-3029000")
    draft.value.response()
    person.page.wait_for_selector("[data-autosave-status][data-state=saved]")
    person.open(person.page.url)
    assert person.page.input_value("#field-title") == TITLE
    assert person.page.input_value("[name='suggestions-0-suggestion']") == TEXTS["suggestion"]

    # a wrong field is shown where it is, and what was typed stays
    person.write(phone="12")
    person.press("提交附议", refused=True)
    assert person.page.locator("#field-phone-error").is_visible()
    person.picture("motion-errors")
    person.write(phone="0373-3029000")
    person.tick("open_seconding")
    motion.invite(person, steps.FIRST_SECONDER, steps.SECOND_SECONDER)


def is_hidden_from_others(motion: Motion) -> None:
    stranger = motion.house.person(steps.STRANGER)
    for path in (motion.addresses["case"], motion.addresses["draft"]):
        assert stranger.open(path) == 404
    stranger.picture("not-found")
    assert TITLE not in stranger.page.content()


def is_seconded(motion: Motion) -> None:
    motion.decline_to_second(steps.SECOND_SECONDER)
    motion.second(steps.FIRST_SECONDER)
    motion.second_openly(steps.PASSER_BY)
    motion.pass_delegation(steps.HEAD_OF_DELEGATION)


def is_returned_and_revised(motion: Motion) -> None:
    late = motion.taken_up_by(steps.OTHER_CLERK, "形式审查")
    steps.answer_formal_check(late)
    motion.check(verdict="退回修改", comment="请写明现有智慧教室的数量。")

    # a colleague who still has the old page is told who did what
    late.press("通过")
    assert late.reads("校工会办公室-01")
    late.picture("stale")

    # the text changes, so everybody is asked again
    person = motion.taken_up_by(motion.proposer, "修改提案")
    assert person.reads("请写明现有智慧教室的数量。")
    person.write(reason=TEXTS["reason"] + "全校现有十二间。")
    person.page.uncheck("[name=open_seconding]")
    person.press("提交附议")
    for login in (steps.FIRST_SECONDER, steps.SECOND_SECONDER):
        motion.second(login)
    motion.pass_delegation(steps.HEAD_OF_DELEGATION)
    motion.check(verdict="通过")


def is_filed(motion: Motion) -> None:
    motion.recommend()
    motion.decide_as_recommended(steps.COMMITTEE_HEAD, "立案分理会议清单")
    motion.route(lead=steps.LEAD_UNIT, co_units=(steps.WRONG_UNIT,))
    motion.decide_as_recommended(steps.CHAIR, "立案清单审批")
    for leader in (steps.LEADER, steps.CO_LEADER, steps.WRONG_LEADER):
        motion.endorse(leader)


def is_handed_over_after_an_objection(motion: Motion) -> None:
    motion.sign_for(steps.OFFICER)
    motion.object(steps.WRONG_OFFICER, better=steps.LEAD_UNIT)
    motion.route(lead=steps.LEAD_UNIT, without=(steps.WRONG_UNIT,))
    # the leaders have written their instruction already
    assert not motion.house.person(steps.LEADER).has_todo("批示", motion.title)
    for officer in (steps.OFFICER, steps.CO_OFFICER):
        motion.sign_for(officer)
    motion.name_handler()


def is_found_similar_and_merged(other: Motion, *, into: Motion) -> None:
    person = other.begin(OTHER_TEXTS)
    person.page.locator("#similar").get_by_text(into.title).wait_for()
    person.picture("motion-similar")
    other.invite(person, *steps.OTHER_SECONDERS)
    for seconder in steps.OTHER_SECONDERS:
        other.second(seconder)
    other.pass_delegation(steps.OTHER_HEAD_OF_DELEGATION)
    other.check(verdict="通过")
    other.recommend(into=into.title)
    other.decide_as_recommended(steps.COMMITTEE_HEAD, "立案分理会议清单")
    other.decide_as_recommended(steps.CHAIR, "立案清单审批")


def is_answered(motion: Motion) -> None:
    motion.countersign()
    motion.say(steps.OFFICER, "请问哪几间教室最急需改造？", "done").picture("conversation")
    motion.say(motion.proposer, "二号教学楼三层的五间。", "started")
    motion.ask_for_more_time(days=80)
    motion.grant_more_time()
    motion.draft_answer(finish_in_days=60)
    motion.sign()
    motion.send_answer_back()
    motion.draft_answer(finish_in_days=45)
    motion.sign()
    motion.approve_answer()


def is_answered_again_after_a_bad_rating(motion: Motion) -> None:
    motion.rate("不满意", "其余教室没有完成时间，请继续办理。")
    motion.meet()
    motion.countersign()
    motion.draft_answer(finish_in_days=30)
    motion.sign()
    motion.approve_answer()
    motion.rate("满意")


def is_followed_until_it_is_done(motion: Motion, other: Motion) -> None:
    house = motion.house
    follower = house.person(steps.FOLLOWER)
    follower.open("/follow/")
    assert follower.reads(motion.title)
    follower.picture("follow")
    house.go_to(house.today + timedelta(days=30))
    motion.report_progress()
    house.go_to(house.today + timedelta(days=15))
    other.report_progress()
    for done in (motion, other):
        person = house.person(done.proposer)
        person.open_case(done.title)
        assert person.reads("已办结")
        assert person.reads("A 已解决")


def is_found_everywhere(motion: Motion) -> None:
    house = motion.house
    proposer = house.person(motion.proposer)
    proposer.open_case(motion.title)
    assert proposer.reads(OTHER_TITLE)
    assert not proposer.reads("审查建议")
    proposer.picture("case")
    proposer.page.locator("#diagram summary").click()
    proposer.page.locator("#diagram svg g.djs-shape").first.wait_for()

    case = motion.addresses["case"]
    for login, path, name in (
        (motion.proposer, f"{case}/print", "case-print"),
        (motion.proposer, "/notices", "notices"),
        (motion.proposer, "/inbox?tab=started", "inbox-started"),
        (steps.OFFICER, "/inbox?tab=done", "inbox-done"),
        (steps.PASSER_BY, "/inbox?tab=copied", "inbox-copied"),
        (steps.CLERK, "/register/", "register"),
        (steps.COMMITTEE_HEAD, "/reports/motion/4-7", "report"),
        (steps.FOLLOWER, "/follow/", "follow-empty"),
        (steps.CHAIR, case, "case-chair"),
        (steps.STRANGER, "/inbox", "inbox-empty"),
        (steps.STRANGER, "/password", "password"),
    ):
        person = house.person(login)
        assert person.open(path) == 200, path
        person.picture(name)
    assert motion.house.person(steps.STRANGER).open(case) == 404
