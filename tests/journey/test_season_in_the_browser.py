"""The season of one session, every step of it worked at a page: opened, met, approved, praised, reported, signed."""

from datetime import date

import pytest

from tests.journey import steps
from tests.journey.people import House, Person, as_text
from tests.journey.steps import Motion, motion_at
from tests.journey.taken import takes

pytestmark = pytest.mark.browser

NAME = "四届七次"
WINDOW_CLOSES_ON, CONGRESS_ON = date(2026, 12, 1), date(2026, 12, 16)


@takes("open_season", "coordination_meeting", "filing_meeting", "filing_list_approval", "task_meeting")
@takes("progress_meeting", "excellent", "excellent_approval", "work_report", "report_signature")
def test_the_office_takes_the_season_of_a_session_to_its_signed_report(house: House) -> None:
    clerk = house.person(steps.CLERK)
    opens_the_season(clerk)
    motion = motion_at(house, "recommend")
    house.go_to(date(2026, 12, 2))

    holds(clerk, "通报协调会", "coordination", "已向各单位通报提案情况。")
    holds(house.person(steps.COMMITTEE_HEAD), "立案分理会议", "filing", "逐件审查，形成立案清单。")
    chair = house.person(steps.CHAIR)
    take_up(chair, "批准立案清单")
    chair.write(list_approved_on=as_text(house.today))
    chair.press("批准公布")
    holds(clerk, "任务分解会议", "task", "任务落实到单位、到人、到日期。")
    holds(clerk, "落实推进会", "progress", "检查办理进度，协调难点。")
    is_praised(house, motion)
    is_reported(house)


def opens_the_season(clerk: Person) -> None:
    clerk.open("/start")
    with clerk.page.expect_navigation():
        clerk.page.get_by_role("button", name="发起提案征集与办理年度").click()
    clerk.write(
        session_term="4",
        session_meeting="7",
        window_opens_on=as_text(date(2026, 11, 1)),
        window_closes_on=as_text(WINDOW_CLOSES_ON),
        congress_on=as_text(CONGRESS_ON),
    )
    clerk.press("发布征集通知", refused=True)
    assert clerk.page.locator("#field-collection_notice-error").is_visible()
    clerk.write(collection_notice="现开始征集本次会议提案，请各位代表积极提出。")
    clerk.picture("season-open")
    clerk.press("发布征集通知")


def holds(person: Person, meeting: str, key: str, minutes: str) -> None:
    take_up(person, meeting)
    person.write(**{f"{key}_on": as_text(person.house.today), f"{key}_minutes": minutes})
    person.press("提交")


def is_praised(house: House, motion: Motion) -> None:
    head, chair = house.person(steps.COMMITTEE_HEAD), house.person(steps.CHAIR)
    take_up(head, "评选优秀提案")
    head.pick("excellent_motions", str(motion.case_id))
    head.pick("excellent_units", steps.LEAD_UNIT)
    head.write(excellent_comment="评选结果已公布。")
    head.press("报主席审定")
    take_up(chair, "审定优秀提案")
    for awarded in (motion.title, steps.LEAD_UNIT, "评选结果已公布。"):
        assert chair.reads(awarded)
    chair.press("同意表彰")


def is_reported(house: House) -> None:
    clerk, chair = house.person(steps.CLERK), house.person(steps.CHAIR)
    take_up(clerk, "起草提案工作报告")
    clerk.write(report_text="本年度提案工作按期完成。")
    clerk.press("送主席签发")
    take_up(chair, "签发工作报告")
    assert chair.reads("本年度提案工作按期完成。")
    chair.write(report_remark="请补充办理情况。")
    chair.press("退回修改")
    take_up(clerk, "起草提案工作报告")
    assert clerk.reads("请补充办理情况。")
    clerk.press("送主席签发")
    take_up(chair, "签发工作报告")
    assert chair.reads("本年度提案工作按期完成。")
    chair.picture("season-sign")
    chair.press("签发")
    assert chair.sentence == "“签发工作报告”已提交：签发"


def take_up(person: Person, step: str) -> None:
    """The season's step in the inbox; there is one season."""
    person.open("/inbox")
    card = person.page.locator("a.case-card").filter(has=person.page.get_by_text(step, exact=True))
    with person.page.expect_navigation():
        card.click()
