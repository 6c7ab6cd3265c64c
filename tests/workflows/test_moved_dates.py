"""Motions and their season when the session's dates or the calendar move."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from engine.commands.organisation.calendar import set_calendar_day
from engine.commands.organisation.congress import SessionData, change_session
from engine.step.retime import Moves
from models import Job, JobKind
from tests.workflows.scenario import Motion, Scenario


def at_the_end_of(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 16, tzinfo=UTC)


def close_collection_on(scenario: Scenario, day: date) -> Moves:
    data = SessionData(
        4,
        7,
        window_opens_at=datetime(2026, 10, 31, 16, tzinfo=UTC),
        window_closes_at=at_the_end_of(day.year, day.month, day.day),
    )
    with scenario.engine.unit_of_work(actor="admin") as uow:
        return change_session(uow, "4-7", data)


def timers(case: Motion) -> dict[str, Any]:
    with case.scenario.engine.reading() as uow:
        found = select(Job).where(Job.process_instance_id == case.id, Job.kind == JobKind.TIMER)
        return {str(job.flow_node_id): job.due_at for job in uow.session.scalars(found)}


def test_the_collection_closes_on_the_day_to_which_the_administrator_moved_it(scenario: Scenario) -> None:
    season = scenario.season()
    assert timers(season) == {"window_closing": datetime(2026, 11, 24, tzinfo=UTC)}  # a week before
    scenario.advance(days=15)
    assert timers(season) == {"window_over": at_the_end_of(2026, 12, 1)}
    assert close_collection_on(scenario, date(2026, 12, 8)) == Moves(cases=1, timers=1)
    assert timers(season) == {"window_over": at_the_end_of(2026, 12, 8)}
    scenario.clock.set(at_the_end_of(2026, 12, 1))
    scenario.run_due_jobs()
    assert season.waits_at == []
    scenario.clock.set(at_the_end_of(2026, 12, 8))
    scenario.run_due_jobs()
    assert season.waits_at == ["coordination_meeting"]


def test_a_closing_day_in_the_past_closes_the_collection_at_once(scenario: Scenario) -> None:
    season = scenario.season()
    assert close_collection_on(scenario, date(2026, 11, 6)).due_now == 1
    scenario.run_due_jobs()
    assert season.waits_at == ["coordination_meeting"]


def test_a_closed_collection_does_not_open_again(scenario: Scenario) -> None:
    season = scenario.season()
    close_collection_on(scenario, date(2026, 11, 6))
    scenario.run_due_jobs()
    assert close_collection_on(scenario, date(2026, 12, 8)) == Moves(cases=1)
    assert season.waits_at == ["coordination_meeting"]


def test_a_holiday_moves_the_escalation_of_an_answer_and_not_what_counts_calendar_days(scenario: Scenario) -> None:
    motion = scenario.motion_at("draft_answer")
    before, due = timers(motion), motion.due("draft_answer")
    assert due is not None
    first = before["answer_overdue_first"]
    with scenario.engine.unit_of_work(actor="admin") as uow:
        set_calendar_day(uow, first.date(), "holiday", "校庆")
    after = timers(motion)
    assert after["answer_overdue_first"] > first
    assert after["answer_overdue"] == before["answer_overdue"] == due == motion.due("draft_answer")
    assert {node for node in before if after[node] != before[node]} == {
        "answer_overdue_first",
        "answer_overdue_second",
        "answer_overdue_third",
    }
