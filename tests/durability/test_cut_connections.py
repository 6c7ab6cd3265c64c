"""The connection to PostgreSQL is cut at any message, COMMIT included; the same request then succeeds once."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from engine.bootstrap import Engine, open_engine
from engine.commands.complete_work_item import complete_work_item
from engine.commands.start_instance import start_instance
from engine.errors import BusyError, StaleWorkItemError
from engine.installation.audit import verify
from models import HistoryEvent, Job, Notice, ProcessInstance, WorkItem
from tests.durability.paper import (
    complete_paper,
    forget_attempts,
    numbers_given,
    paper_folder,
    rows_of,
    run_jobs,
    start_paper,
)
from tests.durability.proxy import Cut, Proxy, proxy_of
from tests.durability.together import WHOLE, all_at_once
from tests.engine.conftest import Deploy
from tests.support.fakes import MovableClock
from tests.support.folders import write_folder

EVERY = 1 if WHOLE else 8  # message
TASKS = 600 if WHOLE else 24
TRIES = 60  # of one request

pytestmark = [pytest.mark.chaos, pytest.mark.parametrize("prepared_url", ["postgresql"], indirect=True)]


@pytest.fixture
def proxy(engine: Engine) -> Iterator[Proxy]:
    """In front of the database of the test."""
    with proxy_of(engine.settings.database_url) as opened:
        yield opened


@pytest.fixture
def far(engine: Engine, clock: MovableClock, proxy: Proxy) -> Iterator[Engine]:
    """An engine that reaches the same database through the proxy."""
    from dataclasses import replace

    opened = open_engine(settings=replace(engine.settings, database_url=proxy.url), clock=clock)
    yield opened
    opened.close()


def _cut(far: Engine, proxy: Proxy, work: Callable[[Engine], Any], cut: Cut) -> Iterator[int]:
    """Do the work again and again, cut off at message 1, 1 + EVERY …, until it comes through."""
    for message in count(1, EVERY):
        before = proxy.cuts[cut]
        far.close()  # a connection that is kept is tried first, and replaced when it is gone
        proxy.cut_at(message, cut)
        try:
            work(far)
        except BusyError:
            assert proxy.cuts[cut] > before
        if proxy.cuts[cut] == before:
            print(f"{work.__name__} came through at message {message}")
            return
        yield message


@pytest.mark.parametrize("cut", [Cut.BEFORE, Cut.AFTER], ids=["request lost", "answer lost"])
def test_a_cut_connection_loses_doubles_and_locks_nothing(
    engine: Engine, far: Engine, proxy: Proxy, clock: MovableClock, deploy: Deploy, tmp_path: Path, cut: Cut
) -> None:
    deploy(paper_folder(tmp_path))

    for _ in _cut(far, proxy, start_paper, cut):
        assert len(rows_of(engine, ProcessInstance)) in (0, 1)
    start_paper(engine)
    assert len(rows_of(engine, ProcessInstance)) == len(rows_of(engine, WorkItem)) == 1

    for _ in _cut(far, proxy, complete_paper, cut):
        assert len(rows_of(engine, Notice)) == len(rows_of(engine, Job)) == len(numbers_given(engine))
    complete_paper(engine)
    assert numbers_given(engine) == [1]

    clock.advance(days=1)
    for _ in _cut(far, proxy, run_jobs, cut):
        clock.advance(hours=3)  # the lease ends, and the time between two tries
        forget_attempts(engine)
    engine.run_due_jobs()
    [case] = rows_of(engine, ProcessInstance)
    assert case.end_event_id == "closed"
    assert rows_of(engine, Job) == []
    assert verify(engine).ok


def _press(engine: Engine, url: str, person: str, items: list[UUID]) -> tuple[int, int, int]:
    """Complete each of them through the proxy, and ask again whenever the answer does not come."""
    from dataclasses import replace

    far = open_engine(settings=replace(engine.settings, database_url=url), clock=engine.clock)
    done = refused = again = 0
    for item in items:
        for _ in range(TRIES):
            try:
                with far.unit_of_work(person) as uow:
                    complete_work_item(uow, item, {}, request_id=f"{item}-{person}", expected_version=None)
                done += 1
            except StaleWorkItemError:
                refused += 1
            except BusyError:
                again += 1
                continue
            break
    far.close()
    return done, refused, again


def test_requests_repeated_after_cuts_under_load_are_each_done_once(
    engine: Engine, proxy: Proxy, clock: MovableClock, deploy: Deploy, tmp_path: Path
) -> None:
    from tests.durability.test_completions import DIAGRAM

    deploy(write_folder(tmp_path, "numbered", DIAGRAM, numbering={"paper": {"pattern": "{seq:6}"}}))
    items: list[UUID] = []
    with engine.unit_of_work("rep2") as uow:
        for _ in range(TASKS):
            items.extend(start_instance(uow, "numbered", request_id=None).work_item_ids)

    messages, commits = count(1), count(1)

    def plan(message: bytes) -> Cut:
        if b"COMMIT" in message and next(commits) % 9 == 0:
            return Cut.AFTER
        return Cut.BEFORE if next(messages) % 101 == 0 else Cut.NOT

    proxy.plan = plan
    shares = [(proxy.url, person, items[half::2]) for half in (0, 1) for person in ("clerk1", "clerk2")]
    outcomes = all_at_once(engine, clock, _press, shares)
    print(f"{TASKS} tasks, cuts {proxy.cuts}, repeated {sum(again for _, _, again in outcomes)}")

    assert sum(done for done, _, _ in outcomes) == sum(refused for _, refused, _ in outcomes) == TASKS
    assert proxy.cuts[Cut.AFTER] >= TASKS // 20
    with engine.reading() as uow:
        completed = select(func.count()).select_from(HistoryEvent).where(HistoryEvent.kind == "work_item.completed")
        assert uow.session.scalar(completed) == TASKS
    assert numbers_given(engine) == [TASKS]
    assert verify(engine).ok
