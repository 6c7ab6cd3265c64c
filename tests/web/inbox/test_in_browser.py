"""What scripts add to the task page: fields that appear, rows, the picker, autosave. In a real browser on a phone."""

from collections.abc import Iterator
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.support.browser import PHONE
from tests.web.application import COOKIE, OTHER_SECONDER, PROPOSER, Visitor, login_token

pytestmark = pytest.mark.browser

MIDDLE_OF_THE_BUTTON = """(() => {
  const box = document.querySelector('.action-bar .btn-primary').getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
})()"""
HALF_A_SECOND = """new Promise((done) => {  // of frames, so that a page that moves has moved
  const start = performance.now();
  const look = (now) => (now - start > 500 ? done() : requestAnimationFrame(look));
  requestAnimationFrame(look);
})"""


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(browser, app, address):
    """A phone on which the proposer is logged in; a message on the console is a failure."""
    if not app.jinja_env.globals["has_asset"]("app"):
        pytest.skip("the scripts of the pages are not built (make setup)")
    context = browser.new_context(viewport=PHONE, base_url=address, locale="zh-CN")
    context.add_cookies([{"name": COOKIE, "value": login_token(app, PROPOSER), "url": address}])
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None
    )
    yield opened
    context.close()
    assert not complaints


def begin(page):
    """Press 写提案; the draft's page has come, and its scripts with it."""
    page.goto("/start")
    with page.expect_navigation():
        page.click("text=写提案")


def test_a_motion_is_written_with_a_thumb(page, app):
    begin(page)
    page.fill("#field-title", "关于延长东区食堂晚间供餐时间的提案")
    page.fill("#field-reason", "东区食堂晚间供餐至19:00，值班教职工常常赶不上。")
    page.fill("[name='suggestions-0-suggestion']", "延长东区食堂晚间供餐时间至21:00")

    # rows are added in the page
    page.click("[data-list-add]")
    page.fill("[name='suggestions-1-suggestion']", "值班日提供夜宵窗口")

    # a field appears and vanishes, and what was typed stays
    page.check("[name=kind][value=joint]")
    page.wait_for_selector("#field-joint_proposers")
    page.check("[name=kind][value=individual]")
    page.wait_for_selector("#field-joint_proposers", state="detached")
    assert page.input_value("[name='suggestions-1-suggestion']") == "值班日提供夜宵窗口"

    # the picker narrows and moves what is ticked to the top
    page.select_option("#field-category", "后勤保障")
    assert page.locator("#field-seconders [data-picker-list] .picker-heading").all_inner_texts() == ["本代表团的代表"]
    page.locator("#field-seconders [data-picker-list] label", has_text="代表-基础医学院-12").click()
    for name in ("代表-药学院-03", "d0113"):
        page.fill("#field-seconders [data-picker-search]", name)
        page.locator("#field-seconders [data-picker-list] label:visible").first.click()
    assert page.locator("#field-seconders [data-picker-chosen] label").all_inner_texts() == [
        "代表-基础医学院-12",
        "代表-药学院-03",
        "代表-基础医学院-13",
    ]
    page.locator("#field-seconders [data-picker-chosen] label", has_text="药学院").click()
    page.fill("#field-seconders [data-picker-search]", "")
    page.wait_for_selector("text=本代表团的代表")
    assert page.locator("#field-seconders [value=d0112]").count() == 1  # above, and not offered once more

    # it saves itself, and a wrong field is shown where it is
    page.fill("#field-phone", "123")
    page.wait_for_selector("[data-autosave-status][data-state=saved]")
    page.click("text=提交附议")
    page.wait_for_selector("#field-phone-error")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.fill("#field-phone", "0373-3029000")
    page.click("text=提交附议")
    page.wait_for_url("**/inbox")
    assert Visitor(app, OTHER_SECONDER).todo()


def test_what_is_typed_while_the_server_answers_slowly_is_not_lost(page):
    begin(page)
    slow = []
    page.route("**/fields", lambda route: slow.append(route))
    with page.expect_request("**/fields"):
        page.check("[name=kind][value=joint]")
    page.fill("#field-reason", "在等待答复时继续写下的理由")
    page.click("[data-list-add]")
    page.fill("[name='suggestions-1-suggestion']", "等待时加的一条建议")
    page.focus("#field-phone")
    slow[0].continue_()
    page.wait_for_selector("#field-joint_proposers")
    assert page.input_value("#field-reason") == "在等待答复时继续写下的理由"
    assert page.input_value("[name='suggestions-1-suggestion']") == "等待时加的一条建议"


def test_the_actions_stay_under_the_thumb(page):
    begin(page)
    button = page.locator(".action-bar .btn-primary")
    for scrolled in (0, 400, 100_000):
        page.evaluate(f"window.scrollTo(0, {scrolled})")
        box = button.bounding_box()
        assert 0 <= box["y"] <= PHONE["height"] - box["height"]
        assert box["height"] >= 44


def test_a_press_is_not_lost_while_the_page_is_still_on_its_way_to_a_field(page):
    begin(page)
    page.evaluate("window.scrollTo({top: 0, behavior: 'instant'})")
    middle = page.evaluate(f"document.querySelector('aside summary').focus(); {MIDDLE_OF_THE_BUTTON}")
    page.mouse.move(*middle)
    page.mouse.down()
    page.evaluate(HALF_A_SECOND)
    page.mouse.up()
    page.wait_for_selector("#errors")


def test_a_press_is_not_lost_when_the_answer_of_the_server_would_move_the_button(page):
    page.set_viewport_size({"width": 1280, "height": 2600})  # the buttons stand below the form
    begin(page)
    slow = []
    page.route("**/fields", lambda route: slow.append(route))
    with page.expect_request("**/fields"):
        page.check("[name=kind][value=joint]")
    page.mouse.move(*page.evaluate(MIDDLE_OF_THE_BUTTON))
    page.mouse.down()
    with page.expect_response("**/fields"):
        slow[0].continue_()
    page.evaluate(HALF_A_SECOND)
    with page.expect_navigation():
        page.mouse.up()
    assert page.locator("#errors").count() == 1


def test_fields_are_drawn_once_a_press_is_over_that_was_none(page):
    begin(page)
    page.mouse.move(*page.evaluate(MIDDLE_OF_THE_BUTTON))
    page.mouse.down()
    with page.expect_response("**/fields"):
        page.evaluate("document.querySelector('[name=kind][value=joint]').click()")
    page.evaluate(HALF_A_SECOND)
    assert page.locator("#field-joint_proposers").count() == 0
    page.mouse.move(5, 300)
    page.mouse.up()
    page.wait_for_selector("#field-joint_proposers")


def test_a_draft_that_is_on_its_way_is_given_up_when_the_form_is_sent(page):
    begin(page)
    held = []  # neither the draft nor the form gets an answer
    page.route("**/tasks/**", lambda route: held.append(route.request.url) if is_sent(route) else route.continue_())
    with page.expect_request("**/draft"):
        page.fill("#field-title", "关于延长东区食堂晚间供餐时间的提案")
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/draft"), timeout=10_000):
        page.evaluate("setTimeout(() => document.querySelector('#task-form').requestSubmit())")
    assert held[0].endswith("/draft")


def is_sent(route):
    return route.request.method == "POST" and not route.request.url.endswith("/fields")
