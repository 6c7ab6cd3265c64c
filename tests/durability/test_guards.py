"""Each guard matters: with it a small race ends well, and with it switched off the same race ends badly."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.exc import DBAPIError

from engine import step, worker
from engine.bootstrap import Engine
from engine.commands import complete_work_item as completing
from engine.commands import start_instance as starting
from engine.commands.complete_work_item import complete_work_item
from engine.commands.start_instance import start_instance
from engine.errors import BusyError, ConflictError, EngineError, StaleWorkItemError
from engine.operations import numbers
from engine.step.history import HistoryEntry
from engine.unit_of_work import UnitOfWork
from engine.work_items import load_work_item
from models import Counter, ProcessInstance
from tests.durability.paper import rows_of
from tests.durability.test_joins import DIAGRAM as JOINED
from tests.durability.test_workers import WAITING
from tests.engine.conftest import Deploy, Start
from tests.support.fakes import MovableClock
from tests.support.folders import process, write_folder

A_WHILE = 0.5  # seconds in which a transaction that does not wait for another's lock would be through
COUNTED = process(
    "counted",
    """
    <bpmn:startEvent id="begin"/>
    begin -> give_number
    <bpmn:serviceTask id="give_number" banli:operation="number.assign">
      <bpmn:extensionElements><banli:parameter name="series" value="=&quot;paper&quot;"/></bpmn:extensionElements>
    </bpmn:serviceTask>
    give_number -> read
    <bpmn:userTask id="read" banli:candidateRole="union_clerk"/>
    read -> done
    <bpmn:endEvent id="done"/>
    """,
)


@dataclass(frozen=True)
class Race:
    """What a race is run with."""

    engine: Engine
    clock: MovableClock
    start: Start


@pytest.fixture
def race(engine: Engine, clock: MovableClock, start: Start, deploy: Deploy, tmp_path: Path) -> Race:
    """Three processes are deployed."""
    deploy(write_folder(tmp_path, "joined", JOINED))
    deploy(write_folder(tmp_path, "waiting", WAITING))
    deploy(write_folder(tmp_path, "counted", COUNTED, numbering={"paper": {"pattern": "{seq}"}}))
    return Race(engine, clock, start)


def _side_by_side(
    race: Race,
    first: tuple[str, Callable[[UnitOfWork], Any]],
    second: tuple[str, Callable[[UnitOfWork], Any]],
) -> None:
    """The second transaction begins when the first has written everything and not yet committed."""
    written, over = threading.Event(), threading.Event()

    def follow() -> None:
        written.wait(10)
        try:
            with race.engine.unit_of_work(second[0]) as uow:
                second[1](uow)
        finally:
            over.set()

    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(follow)
        with race.engine.unit_of_work(first[0]) as uow:
            first[1](uow)
            written.set()
            over.wait(A_WHILE)
        following.result()


def _branches_side_by_side(race: Race) -> None:
    case = race.start("joined", by="rep2")
    left, right = case.item("left").id, case.item("right").id
    _side_by_side(
        race,
        ("clerk1", lambda uow: complete_work_item(uow, left, {}, request_id="left", expected_version=1)),
        ("clerk2", lambda uow: complete_work_item(uow, right, {}, request_id="right", expected_version=1)),
    )
    assert case.status == "completed"


def _a_step_from_an_old_state(race: Race) -> None:
    case = race.start("joined", by="rep2")
    with race.engine.reading("clerk1") as uow:
        seen = load_work_item(uow, case.item("left").id, for_update=False)
    case.complete("right", by="clerk2")
    entry = HistoryEntry("work_item.completed", "left", {"no": str(seen.no)})
    with pytest.raises(BusyError), race.engine.unit_of_work("clerk1") as uow:
        step.advance(uow, seen.instance, lambda execution: execution.complete(seen.no, {}), [entry])
    case.complete("left", by="clerk1")
    assert case.status == "completed"


def _a_second_click(race: Race) -> None:
    case = race.start("joined", by="rep2")
    item = case.item("left").id
    answers = []
    for _ in range(2):
        with race.engine.unit_of_work("clerk1") as uow:
            answers.append(complete_work_item(uow, item, {}, request_id="click", expected_version=1))
    assert answers[0] == answers[1]


def _a_second_start(race: Race) -> None:
    for _ in range(2):
        with race.engine.unit_of_work("rep1") as uow:
            start_instance(uow, "joined", request_id="start")
    assert len(rows_of(race.engine, ProcessInstance)) == 1


def _somebody_too_late(race: Race) -> None:
    case = race.start("joined", by="rep2")
    item = case.item("left").id
    case.complete("left", by="clerk1")
    with pytest.raises(StaleWorkItemError) as refused, race.engine.unit_of_work("clerk2") as uow:
        complete_work_item(uow, item, {}, request_id=uuid4().hex, expected_version=None)
    assert refused.value.by == "clerk1"


def _a_decision_over_a_decision(race: Race) -> None:
    case = race.start("joined", by="rep2")
    with race.engine.reading("clerk2") as uow:
        seen = load_work_item(uow, case.item("left").id, for_update=False)
    case.complete("left", by="clerk1")
    with pytest.raises(ConflictError), race.engine.unit_of_work("clerk2") as uow:
        completing._record(uow, seen, {}, None, None, None)


def _two_workers_in_the_same_lease(race: Race) -> None:
    race.start("waiting")
    race.clock.advance(days=1)
    assert len(worker.claim(race.engine, "first", 1)) == 1
    assert worker.claim(race.engine, "second", 1) == []


def _a_zombie_while_another_holds_the_job(race: Race) -> None:
    case = race.start("waiting")
    race.clock.advance(days=1)
    [held] = worker.claim(race.engine, "zombie", 1)
    race.clock.advance(seconds=race.engine.settings.job_lease)
    [taken] = worker.claim(race.engine, "second", 1)
    assert not worker.carry_out(race.engine, held)
    assert worker.carry_out(race.engine, taken)
    assert case.kinds.count("timer.fired") == 1


def _two_numbers_at_once(race: Race) -> None:
    race.start("counted")

    def begin(uow: UnitOfWork) -> None:
        start_instance(uow, "counted", request_id=None)

    _side_by_side(race, ("rep1", begin), ("rep2", begin))
    assert sorted(str(case.number) for case in rows_of(race.engine, ProcessInstance)) == ["1", "2", "3"]


def _read_then_write(uow: UnitOfWork, series: str, period: str) -> int:
    """A counter as it should not be: two read the same value."""
    of_series = (Counter.series == series, Counter.period == period)
    value = uow.connection.execute(select(Counter.value).where(*of_series)).scalar_one_or_none()
    if value is None:
        return _NEXT_NUMBER(uow, series, period)
    uow.connection.execute(update(Counter).where(*of_series).values(value=value + 1))
    return value + 1


_NEXT_NUMBER = numbers.next_number
_LOCKS = {"BEGIN IMMEDIATE": "BEGIN", " FOR NO KEY UPDATE OF process_instance": ""}


def _unsaid(words: Mapping[str, str]) -> Callable[[Engine, pytest.MonkeyPatch], None]:
    """Switches off what a statement says."""

    def switch_off(engine: Engine, _: pytest.MonkeyPatch) -> None:
        @event.listens_for(engine.database, "before_cursor_execute", retval=True)
        def rewrite(
            _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
        ) -> tuple[str, Any]:
            for said, instead in words.items():
                statement = statement.replace(said, instead)
            return statement, parameters

    return switch_off


def _undone(module: Any, name: str, instead: Callable[..., Any]) -> Callable[[Engine, pytest.MonkeyPatch], None]:
    """Replaces a function."""
    return lambda _, monkeypatch: monkeypatch.setattr(module, name, instead)


def _nothing(*_: object, **__: object) -> None:
    return None


def _unexpected(_: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The update that completes a work item may change no row."""
    complete = completing._COMPLETE
    monkeypatch.setattr(complete, "expect", lambda place, row, _refusal: complete.run(place, row))


