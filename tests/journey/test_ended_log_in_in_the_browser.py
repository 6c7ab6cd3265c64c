"""Somebody writes until the log-in has ended: the form comes back with everything in it, and one press sends it."""

import pytest

from tests.journey import steps
from tests.journey.people import PASSWORD, House, Person
from tests.journey.steps import Motion
from tests.journey.taken import takes
from tests.web.application import PDF

pytestmark = pytest.mark.browser

TITLE = "关于增加教学楼智慧教室数量的提案"
REASON = "现有智慧教室集中在一栋教学楼，数量太少。" * 30
LATER_TITLE = "关于增加教学楼智慧教室数量、统一中控界面的提案"  # typed when the log-in had ended
TEXTS = {"reason": REASON, "suggestion": "统一中控界面", "category": "人才培养"}


@takes("draft")
@pytest.mark.parametrize("scripts", [True, False], ids=["with_scripts", "without_scripts"])
def test_a_form_sent_after_the_log_in_ended_comes_back_and_one_press_sends_it(house: House, scripts: bool) -> None:
    motion = Motion(house, TITLE, steps.PROPOSER, scripts=scripts)
    person = motion.begin(TEXTS)
    person.pick("seconders", steps.FIRST_SECONDER, steps.SECOND_SECONDER)

    # the log-in ends while they write; what the page does by itself in between takes nothing away
    house.clock.advance(hours=1)
    person.write(title=LATER_TITLE)
    person.choose(kind="joint")  # fields depend on it, so scripts ask for them, and are refused
    person.choose(kind="individual")
    person.page.set_input_files(
        "#field-attachments", {"name": "现场.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    assert person.page.input_value("#field-reason") == REASON
    person.press("提交附议")
    assert person.reads("登录已结束，本次没有保存")
    assert person.reads("附件没有保存，登录后需要重新选择")
    person.picture("log-in-again")

    logs_in_again(person)
    refused_to_the_script = [line for line in person.complaints if "401 http" in line]
    assert person.complaints == refused_to_the_script
    assert bool(refused_to_the_script) == scripts
    person.complaints.clear()

    # everything is there, the file apart, which the page says at its field
    assert person.page.url.endswith(motion.addresses["draft"].rsplit("/", 1)[-1])
    assert person.reads("还没有提交。您已重新登录")
    assert person.page.input_value("#field-title") == LATER_TITLE
    assert person.page.input_value("#field-reason") == REASON
    assert person.page.input_value("[name='suggestions-0-suggestion']") == TEXTS["suggestion"]
    assert "现场.pdf" in person.page.locator("#field-attachments-error").inner_text()
    for seconder in (steps.FIRST_SECONDER, steps.SECOND_SECONDER):
        assert person.page.locator(f"[name=seconders][value={seconder}]").is_checked()
    person.picture("sent-again")

    person.press("提交附议")
    assert motion.meanwhile.waits_at == ["second", "second"]


def logs_in_again(person: Person) -> None:
    person.page.fill("#field-_login", person.login)
    person.page.fill("#field-_password", PASSWORD)
    with person.page.expect_navigation():
        person.page.get_by_role("button", name="登录", exact=True).click()
