"""Signals, timers and messages start what is drawn to start with them: armed by deployment, each start exactly once."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import delete

from engine import worker
from engine.bootstrap import Engine
from engine.commands.broadcast_signal import broadcast_signal
from engine.commands.correlate_message import correlate_message
from engine.commands.deploy import deploy_folder
from engine.commands.recompute_deadlines import recompute_deadlines
from engine.commands.resolve_incident import resolve_incident
from engine.errors import DeploymentRefusedError, StepFailedError
from engine.queries.incidents import open_incidents
from engine.step import starting, watching
from models import CalendarDay, DayKind, Job
from tests.engine.conftest import Deploy, Drawn, Start, all_cases, all_jobs
from tests.engine.start_events import EXTRA, MESSAGE, SIGNAL, begun_by, timer
from tests.support.fakes import MovableClock
from tests.support.folders import DEADLINES, process, write_folder


def _ring(engine: Engine, request: str | None = None) -> None:
    with engine.unit_of_work("admin1") as uow:
        broadcast_signal(uow, "bell", {"why": "fire"}, request_id=request or uuid4().hex)
    engine.run_due_jobs()


def test_a_signal_starts_each_process_that_is_drawn_to_start_with_it(drawn: Drawn, engine: Engine) -> None:
    drawn(SIGNAL, key="one")
    drawn(SIGNAL, key="two")
    drawn("", key="other")
    _ring(engine)
    assert {case.row.process_key for case in all_cases(engine)} == {"one", "two"}
    assert all(case.variables == {"why": "fire"} and case.waits_at == {"work"} for case in all_cases(engine))
    assert all_jobs(engine) == []


def test_a_signal_that_a_case_throws_starts_processes_and_reaches_those_who_wait(
    drawn: Drawn, engine: Engine, start: Start
) -> None:
    drawn(SIGNAL, key="one")
    also = f"""
    <bpmn:boundaryEvent id="heard" attachedToRef="work">{SIGNAL}</bpmn:boundaryEvent>
    heard -> halted
    <bpmn:endEvent id="halted"/>
    """
    drawn("", key="waiter", also=also)
    drawn("", key="bell", also=f'work -> rings\n<bpmn:endEvent id="rings">{SIGNAL}</bpmn:endEvent>')
    waiting, bell = start("waiter"), start("bell")
    bell.complete("work", by="officer_a")
    engine.run_due_jobs()
    assert waiting.row.end_event_id == "halted"
    assert [case.row.process_key for case in all_cases(engine)].count("one") == 1


def test_a_process_that_starts_itself_by_its_signal_is_stopped_like_any_endless_loop(
    tmp_path: Path, deploy: Deploy, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "MAX_HOPS", 10)
    diagram = process(
        "echo",
        f"""
        <bpmn:startEvent id="begin">{SIGNAL}</bpmn:startEvent>
        begin -> again
        <bpmn:endEvent id="again">{SIGNAL}</bpmn:endEvent>
        """,
        extra=EXTRA,
    )
    deploy(write_folder(tmp_path, "echo", diagram))
    _ring(engine)
    [left] = all_jobs(engine)
    assert "more than 10 messages and signals" in left.last_error
    assert len(all_cases(engine)) == 5  # one hop to find the receivers, one to each of them


def test_a_signal_asked_for_twice_starts_once(drawn: Drawn, engine: Engine) -> None:
    drawn(SIGNAL)
    _ring(engine, "r1")
    _ring(engine, "r1")
    assert len(all_cases(engine)) == 1


def test_a_signal_starts_the_newest_version_only(drawn: Drawn, engine: Engine) -> None:
    drawn(SIGNAL)
    drawn(SIGNAL, task="newer")
    _ring(engine)
    assert [case.waits_at for case in all_cases(engine)] == [{"newer"}]

    drawn("", task="newest")
    _ring(engine)
    assert len(all_cases(engine)) == 1


def test_an_event_of_several_triggers_starts_with_each_of_them(
    drawn: Drawn, engine: Engine, clock: MovableClock
) -> None:
    drawn(SIGNAL + MESSAGE + timer("timeDuration", "PT1H"))
    _ring(engine)
    with engine.unit_of_work() as uow:
        assert correlate_message(uow, "order", None, {}, request_id=None).started
    clock.advance(hours=1)
    engine.run_due_jobs()
    causes = [json.loads(case.history()[0].body) for case in all_cases(engine)]
    assert [(c.get("signal"), c.get("message"), c.get("start_event")) for c in causes] == [
        ("bell", None, None),
        (None, "order", None),
        (None, None, "begin"),
    ]


def test_a_start_event_of_all_begins_with_the_first_and_the_case_waits_for_the_others(
    tmp_path: Path, deploy: Deploy, engine: Engine
) -> None:
    diagram = begun_by("both", SIGNAL + MESSAGE).replace('id="begin"', 'id="begin" parallelMultiple="true"')
    deploy(write_folder(tmp_path, "both", diagram))
    with engine.unit_of_work() as uow:
        correlate_message(uow, "order", None, {"what": "paper"}, request_id=None)
    [case] = all_cases(engine)
    assert case.waits_at == set()
    _ring(engine)
    assert case.waits_at == {"work"}
    assert len(all_cases(engine)) == 1

    _ring(engine)
    assert [each.waits_at for each in all_cases(engine)] == [{"work"}, set()]


def test_where_one_case_waits_twice_for_a_message_the_wait_that_began_first_gets_it(
    drawn: Drawn, engine: Engine, start: Start
) -> None:
    events = "".join(
        f'<bpmn:boundaryEvent id="{name}" attachedToRef="work" cancelActivity="false">{MESSAGE}</bpmn:boundaryEvent>\n'
        f'<bpmn:userTask id="{name}_read" banli:assignee="=initiator"/>\n{name} -> {name}_read\n'
        for name in ("first", "second")
    )
    drawn("", also=events)
    case = start("clockwork")
    with engine.unit_of_work() as uow:
        assert correlate_message(uow, "order", None, {}, request_id=None).instance_id == case.id
    assert case.waits_at == {"work", "first_read"}


def test_a_message_starts_at_a_receive_task_that_instantiates(drawn: Drawn, engine: Engine) -> None:
    task = '<bpmn:receiveTask id="order" instantiate="true" messageRef="m_order"/>\norder -> work'
    drawn("", also=task)
    with engine.unit_of_work() as uow:
        correlate_message(uow, "order", None, {}, request_id=None)
    assert [case.waits_at for case in all_cases(engine)] == [{"work"}]


@pytest.mark.parametrize(
    ("timer", "hours"),
    [
        (timer("timeDate", "2030-03-05T09:00:00"), [24]),
        (timer("timeDuration", "P2D"), [48]),
        (timer("timeCycle", "R3/PT6H"), [6, 12, 18]),
        (timer("timeCycle", "R2/2030-03-04T10:00:00/P1D"), [1, 25]),
        (timer("timeDate", "=now + duration(&quot;PT4H&quot;)"), [4]),
    ],
)
def test_a_timer_starts_a_case_at_each_of_its_instants_and_not_a_second_before(
    drawn: Drawn, engine: Engine, clock: MovableClock, timer: str, hours: list[int]
) -> None:
    began = clock.now()
    drawn(timer)
    for already, hour in enumerate(hours):
        clock.set(began + timedelta(hours=hour, seconds=-1))
        engine.run_due_jobs()
        assert len(all_cases(engine)) == already
        clock.advance(seconds=1)
        engine.run_due_jobs()
        assert len(all_cases(engine)) == already + 1
    clock.advance(days=400)
    engine.run_due_jobs()
    assert len(all_cases(engine)) == len(hours)
    assert all_jobs(engine) == []
    assert {case.row.started_by for case in all_cases(engine)} == {None}


def test_what_was_missed_while_no_worker_ran_is_one_case(drawn: Drawn, engine: Engine, clock: MovableClock) -> None:
    drawn(timer("timeCycle", "R/2030-03-04T10:00:00/P1D"))
    clock.advance(days=30)
    engine.run_due_jobs()
    assert len(all_cases(engine)) == 1
    [armed] = all_jobs(engine)
    assert armed.due_at == datetime(2030, 4, 3, 2, tzinfo=UTC)


def test_a_new_version_takes_the_place_of_the_old_one(drawn: Drawn, engine: Engine, clock: MovableClock) -> None:
    drawn(timer("timeCycle", "R/PT1H"))
    drawn(timer("timeCycle", "R/PT2H"), task="newer")
    assert len(all_jobs(engine)) == 1
    clock.advance(hours=2)
    engine.run_due_jobs()
    assert [case.waits_at for case in all_cases(engine)] == [{"newer"}]

    drawn("", task="by_hand")
    assert all_jobs(engine) == []


def test_another_folder_keeps_its_timers(drawn: Drawn, engine: Engine) -> None:
    drawn(timer("timeCycle", "R/PT1H"), key="one")
    drawn(timer("timeCycle", "R/PT1H"), key="two")
    drawn("", key="two", task="newer")
    assert [job.flow_node_id for job in all_jobs(engine)] == ["begin"]


def test_the_same_folder_again_arms_nothing_anew(drawn: Drawn, engine: Engine, clock: MovableClock) -> None:
    drawn(timer("timeDuration", "P2D"))
    [before] = all_jobs(engine)
    clock.advance(days=1)
    drawn(timer("timeDuration", "P2D"))
    [after] = all_jobs(engine)
    assert (after.id, after.due_at) == (before.id, before.due_at)


def test_a_date_that_has_passed_starts_with_the_first_version_and_never_with_a_later_one(
    drawn: Drawn, engine: Engine
) -> None:
    drawn(timer("timeDate", "2030-03-01"))
    engine.run_due_jobs()
    assert len(all_cases(engine)) == 1
    drawn(timer("timeDate", "2030-03-01"), task="newer")
    engine.run_due_jobs()
    assert len(all_cases(engine)) == 1


def test_a_cycle_that_began_in_the_past_goes_on_with_its_next_instant(drawn: Drawn, engine: Engine) -> None:
    drawn(timer("timeCycle", "R/2030-03-01T08:00:00/P1D"))
    [armed] = all_jobs(engine)
    assert armed.due_at == datetime(2030, 3, 5, tzinfo=UTC)
    assert engine.run_due_jobs() == 0


def test_a_deadline_of_the_table_starts_a_case_on_its_working_day(
    tmp_path: Path, deploy: Deploy, engine: Engine, clock: MovableClock
) -> None:
    with engine.unit_of_work() as uow:
        uow.session.add(CalendarDay(day=datetime(2030, 3, 6, tzinfo=UTC).date(), kind=DayKind.HOLIDAY, name="节"))
    diagram = begun_by("clockwork", '<bpmn:timerEventDefinition banli:deadline="answer"/>')
    files = {"deadlines.dmn": DEADLINES}
    deploy(write_folder(tmp_path, "clockwork", diagram, files=files, deadlines_decision="deadlines"))
    [armed] = all_jobs(engine)
    assert armed.due_at == datetime(2030, 3, 8, 16, tzinfo=UTC)


def test_a_timer_whose_expression_gives_no_time_is_refused_at_deployment(drawn: Drawn, engine: Engine) -> None:
    with pytest.raises(DeploymentRefusedError) as refused:
        drawn(timer("timeDate", "=nothing_here"))
    assert "begin" in str(refused.value.problems)
    assert "timer-no-time" in str(refused.value.problems)
    assert all_jobs(engine) == []


def test_a_worker_that_was_interrupted_leaves_one_case(drawn: Drawn, engine: Engine, clock: MovableClock) -> None:
    drawn(timer("timeCycle", "R/PT1H"))
    clock.advance(hours=1)
    [held] = worker.claim(engine, "dies", 10)
    clock.advance(seconds=engine.settings.job_lease)
    engine.run_due_jobs()
    assert not worker.carry_out(engine, held)
    assert len(all_cases(engine)) == 1
    assert len(all_jobs(engine)) == 1


def test_a_start_whose_step_fails_is_tried_again_and_then_an_incident_and_no_case(
    tmp_path: Path, deploy: Deploy, engine: Engine, clock: MovableClock
) -> None:
    diagram = process(
        "broken",
        f"""
        <bpmn:startEvent id="begin">{timer("timeDuration", "PT1H")}</bpmn:startEvent>
        begin -> choose
        <bpmn:exclusiveGateway id="choose"/>
        choose -> one: false
        choose -> two: false
        <bpmn:endEvent id="one"/><bpmn:endEvent id="two"/>
        """,
    )
    deploy(write_folder(tmp_path, "broken", diagram))
    clock.advance(hours=1)
    for minutes in (0, 1, 5, 30, 120):
        clock.advance(minutes=minutes)
        engine.run_due_jobs()
    with engine.reading() as uow:
        [incident] = open_incidents(uow)
    assert incident.code == "step-failed"
    assert all_cases(engine) == []


@pytest.mark.parametrize(
    "trigger",
    [
        timer("timeCycle", "R/PT1H"),
        "<bpmn:conditionalEventDefinition><bpmn:condition>=today != null</bpmn:condition>"
        "</bpmn:conditionalEventDefinition>",
    ],
)
def test_one_start_that_failed_and_was_settled_is_not_the_last(
    drawn: Drawn, engine: Engine, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, trigger: str
) -> None:
    drawn(trigger)
    before = all_jobs(engine)

    def refuse(*_: object, **__: object) -> None:
        raise StepFailedError("no-flow", "nothing to take", "begin")

    with monkeypatch.context() as broken:
        broken.setattr(starting, "begin", refuse)
        broken.setattr(watching, "begin", refuse)
        clock.advance(hours=1)
        for minutes in (0, 1, 5, 30, 120):
            clock.advance(minutes=minutes)
            engine.run_due_jobs()
    with engine.unit_of_work("admin1") as uow:
        [incident] = open_incidents(uow)
        resolve_incident(uow, incident.id, retry=False)
    assert all_cases(engine) == []
    assert len(all_jobs(engine)) == len(before)
    clock.advance(hours=1)
    engine.run_due_jobs()
    assert len(all_cases(engine)) == 1


def test_a_deadline_that_starts_a_case_moves_with_the_calendar(
    tmp_path: Path, deploy: Deploy, engine: Engine, clock: MovableClock
) -> None:
    # given a deadline of three working days
    _armed_by_deadline(tmp_path, deploy)
    [armed] = all_jobs(engine)
    assert armed.due_at == datetime(2030, 3, 7, 16, tzinfo=UTC)

    # when a day of them becomes a holiday
    with engine.unit_of_work() as uow:
        uow.session.add(CalendarDay(day=date(2030, 3, 6), kind=DayKind.HOLIDAY, name="节"))
        moves = recompute_deadlines(uow)
    # then it starts a day later, and not twice
    assert (moves.cases, moves.timers, moves.due_now) == (0, 1, 0)
    clock.set(datetime(2030, 3, 8, 15, 59, 59, tzinfo=UTC))
    engine.run_due_jobs()
    assert all_cases(engine) == []
    clock.advance(seconds=1)
    engine.run_due_jobs()
    assert len(all_cases(engine)) == 1
    assert all_jobs(engine) == []


def test_a_deadline_that_the_calendar_moves_into_the_past_starts_at_once(
    tmp_path: Path, deploy: Deploy, engine: Engine, clock: MovableClock
) -> None:
    with engine.unit_of_work() as uow:
        uow.session.add(CalendarDay(day=date(2030, 3, 6), kind=DayKind.HOLIDAY, name="节"))
    _armed_by_deadline(tmp_path, deploy)
    clock.set(datetime(2030, 3, 8, 1, tzinfo=UTC))
    with engine.unit_of_work() as uow:
        uow.session.delete(uow.session.get_one(CalendarDay, date(2030, 3, 6)))
        assert recompute_deadlines(uow).due_now == 1
    engine.run_due_jobs()
    assert len(all_cases(engine)) == 1


def test_what_starts_at_a_date_or_in_a_rhythm_does_not_move_with_the_calendar(drawn: Drawn, engine: Engine) -> None:
    drawn(timer("timeDuration", "P3D"), key="one")
    drawn(timer("timeCycle", "R/P1D"), key="two")
    before = {job.id: job.due_at for job in all_jobs(engine)}
    with engine.unit_of_work() as uow:
        uow.session.add(CalendarDay(day=date(2030, 3, 6), kind=DayKind.HOLIDAY, name="节"))
        assert recompute_deadlines(uow).timers == 0
    assert {job.id: job.due_at for job in all_jobs(engine)} == before


def _armed_by_deadline(tmp_path: Path, deploy: Deploy) -> None:
    diagram = begun_by("clockwork", '<bpmn:timerEventDefinition banli:deadline="answer"/>')
    files = {"deadlines.dmn": DEADLINES}
    deploy(write_folder(tmp_path, "clockwork", diagram, files=files, deadlines_decision="deadlines"))


def test_a_folder_deployed_before_timers_were_armed_is_armed_when_it_is_deployed_again(
    tmp_path: Path, deploy: Deploy, engine: Engine, clock: MovableClock
) -> None:
    # given a folder whose timers do not wait, one of them in the past
    timers = {"clockwork": timer("timeDuration", "P1D"), "bygone": timer("timeDate", "2030-03-01")}
    folders = [write_folder(tmp_path, key, begun_by(key, trigger)) for key, trigger in timers.items()]
    for folder in folders:
        deploy(folder)
    with engine.unit_of_work() as uow:
        uow.session.execute(delete(Job))
    # when it is put live again, a day later
    clock.advance(days=1)
    for folder in folders:
        deploy(folder)
    assert all_jobs(engine) == []
    with engine.unit_of_work() as uow:
        results = [deploy_folder(uow, folder, again=True) for folder in folders]
    # then they count from now, and what is past starts nothing
    assert [(result.version, result.is_new) for result in results] == [(1, False), (1, False)]
    assert [job.due_at for job in all_jobs(engine)] == [clock.now() + timedelta(days=1)]


def test_an_old_version_deployed_again_arms_nothing(
    tmp_path: Path, drawn: Drawn, deploy: Deploy, engine: Engine
) -> None:
    old = write_folder(tmp_path / "old", "clockwork", begun_by("clockwork", timer("timeDuration", "P1D")))
    deploy(old)
    drawn("", task="newer")
    with engine.unit_of_work() as uow:
        assert not deploy_folder(uow, old, again=True).is_newest
    assert all_jobs(engine) == []


def test_a_timer_among_triggers_that_must_all_happen_counts_from_the_first_of_them(
    tmp_path: Path, deploy: Deploy, engine: Engine, clock: MovableClock
) -> None:
    triggers = MESSAGE + timer("timeDuration", "PT1H")
    diagram = begun_by("both", triggers).replace('id="begin"', 'id="begin" parallelMultiple="true"')
    deploy(write_folder(tmp_path, "both", diagram))
    assert all_jobs(engine) == []
    with engine.unit_of_work() as uow:
        correlate_message(uow, "order", None, {}, request_id=None)
    [case] = all_cases(engine)
    assert case.waits_at == set()
    clock.advance(hours=1)
    engine.run_due_jobs()
    assert case.waits_at == {"work"}
    assert len(all_cases(engine)) == 1


def test_a_date_among_them_that_has_passed_is_not_waited_for(tmp_path: Path, deploy: Deploy, engine: Engine) -> None:
    triggers = MESSAGE + timer("timeDate", "2030-03-01")
    diagram = begun_by("both", triggers).replace('id="begin"', 'id="begin" parallelMultiple="true"')
    deploy(write_folder(tmp_path, "both", diagram))
    assert engine.run_due_jobs() == 0
    with engine.unit_of_work() as uow:
        correlate_message(uow, "order", None, {}, request_id=None)
    engine.run_due_jobs()
    assert [case.waits_at for case in all_cases(engine)] == [{"work"}]
