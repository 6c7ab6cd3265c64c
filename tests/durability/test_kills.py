"""A process killed at any statement leaves the old state or the new one, and the same request then succeeds once."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from engine.bootstrap import Engine, open_engine
from engine.database.pipeline import PipelineLink
from engine.installation.audit import verify
from engine.settings import Settings
from models import Job, Notice, ProcessInstance, WorkItem, WorkItemState
from tests.durability.paper import (
    clockwork_folder,
    complete_paper,
    forget_attempts,
    numbers_given,
    paper_folder,
    rows_of,
    run_jobs,
    start_paper,
)
from tests.durability.together import PROCESSES, WHOLE
from tests.engine.conftest import Deploy
from tests.support.fakes import MovableClock

MOST_STATEMENTS = 200  # of one operation; more would mean that the loop below never ends
EVERY = 1 if WHOLE else 19  # statement

Work = Callable[[Engine], Any]


def _die(settings: Settings, clock: MovableClock, work: Work, statement: int, place: str) -> None:
    """In a process of its own: do the work and be killed at one statement; BEGIN and COMMIT are statements too.

    ``place`` is before or after a statement of SQLAlchemy, or in the driver, where statements go when nobody listens:
    before each of SQLite's, before and after each round trip to PostgreSQL.
    """
    engine = open_engine(settings=settings, clock=clock)
    left = statement

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    if place == "driver":
        _watch_driver(engine, count)
        work(engine)
        return
    event.listen(engine.database, "after_cursor_execute" if place == "after" else "before_cursor_execute", count)
    if place == "after":
        commit = engine.database.dialect.do_commit

        def commit_and_count(connection: Any) -> None:
            commit(connection)
            count()

        engine.database.dialect.do_commit = commit_and_count  # type: ignore[method-assign]
    else:
        event.listen(engine.database, "commit", count)
    work(engine)


def _watch_driver(engine: Engine, count: Callable[..., None]) -> None:
    if engine.settings.is_sqlite:
        event.listen(engine.database, "connect", lambda connection, _: connection.set_trace_callback(count))
        return
    exchange = PipelineLink._exchanged

    def counted(link: PipelineLink, batch: Any) -> Any:
        count()
        results = exchange(link, batch)
        count()
        return results

    PipelineLink._exchanged = counted  # type: ignore[method-assign]


def _killed(engine: Engine, clock: MovableClock, work: Work, *, place: str) -> Iterator[int]:
    """Do the work again and again, killed at statement 1, 1 + EVERY …, until it comes through."""
    every = max(1, EVERY // 4) if place == "driver" and not engine.settings.is_sqlite else EVERY  # round trips are few
    for statement in range(1, MOST_STATEMENTS, every):
        child = PROCESSES.Process(target=_die, args=(engine.settings, clock, work, statement, place))
        child.start()
        child.join()
        if child.exitcode == 0:
            print(f"{work.__name__} came through at statement {statement}")
            return
        assert child.exitcode == -signal.SIGKILL
        yield statement
    pytest.fail("the operation never came to its end")


@pytest.mark.chaos
@pytest.mark.parametrize("place", ["before", "after", "driver"])
def test_a_process_killed_at_any_statement_loses_doubles_and_locks_nothing(
    engine: Engine, clock: MovableClock, deploy: Deploy, tmp_path: Path, place: str
) -> None:
    deploy(paper_folder(tmp_path))

    for _ in _killed(engine, clock, start_paper, place=place):
        assert len(rows_of(engine, ProcessInstance)) in (0, 1)
        assert verify(engine).ok
    start_paper(engine)
    assert len(rows_of(engine, ProcessInstance)) == len(rows_of(engine, WorkItem)) == 1

    for _ in _killed(engine, clock, complete_paper, place=place):
        assert len(rows_of(engine, Notice)) == len(rows_of(engine, Job)) == len(numbers_given(engine))
        assert verify(engine).ok
    complete_paper(engine)
    assert numbers_given(engine) == [1]
    assert len(rows_of(engine, Notice)) == 1

    clock.advance(days=1)
    for _ in _killed(engine, clock, run_jobs, place=place):
        assert verify(engine).ok
        clock.advance(seconds=engine.settings.job_lease)  # the killed worker's lease ends
        forget_attempts(engine)
    engine.run_due_jobs()
    [case] = rows_of(engine, ProcessInstance)
    assert case.end_event_id == "closed"
    assert [item.state for item in rows_of(engine, WorkItem) if item.state is WorkItemState.OPEN] == []
    assert rows_of(engine, Job) == []
    assert verify(engine).ok


@pytest.mark.chaos
@pytest.mark.parametrize("place", ["before", "after", "driver"])
def test_a_worker_killed_while_a_timer_starts_a_case_starts_one(
    engine: Engine, clock: MovableClock, deploy: Deploy, tmp_path: Path, place: str
) -> None:
    deploy(clockwork_folder(tmp_path))
    clock.advance(days=1)
    for _ in _killed(engine, clock, run_jobs, place=place):
        assert (len(rows_of(engine, ProcessInstance)), len(rows_of(engine, Job))) in {(0, 1), (1, 1)}
        clock.advance(seconds=engine.settings.job_lease)
        forget_attempts(engine)
    engine.run_due_jobs()
    [_], [armed] = rows_of(engine, ProcessInstance), rows_of(engine, Job)
    assert armed.due_at > clock.now()
    assert verify(engine).ok
