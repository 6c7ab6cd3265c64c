"""The application on loopback, a clock to move, and people who log in with a browser each."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Thread

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import update
from werkzeug.serving import make_server

from engine.bootstrap import Engine
from models import User
from tests.journey.people import PASSWORD, House
from tests.journey.taken import steps_of, watch
from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.web.application import NOW, login_token, running_application


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> PasswordHasher:
    """Hashing is slow on purpose; the journey needs the rule, not the time."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("engine.secrecy.passwords._hasher", hasher)
    return hasher


@pytest.fixture
def clock() -> MovableClock:
    """A Wednesday morning in the collection window of session 4-7."""
    return MovableClock(NOW)


@pytest.fixture
def app(
    prepared_databases: PreparedDatabases, tmp_path: Path, clock: MovableClock, quick_hashes: PasswordHasher
) -> Iterator[Flask]:
    """The real application, CSRF protection on; everybody of the demo organisation has the same password."""
    with running_application(prepared_databases, tmp_path, clock) as application:
        application.config["WTF_CSRF_ENABLED"] = True
        engine: Engine = application.extensions["banli"]
        with engine.unit_of_work() as uow:
            known = update(User).where(User.password_hash.is_not(None))
            uow.session.execute(known.values(password_hash=quick_hashes.hash(PASSWORD)))
        yield application


@pytest.fixture
def engine(app: Flask) -> Engine:
    """The engine behind the pages."""
    opened: Engine = app.extensions["banli"]
    return opened


@pytest.fixture
def house(browser, app: Flask, engine: Engine, clock: MovableClock, request: pytest.FixtureRequest) -> Iterator[House]:
    """The house on a port of its own; at the end no page may have complained and every step named was taken."""
    if not app.jinja_env.globals["has_asset"]("app"):
        pytest.skip("the scripts of the pages are not built (make setup)")
    taken = watch(app)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    failed_before = request.session.testsfailed
    opened = House(browser, server.port, engine, clock, partial(login_token, app))
    yield opened
    opened.close()
    server.shutdown()
    thread.join()
    server.server_close()
    if request.session.testsfailed == failed_before:
        assert opened.complaints() == []
        assert sorted(taken) == sorted(steps_of(request.function)), "the steps that people took in the browser"
