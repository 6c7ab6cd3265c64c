"""Several workers and hosts: a timer fires once, a zombie changes nothing, a poisonous job ends as an incident."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, update

from engine import worker
from engine.bootstrap import Engine, open_engine
from engine.cli.worker import worker as work
from engine.commands.deploy import deploy_folder
from engine.errors import BusyError, EngineError
from engine.installation.audit import verify
from engine.rules.retry import MAX_ATTEMPTS
from engine.settings import Settings
from models import Deployment, HistoryEvent, Incident, Job, JobKind, JobState
from tests.durability.paper import rows_of
from tests.durability.together import PROCESSES, WHOLE, all_at_once
from tests.engine.conftest import Case, Deploy, Start
from tests.support.fakes import MovableClock
from tests.support.folders import process, write_folder

TIMERS = 5000 if WHOLE else 30
WORKERS = 6 if WHOLE else 2
HOSTS = 3 if WHOLE else 2
ROUNDS = 50 if WHOLE else 2
WAITING = process(
    "waiting",
    """
    <bpmn:startEvent id="begin"/>
    begin -> answer
    <bpmn:userTask id="answer" banli:candidateRole="union_clerk"/>
    answer -> done
    <bpmn:endEvent id="done"/>
    <bpmn:boundaryEvent id="late" attachedToRef="answer">
      <bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    late -> closed
    <bpmn:endEvent id="closed"/>
    """,
)

pytestmark = pytest.mark.chaos


@pytest.fixture(autouse=True)
def waiting(deploy: Deploy, tmp_path: Path) -> None:
    """A process that waits for an answer, at most a day."""
    deploy(write_folder(tmp_path, "waiting", WAITING))


def _run(engine: Engine) -> int:
    while True:
        try:
            return engine.run_due_jobs()
        except BusyError:  # as ``banli worker``: the next look tries again
            continue


def test_each_timer_is_fired_by_one_of_several_workers(engine: Engine, clock: MovableClock, start: Start) -> None:
    from engine.commands.start_instance import start_instance

    with engine.unit_of_work("rep1") as uow:
        for _ in range(TIMERS):
            start_instance(uow, "waiting", request_id=None)
    clock.advance(days=1)

    fired = all_at_once(engine, clock, _run, [()] * WORKERS)

    engine.run_due_jobs()  # what one of them could not lock is put off for a minute, no more
    clock.advance(minutes=2)
    engine.run_due_jobs()
    print(f"{TIMERS} timers, fired by each worker: {fired}")
    with engine.reading() as uow:
        for kind in ("timer.fired", "instance.ended"):
            count = select(func.count()).select_from(HistoryEvent).where(HistoryEvent.kind == kind)
            assert uow.session.scalar(count) == TIMERS
    assert rows_of(engine, Job) == rows_of(engine, Incident) == []
    assert verify(engine).ok


def _hold(pipe: Any, settings: Settings, clock: MovableClock) -> None:
    """A worker that claims a job, is stopped for long, and goes on as if nothing had happened."""
    engine = open_engine(settings=settings, clock=clock)
    for _ in range(ROUNDS):
        [held] = worker.claim(engine, "zombie", 1)
        pipe.send(os.getpid())
        pipe.recv()
        pipe.send(worker.carry_out(engine, held))
        pipe.recv()
    engine.close()


def test_a_worker_stopped_for_longer_than_its_lease_is_fenced(
    engine: Engine, clock: MovableClock, start: Start
) -> None:
    ours, theirs = PROCESSES.Pipe()
    cases: list[Case] = []

    def next_case() -> None:
        cases.append(start("waiting"))
        with engine.unit_of_work() as uow:  # due at once, so that the zombie's clock may stand still
            uow.session.execute(update(Job).values(due_at=clock.now()))

    next_case()
    child = PROCESSES.Process(target=_hold, args=(theirs, engine.settings, clock))
    child.start()
    for number in range(ROUNDS):
        stopped = ours.recv()
        os.kill(stopped, signal.SIGSTOP)
        with engine.unit_of_work() as uow:  # the lease ends
            uow.session.execute(update(Job).values(locked_until=clock.now()))
        assert engine.run_due_jobs() == 1
        os.kill(stopped, signal.SIGCONT)
        ours.send("wake up")
        assert ours.recv() is False
        assert cases[-1].kinds.count("timer.fired") == 1
        if number + 1 < ROUNDS:
            next_case()
        ours.send("next round")
    child.join()
    assert child.exitcode == 0
    assert verify(engine).ok


def _poison(monkeypatch: pytest.MonkeyPatch, poisoned: Case) -> list[int]:
    """Let the timer of one case fail always; answers a list that grows with each try."""
    tries: list[int] = []
    fire = worker._HANDLERS[JobKind.TIMER]

    def fail_for_one(uow: Any, job: worker.ClaimedJob) -> None:
        if job.process_instance_id == poisoned.id:
            tries.append(job.attempts)
            raise RuntimeError("poison")
        fire(uow, job)

    monkeypatch.setitem(worker._HANDLERS, JobKind.TIMER, fail_for_one)
    return tries


def test_a_job_that_always_fails_becomes_an_incident_and_holds_nobody_up(
    engine: Engine, clock: MovableClock, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned, others = start("waiting"), [start("waiting") for _ in range(3)]
    tries = _poison(monkeypatch, poisoned)
    clock.advance(days=1)

    engine.run_due_jobs()
    assert [case.status for case in others] == ["completed"] * 3
    for _ in range(5):  # within the same minute it is not tried again
        engine.run_due_jobs()
    assert tries == [1]

    for _ in range(20):
        clock.advance(hours=3)
        engine.run_due_jobs()
    assert tries == list(range(1, MAX_ATTEMPTS + 1))
    [job] = rows_of(engine, Job)
    assert job.state is JobState.FAILED
    [incident] = rows_of(engine, Incident)
    assert incident.job_id == job.id
    assert poisoned.status == "active"


def test_a_failure_that_cannot_be_recorded_holds_nobody_up(
    engine: Engine, clock: MovableClock, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned, other = start("waiting"), start("waiting")
    tries = _poison(monkeypatch, poisoned)
    clock.advance(days=1)

    def refuse(*_: object) -> None:
        raise BusyError

    with monkeypatch.context() as database_busy:
        database_busy.setattr(worker, "_record_failure", refuse)
        engine.run_due_jobs()
    assert other.status == "completed"

    clock.advance(seconds=engine.settings.job_lease)
    engine.run_due_jobs()
    assert tries == [1, 2]


def test_a_job_that_meets_a_busy_database_again_and_again_is_tried_until_it_is_done(
    engine: Engine, clock: MovableClock, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = start("waiting")
    clock.advance(days=1)

    def refuse(*_: object) -> None:
        raise BusyError

    with monkeypatch.context() as busy:
        busy.setitem(worker._HANDLERS, JobKind.TIMER, refuse)
        for _ in range(3 * MAX_ATTEMPTS):
            engine.run_due_jobs()
            clock.advance(minutes=1)
    assert rows_of(engine, Incident) == []
    assert engine.run_due_jobs() == 1
    assert case.status == "completed"


@pytest.mark.parametrize("prepared_url", ["sqlite"], indirect=True)
def test_a_worker_outlives_a_database_that_is_away(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []

    def look(_: Engine) -> int:
        looks.append(1)
        if len(looks) == 1:
            raise BusyError
        os.kill(os.getpid(), signal.SIGTERM)
        return 3

    monkeypatch.setattr(Engine, "run_due_jobs", look)
    monkeypatch.setenv("BANLI_POLL_INTERVAL", "0.01")
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        result = CliRunner().invoke(work, ["--database", engine.settings.database_url])
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
    assert (result.exit_code, len(looks)) == (0, 2), result.output


class Killed(BaseException):
    """What no worker catches: for the database and the job it is as SIGKILL."""


def test_a_job_that_kills_its_worker_becomes_an_incident_and_takes_no_other_with_it(
    engine: Engine, clock: MovableClock, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a job that is due before the others and kills whoever takes it
    deadly = start("waiting")
    clock.advance(seconds=1)
    others = [start("waiting") for _ in range(3)]
    clock.advance(days=1)
    fire = worker._HANDLERS[JobKind.TIMER]

    def kill(uow: Any, job: worker.ClaimedJob) -> None:
        if job.process_instance_id == deadly.id:
            raise Killed
        fire(uow, job)

    monkeypatch.setitem(worker._HANDLERS, JobKind.TIMER, kill)

    # when workers come again and again
    killed = 0
    for _ in range(MAX_ATTEMPTS + 3):
        try:
            engine.run_due_jobs()
        except Killed:
            killed += 1
        clock.advance(seconds=engine.settings.job_lease)
    engine.run_due_jobs()

    # then five of them died, the others' work is done, and a person is told
    assert killed == MAX_ATTEMPTS
    assert [case.status for case in others] == ["completed"] * 3
    [incident] = rows_of(engine, Incident)
    assert (incident.code, incident.process_instance_id) == ("worker-lost", deadly.id)
    [job] = rows_of(engine, Job)
    assert (job.state, job.locked_by) == (JobState.FAILED, None)


def _deploy(engine: Engine, folders: list[Path]) -> list[tuple[int, bool] | str]:
    results: list[tuple[int, bool] | str] = []
    for folder in folders:
        try:
            with engine.unit_of_work() as uow:
                result = deploy_folder(uow, folder)
            results.append((result.version, result.is_new))
        except EngineError as error:
            results.append(error.message)
    return results


def test_hosts_that_deploy_at_once_get_a_version_each_and_one_for_the_same_folder(
    engine: Engine, clock: MovableClock, tmp_path: Path
) -> None:
    rounds = 25 if WHOLE else 2
    shares = []
    for host in range(HOSTS):
        folders = []
        for number in range(rounds):
            different = WAITING.replace("P1D", f"P{2 + host * rounds + number}D")
            folders.append(write_folder(tmp_path / f"own {host} {number}", "waiting", different))
            same = WAITING.replace("P1D", f"P{1000 + number}D")
            folders.append(write_folder(tmp_path / f"same {host} {number}", "waiting", same))
        shares.append((folders,))

    outcomes = all_at_once(engine, clock, _deploy, shares)

    own = [outcome for results in outcomes for outcome in results[::2]]
    same = [results[1::2] for results in outcomes]
    versions = [version for version, is_new in own if is_new]
    assert len(set(versions)) == len(versions) == HOSTS * rounds
    for of_one_folder in zip(*same, strict=True):
        assert len({version for version, _ in of_one_folder}) == 1
        assert sum(is_new for _, is_new in of_one_folder) == 1
    stored = sorted(row.version for row in rows_of(engine, Deployment) if row.key == "waiting")
    assert stored == list(range(1, (HOSTS + 1) * rounds + 2))
