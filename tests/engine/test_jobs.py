"""Timers: each exactly once, in the transaction of its effect, by whichever worker."""

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, update

from engine import worker
from engine.bootstrap import Engine
from engine.commands.correlate_message import correlate_message
from engine.errors import ConflictError, NoSubscriptionError
from engine.queries.due_reasons import DueReason
from engine.queries.inbox import inbox
from engine.queries.timeline import timeline_of
from engine.rules.due_dates import DeadlineUnit
from engine.step.instance import load_instance
from engine.step.save import job_row
from models import CalendarDay, DayKind, Job, JobKind
from tests.engine.conftest import Deploy, Start
from tests.engine.with_jobs import BRIEF, HOURLY, NAMELESS, resumed, suspended
from tests.support.fakes import FakeMailer, MovableClock
from tests.support.folders import DEADLINES, process, write_folder

pytestmark = pytest.mark.usefixtures("processes")


def test_what_was_waited_for_only_within_a_step_is_waited_for_no_more(
    deploy: Deploy, start: Start, engine: Engine, tmp_path: Path
) -> None:
    deploy(write_folder(tmp_path, "brief", BRIEF))
    case = start("brief")
    assert case.waits_at == {"read"}
    assert case.jobs() == []
    with engine.unit_of_work() as uow, pytest.raises(NoSubscriptionError):
        correlate_message(uow, "go", None, request_id=None)


def test_a_timer_fires_at_its_instant_and_not_a_second_before(
    start: Start, engine: Engine, clock: MovableClock
) -> None:
    case = start("answering")
    clock.advance(days=2, seconds=-1)
    assert engine.run_due_jobs() == 0
    clock.advance(seconds=1)
    assert engine.run_due_jobs() == 1
    assert case.waits_at == {"answer"}
    assert case.kinds.count("timer.fired") == 1
    assert engine.run_due_jobs() == 0

    clock.advance(days=13)
    engine.run_due_jobs()
    assert case.row.end_event_id == "closed"
    assert case.jobs() == []


@pytest.mark.parametrize(("cycle", "fired", "waits"), [("R/PT1H", 2, 1), ("R3/PT1H", 1, 0)])
def test_of_the_turns_of_a_cycle_that_no_worker_was_there_for_one_is_left(
    start: Start,
    deploy: Deploy,
    engine: Engine,
    clock: MovableClock,
    tmp_path: Path,
    cycle: str,
    fired: int,
    waits: int,
) -> None:
    deploy(write_folder(tmp_path, "hourly", HOURLY.replace("CYCLE", cycle)))
    case = start("hourly")
    clock.advance(days=3, minutes=30)
    engine.run_due_jobs()
    assert case.kinds.count("timer.fired") == 1
    clock.advance(minutes=30)
    engine.run_due_jobs()
    assert case.kinds.count("timer.fired") == fired
    assert len(case.jobs()) == waits


def test_an_answer_in_time_takes_the_timers_away(start: Start) -> None:
    case = start("answering")
    assert len(case.jobs()) == 2
    case.complete("answer", by="officer_a")
    assert case.jobs() == []
    assert case.status == "completed"


