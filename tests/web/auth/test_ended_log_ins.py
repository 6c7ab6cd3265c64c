"""A log-in that ended while somebody was writing: nothing typed is lost, and a page of another site gets nothing."""

from uuid import uuid4

import pytest
from lxml import html

from tests.web.auth.browser import alerts

HERE = {"Origin": "http://localhost"}


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
    clock.advance(hours=1)
    return person


def posted(token):
    return {"csrf_token": token, "request_id": str(uuid4()), "text": "写了一小时的话", "password": "secret"}


def test_what_was_typed_is_sent_again_after_logging_in(writer):
    # when the form is sent
    answer = writer.client.post("/start/motion", data=posted(writer.token), headers=HERE)

    # then nothing is lost, passwords apart
    assert answer.status_code == 401
    assert "登录已结束，本次没有保存" in alerts(answer)[0]
    again = hidden(answer)
    assert again["text"] == "写了一小时的话"
    assert "password" not in again

    # when they log in and send it from the page that is still open, with the token of before
    writer.log_in("d0101")
    answer = writer.client.post("/start/motion", data=again, headers=HERE)
    assert answer.status_code == 400
    again = hidden(answer)
    assert again["text"] == "写了一小时的话"

    # then the second press is taken
    assert writer.client.post("/start/motion", data=again, headers=HERE).status_code == 303


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
