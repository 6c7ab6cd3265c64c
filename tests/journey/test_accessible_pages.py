"""The main pages by the rules of axe-core, at 390 and 1280 px: nothing serious, nothing critical."""

from uuid import UUID

import pytest

from tests.journey import steps
from tests.journey.accessibility import grave_violations
from tests.journey.people import House, Person
from tests.journey.steps import Motion, motion_at
from tests.journey.taken import takes

pytestmark = pytest.mark.browser

ADMINISTRATOR, AUDITOR = "admin", "auditadmin"


@takes("draft")
def test_the_pages_of_those_who_write_and_second_are_accessible(house: House) -> None:
    stranger = house.person(steps.STRANGER)
    stranger.page.context.clear_cookies()
    stranger.page.goto(f"{house.address_of(steps.STRANGER)}login")
    found = grave_violations(stranger.page)
    motion = Motion(house, "关于增加教学楼智慧教室数量的提案", steps.PROPOSER)
    found += pages(house.person(steps.PROPOSER), "/start", "/inbox", "/inbox?tab=done", "/notices", "/password")
    writer = motion.begin(
        {"reason": "现有智慧教室集中在一栋教学楼，数量太少。", "suggestion": "增加智慧教室", "category": "人才培养"}
    )
    writer.write(phone="12")
    writer.press("提交附议", refused=True)
    found += grave_violations(writer.page)
    writer.write(phone="0373-3029000")
    writer.tick("open_seconding")
    motion.invite(writer, steps.FIRST_SECONDER)
    found += pages(house.person(steps.PASSER_BY), "/open/")
    found += task(motion.taken_up_by(steps.FIRST_SECONDER, "附议"))
    found += pages(stranger, "/no-such-page", "/inbox")

    assert not found, "\n".join(found)


def test_the_pages_of_those_who_decide_and_answer_are_accessible(house: House) -> None:
    found = []
    motion = motion_at(house, "formal_check")
    behind = motion.meanwhile
    for node, login, step in (
        ("formal_check", steps.CLERK, "形式审查"),
        ("recommend", steps.FOLLOWER, "审查并提出建议"),
        ("decide_filing", steps.COMMITTEE_HEAD, "决定立案"),
        ("routing", steps.CLERK, "分理"),
        ("sign_for", steps.OFFICER, "签收"),
        ("draft_answer", steps.OFFICER, "办理并起草答复"),
        ("rate", steps.PROPOSER, "满意度评价"),
    ):
        behind.go_on_to(node)
        found += task(motion.taken_up_by(login, step))
        if node == "decide_filing":
            found += pages(house.person(login), "/batch/", "/batch/motion/decide_filing")
    case = motion.addresses["case"]
    clerk = house.person(steps.CLERK)
    found += pages(clerk, case, f"{case}/print", "/register/", "/reports/motion/4-7", "/register/motion/import")
    found += pages(house.person(steps.FOLLOWER), "/follow/")
    proposer = house.person(steps.PROPOSER)
    proposer.open(case)
    proposer.page.locator("#diagram summary").click()
    proposer.page.locator("#diagram svg g.djs-shape").first.wait_for()
    found += grave_violations(proposer.page)

    assert not found, "\n".join(found)


def test_the_pages_of_the_administrator_are_accessible(house: House) -> None:
    case = UUID(motion_at(house, "formal_check").addresses["case"].rsplit("/", 1)[-1])
    administrator = house.person(ADMINISTRATOR)
    found = pages(
        administrator,
        "/admin/",
        "/admin/people",
        "/admin/people/new",
        f"/admin/people/{steps.PROPOSER}",
        "/admin/import",
        "/admin/units",
        f"/admin/units/{steps.LEAD_UNIT}",
        "/admin/roles",
        "/admin/roles/union_clerk",
        "/admin/congress",
        "/admin/calendar",
        "/admin/settings",
        "/admin/incidents",
        f"/admin/cases/{case}",
    )
    found += pages(house.person(AUDITOR), "/admin/", "/admin/trail")

    assert not found, "\n".join(found)


def pages(person: Person, *paths: str) -> list[str]:
    """What is wrong with these pages, as this person sees them."""
    found = []
    for path in paths:
        assert person.open(path) == (404 if path == "/no-such-page" else 200), path
        found += grave_violations(person.page)
    return found


def task(person: Person) -> list[str]:
    """What is wrong with the task that this person has open."""
    return grave_violations(person.page)
