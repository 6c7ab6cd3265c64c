"""Timers and messages: each exactly once, in the transaction of its effect, tried again, then an incident."""

import re
import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, update

from engine import worker
from engine.bootstrap import Engine
from engine.commands.broadcast_signal import broadcast_signal
from engine.commands.cancel_instance import cancel_instance, resume_instance, suspend_instance
from engine.commands.correlate_message import correlate_message
from engine.commands.modify_variables import modify_variables
from engine.commands.move_token import move_token
from engine.commands.resolve_incident import resolve_incident
from engine.errors import ConflictError, EngineError, NoSubscriptionError, NotPermittedError
from engine.queries.correction import correction
from engine.queries.due_reasons import DueReason
from engine.queries.inbox import inbox
from engine.queries.incidents import open_incidents, standstills
from engine.queries.timeline import timeline_of
from engine.rules.due_dates import DeadlineUnit
from engine.step.instance import load_instance
from engine.step.save import job_row
from models import CalendarDay, DayKind, Incident, Job, JobKind, JobState
from tests.engine.conftest import Case, Deploy, Start
from tests.support.fakes import FakeMailer, MovableClock
from tests.support.folders import DEADLINES, process, write_folder

WITH_TIMERS = process(
    "answering",
    """
    <bpmn:startEvent id="begin"/>
    begin -> answer
    <bpmn:userTask id="answer" name="答复" banli:candidateRole="unit_officer"/>
    answer -> done
    <bpmn:endEvent id="done"/>
    <bpmn:boundaryEvent id="remind" attachedToRef="answer" cancelActivity="false">
      <bpmn:timerEventDefinition><bpmn:timeDuration>P2D</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    remind -> reminded
    <bpmn:endEvent id="reminded"/>
    <bpmn:boundaryEvent id="late" attachedToRef="answer" cancelActivity="true">
      <bpmn:timerEventDefinition><bpmn:timeDuration>P15D</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    late -> closed
    <bpmn:endEvent id="closed"/>
    """,
)

HOURLY = process(
    "hourly",
    """
    <bpmn:startEvent id="begin"/>
    begin -> answer
    <bpmn:userTask id="answer" banli:candidateRole="unit_officer"/>
    <bpmn:boundaryEvent id="remind" attachedToRef="answer" cancelActivity="false">
      <bpmn:timerEventDefinition><bpmn:timeCycle>CYCLE</bpmn:timeCycle></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    remind -> reminded
    <bpmn:endEvent id="reminded"/>
    """,
)

NAMELESS = process(
    "rating",
    """
    <bpmn:startEvent id="begin"/>
    begin -> rate
    <bpmn:userTask id="rate" name="评价" banli:candidateRole="unit_officer"/>
    rate -> done
    <bpmn:endEvent id="done"/>
    <bpmn:boundaryEvent id="remind" attachedToRef="rate" cancelActivity="false">
      <bpmn:timerEventDefinition><bpmn:timeDuration>P7D</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    remind -> either
    <bpmn:exclusiveGateway id="either"/>
    either -> note
    <bpmn:scriptTask id="note" name="提醒评价" scriptFormat="feel">
      <bpmn:script>{reminded: true}</bpmn:script>
    </bpmn:scriptTask>
    note -> reminded
    <bpmn:endEvent id="reminded" name="提醒完毕"/>
    """,
)

