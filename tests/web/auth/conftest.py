"""The application with accounts that have passwords, and CSRF protection switched on."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask

from engine.bootstrap import Engine, open_engine
from engine.installation.set_up import prepare
from engine.settings import Settings
from models import RoleAssignment, User
from tests.support.fakes import MovableClock
from tests.web.application import running_application
from tests.web.auth.browser import PASSWORD, Browser
from web.app import create_app


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> PasswordHasher:
    """Hashing is slow on purpose; tests need the rule, not the time."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("engine.secrecy.passwords._hasher", hasher)
    monkeypatch.setattr("engine.secrecy.passwords._DECOY", hasher.hash("no account has this password"))
    return hasher


@pytest.fixture
def app(
    prepared_databases, tmp_path: Path, clock: MovableClock, quick_hashes: PasswordHasher, database_kind: str
) -> Iterator[Flask]:
    """The demo organisation, in which everybody has the same password."""
    with running_application(prepared_databases, tmp_path, clock, kind=database_kind) as application:
        application.config["WTF_CSRF_ENABLED"] = True
        engine: Engine = application.extensions["banli"]
        with engine.unit_of_work() as uow:
            for login in ("admin", "secadmin", "auditadmin", "d0101", "clerk1"):
                uow.session.get_one(User, login).password_hash = quick_hashes.hash(PASSWORD)
        yield application


@pytest.fixture
def new_app(tmp_path: Path, clock: MovableClock) -> Iterator[Flask]:
    """An installation in which nobody is anything yet."""
    url = f"sqlite:///{tmp_path / 'new.db'}"
    engine = open_engine(settings=Settings(database_url=url, sqlite_synchronous="OFF"), clock=clock)
    prepare(engine)
    try:
        yield create_app(engine, TESTING=True)
    finally:
        engine.close()


@pytest.fixture
def browser(app: Flask) -> Callable[[], Browser]:
    """A fresh browser on the application."""
    return lambda: Browser(app)


@pytest.fixture
def revoke(app: Flask) -> Callable[[str, str], None]:
    """Take a role away behind everybody's back."""

    def take(user: str, role: str) -> None:
        engine: Engine = app.extensions["banli"]
        with engine.unit_of_work() as uow:
            uow.session.query(RoleAssignment).filter_by(user_id=user, role=role).delete()

    return take
