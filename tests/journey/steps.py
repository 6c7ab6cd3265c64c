"""The steps of a motion as people take them, each from his or her own 待办."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from tests.journey.people import House, Person, as_text
from tests.workflows import scenario

if TYPE_CHECKING:
    from playwright.sync_api import Locator

PROPOSER, HEAD_OF_DELEGATION = "d0101", "d0112"
FIRST_SECONDER, SECOND_SECONDER, PASSER_BY = "d0113", "d0114", "d0301"
OTHER_PROPOSER, OTHER_SECONDERS, OTHER_HEAD_OF_DELEGATION = "d0201", ("d0213", "d0214"), "d0212"
STRANGER = "s01"
CLERK, OTHER_CLERK, COMMITTEE_HEAD, FOLLOWER, CHAIR = "clerk1", "clerk2", "c01", "c02", "chair"
LEAD_UNIT, CO_UNIT, WRONG_UNIT = "教务处", "信息化管理中心", "财务处"
OFFICER, UNIT_HEAD, LEADER = "o0501", "h05", "l02"  # of 教务处
CO_OFFICER, CO_LEADER = "o1801", "l04"  # of 信息化管理中心
WRONG_OFFICER, WRONG_LEADER = "o1001", "l03"  # of 财务处

ANSWER = (
    "您提出的提案收悉。我处高度重视，已与您当面沟通，并会同信息化管理中心现场核查全部教室，"
    "首批二十间教室的中控界面已经统一，其余教室列入本学期改造计划，完成后将请您到场检查，感谢您的关心和支持。"
)


@dataclass
class Motion:
    """One motion on its way through the house."""

    house: House
    title: str
    proposer: str
    scripts: bool = True  # whether browsers run scripts
    addresses: dict[str, str] = field(default_factory=dict)

    def taken_up_by(self, login: str, step: str) -> Person:
        """The person with the task open on the phone."""
        person = self.house.person(login, scripts=self.scripts)
        person.take_up(step, self.title)
        return person

    @property
    def case_id(self) -> UUID:
        """The case's identifier, as its address says it."""
        return UUID(self.addresses["case"].rsplit("/", 1)[-1])

    @property
    def meanwhile(self) -> scenario.Motion:
        """The same motion, driven on by everybody else without a browser."""
        return scenario.Motion(self.house.scenario, self.case_id, {})

    def opened_by(self, login: str, *, tab: str = "started") -> Person:
        """The person at the page of the case, found in a tab of the inbox."""
        person = self.house.person(login, scripts=self.scripts)
        person.open_case(self.title, tab)
        return person

    # ---- writing and seconding

    def begin(self, texts: Mapping[str, str]) -> Person:
        """The proposer presses 写提案 and writes; nothing is sent yet."""
        person = self.house.person(self.proposer, scripts=self.scripts)
        person.open("/start")
        person.picture("start")
        person.press("写提案")
        person.page.fill("[name='suggestions-0-suggestion']", texts["suggestion"])
        person.write(title=self.title, reason=texts["reason"], phone="0373-3029000")
        person.choose(category=texts["category"])
        self.addresses["draft"] = person.page.url
        self.addresses["case"] = person.page.locator("a[href*='/instances/']").first.get_attribute("href") or ""
        return person

    def invite(self, person: Person, *seconders: str) -> None:
        """Tick representatives and send the motion to them."""
        person.pick("seconders", *seconders)
        person.picture("motion-draft")
        person.press("提交附议")

    def second(self, login: str) -> None:
        """Read it and agree."""
        person = self.taken_up_by(login, "附议")
        person.picture("seconding")
        person.press_twice("同意附议")
        assert person.sentence == "“附议”已提交：同意附议"

    def decline_to_second(self, login: str) -> None:
        """Say no, with the reason."""
        person = self.taken_up_by(login, "附议")
        person.write(decline_reason="与我院实际情况不同，暂不附议。")
        person.press("不附议")

    def second_openly(self, login: str) -> None:
        """Find it on the open list and agree."""
        person = self.house.person(login, scripts=self.scripts)
        person.open("/open/")
        assert person.reads(self.title)
        person.picture("open-list")
        person.press("同意附议", asked=True)
        assert person.reads(f"已附议：{self.title}")

    def pass_delegation(self, login: str) -> None:
        """The head of the delegation lets it go."""
        self.taken_up_by(login, "代表团审核").press("同意提交")

    # ---- checking, filing

    def check(self, *, verdict: str, comment: str = "") -> Person:
        """The office looks at the form."""
        person = self.taken_up_by(CLERK, "形式审查")
        answer_formal_check(person, comment)
        person.picture("formal-check")
        person.press(verdict)
        return person

    def recommend(self, *, into: str | None = None) -> None:
        """A member of the committee examines it; the table of filing makes the recommendation."""
        person = self.taken_up_by(FOLLOWER, "审查并提出建议")
        if into is not None:
            person.choose(same_matter_open="yes")
            options = person.page.locator("#field-recommended_merge_into option").filter(has_text=into)
            person.choose(recommended_merge_into=options.first.get_attribute("value") or "")
        else:
            person.pick("recommended_co_units", CO_UNIT)
        person.picture("recommend" if into is None else "recommend-merge")
        person.press("提交")

    def decide_as_recommended(self, login: str, page: str) -> None:
        """Take the recommendation over on the page of the list."""
        person = self.house.person(login, scripts=self.scripts)
        person.open("/batch/")
        person.picture("batch")
        person.page.get_by_role("link").filter(has_text=page).click()
        self.line_on_list(person).get_by_text("采纳建议").click()
        person.picture("filing-list" if login == COMMITTEE_HEAD else "chair-list")
        person.press("提交已选")
        assert person.reads("成功 1 件，未成功 0 件")
        person.picture("filing-result" if login == COMMITTEE_HEAD else "chair-result")

    def line_on_list(self, person: Person) -> Locator:
        """The motion's line on the page of the list."""
        return person.page.locator("article.batch-line").filter(has_text=self.title)

    def choose_on_list(self, person: Person, decision: str, comment: str = "") -> None:
        """Decide otherwise than recommended, on the line of the list."""
        line = self.line_on_list(person)
        line.get_by_text("另行决定").click()
        line.locator("select").select_option(label=decision)
        line.get_by_label("理由").fill(comment)

    # ---- handing over

    def route(self, *, lead: str, co_units: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> None:
        """The office names the units and the member who follows the case."""
        person = self.taken_up_by(CLERK, "分理")
        person.choose(lead_unit=lead, follower=FOLLOWER)
        person.drop("co_units", *without)
        person.pick("co_units", *co_units)
        person.picture("routing")
        person.press("提交")

    def endorse(self, login: str) -> None:
        """A leader in charge writes the instruction."""
        person = self.taken_up_by(login, "批示")
        person.page.get_by_role("button", name="请认真研究办理，按期答复。").click()
        person.picture("endorse")
        person.press("批示")

    def sign_for(self, login: str) -> None:
        """A unit takes it."""
        person = self.taken_up_by(login, "签收")
        person.picture("sign-for")
        person.press("签收")

    def object(self, login: str, *, better: str) -> None:
        """A unit says that it is not for it."""
        person = self.taken_up_by(login, "签收")
        person.write(objection_reason="教室设备改造不属于我处职责。")
        person.choose(proposed_unit=better)
        person.press("提出异议")

    def name_handler(self) -> None:
        """The head of the unit says who does it."""
        person = self.taken_up_by(UNIT_HEAD, "确定承办人")
        person.choose(handler=OFFICER)
        person.picture("name-handler")
        person.press("交承办人")

    # ---- answering

    def countersign(self) -> None:
        """The co-unit says what it will do."""
        person = self.taken_up_by(CO_OFFICER, "协办意见")
        person.choose(stance="agree")
        person.write(
            opinion_text="配合完成中控系统联网。", co_finish_date=as_text(self.house.today + timedelta(days=40))
        )
        person.picture("countersign")
        person.press("会签")

    def say(self, login: str, text: str, tab: str) -> Person:
        """Write into the conversation between proposer and unit."""
        person = self.house.person(login, scripts=self.scripts)
        person.open_case(self.title, tab)
        section = person.page.locator("#talk-proposer_unit")
        section.locator("textarea").fill(text)
        with person.page.expect_navigation():
            section.get_by_role("button", name="留言").click()
        assert text in person.page.locator("#talk-proposer_unit").inner_text()
        return person

    def ask_for_more_time(self, days: int) -> None:
        """The handler asks once for a later date."""
        person = self.taken_up_by(OFFICER, "办理并起草答复")
        person.write(
            extension_reason="设备采购须经招标，周期较长。",
            extension_date=as_text(self.house.today + timedelta(days=days)),
        )
        person.press("申请延期")

    def grant_more_time(self) -> None:
        """The head of the committee agrees."""
        person = self.taken_up_by(COMMITTEE_HEAD, "延期审批")
        person.picture("extension")
        person.press("同意延期")

    def draft_answer(self, *, finish_in_days: int) -> None:
        """The handler talks to the proposer and writes the answer of class B."""
        person = self.taken_up_by(OFFICER, "办理并起草答复")
        person.choose(**{"contact_way": "visit", "class": "B"})
        person.write(
            done_measures="首批二十间教室已经统一。",
            planned_measures="其余教室列入本学期改造计划。",
            finish_date=as_text(self.house.today + timedelta(days=finish_in_days)),
            answer_text=ANSWER,
        )
        person.picture("answer")
        person.press("提交答复")

    def sign(self) -> None:
        """The head of the unit signs, then the leader in charge."""
        for login, step in ((UNIT_HEAD, "单位负责人签发"), (LEADER, "校领导审签")):
            person = self.taken_up_by(login, step)
            assert person.reads("首批二十间教室的中控界面已经统一")
            person.picture("sign")
            person.press("签发")

    def send_answer_back(self) -> None:
        """The member who follows the case is not content with the answer."""
        person = self.taken_up_by(FOLLOWER, "答复质量审核")
        person.write(quality_comment="请写明其余教室的完成时间。")
        person.press("不合格，退回重办")

    def approve_answer(self) -> None:
        """The answer goes to the proposer."""
        person = self.taken_up_by(FOLLOWER, "答复质量审核")
        person.picture("quality")
        person.press("合格，送达提案人")

    # ---- rating

    def rate(self, result: str, comment: str = "", *, reads: str = "首批二十间教室的中控界面已经统一") -> None:
        """The proposer reads the answer, and rates manner and result."""
        person = self.taken_up_by(self.proposer, "满意度评价")
        assert person.reads(reads)
        person.choose(rating_attitude="满意", rating_result=result)
        person.write(rating_comment=comment)
        person.picture("rating")
        person.press("提交评价")

    def meet(self) -> None:
        """Proposer and unit sit down together; the member keeps the minutes."""
        person = self.taken_up_by(FOLLOWER, "面商")
        person.write(
            face_on=as_text(self.house.today), face_minutes="双方面商，明确其余教室本学期内完成，并请提案人到场检查。"
        )
        person.picture("face-to-face")
        person.press("交重新办理")

    def report_progress(self) -> None:
        """The unit reports that it is done: class A."""
        person = self.taken_up_by(OFFICER, "报送落实情况")
        person.write(progress="全部教室的中控界面已经统一，提案人已到场检查。")
        person.choose(**{"class": "A"})
        person.picture("follow-up")
        person.press("报送")


def motion_at(house: House, node: str, *, proposer: str = PROPOSER, **answers: scenario.Answer) -> Motion:
    """A motion that people without a browser have brought to a user task, by the engine's commands."""
    behind = house.scenario.motion_at(node, proposer=proposer, **answers)
    title = str(behind.variables["title"])
    return Motion(house, title, proposer, addresses={"case": f"/instances/{behind.id}"})


def answer_formal_check(person: Person, comment: str = "") -> None:
    """Fill in the formal check; all is well unless a comment says otherwise."""
    person.choose(complete="yes", one_matter="yes", in_scope="yes")
    if comment:
        person.write(formal_comment=comment)