MESSAGES = """
<bpmn:message id="m_go" name="go"/><bpmn:message id="m_order" name="order"/><bpmn:signal id="s_stop" name="stop"/>
"""
WAITER = process(
    "waiter",
    """
    <bpmn:startEvent id="begin"/>
    begin -> wait
    <bpmn:receiveTask id="wait" messageRef="m_go">
      <bpmn:extensionElements><banli:correlation value="=business_key"/></bpmn:extensionElements>
    </bpmn:receiveTask>
    wait -> read
    <bpmn:userTask id="read" banli:assignee="=initiator"/>
    read -> done
    <bpmn:endEvent id="done"/>
    <bpmn:boundaryEvent id="stopped" attachedToRef="read">
      <bpmn:signalEventDefinition signalRef="s_stop"/>
    </bpmn:boundaryEvent>
    stopped -> halted
    <bpmn:endEvent id="halted"/>
    """,
    extra=MESSAGES,
)
SENDER = process(
    "sender",
    """
    <bpmn:startEvent id="begin"/>
    begin -> send
    <bpmn:sendTask id="send" messageRef="m_go">
      <bpmn:extensionElements>
        <banli:correlation value="=target"/><banli:parameter name="word" value="=&quot;hello&quot;"/>
      </bpmn:extensionElements>
    </bpmn:sendTask>
    send -> done
    <bpmn:endEvent id="done"/>
    """,
    extra=MESSAGES,
)
BRIEF = process(
    "brief",
    """
    <bpmn:startEvent id="begin"/>
    begin -> quick
    <bpmn:subProcess id="quick"><bpmn:scriptTask id="note" scriptFormat="feel"><bpmn:script>{noted: true}</bpmn:script>
    </bpmn:scriptTask></bpmn:subProcess>
    quick -> read
    <bpmn:userTask id="read" banli:assignee="=initiator"/>
    <bpmn:boundaryEvent id="told" attachedToRef="quick" cancelActivity="false">
      <bpmn:messageEventDefinition messageRef="m_go"/>
    </bpmn:boundaryEvent>
    told -> noticed
    <bpmn:endEvent id="noticed"/>
    <bpmn:boundaryEvent id="hourly" attachedToRef="quick" cancelActivity="false">
      <bpmn:timerEventDefinition><bpmn:timeCycle>R/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    hourly -> reminded
    <bpmn:endEvent id="reminded"/>
    """,
    extra=MESSAGES,
)
BROADCASTER = SENDER.replace('id="sender" name="sender"', 'id="broadcaster" name="broadcaster"').replace(
    '<bpmn:sendTask id="send"', '<bpmn:sendTask id="send" banli:broadcast="true"'
)
ORDERED = process(
    "ordered",
    """
    <bpmn:startEvent id="begin"><bpmn:messageEventDefinition messageRef="m_order"/></bpmn:startEvent>
    begin -> work
    <bpmn:userTask id="work" banli:candidateRole="unit_officer"/>
    work -> done
    <bpmn:endEvent id="done"/>
    """,
    extra=MESSAGES,
)


@pytest.fixture
def processes(tmp_path: Path, deploy: Deploy) -> None:
    """One with two timers, one that waits for a message and a signal, those that send."""
    for key, diagram in (
        ("answering", WITH_TIMERS),
        ("waiter", WAITER),
        ("sender", SENDER),
        ("broadcaster", BROADCASTER),
        ("ordered", ORDERED),
    ):
        deploy(write_folder(tmp_path, key, diagram))


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


def test_a_message_to_a_suspended_case_waits_for_its_resumption_and_is_no_failure(
    start: Start, engine: Engine, clock: MovableClock
) -> None:
    case, copied = start("waiter", business_key="k"), start("waiter", business_key="c")
    for each, sender in ((case, "sender"), (copied, "broadcaster")):
        suspended(engine, each)
        start(sender, variables={"target": each.row.business_key})
    for _ in range(10):
        clock.advance(days=1)
        engine.run_due_jobs()
    with engine.reading() as uow:
        assert open_incidents(uow) == ()
    for each in (case, copied):
        assert each.waits_at == set()
        resumed(engine, each)
    engine.run_due_jobs()
    assert [each.variables.get("word") for each in (case, copied)] == ["hello", "hello"]


def test_a_signal_that_a_suspended_case_waits_for_is_heard_when_it_is_resumed(
    start: Start, engine: Engine, clock: MovableClock
) -> None:
    case = start("waiter", business_key="k")
    with engine.unit_of_work() as uow:
        correlate_message(uow, "go", "k", request_id=None)
    suspended(engine, case)
    with engine.unit_of_work() as uow:
        broadcast_signal(uow, "stop", request_id=None)
    clock.advance(days=3)
    engine.run_due_jobs()
    assert case.waits_at == {"read"}
    resumed(engine, case)
    engine.run_due_jobs()
    assert case.row.end_event_id == "halted"


def suspended(engine: Engine, case: Case) -> None:
    with engine.unit_of_work("admin1") as uow:
        suspend_instance(uow, case.id, reason="核查", request_id=uuid4().hex)


def resumed(engine: Engine, case: Case) -> None:
    with engine.unit_of_work("admin1") as uow:
        resume_instance(uow, case.id, reason="核查完毕", request_id=uuid4().hex)


def test_a_message_reaches_the_one_case_that_waits_with_its_key(start: Start, engine: Engine) -> None:
    mine, other = start("waiter", business_key="k1"), start("waiter", business_key="k2")
    start("sender", variables={"target": "k1"})
    assert mine.waits_at == set()
    engine.run_due_jobs()
    assert mine.waits_at == {"read"}
    assert mine.variables["word"] == "hello"
    assert other.waits_at == set()


def test_a_broadcast_reaches_every_case_that_waits_with_its_key(start: Start, engine: Engine) -> None:
    waiting = [start("waiter", business_key="same") for _ in range(3)]
    start("broadcaster", variables={"target": "same"})
    engine.run_due_jobs()
    assert all(case.waits_at == {"read"} for case in waiting)


