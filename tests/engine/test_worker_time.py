"""Whose clock says what is due: the database server's, however wrong the clocks of the workers' hosts are."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.bootstrap import Engine
from engine.errors import BusyError
from tests.engine.conftest import Case, Deploy, Start
from tests.engine.with_jobs import WITH_TIMERS
from tests.support.fakes import MovableClock
from tests.support.folders import write_folder

LONG_AGO = datetime(2020, 1, 6, 1, 0, tzinfo=UTC)


Begin = Callable[[], Case]


@pytest.fixture
def begin(tmp_path: Path, deploy: Deploy, start: Start) -> Begin:
    """Start a case whose first timer is due in two days by the clock of the host."""

    def begin_one() -> Case:
        deploy(write_folder(tmp_path, "answering", WITH_TIMERS))
        return start("answering")

    return begin_one


def is_on_server(engine: Engine) -> bool:
    return not engine.settings.is_sqlite


def test_worker_whose_own_clock_is_years_ahead_fires_nothing_before_its_time(
    engine: Engine, clock: MovableClock, begin: Begin
) -> None:
    begin()
    clock.advance(days=3)  # 2030: the server's clock is years behind it
    done = engine.for_worker().run_due_jobs()
    assert done == (0 if is_on_server(engine) else 1)


def test_worker_whose_own_clock_is_years_behind_fires_what_is_due(
    engine: Engine, clock: MovableClock, begin: Begin
) -> None:
    clock.set(LONG_AGO)
    begin()
    done = engine.for_worker().run_due_jobs()
    assert done == (2 if is_on_server(engine) else 0)  # reminded, and closed after fifteen days


def test_what_a_worker_writes_bears_the_time_of_the_server(engine: Engine, clock: MovableClock, begin: Begin) -> None:
    clock.set(LONG_AGO)
    case = begin()
    worker = engine.for_worker()
    before = worker.clock.now()
    worker.run_due_jobs()
    written = case.history()[-1].at
    if is_on_server(engine):
        assert before <= written <= worker.clock.now()
        assert written.utcoffset() == timedelta(0)
    else:
        assert written == LONG_AGO


def test_worker_that_cannot_ask_the_server_says_that_it_is_busy(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = engine.for_worker()
    if not is_on_server(engine):
        assert worker is engine  # a file has no server: the machine's clock is everybody's
        return
    engine.close()
    monkeypatch.setattr(engine.database.dialect, "connect", _refused(engine))
    with pytest.raises(BusyError):
        worker.run_due_jobs()


def _refused(engine: Engine) -> object:
    refusal = engine.database.dialect.dbapi.OperationalError  # type: ignore[union-attr]

    def connect(*_arguments: object, **_options: object) -> None:
        raise refusal("connection refused")

    return connect
