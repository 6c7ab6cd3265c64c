"""When the calendar or a congress session changes, what waits moves; what has happened stays."""

import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine import worker
from engine.bootstrap import Engine
from engine.commands.cancel_instance import resume_instance, suspend_instance
from engine.commands.organisation.calendar import clear_calendar_day, set_calendar_day
from engine.commands.organisation.congress import SessionData, change_session
from engine.queries.inbox import inbox
from engine.step.instance import load_instance
from engine.step.retime import Moves
from engine.values import loads
from models import CongressSession, CongressTerm, HistoryEvent, Job
from tests.engine.conftest import Case, Deploy, Start
from tests.support.fakes import MovableClock
from tests.support.folders import DEADLINES, process, write_folder

WITH_TIMERS = process(
    "duty",
    """
    <bpmn:startEvent id="begin"/>
    begin -> answer
    <bpmn:userTask id="answer" name="答复" banli:candidateRole="unit_officer" banli:due="answer"/>
    <bpmn:boundaryEvent id="over" attachedToRef="answer">
      <bpmn:timerEventDefinition banli:deadline="answer"/>
    </bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="plain" attachedToRef="answer" cancelActivity="false">
      <bpmn:timerEventDefinition><bpmn:timeDuration>P30D</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    answer -> done
    over -> lapsed
    plain -> reminded
    <bpmn:endEvent id="done"/>
    <bpmn:endEvent id="lapsed"/>
    <bpmn:endEvent id="reminded"/>
    """,
)
# the due date is a variable, and a reminder counts from it
WITH_ANCHOR = process(
    "anchored",
    """
    <bpmn:startEvent id="begin"/>
    begin -> compute
    <bpmn:serviceTask id="compute" banli:operation="deadline.compute" banli:resultVariable="period">
      <bpmn:extensionElements><banli:parameter name="key" value="=&quot;answer&quot;"/></bpmn:extensionElements>
    </bpmn:serviceTask>
    compute -> note
    <bpmn:scriptTask id="note" scriptFormat="feel">
      <bpmn:script>{answer_due: period.due_at}</bpmn:script>
    </bpmn:scriptTask>
    note -> answer
    <bpmn:userTask id="answer" name="答复" banli:candidateRole="unit_officer" banli:due="=answer_due"/>
    <bpmn:boundaryEvent id="half" attachedToRef="answer" cancelActivity="false"><bpmn:timerEventDefinition>
      <bpmn:timeDate xsi:type="bpmn:tFormalExpression">=now + (answer_due - now) * 0.5</bpmn:timeDate>
    </bpmn:timerEventDefinition></bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="later" attachedToRef="answer" cancelActivity="false">
      <bpmn:timerEventDefinition banli:deadline="answer" banli:anchor="=answer_due"/></bpmn:boundaryEvent>
    answer -> done
    half -> halved
    later -> told
    <bpmn:endEvent id="done"/>
    <bpmn:endEvent id="halved"/>
    <bpmn:endEvent id="told"/>
    """,
)
SEASON = process(
    "collecting",
    """
    <bpmn:startEvent id="begin"/>
    begin -> open
    <bpmn:userTask id="open" banli:candidateRole="union_clerk" banli:due="=closes_on"/>
    <bpmn:boundaryEvent id="window_over" attachedToRef="open"><bpmn:timerEventDefinition>
      <bpmn:timeDate xsi:type="bpmn:tFormalExpression"
      >=date and time(string(closes_on + duration("P1D")) + "T00:00:00@Asia/Shanghai")</bpmn:timeDate>
    </bpmn:timerEventDefinition></bpmn:boundaryEvent>
    open -> done
    window_over -> count_up
    <bpmn:userTask id="count_up" banli:candidateRole="union_clerk"/>
    count_up -> done
    <bpmn:endEvent id="done"/>
    """,
)
WEDNESDAY, THURSDAY = date(2030, 3, 6), date(2030, 3, 7)
END_OF_THURSDAY = datetime(2030, 3, 7, 16, tzinfo=UTC)  # three working days after Monday
END_OF_FRIDAY = datetime(2030, 3, 8, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def processes(tmp_path: Path, deploy: Deploy, engine: Engine) -> None:
    tables = {"files": {"deadlines.dmn": DEADLINES}, "deadlines_decision": "deadlines"}
    deploy(write_folder(tmp_path, "duty", WITH_TIMERS, **tables))
    follows: Mapping[str, Any] = {"deadline_variables": {"answer_due": "period"}}
    deploy(write_folder(tmp_path, "anchored", WITH_ANCHOR, **tables, **follows))
    report = {"period": {"variables": ["term", "meeting"]}, "variables": ["term", "meeting"]}
    collecting = {
        "may_start": {"roles": ["union_clerk"]},
        "follows_session": {"collecting": {"closes_on": "closes_on"}},
        "report": report,
    }
    deploy(write_folder(tmp_path, "collecting", SEASON, **collecting))
    with engine.unit_of_work() as uow:
        uow.session.add(CongressTerm(term=4, starts_on=date(2028, 1, 1), ends_on=date(2032, 12, 31)))
        uow.session.flush()
        uow.session.add(CongressSession(id="4-5", term=4, meeting=5, name="四届五次"))


def holiday(engine: Engine, day: date) -> None:
    with engine.unit_of_work("admin1") as uow:
        set_calendar_day(uow, day, "holiday", "校庆")


def timers(case: Case) -> dict[str, datetime]:
    with case.engine.reading() as uow:
        jobs = uow.session.scalars(select(Job).where(Job.process_instance_id == case.id))
        return {str(job.flow_node_id): job.due_at for job in jobs}


def moved(case: Case) -> list[dict[str, Any]]:
    """What the history says of moved deadlines."""
    with case.engine.reading() as uow:
        query = select(HistoryEvent.body).where(
            HistoryEvent.process_instance_id == case.id, HistoryEvent.kind == "deadlines.moved"
        )
        return [loads(body) for body in uow.session.scalars(query)]


def test_a_holiday_moves_the_timer_together_with_the_due_date(
    start: Start, engine: Engine, clock: MovableClock
) -> None:
    case = start("duty")
    plain = timers(case)["plain"]
    assert timers(case)["over"] == END_OF_THURSDAY
    holiday(engine, WEDNESDAY)
    assert timers(case) == {"over": END_OF_FRIDAY, "plain": plain}
    with engine.reading("officer_a") as uow:
        assert [entry.due_at for entry in inbox(uow).entries] == [END_OF_FRIDAY]
    clock.set(END_OF_THURSDAY)
    engine.run_due_jobs()
    assert case.waits_at == {"answer"}
    clock.set(END_OF_FRIDAY)
    engine.run_due_jobs()
    assert case.row.end_event_id == "lapsed"


def test_the_history_tells_what_moved_and_why(start: Start, engine: Engine) -> None:
    case = start("duty")
    holiday(engine, WEDNESDAY)
    [entry] = moved(case)
    assert entry["cause"] == "calendar"
    assert [(each["node"], each["from"][:10], each["to"][:10]) for each in entry["timers"]] == [
        ("over", "2030-03-07", "2030-03-08")
    ]
    assert [each["node"] for each in entry["tasks"]] == ["answer"]


def test_a_day_that_does_not_count_anyway_moves_nothing(start: Start, engine: Engine) -> None:
    case = start("duty")
    holiday(engine, date(2030, 3, 9))  # a Saturday
    assert moved(case) == []


def test_a_deadline_keeps_the_value_its_table_gave_when_the_wait_began(
    tmp_path: Path, deploy: Deploy, start: Start, engine: Engine
) -> None:
    case = start("duty")
    longer = {"deadlines.dmn": DEADLINES.replace("<text>3</text>", "<text>10</text>")}
    deploy(write_folder(tmp_path, "duty", WITH_TIMERS, files=longer, deadlines_decision="deadlines"))
    holiday(engine, WEDNESDAY)
    assert timers(case)["over"] == END_OF_FRIDAY


def test_a_timer_whose_new_instant_has_passed_fires_at_once(start: Start, engine: Engine, clock: MovableClock) -> None:
    holiday(engine, WEDNESDAY)
    case = start("duty")
    assert timers(case)["over"] == END_OF_FRIDAY
    clock.set(datetime(2030, 3, 8, 2, tzinfo=UTC))
    with engine.unit_of_work("admin1") as uow:
        clear_calendar_day(uow, WEDNESDAY)
    engine.run_due_jobs()
    assert case.row.end_event_id == "lapsed"


def test_a_timer_that_has_fired_stays_fired(start: Start, engine: Engine, clock: MovableClock) -> None:
    case = start("duty")
    clock.set(END_OF_THURSDAY)
    engine.run_due_jobs()
    holiday(engine, WEDNESDAY)
    assert case.kinds.count("timer.fired") == 1
    assert moved(case) == []


def test_a_due_date_kept_in_a_variable_moves_with_everything_that_counts_from_it(start: Start, engine: Engine) -> None:
    case = start("anchored")
    before = timers(case)
    assert case.variables["answer_due"] == END_OF_THURSDAY
    holiday(engine, WEDNESDAY)
    assert case.variables["answer_due"] == END_OF_FRIDAY
    after = timers(case)
    assert after["half"] - before["half"] == (END_OF_FRIDAY - END_OF_THURSDAY) / 2
    assert after["later"] == datetime(2030, 3, 13, 16, tzinfo=UTC)  # Monday, Tuesday, Wednesday
    with engine.reading("officer_a") as uow:
        assert [entry.due_at for entry in inbox(uow).entries] == [END_OF_FRIDAY]


def test_a_due_date_that_somebody_has_set_since_stays(start: Start, engine: Engine) -> None:
    from engine.commands.modify_variables import modify_variables

    case = start("anchored")
    extended = datetime(2030, 4, 1, 16, tzinfo=UTC)
    with engine.unit_of_work("admin1") as uow:
        modify_variables(uow, case.id, {"answer_due": extended}, reason="延期", request_id=None)
    holiday(engine, WEDNESDAY)
    assert case.variables["answer_due"] == extended


def test_the_deadlines_of_a_suspended_case_move_as_well(start: Start, engine: Engine) -> None:
    case = start("duty")
    with engine.unit_of_work("admin1") as uow:
        suspend_instance(uow, case.id, reason="查", request_id="s")
    holiday(engine, WEDNESDAY)
    assert case.status == "suspended"
    assert timers(case)["over"] == END_OF_FRIDAY
    with engine.unit_of_work("admin1") as uow:
        resume_instance(uow, case.id, reason="查完", request_id="r")


def test_a_job_that_a_worker_holds_is_neither_lost_nor_done_twice(
    start: Start, engine: Engine, clock: MovableClock
) -> None:
    # given a timer that a worker has just claimed
    case = start("duty")
    clock.set(END_OF_THURSDAY)
    [held] = worker.claim(engine, "slow worker", 1)
    # when the calendar changes before it is carried out
    holiday(engine, WEDNESDAY)
    # then the slow worker does not do it
    assert worker.carry_out(engine, held) is False
    assert case.waits_at == {"answer"}
    # and it is done once when it is due
    clock.set(END_OF_FRIDAY)
    assert engine.run_due_jobs() == 1
    assert case.kinds.count("timer.fired") == 1


def test_a_timer_that_is_being_fired_and_a_change_of_the_calendar_take_turns(
    start: Start, engine: Engine, clock: MovableClock
) -> None:
    case = start("duty")
    clock.set(END_OF_THURSDAY)
    [held] = worker.claim(engine, "worker", 1)
    loaded, failures = threading.Event(), []

    def change() -> None:
        loaded.wait(10)
        try:
            holiday(engine, WEDNESDAY)
        except Exception as error:
            failures.append(error)

    other = threading.Thread(target=change)
    other.start()
    with engine.unit_of_work() as uow:
        load_instance(uow, case.id)
        loaded.set()  # from here on the change waits for this transaction
        other.join(0.3)
    fired = worker.carry_out(engine, held)
    other.join(20)
    assert failures == []
    clock.set(END_OF_FRIDAY)
    engine.run_due_jobs()
    assert case.kinds.count("timer.fired") == 1
    assert case.row.end_event_id == "lapsed"
    assert (len(moved(case)) == 0) is fired


def collecting(start: Start, closes_on: date) -> Case:
    return start("collecting", by="clerk1", variables={"term": 4, "meeting": 5, "closes_on": closes_on})


def close_on(engine: Engine, day: date | None) -> Moves:
    at = None if day is None else datetime(day.year, day.month, day.day, 16, tzinfo=UTC)
    with engine.unit_of_work("admin1") as uow:
        return change_session(uow, "4-5", SessionData(4, 5, window_closes_at=at))


def test_the_running_season_follows_the_dates_of_its_session(start: Start, engine: Engine, clock: MovableClock) -> None:
    case = collecting(start, WEDNESDAY)
    moves = close_on(engine, date(2030, 3, 20))
    assert moves == Moves(cases=1, timers=1, tasks=1)
    assert case.variables["closes_on"] == date(2030, 3, 20)
    assert timers(case) == {"window_over": datetime(2030, 3, 20, 16, tzinfo=UTC)}
    with engine.reading("clerk1") as uow:
        assert [entry.due_at for entry in inbox(uow).entries] == [datetime(2030, 3, 20, 16, tzinfo=UTC)]
    [entry] = moved(case)
    assert (entry["cause"], entry["timers"][0]["node"]) == ("session", "window_over")
    clock.set(datetime(2030, 3, 20, 16, tzinfo=UTC))
    engine.run_due_jobs()
    assert case.waits_at == {"count_up"}


def test_an_end_in_the_past_closes_the_collection_at_once(start: Start, engine: Engine) -> None:
    case = collecting(start, date(2030, 3, 20))
    assert close_on(engine, date(2030, 3, 1)).due_now == 1
    engine.run_due_jobs()
    assert case.waits_at == {"count_up"}


def test_another_session_and_a_date_taken_away_move_nothing(start: Start, engine: Engine) -> None:
    case = start("collecting", by="clerk1", variables={"term": 4, "meeting": 6, "closes_on": WEDNESDAY})
    assert close_on(engine, THURSDAY) == Moves()
    own = collecting(start, WEDNESDAY)
    assert close_on(engine, None) == Moves()
    assert timers(own) == timers(case)
