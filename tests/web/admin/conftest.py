"""The application with the demo organisation, for its administrators."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.web.application import NOW, Visitor, running_application


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOW)


@pytest.fixture
def app(
    prepared_databases: PreparedDatabases, tmp_path: Path, clock: MovableClock, database_kind: str
) -> Iterator[Flask]:
    with running_application(prepared_databases, tmp_path, clock, kind=database_kind) as application:
        yield application


@pytest.fixture
def visit(app: Flask) -> Callable[[str | None], Visitor]:
    """``visit("d0101")`` is that person with a browser; None is nobody."""
    return lambda user: Visitor(app, user)


@pytest.fixture
def admin(visit: Callable[[str | None], Visitor]) -> Visitor:
    """The system administrator."""
    return visit("admin")
