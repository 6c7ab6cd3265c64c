"""Logging in, in the browser."""

import pytest

from engine.commands.access.first_start import issue_first_start_token
from engine.commands.organisation.people import lock_user
from tests.web.auth.browser import PASSWORD, Browser, alerts
from web.auth.person import COOKIE

NEW_PASSWORD = "tall-Bamboo-9"


def test_whoever_logs_in_comes_to_the_inbox(browser):
    person = browser()
    answer = person.log_in("d0101")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert person.get("/inbox").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser):
    cookie = next(text for text in browser().log_in("d0101").headers.getlist("Set-Cookie") if text.startswith(COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie  # http on loopback


def test_over_https_the_cookie_never_leaves_https(app, browser):
    app.config["SESSION_COOKIE_SECURE"] = True
    person = browser()
    page = person.client.get("/login", base_url="https://localhost")
    token = page.get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    answer = person.client.post(
        "/login",
        data={"csrf_token": token, "login": "d0101", "password": PASSWORD},
        base_url="https://localhost",
        headers={"Referer": "https://localhost/login"},
    )
    cookie = next(text for text in answer.headers.getlist("Set-Cookie") if text.startswith(COOKIE))
    assert "Secure" in cookie


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("login", "password"),
    [("d0101", "wrong"), ("nobody", PASSWORD), ("", ""), ("000001", ""), ("x" * 5000, "y" * 5000), ("<b>", "'--")],
)
def test_every_failure_gets_the_same_answer(browser, login, password):
    answer = browser().log_in(login, password)
    assert answer.status_code == 422
    assert alerts(answer) == ["工号或密码不正确，或账号已锁定。请检查后重试，或联系管理员。"]
    assert COOKIE not in "".join(answer.headers.getlist("Set-Cookie"))


@pytest.mark.both_databases
def test_a_locked_account_looks_like_a_wrong_password(app, browser):
    with app.extensions["banli"].unit_of_work(actor="admin") as uow:
        lock_user(uow, "d0101")
    locked, wrong = browser().log_in("d0101"), browser().log_in("nobody")
    assert alerts(locked) == alerts(wrong)


def test_what_was_typed_as_number_stays_and_the_password_does_not(browser):
    text = browser().log_in("d0101", "secret-typo").get_data(as_text=True)
    assert 'value="d0101"' in text
    assert "secret-typo" not in text


def test_who_asked_for_a_page_gets_it_after_logging_in(browser):
    person = browser()
    asked = person.get("/admin/people?q=1")
    assert (asked.status_code, asked.headers["Location"]) == (303, "/login?next=/admin/people?q%3D1")
    assert person.log_in("admin", next="/admin/people?q=1").headers["Location"] == "/admin/people?q=1"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site(browser, target):
    assert browser().log_in("d0101", next=target).headers["Location"] == "/"


def test_a_form_without_our_token_is_refused(app):
    answer = app.test_client().post("/login", data={"login": "d0101", "password": PASSWORD})
    assert answer.status_code == 400


@pytest.mark.both_databases
def test_locking_an_account_ends_its_open_pages_at_once(app, browser):
    person = browser()
    person.log_in("d0101")
    with app.extensions["banli"].unit_of_work(actor="admin") as uow:
        lock_user(uow, "d0101")
    answer = person.get("/inbox")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?next=/inbox")


@pytest.mark.both_databases
def test_a_role_taken_away_is_gone_with_the_next_page(browser, revoke):
    person = browser()
    person.log_in("admin")
    assert person.get("/admin/people").status_code == 200
    revoke("admin", "admin")
    assert person.get("/admin/people").status_code == 404


@pytest.mark.both_databases
def test_logging_out_ends_it_for_a_copied_cookie_as_well(app, browser):
    person, thief = browser(), browser()
    person.log_in("d0101")
    thief.client.set_cookie(COOKIE, person.client.get_cookie(COOKIE).value)
    assert thief.get("/inbox").status_code == 200
    person.post("/logout", {}, page="/inbox")
    assert person.get("/inbox").status_code == 303
    assert thief.get("/inbox").status_code == 303


def test_an_idle_hour_asks_to_log_in_again(browser, clock):
    person = browser()
    person.log_in("d0101")
    clock.advance(hours=1)
    assert person.get("/inbox").status_code == 303


def test_an_invented_cookie_is_nobody(browser):
    person = browser()
    for value in ("", "x", "x" * 3000, "../../etc/passwd"):
        person.client.set_cookie(COOKIE, value)
        assert person.get("/inbox").status_code == 303


@pytest.mark.both_databases
def test_changing_the_password(browser):
    person = browser()
    person.log_in("d0101")
    answer = person.post("/password", {"current": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert answer.status_code == 303
    assert browser().log_in("d0101").status_code == 422
    assert browser().log_in("d0101", NEW_PASSWORD).status_code == 303


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"current": "wrong", "new": NEW_PASSWORD, "again": NEW_PASSWORD}, "current"),
        ({"current": PASSWORD, "new": NEW_PASSWORD, "again": "other"}, "again"),
        ({"current": PASSWORD, "new": "short", "again": "short"}, "new"),
        ({"current": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "new"),
        ({"current": PASSWORD, "new": "d0101-is-me", "again": "d0101-is-me"}, "new"),
        ({}, "current"),
    ],
)
def test_a_password_that_cannot_be_taken_is_refused_at_its_field(browser, typed, field):
    person = browser()
    person.log_in("d0101")
    answer = person.post("/password", typed)
    assert answer.status_code == 422
    assert f'id="field-{field}-error"' in answer.get_data(as_text=True)


@pytest.mark.both_databases
def test_an_initial_password_is_changed_before_anything_else(browser):
    administrator, person = browser(), browser()
    administrator.log_in("admin")
    given = administrator.post("/admin/people/clerk1/password", {}, page="/admin/people/clerk1")
    initial = given.get_data(as_text=True).split("<code>")[1].split("</code>")[0]
    person.log_in("clerk1", initial)
    assert person.get("/inbox").headers["Location"] == "/password"
    person.post("/password", {"current": initial, "new": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert person.get("/inbox").status_code == 200


@pytest.mark.both_databases
def test_the_first_start_asks_for_an_administrator(new_app):
    visitor = Browser(new_app)
    assert visitor.get("/login").headers["Location"] == "/first-start"
    token = issue_first_start_token(new_app.extensions["banli"])
    typed = {"id": "000001", "name": "王管理", "password": PASSWORD, "again": PASSWORD}

    stranger = visitor.post("/first-start", {**typed, "token": "guess"})
    assert stranger.status_code == 422
    assert 'value="王管理"' in stranger.get_data(as_text=True)

    assert visitor.post("/first-start", {**typed, "token": token}).headers["Location"] == "/login"
    assert visitor.log_in("000001").status_code == 303
    assert visitor.get("/admin/people").status_code == 200
    assert visitor.get("/first-start").status_code == 404


def test_once_there_is_an_administrator_the_first_start_is_gone(browser):
    assert browser().get("/first-start").status_code == 404
