"""Scenarios on the shipped processes: the demo organisation, a clock that tests move, cases driven by people."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.bootstrap import Engine, open_engine
from engine.demo.prepare import prepare
from engine.settings import Settings
from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.workflows.scenario import Scenario

MONDAY_IN_THE_WINDOW = datetime(2026, 11, 9, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai; session 4-7 collects


def prepare_demo(url: str) -> None:
    engine = open_engine(settings=Settings(database_url=url), clock=MovableClock(MONDAY_IN_THE_WINDOW))
    prepare(engine)
    engine.close()


@pytest.fixture
def clock() -> MovableClock:
    """A Monday morning in the collection window of session 4-7."""
    return MovableClock(MONDAY_IN_THE_WINDOW)


@pytest.fixture
def engine(clock: MovableClock, prepared_databases: PreparedDatabases, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a copy of the demo organisation's database, processes deployed."""
    with prepared_databases.copy("sqlite", "workflows", prepare_demo) as url:
        settings = Settings(database_url=url, data_directory=tmp_path, sqlite_synchronous="NORMAL")
        opened = open_engine(settings=settings, clock=clock)
        yield opened
        opened.close()


@pytest.fixture
def scenario(engine: Engine, clock: MovableClock) -> Scenario:
    """The driver."""
    return Scenario(engine, clock)
