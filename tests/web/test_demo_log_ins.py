"""Whoever logs in with a line of the demo's table finds something to do."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from lxml import html

from engine.bootstrap import open_engine
from engine.cli.demo import line_of
from engine.demo import database as demo
from engine.settings import Settings
from tests.support.fakes import MovableClock
from tests.web.auth.browser import Browser
from web.app import create_app

AUTUMN = datetime.fromisoformat("2026-11-25T10:00:00+08:00")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """The application on a database that does not exist yet."""
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'demo.db'}", sqlite_synchronous="OFF")
    engine = open_engine(settings=settings, clock=MovableClock(AUTUMN))
    yield create_app(engine, TESTING=True)
    engine.close()


def waiting(page: str) -> list[str]:
    """Addresses of what stands in an inbox as something to do."""
    links = html.fromstring(page).xpath("//main//a[contains(@class, 'case-card')]/@href")
    return [link for link in links if link.startswith(("/tasks/", "/admin/incidents/"))]


def test_every_log_in_of_the_table_opens_an_inbox_with_something_to_do(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given the running season; the past year leaves nothing open
    monkeypatch.setattr(demo, "STAGES", (("正在进行的一季", ("current.jsonl",)),))
    prepared = demo.prepare_demo(app.extensions["banli"], say=lambda _text: None)
    table = [line_of(entry) for entry in prepared.logins]
    assert len(table) >= 15

    for line in table:
        # when
        [login] = [entry.login for entry in prepared.logins if entry.login in line.split()]
        browser = Browser(app)
        browser.log_in(login, prepared.password)
        inbox = browser.client.get("/inbox", follow_redirects=True).get_data(as_text=True)
        listed = waiting(inbox)

        # then
        assert listed, line
        assert line.endswith(f"待办 {len(listed)}"), (line, listed)
        assert all(browser.get(link).status_code == 200 for link in listed), line
