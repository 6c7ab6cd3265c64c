"""A file in, an answer out: whatever is done to a diagram, there is no traceback and no hang."""

import pytest

from tests.bpmn.fuzzing import COUNT, Answer, answers
from tests.bpmn.mutations import mutant, sources
from tests.support.scale import WHOLE

SEED = 1
ROUNDS = 10 if WHOLE else 1


@pytest.mark.parametrize("part", range(ROUNDS))
def test_every_mutated_diagram_gets_an_answer_in_bounded_time_and_memory(part: int) -> None:
    share = COUNT // 10
    found = list(answers(sources(), SEED, range(part * share, (part + 1) * share)))
    assert len(found) == share
    assert [each for each in found if not each.is_right] == []
    outcomes = {each.outcome for each in found}
    assert "executed" in outcomes
    assert len(outcomes) > 5, "the mutations all end in the same way"


def test_the_same_number_is_the_same_file() -> None:
    among = sources()
    assert mutant(among, SEED, 7) == mutant(among, SEED, 7)
    assert mutant(among, SEED, 7) != mutant(among, SEED + 1, 7)


def _outcomes(found: list[Answer]) -> list[str]:
    return [each.outcome for each in found]


def test_a_file_that_takes_too_long_is_told_and_the_others_are_answered() -> None:
    found = list(answers(sources(), SEED, range(3), seconds=0.0))
    assert _outcomes(found) == ["no answer in time"] * 3
    assert not any(each.is_right for each in found)