def test_a_message_that_nobody_waits_for_is_tried_again_and_then_becomes_an_incident(
    start: Start, engine: Engine, clock: MovableClock
) -> None:
    start("sender", variables={"target": "nobody"})
    for tries, minutes in enumerate((0, 1, 5, 30, 120), start=1):
        clock.advance(minutes=minutes)
        engine.run_due_jobs()
        assert _job(engine).attempts == tries
    assert _job(engine).state is JobState.FAILED
    clock.advance(days=30)
    engine.run_due_jobs()
    assert _job(engine).attempts == 5
    with engine.reading() as uow:
        [incident] = open_incidents(uow)
    assert incident.code == "no-subscription"
    assert "nobody" in incident.message


def _job(engine: Engine) -> Job:
    with engine.reading() as uow:
        job = uow.session.scalars(select(Job)).one()
        uow.session.expunge(job)
        return job


def test_the_receiver_may_come_after_the_message(start: Start, engine: Engine, clock: MovableClock) -> None:
    start("sender", variables={"target": "late"})
    engine.run_due_jobs()
    case = start("waiter", business_key="late")
    clock.advance(minutes=1)
    engine.run_due_jobs()
    assert case.waits_at == {"read"}


def test_a_message_from_outside_is_delivered_once_however_often_it_is_sent(start: Start, engine: Engine) -> None:
    case = start("waiter", business_key="k")
    for _ in range(2):
        with engine.unit_of_work() as uow:
            found = correlate_message(uow, "go", "k", {"word": "hi"}, request_id="m1")
            assert found.instance_id == case.id
    assert case.kinds.count("message.correlated") == 1
    with pytest.raises(NoSubscriptionError), engine.unit_of_work() as uow:
        correlate_message(uow, "go", "k", {}, request_id="m2")


def test_a_receiver_without_a_correlation_key_gets_no_message_and_its_history_says_so(
    start: Start, engine: Engine
) -> None:
    case = start("waiter")  # its correlation key is the business key, and it has none
    with pytest.raises(NoSubscriptionError), engine.unit_of_work() as uow:
        correlate_message(uow, "go", None, {}, request_id=uuid4().hex)
    [warned] = [event for event in case.history() if event.kind == "expression.warned"]
    assert "null-correlation-key" in warned.body


def test_a_warning_stands_in_the_history_of_a_step_once_however_often_it_was_met(
    deploy: Deploy, start: Start, tmp_path: Path
) -> None:
    deploy(write_folder(tmp_path, "brief", BRIEF.replace("{noted: true}", "{noted: nobody + 1, again: nobody + 1}")))
    case = start("brief")
    [warned] = [event for event in case.history() if event.kind == "expression.warned"]
    assert warned.body.count("noted: nobody") == len(set(re.findall('"reason": *"[^"]*"', warned.body)))


def test_a_message_for_which_two_wait_is_refused(start: Start, engine: Engine) -> None:
    start("waiter", business_key="k")
    start("waiter", business_key="k")
    with pytest.raises(ConflictError), engine.unit_of_work() as uow:
        correlate_message(uow, "go", "k", {}, request_id=uuid4().hex)


def test_a_message_starts_the_process_that_is_drawn_to_start_with_it(engine: Engine) -> None:
    with engine.unit_of_work() as uow:
        found = correlate_message(uow, "order", None, {"what": "paper"}, request_id=uuid4().hex)
    assert found.started
    assert Case(engine, found.instance_id).waits_at == {"work"}


def test_a_signal_is_heard_by_all_who_wait_for_it(start: Start, engine: Engine) -> None:
    cases = [start("waiter", business_key=f"k{number}") for number in range(3)]
    for case in cases[:2]:
        with engine.unit_of_work() as uow:
            correlate_message(uow, "go", case.row.business_key, {}, request_id=uuid4().hex)
    with engine.unit_of_work("admin1") as uow:
        broadcast_signal(uow, "stop", request_id=uuid4().hex)
    engine.run_due_jobs()
    assert [case.row.end_event_id for case in cases] == ["halted", "halted", None]


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


def test_an_administrator_lets_a_failed_message_be_tried_again(
    start: Start, engine: Engine, clock: MovableClock
) -> None:
    start("sender", variables={"target": "absent"})
    for minutes in (0, 1, 5, 30, 120):
        clock.advance(minutes=minutes)
        engine.run_due_jobs()
    case = start("waiter", business_key="absent")
    with engine.reading() as uow:
        [incident] = open_incidents(uow)
    with pytest.raises(NotPermittedError), engine.unit_of_work("clerk1") as uow:
        resolve_incident(uow, incident.id, retry=True)
    with engine.unit_of_work("admin1") as uow:
        resolve_incident(uow, incident.id, retry=True)
    engine.run_due_jobs()
    assert case.waits_at == {"read"}
    with engine.reading() as uow:
        assert open_incidents(uow) == ()


