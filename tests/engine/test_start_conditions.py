"""Conditions start what is drawn to start with them: asked for with variables, or looked at by the worker."""

from datetime import UTC, datetime
from decimal import Decimal

from engine.bootstrap import Engine
from engine.commands.evaluate_conditions import evaluate_conditions
from engine.rules.due_dates import SHANGHAI
from tests.engine.conftest import Drawn, all_cases, all_jobs
from tests.engine.start_events import condition, timer
from tests.support.fakes import MovableClock


def test_a_condition_starts_a_case_when_it_is_looked_at_and_holds(drawn: Drawn, engine: Engine) -> None:
    drawn(condition("temperature &gt; 38"), key="hot")
    drawn(condition("temperature &lt; 5"), key="cold")
    drawn(condition("temperature &gt; 30"), key="warm")
    drawn(timer("timeDuration", "P1D"), key="other")

    def look(temperature: int, request: str) -> int:
        with engine.unit_of_work() as uow:
            return len(evaluate_conditions(uow, {"temperature": Decimal(temperature)}, request_id=request))

    assert look(20, "r1") == 0
    assert look(40, "r2") == 2
    assert look(40, "r2") == 2  # the same request
    assert {case.row.process_key for case in all_cases(engine)} == {"hot", "warm"}
    assert all(case.variables == {"temperature": 40} and case.waits_at == {"work"} for case in all_cases(engine))


def test_a_condition_of_an_old_version_starts_nothing(drawn: Drawn, engine: Engine) -> None:
    drawn(condition("true"))
    drawn("", task="newer")
    with engine.unit_of_work() as uow:
        assert evaluate_conditions(uow, {}, request_id=None) == ()


def test_a_condition_on_the_date_starts_one_case_on_that_day(drawn: Drawn, engine: Engine, clock: MovableClock) -> None:
    drawn(condition('today &gt;= @"2030-03-06"'))
    drawn(condition("temperature &gt; 38"), key="hot")
    assert [job.flow_node_id for job in all_jobs(engine)] == ["begin"]

    # when
    engine.run_due_jobs()
    assert all_cases(engine) == []
    while clock.now() < datetime(2030, 3, 8, tzinfo=UTC):
        clock.advance(hours=6)
        engine.run_due_jobs()

    # then
    [case] = all_cases(engine)
    assert case.waits_at == {"work"}
    assert f"{case.row.started_at.astimezone(SHANGHAI):%Y-%m-%d}" == "2030-03-06"


def test_a_condition_that_stops_holding_starts_another_case_when_it_holds_anew(
    drawn: Drawn, engine: Engine, clock: MovableClock
) -> None:
    drawn(condition("day of week(today) = &quot;Monday&quot;"))
    for _ in range(15 * 4):
        clock.advance(hours=6)
        engine.run_due_jobs()
    assert len(all_cases(engine)) == 3  # it was a Monday when it was deployed


def test_a_new_version_takes_over_the_watch_and_begins_nothing_that_holds_already(
    drawn: Drawn, engine: Engine, clock: MovableClock
) -> None:
    drawn(condition('today &gt;= @"2020-01-01"'))
    engine.run_due_jobs()
    drawn(condition('today &gt;= @"2020-01-01"'), task="newer")
    clock.advance(hours=1)
    engine.run_due_jobs()
    assert len(all_cases(engine)) == 1
    assert len(all_jobs(engine)) == 1
    drawn("", task="newest")
    assert all_jobs(engine) == []
