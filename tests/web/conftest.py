"""The application, its clock and visitors: on SQLite, tests marked ``both_databases`` on PostgreSQL as well."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.web.application import NOW, Visitor, running_application


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line("markers", "both_databases: the pages run on SQLite and on PostgreSQL")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run marked tests once on each."""
    if "database_kind" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_databases"):
        metafunc.parametrize("database_kind", ["sqlite", "postgresql"])


@pytest.fixture
def database_kind() -> str:
    """The database of the application."""
    return "sqlite"


@pytest.fixture
def clock() -> MovableClock:
    """A clock that tests move."""
    return MovableClock(NOW)


@pytest.fixture
def app(
    prepared_databases: PreparedDatabases, tmp_path: Path, clock: MovableClock, database_kind: str
) -> Iterator[Flask]:
    """The application with the demo organisation; folders that need more have an ``app`` of their own."""
    with running_application(prepared_databases, tmp_path, clock, kind=database_kind) as application:
        yield application


@pytest.fixture
def visit(app: Flask) -> Callable[[str | None], Visitor]:
    """``visit("d0101")`` is that person with a browser; None is nobody."""
    return lambda user: Visitor(app, user)
