"""The next instant of a repeating timer, however many were missed."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.bpmn.iso import cycle_due, next_repetition

BASE = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["R/PT1S", "R/PT7M", "R/P1M", "R/2030-01-31T00:00:00Z/P1M", "R900000/PT5S"])
@pytest.mark.parametrize("turn", [0, 3])
@pytest.mark.parametrize("later", [timedelta(0), timedelta(hours=1), timedelta(days=40), timedelta(seconds=59)])
def test_the_next_repetition_is_the_first_that_comes_after_the_instant(text, turn, later):
    after = cycle_due(text, BASE, turn).at + later
    found, due = next_repetition(text, BASE, turn, after)
    assert due.at > after
    assert found == turn + 1 or cycle_due(text, BASE, found - 1).at <= after


def test_after_years_it_is_found_at_once():
    found, due = next_repetition("R/PT1S", BASE, 0, BASE + timedelta(days=36_500))
    assert (found, due.at) == (86_400 * 36_500, BASE + timedelta(days=36_500, seconds=1))


@pytest.mark.parametrize("text", ["R3/PT1H", "R/PT1H/2030-01-01T03:00:00Z"])
def test_there_is_none_when_the_last_is_over(text):
    assert next_repetition(text, BASE, 0, BASE + timedelta(hours=3)) is None