def test_of_six_workers_each_timer_is_fired_by_one(start: Start, engine: Engine, clock: MovableClock) -> None:
    cases = [start("answering") for _ in range(12)]
    clock.advance(days=15)
    threads = [threading.Thread(target=_drain, args=(engine,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _drain(engine)
    for case in cases:
        assert case.status == "completed"
        assert case.kinds.count("instance.ended") == 1
        assert case.kinds.count("timer.fired") in (1, 2)  # the reminder, unless the end came first
        assert case.jobs() == []


def _drain(engine: Engine) -> None:
    engine.run_due_jobs()


def test_a_worker_whose_lease_has_ended_changes_nothing(start: Start, engine: Engine, clock: MovableClock) -> None:
    case = start("answering")
    clock.advance(days=2)
    [held] = worker.claim(engine, "slow worker", 10)
    assert worker.claim(engine, "another", 10) == []

    clock.advance(seconds=engine.settings.job_lease)
    [taken] = worker.claim(engine, "another", 10)
    assert worker.carry_out(engine, taken)
    assert not worker.carry_out(engine, held)
    assert case.kinds.count("timer.fired") == 1


def test_a_suspended_case_lets_its_timers_wait(start: Start, engine: Engine, clock: MovableClock) -> None:
    case = start("answering")
    suspended(engine, case)
    clock.advance(days=15)
    engine.run_due_jobs()
    assert case.waits_at == {"answer"}
    with pytest.raises(ConflictError):
        case.complete("answer", by="officer_a")

    resumed(engine, case)
    engine.run_due_jobs()
    assert case.row.end_event_id == "closed"


def test_what_is_put_off_just_as_the_case_is_resumed_does_not_wait_any_longer(
    start: Start, engine: Engine, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = start("answering")
    suspended(engine, case)
    put_off = worker._put_off

    def resumed_first(*arguments: Any) -> None:
        monkeypatch.setattr(worker, "_put_off", put_off)
        resumed(engine, case)
        put_off(*arguments)

    monkeypatch.setattr(worker, "_put_off", resumed_first)
    clock.advance(days=2)
    engine.run_due_jobs()
    assert case.kinds.count("timer.fired") == 1


def test_what_was_put_off_while_a_case_is_suspended_stays_due_since_when_it_was(
    start: Start, engine: Engine, clock: MovableClock
) -> None:
    case = start("answering")
    before = {job.no: (job.due_at, job.created_at, job.retries_left) for job in case.jobs()}
    suspended(engine, case)
    for _ in range(20):
        clock.advance(days=1)
        engine.run_due_jobs()
    assert {job.no: (job.due_at, job.created_at, job.retries_left) for job in case.jobs()} == before


def test_jobs_run_right_after_the_commit_where_the_engine_says_so(start: Start, engine: Engine) -> None:
    case = start("waiter", business_key="k")
    engine.runs_jobs_at_once = True
    start("sender", variables={"target": "k"})
    assert case.waits_at == {"read"}


def test_a_deadline_counts_working_days_of_the_calendar_and_says_how(
    tmp_path: Path, deploy: Deploy, start: Start, engine: Engine, clock: MovableClock
) -> None:
    with engine.unit_of_work() as uow:  # Tuesday to Thursday are holidays, Saturday is worked
        for day in (5, 6, 7):
            uow.session.add(CalendarDay(day=date(2030, 3, day), kind=DayKind.HOLIDAY, name="节"))
        uow.session.add(CalendarDay(day=date(2030, 3, 9), kind=DayKind.WORKING, name="调休"))
    diagram = process(
        "duty",
        """
        <bpmn:startEvent id="begin"/>
        begin -> answer
        <bpmn:userTask id="answer" banli:candidateRole="unit_officer" banli:due="answer"/>
        answer -> done
        <bpmn:endEvent id="done"/>
        """,
    )
    deploy(write_folder(tmp_path, "duty", diagram, files={"deadlines.dmn": DEADLINES}, deadlines_decision="deadlines"))
    case = start("duty")
    with engine.reading("officer_a") as uow:
        from engine.queries.work_item_page import work_item_page

        page = work_item_page(uow, case.item("answer").id)
    # Fri 8, Sat 9 (worked), Mon 11: the third working day ends at 24:00 in Shanghai
    assert page.due_at == datetime(2030, 3, 11, 16, 0, tzinfo=UTC)
    assert page.due_reason == DueReason(
        Decimal(3),
        DeadlineUnit.WORKING_DAYS,
        anchor=clock.now(),
        due_at=page.due_at,
        holidays=(date(2030, 3, 5), date(2030, 3, 6), date(2030, 3, 7)),
        worked_weekends=(date(2030, 3, 9),),
    )


def test_a_lock_that_a_killed_worker_left_behind_ends_with_its_lease(
    start: Start, engine: Engine, clock: MovableClock
) -> None:
    case = start("answering")
    clock.advance(days=2)
    with engine.unit_of_work() as uow:  # as SIGKILL leaves it: claimed, never done
        due = Job.due_at <= clock.now()
        values = {"locked_by": "gone", "locked_until": clock.now() + timedelta(seconds=60), "attempts": 1}
        uow.session.execute(update(Job).where(due).values(**values))
    assert engine.run_due_jobs() == 0
    clock.advance(seconds=60)
    assert engine.run_due_jobs() == 1
    assert case.kinds.count("timer.fired") == 1


def test_ids_made_in_order_sort_in_order(clock: MovableClock) -> None:
    from engine.step.ids import ordered_id

    made: list[UUID] = [ordered_id(clock.now()) for _ in range(2000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_when_the_calendar_changes_open_deadlines_are_computed_anew(
    tmp_path: Path, deploy: Deploy, start: Start, engine: Engine
) -> None:
    from engine.commands.recompute_deadlines import recompute_deadlines

    diagram = process(
        "duty",
        """
        <bpmn:startEvent id="begin"/>
        begin -> answer
        <bpmn:userTask id="answer" banli:candidateRole="unit_officer" banli:due="answer"/>
        answer -> done
        <bpmn:endEvent id="done"/>
        """,
    )
    deploy(write_folder(tmp_path, "duty", diagram, files={"deadlines.dmn": DEADLINES}, deadlines_decision="deadlines"))
    case = start("duty")
    with engine.unit_of_work("admin1") as uow:
        uow.session.add(CalendarDay(day=date(2030, 3, 6), kind=DayKind.HOLIDAY, name="节"))
        uow.session.flush()
        assert recompute_deadlines(uow).tasks == 1
        assert recompute_deadlines(uow).tasks == 0
    with engine.reading("officer_a") as uow:
        assert inbox(uow).entries[0].instance_id == case.id
        assert inbox(uow).entries[0].due_at == datetime(2030, 3, 8, 16, 0, tzinfo=UTC)


def test_the_timeline_says_what_a_timer_without_a_name_led_to(
    start: Start, deploy: Deploy, engine: Engine, clock: MovableClock, tmp_path: Path
) -> None:
    deploy(write_folder(tmp_path, "rating", NAMELESS))
    case = start("rating")
    clock.advance(days=7)
    engine.run_due_jobs()
    with engine.reading() as uow:
        lines = timeline_of(uow, load_instance(uow, case.id))
    assert [line.name for line in lines if line.kind == "timer.fired"] == ["提醒评价"]


def test_mail_is_sent_again_after_a_failure_and_then_never_more(engine: Engine, clock: MovableClock) -> None:
    mailer = FakeMailer(failures=1)
    engine.mailer = mailer
    with engine.unit_of_work() as uow:
        payload = {"to": "a@example.org", "subject": "s", "body": "b"}
        uow.connection.execute(insert(Job), job_row(uow, JobKind.MAIL, payload))
    engine.run_due_jobs()
    assert mailer.sent == []
    clock.advance(minutes=1)
    engine.run_due_jobs()
    engine.run_due_jobs()
    assert mailer.sent == [("a@example.org", "s", "b")]
