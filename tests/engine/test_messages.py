"""Messages and signals: each reaches whoever waits for it once, tried again, then an incident."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from engine.bootstrap import Engine
from engine.commands.broadcast_signal import broadcast_signal
from engine.commands.correlate_message import correlate_message
from engine.commands.resolve_incident import resolve_incident
from engine.errors import ConflictError, NoSubscriptionError, NotPermittedError
from engine.queries.incidents import open_incidents
from models import Job, JobState
from tests.engine.conftest import Case, Deploy, Start
from tests.engine.with_jobs import BRIEF, SENDER, resumed, suspended
from tests.support.fakes import MovableClock
from tests.support.folders import write_folder

pytestmark = pytest.mark.usefixtures("processes")


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