GUARDS: dict[str, tuple[Callable[[Race], None], Callable[[Engine, pytest.MonkeyPatch], None]]] = {
    "lock of the instance": (_branches_side_by_side, _unsaid(_LOCKS)),
    "version of the instance": (
        _a_step_from_an_old_state,
        _unsaid({"process_instance.version = ": "process_instance.version >= "}),
    ),
    "answer of a repeated completion": (_a_second_click, _undone(completing, "is_repeated", _nothing)),
    "answer of a repeated start": (_a_second_start, _undone(starting, "replayed", _nothing)),
    "memory of a start": (_a_second_start, _undone(starting, "remember", _nothing)),
    "state of the work item": (_somebody_too_late, _undone(completing, "ensure_open", _nothing)),
    "guarded update of the work item": (_a_decision_over_a_decision, _unexpected),
    "lease of the job": (
        _two_workers_in_the_same_lease,
        _unsaid({"job.locked_until <= ": "job.due_at <= "}),
    ),
    "fence of the job": (_a_zombie_while_another_holds_the_job, _unsaid({"job.locked_by = ": "'' <> "})),
}
BADLY = (AssertionError, pytest.fail.Exception, EngineError, DBAPIError)


@pytest.mark.parametrize("guard", GUARDS)
def test_a_race_ends_well_with_its_guard(race: Race, guard: str) -> None:
    run, _ = GUARDS[guard]
    run(race)


@pytest.mark.parametrize("guard", GUARDS)
def test_a_race_ends_badly_without_its_guard(race: Race, guard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run, switch_off = GUARDS[guard]
    switch_off(race.engine, monkeypatch)
    with pytest.raises(BADLY):
        run(race)


@pytest.mark.parametrize("prepared_url", ["postgresql"], indirect=True)  # writers of SQLite take turns
def test_two_numbers_given_at_once_differ(race: Race) -> None:
    _two_numbers_at_once(race)


@pytest.mark.parametrize("prepared_url", ["postgresql"], indirect=True)
def test_two_numbers_given_at_once_are_the_same_when_the_counter_is_not_locked(
    race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "next_number", _read_then_write)
    with pytest.raises(BADLY):
        _two_numbers_at_once(race)