FAILING = process(
    "failing",
    """
    <bpmn:startEvent id="begin"/>
    begin -> pause
    <bpmn:intermediateCatchEvent id="pause">
      <bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:intermediateCatchEvent>
    pause -> which
    <bpmn:exclusiveGateway id="which"/>
    which -> write: way = "on"
    which -> done: way = "off"
    <bpmn:userTask id="write" banli:assignee="=initiator"/>
    write -> done
    <bpmn:endEvent id="done"/>
    """,
)


@pytest.fixture
def failed(start: Start, deploy: Deploy, engine: Engine, clock: MovableClock, tmp_path: Path) -> Case:
    """A case whose timer has used up its tries: behind it there is no way to take."""
    deploy(write_folder(tmp_path, "failing", FAILING))
    case = start("failing")
    clock.advance(days=1)
    for minutes in (0, 1, 5, 30, 120):
        clock.advance(minutes=minutes)
        engine.run_due_jobs()
    return case


def incident_of(engine: Engine) -> UUID:
    with engine.reading() as uow:
        [incident] = open_incidents(uow)
    return incident.id


def test_once_its_variables_are_corrected_a_failed_timer_is_tried_again(failed: Case, engine: Engine) -> None:
    with engine.unit_of_work("admin1") as uow:
        modify_variables(uow, failed.id, {"way": "on"}, reason="补正", request_id=uuid4().hex)
    with engine.unit_of_work("admin1") as uow:
        resolve_incident(uow, incident_of(engine), retry=True)
    engine.run_due_jobs()
    assert failed.waits_at == {"write"}


def test_the_token_that_waits_for_a_failed_timer_can_be_moved_and_its_incident_is_over(
    failed: Case, engine: Engine
) -> None:
    with engine.reading("admin1") as uow:
        [place] = correction(uow, failed.id).waits
        assert len(standstills(uow, failed.id)) == 1
    with engine.unit_of_work("admin1") as uow:
        move_token(uow, failed.id, place.no or 0, "write", reason="继续", request_id=uuid4().hex)
    assert failed.waits_at == {"write"}
    with engine.reading("admin1") as uow:
        assert standstills(uow, failed.id) == ()


@pytest.mark.parametrize("prepared_url", ["postgresql"], indirect=True)  # SQLite's transactions that write are alone
def test_of_two_who_resolve_an_incident_together_one_does(failed: Case, engine: Engine) -> None:
    incident = incident_of(engine)
    with engine.unit_of_work("admin1") as slower:
        seen = slower.session.get_one(Incident, incident)
        assert seen.resolved_at is None
        with engine.unit_of_work("admin1") as quicker:
            resolve_incident(quicker, incident, retry=False)
        with pytest.raises(ConflictError):
            resolve_incident(slower, incident, retry=False)
    assert failed.kinds.count("incident.resolved") == 1


@pytest.mark.parametrize("prepared_url", ["postgresql"], indirect=True)
def test_a_retry_waits_for_who_holds_the_case_before_it_touches_the_job(failed: Case, engine: Engine) -> None:
    incident, answers = incident_of(engine), []

    def retry() -> None:
        try:
            with engine.unit_of_work("admin1") as uow:
                resolve_incident(uow, incident, retry=True)
        except EngineError as error:
            answers.append(error.code)

    other = threading.Thread(target=retry)
    with engine.unit_of_work("admin1") as uow:
        load_instance(uow, failed.id)
        other.start()
        other.join(0.3)  # from here on it waits for this transaction
        cancel_instance(uow, failed.id, reason="终止", request_id=uuid4().hex)
    other.join(20)
    assert answers == ["conflict"]  # not "busy": neither had to be torn out of the other's way
    assert failed.status == "cancelled"


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


def test_what_is_sensitive_stays_sealed_on_its_way_to_another_case(
    tmp_path: Path, deploy: Deploy, start: Start, engine: Engine
) -> None:
    deploy(
        write_folder(
            tmp_path,
            "discreet",
            SENDER.replace('id="sender" name="sender"', 'id="discreet" name="discreet"'),
            sensitive={"word": {"roles": ["chair"]}},
        )
    )
    case = start("waiter", business_key="k")
    start("discreet", variables={"target": "k"})
    assert "hello" not in _job(engine).payload
    engine.run_due_jobs()
    assert case.variables["word"] == "hello"
