"""A phone whose browser runs no scripts: log in, write, decide, look for, sort, upload."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.serving import make_server

from engine.secrecy.passwords import hash_password
from models import User
from tests.support.browser import PHONE
from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.web.application import CLERK, GOOD_MOTION, NOW, PDF, PROPOSER, running_application

pytestmark = pytest.mark.browser
PASSWORD = "green-Bamboo-7"


@pytest.fixture
def app(prepared_databases: PreparedDatabases, tmp_path: Path) -> Iterator[Flask]:
    with running_application(prepared_databases, tmp_path, MovableClock(NOW), submitted=True) as application:
        with application.extensions["banli"].unit_of_work() as uow:
            known = update(User).where(User.id.in_((CLERK, PROPOSER)))
            uow.session.execute(known.values(password_hash=hash_password(PASSWORD), must_change_password=False))
        yield application


@pytest.fixture
def phone(browser, app: Flask):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    context = browser.new_context(
        viewport=PHONE, base_url=f"http://127.0.0.1:{server.port}", locale="zh-CN", java_script_enabled=False
    )
    context.set_default_timeout(10_000)  # ms
    yield context.new_page()
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()


def log_in(phone, login: str) -> None:
    phone.goto("/login")
    phone.fill("[name=login]", login)
    phone.fill("[name=password]", PASSWORD)
    phone.click("button[type=submit]")
    phone.wait_for_url("**/inbox")


def test_the_office_finds_sorts_adds_a_file_and_decides(phone):
    log_in(phone, CLERK)

    # looks for the motion, on the list of what waits and in the register
    phone.fill("[name=q]", "食堂")
    phone.click(".filters-go")
    assert phone.locator(".case-card").count() == 1
    phone.goto("/register/")
    phone.fill("[name=q]", "食堂")
    phone.click(".filter-main button")
    assert "共 1 件" in phone.text_content(".list-total")

    # sorts
    phone.click(".filter-more summary")
    phone.select_option("[name=sort]", "-title")
    phone.click(".filter-go button")
    assert "sort=-title" in phone.url
    assert "共 1 件" in phone.text_content(".list-total")

    # adds a file
    phone.click(".col-title a")
    phone.click("#attachments summary")
    phone.set_input_files("#upload", {"name": "现场.pdf", "mimeType": "application/pdf", "buffer": PDF})
    phone.click("#attachments button[type=submit]")
    assert "现场.pdf" in phone.text_content("#attachments")

    # decides
    phone.click("text=办理：形式审查")
    for field, answer in (("complete", "yes"), ("one_matter", "yes"), ("in_scope", "yes"), ("duplicate", "no")):
        phone.check(f"[name={field}][value={answer}]")
    phone.click("text=通过")
    assert "“形式审查”已提交" in phone.text_content("[role=status]")
    phone.goto("/inbox?tab=done")
    assert phone.locator(".case-card").count() == 1


def test_a_representative_writes_a_motion_and_finds_every_place_of_the_menu(phone):
    log_in(phone, PROPOSER)
    phone.goto("/start")
    phone.click("text=写提案")
    phone.fill("[name=title]", "关于在实验楼增设直饮水机的提案")
    phone.fill("[name=reason]", GOOD_MOTION["reason"])
    phone.fill("[name='suggestions-0-suggestion']", "每层楼设一台直饮水机")
    phone.click("text=增加一项")
    phone.fill("[name='suggestions-1-suggestion']", "每月公布水质检测结果")
    phone.click("text=存草稿")
    assert phone.input_value("[name='suggestions-1-suggestion']") == "每月公布水质检测结果"
    phone.goto("/inbox?tab=started")
    assert "关于在实验楼增设直饮水机的提案" in phone.text_content("main")

    phone.click(".bottom-nav >> text=附议广场")
    assert phone.url.endswith("/open/")


def test_a_representative_finds_seconders_of_the_own_delegation_at_once_and_others_by_a_search(phone):
    log_in(phone, PROPOSER)
    phone.goto("/start")
    phone.click("text=写提案")
    phone.fill("[name=title]", "关于在实验楼增设直饮水机的提案")
    field = phone.locator("#field-seconders")
    field.locator("[value=d0112]").check()  # stands there without a search
    assert field.locator("input[type=checkbox]").count() < 30

    field.locator("[type=search]").fill("药学院 03")
    field.get_by_role("button", name="查找").click()
    assert phone.input_value("[name=title]") == "关于在实验楼增设直饮水机的提案"
    assert field.bounding_box()["y"] < PHONE["height"]  # back at the field, not at the top of the page
    assert field.locator("[value=d0112]").is_checked()
    field.get_by_label("代表-药学院-03").check()
    field.locator("[type=search]").fill("没有这个人")
    field.get_by_role("button", name="查找").click()
    assert "没有找到“没有这个人”" in field.inner_text()
    phone.click("text=存草稿")
    assert field.locator("input:checked").count() == 2
