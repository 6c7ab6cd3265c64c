"""The season around the motions: what it collects, and what representatives are told while it runs."""

import pytest

from engine.errors import InvalidInputError
from tests.workflows.scenario import Scenario


def test_representatives_are_told_that_collection_begins_and_a_week_before_it_closes(scenario: Scenario) -> None:
    # given a collection from 9 November to 1 December
    season = scenario.season()
    told = season.notices("collection_opened")
    assert "d0101" in told

    # when its last week has not begun
    scenario.advance(days=14)
    # then
    assert season.notices("collection_closing") == []

    # when it has
    scenario.advance(days=1)
    # then everybody who was told of the beginning is told of the end, once
    assert season.notices("collection_closing") == told
    scenario.advance(days=8)
    assert season.notices("collection_closing") == told
    assert season.waits_at == ["coordination_meeting"]


def test_how_long_before_is_a_setting(scenario: Scenario) -> None:
    scenario.set(collection_reminder_days=3)
    season = scenario.season()
    scenario.advance(days=18)
    assert season.notices("collection_closing") == []
    scenario.advance(days=1)
    assert season.notices("collection_closing") != []


def test_a_season_collects_in_the_categories_that_were_chosen_for_it(scenario: Scenario) -> None:
    # given
    scenario.season(session_categories=["后勤保障", "民生福利"])
    motion = scenario.motion()
    assert motion.offered("draft", "category") == ["后勤保障", "民生福利"]

    # when somebody has another in an old form
    with pytest.raises(InvalidInputError) as refused:
        motion.do("draft", category="信息化")
    assert set(refused.value.fields) == {"category"}

    # then
    motion.do("draft", category="民生福利")
    assert motion.variables["category"] == "民生福利"


def test_a_season_for_which_none_was_chosen_collects_in_all(scenario: Scenario) -> None:
    scenario.season()
    assert len(scenario.motion().offered("draft", "category")) == 10
