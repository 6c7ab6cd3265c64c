"""The journeys together take every step that the diagrams give to a person."""

from importlib import import_module
from pathlib import Path

from tests.journey.taken import steps_of_module, user_tasks_of

HERE = Path(__file__).parent
DIAGRAMS = sorted((HERE.parents[1] / "workflows" / "motion").glob("*.bpmn"))


def test_every_user_task_of_the_diagrams_is_completed_in_the_browser() -> None:
    # given
    drawn = {step for diagram in DIAGRAMS for step in user_tasks_of(diagram)}
    journeys = [import_module(f"tests.journey.{path.stem}") for path in sorted(HERE.glob("test_*_in_the_browser.py"))]

    # when
    taken = {step for journey in journeys for step in steps_of_module(journey)}

    # then
    assert len(drawn) > 30
    assert drawn - taken == set(), "drawn, but in no journey"
    assert taken - drawn == set(), "in a journey, but no longer drawn"


def test_a_step_that_is_drawn_later_is_missed(tmp_path: Path) -> None:
    # given
    text = DIAGRAMS[0].read_text("utf-8").replace('userTask id="draft"', 'userTask id="sketch"')
    later = tmp_path / "later.bpmn"
    later.write_text(text, "utf-8")

    # when / then
    assert "sketch" in user_tasks_of(later)
    assert user_tasks_of(later) - user_tasks_of(DIAGRAMS[0]) == {"sketch"}
