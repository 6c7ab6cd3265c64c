"""A log-in that ended while somebody was writing: nothing typed is lost, and a page of another site gets nothing."""

from io import BytesIO
from uuid import uuid4

import pytest
from lxml import html

from tests.web.application import GOOD_MOTION
from tests.web.auth.browser import PASSWORD, alerts

HERE = {"Origin": "http://localhost"}


LONG = "写了一小时的理由。" * 40


def hidden(response):
    page = html.fromstring(response.get_data(as_text=True))
    return {node.get("name"): node.get("value") for node in page.xpath("//main//form//input[@type='hidden']")}


@pytest.fixture
def writer(browser, clock):
    """A representative who wrote for an hour: the log-in has ended, the form is still open."""
    person = browser()
    person.log_in("d0101")
    page = html.fromstring(person.get("/start").get_data(as_text=True))
    person.token = page.xpath("//input[@name='csrf_token']/@value")[0]
    started = person.client.post("/start/motion", data={"csrf_token": person.token, "request_id": str(uuid4())})
    person.draft = started.location
    page = html.fromstring(person.get(person.draft).get_data(as_text=True))
    person.form = dict(page.get_element_by_id("task-form").form_values())
    clock.advance(hours=1)
    return person


def form_of(response):
    page = html.fromstring(response.get_data(as_text=True))
    return page.get_element_by_id("task-form")


def sent(writer, **typed):
    """The draft's form, sent after the log-in has ended."""
    return writer.client.post(writer.draft, data={**writer.form, **GOOD_MOTION, **typed}, headers=HERE)


def logs_in_on_it(writer, answer, login="d0101", password=PASSWORD):
    """On the page that keeps the form."""
    typed = {"_login": login, "_password": password}
    return writer.client.post("/login/again", data={**hidden_lists(answer), **typed}, headers=HERE)


def hidden_lists(response):
    page = html.fromstring(response.get_data(as_text=True))
    kept = {}
    for node in page.xpath("//main//form//input[@type='hidden']"):
        kept.setdefault(node.get("name"), []).append(node.get("value"))
    return kept


def goes_on(writer, answer, kept):
    """As the browser does with 307: the same fields to the address that the answer names."""
    assert answer.status_code == 307
    return writer.client.post(answer.location, data=kept, headers=HERE)


def posted(token):
    return {"csrf_token": token, "request_id": str(uuid4()), "text": "写了一小时的话", "password": "secret"}


def test_a_long_text_lands_in_its_form_after_logging_in_and_one_press_sends_it(writer):
    # given the form was sent after the log-in had ended
    answer = sent(writer, reason=LONG)
    assert answer.status_code == 401
    assert "登录已结束，本次没有保存" in alerts(answer)[0]
    kept = hidden_lists(answer)
    assert kept["reason"] == [LONG]
    assert kept["seconders"] == GOOD_MOTION["seconders"]

    # when they log in on the page they see
    back = goes_on(writer, logs_in_on_it(writer, answer), kept)

    # then the form is there with everything in it
    assert "还没有提交" in alerts(back)[0]
    form = form_of(back)
    assert form.get("action") == writer.draft
    typed = form.form_values()
    assert dict(typed)["reason"].strip() == LONG
    assert {value for name, value in typed if name == "seconders"} == set(GOOD_MOTION["seconders"])

    # and one press sends it
    lists = {}
    for name, value in typed:
        lists.setdefault(name, []).append(value)
    answer = writer.client.post(form.get("action"), data=lists, headers=HERE)
    assert answer.status_code == 303
    assert answer.location == "/inbox"


def test_a_wrong_password_loses_nothing_either(writer):
    # given
    answer = sent(writer, reason=LONG)

    # when
    again = logs_in_on_it(writer, answer, password="wrong")

    # then
    assert again.status_code == 422
    assert "工号或密码不正确" in " ".join(alerts(again))
    kept = hidden_lists(again)
    assert kept["reason"] == [LONG]
    assert kept["_next"] == [writer.draft]
    assert "_password" not in kept
    assert form_of(goes_on(writer, logs_in_on_it(writer, again), kept)) is not None


def test_a_file_is_named_at_its_field_to_be_chosen_again(writer):
    # given
    answer = sent(writer, attachments=(BytesIO(b"%PDF-1.4\n"), "现场.pdf"))
    assert "附件没有保存" in alerts(answer)[1]

    # when
    back = goes_on(writer, logs_in_on_it(writer, answer), hidden_lists(answer))

    # then
    page = html.fromstring(back.get_data(as_text=True))
    at_the_field = page.get_element_by_id("field-attachments-error").text_content()
    assert "附件没有保存，需要重新选择：现场.pdf" in at_the_field


def test_who_logged_in_in_another_window_finds_everything_in_the_form_as_well(writer):
    # given
    writer.log_in("d0101")

    # when the page that is still open is sent, with the token of before
    answer = sent(writer, reason=LONG)

    # then
    assert answer.status_code == 400
    assert dict(form_of(answer).form_values())["reason"].strip() == LONG


def test_somebody_else_who_logs_in_does_not_come_to_the_form(writer):
    answer = sent(writer, reason=LONG)
    back = goes_on(writer, logs_in_on_it(writer, answer, login="clerk1"), hidden_lists(answer))
    assert back.status_code == 404
    assert LONG not in back.get_data(as_text=True)


def test_where_no_form_can_be_drawn_again_one_press_sends_what_was_typed(writer):
    # when the form is sent
    answer = writer.client.post("/start/motion", data=posted(writer.token), headers=HERE)

    # then nothing is lost, passwords apart
    assert answer.status_code == 401
    kept = hidden(answer)
    assert kept["text"] == "写了一小时的话"
    assert "password" not in kept

    # when they log in
    back = goes_on(writer, logs_in_on_it(writer, answer), kept)

    # then the first press is taken
    assert "请再提交一次" in alerts(back)[0]
    assert writer.client.post("/start/motion", data=hidden(back), headers=HERE).status_code == 303


@pytest.mark.parametrize("origin", [{}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}])
def test_what_another_site_sends_is_never_offered_for_sending_again(writer, origin):
    assert writer.client.post("/start/motion", data=posted(writer.token), headers=origin).status_code == 303
    writer.log_in("d0101")
    answer = writer.client.post("/start/motion", data=posted("invented"), headers=origin)
    assert answer.status_code == 400
    assert "text" not in hidden(answer)


def test_who_opens_a_page_after_the_log_in_ended_is_told_so(writer):
    page = writer.client.get("/inbox", follow_redirects=True).get_data(as_text=True)
    assert "登录已结束：长时间没有操作" in page


def test_who_never_logged_in_is_not_told_that_it_ended(browser):
    page = browser().client.get("/inbox", follow_redirects=True).get_data(as_text=True)
    assert "登录已结束" not in page


@pytest.mark.parametrize("header", [{"HX-Request": "true"}, {"Accept": "application/json"}])
def test_what_a_page_asks_for_by_itself_is_refused_in_a_few_words_and_not_with_another_page(writer, header):
    answer = writer.client.post(f"{writer.draft}/fields", data=writer.form, headers=HERE | header)
    assert answer.status_code == 401
    assert answer.get_data(as_text=True) == "请重新登录"
