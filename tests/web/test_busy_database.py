"""A busy database: requests wait their turn, are done again where that is safe, and at last are told so."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Connection, func, select, text

from engine.bootstrap import Engine, open_engine
from engine.retrying import TRIES
from models import ProcessInstance
from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.web.application import NOW, PROPOSER, Visitor, login_token, running_application
from web.auth.person import COOKIE

PEOPLE = 8
STARTS = 5  # of each


@dataclass
class Blocker:
    """Somebody who holds the database, and a pause that lets go after some failures."""

    engine: Engine
    lets_go_after: int
    failures: list[int] = field(default_factory=list)
    held: Connection | None = None

    def hold(self) -> None:
        self.held = self.engine.database.connect()
        self.held.begin()  # on SQLite this is the only writer from now on; on both people can read
        if self.held.dialect.name == "postgresql":
            self.held.execute(text("LOCK TABLE process_instance IN EXCLUSIVE MODE"))

    def let_go(self) -> None:
        if self.held is not None:
            self.held.rollback()
            self.held.close()
            self.held = None

    def after(self, failures: int) -> None:
        self.failures.append(failures)
        if len(self.failures) >= self.lets_go_after:
            self.let_go()


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, prepared_databases: PreparedDatabases, tmp_path: Path) -> Iterator[Flask]:
    with running_application(prepared_databases, tmp_path, MovableClock(NOW), kind=request.param) as application:
        yield application


@pytest.fixture
def impatient(app: Flask) -> Iterator[Engine]:
    """The application's engine, which waits for a lock for a second at most."""
    engine: Engine = app.extensions["banli"]
    quick = open_engine(settings=replace(engine.settings, busy_timeout=1), clock=engine.clock)
    others = engine.database
    engine.database, engine.readers = quick.database, quick.readers
    yield engine
    engine.database = others
    quick.close()


def blocked(app: Flask, engine: Engine, *, lets_go_after: int) -> Blocker:
    blocker = Blocker(engine, lets_go_after)
    engine.pause = blocker
    return blocker


def started(app: Flask) -> int:
    with app.extensions["banli"].reading() as uow:
        return uow.session.scalar(select(func.count()).select_from(ProcessInstance)) or 0


def test_a_request_that_met_a_busy_database_is_done_again_and_once(app: Flask, impatient: Engine) -> None:
    person = Visitor(app, PROPOSER)
    blocker = blocked(app, impatient, lets_go_after=1)
    blocker.hold()
    answer = person.client.post("/start/motion", data={"request_id": str(uuid4())})
    assert answer.status_code == 303
    assert blocker.failures == [1]
    assert started(app) == 1


def test_who_waited_in_vain_keeps_what_was_typed_and_may_send_it_again(app: Flask, impatient: Engine) -> None:
    person = Visitor(app, PROPOSER)
    draft = person.start_motion()
    form = {**draft.values(), "title": "关于延长供餐的提案"}
    blocker = blocked(app, impatient, lets_go_after=99)
    blocker.hold()
    try:
        page = person.post("/start/motion", {**form, "request_id": str(uuid4())})
    finally:
        blocker.let_go()
    assert (page.status, page.headers["Retry-After"]) == (503, "2")
    assert blocker.failures == list(range(1, TRIES))
    assert "不会重复" in page.alerts[0]
    kept = dict(page.tree.xpath("//main//form")[0].form_values())
    assert kept["title"] == "关于延长供餐的提案"
    assert started(app) == 1


def test_a_form_without_a_number_of_its_own_is_never_done_twice(app: Flask, impatient: Engine) -> None:
    admin = Visitor(app, "admin")
    blocker = blocked(app, impatient, lets_go_after=99)
    blocker.hold()
    if impatient.settings.is_sqlite:
        page = admin.post("/admin/settings/login.failures", {"value": "4"})
        assert (page.status, blocker.failures) == (503, [])
    blocker.let_go()


def test_many_people_who_press_at_once_are_all_served(app: Flask) -> None:
    clients = []
    for number in range(PEOPLE):
        client = app.test_client()
        client.set_cookie(COOKIE, login_token(app, f"d01{number + 1:02}"))
        clients.append(client)
    together = threading.Barrier(PEOPLE)

    def press(client) -> list[int]:  # type: ignore[no-untyped-def]
        together.wait(30)
        return [client.post("/start/motion", data={"request_id": str(uuid4())}).status_code for _ in range(STARTS)]

    with ThreadPoolExecutor(PEOPLE) as pool:
        statuses = [status for answers in pool.map(press, clients) for status in answers]
    assert statuses == [303] * (PEOPLE * STARTS)
    assert started(app) == PEOPLE * STARTS


def test_the_same_press_from_eight_places_counts_once(app: Flask) -> None:
    token, request_id = login_token(app, PROPOSER), str(uuid4())
    together = threading.Barrier(PEOPLE)

    def press(_number: int) -> int:
        client = app.test_client()
        client.set_cookie(COOKIE, token)
        together.wait(30)
        return client.post("/start/motion", data={"request_id": request_id}).status_code

    with ThreadPoolExecutor(PEOPLE) as pool:
        assert set(pool.map(press, range(PEOPLE))) == {303}
    assert started(app) == 1
