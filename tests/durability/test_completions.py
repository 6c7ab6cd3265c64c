"""Several processes press for the same work items, twice each: one decides, once, and the others are told who did."""

from collections import defaultdict
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from engine.bootstrap import Engine
from engine.commands.complete_work_item import Completed, complete_work_item
from engine.commands.start_instance import start_instance
from engine.errors import BusyError, StaleWorkItemError
from engine.installation.audit import verify
from engine.rules.due_dates import SHANGHAI
from models import Counter, HistoryEvent, ProcessInstance, WorkItem
from tests.durability.together import WHOLE, all_at_once
from tests.engine.conftest import Deploy
from tests.support.fakes import MovableClock
from tests.support.folders import process, write_folder

ITEMS = 10_000 if WHOLE else 80
WORKERS = 8 if WHOLE else 4
TRIES = 100  # of one click, each of which waits for a lock as long as a person would
DIAGRAM = process(
    "numbered",
    """
    <bpmn:startEvent id="begin"/>
    begin -> decide
    <bpmn:userTask id="decide" banli:candidateRole="union_clerk"/>
    decide -> give_number
    <bpmn:serviceTask id="give_number" banli:operation="number.assign">
      <bpmn:extensionElements><banli:parameter name="series" value="=&quot;paper&quot;"/></bpmn:extensionElements>
    </bpmn:serviceTask>
    give_number -> done
    <bpmn:endEvent id="done"/>
    """,
)

Click = tuple[UUID, str, str]  # work item, person, request id
Answer = tuple[UUID, str, Completed | str]  # work item, person, what was answered


def _press(engine: Engine, clicks: list[Click]) -> tuple[list[Answer], int]:
    answers: list[Answer] = []
    waited_in_vain = 0
    for item, person, request in clicks:
        for _ in range(TRIES):
            try:
                with engine.unit_of_work(person) as uow:
                    answer: Completed | str = complete_work_item(uow, item, {}, request_id=request, expected_version=1)
            except StaleWorkItemError as error:
                answer = error.message
            except BusyError:
                waited_in_vain += 1
                continue
            answers.append((item, person, answer))
            break
    return answers, waited_in_vain


@pytest.mark.chaos
def test_of_all_clicks_on_a_work_item_one_counts_and_the_loser_is_told_who_was_quicker(
    engine: Engine, clock: MovableClock, deploy: Deploy, tmp_path: Path
) -> None:
    # given work items, each for two people, one of whom clicks twice
    deploy(write_folder(tmp_path, "numbered", DIAGRAM, numbering={"paper": {"pattern": "{seq:6}"}}))
    items: list[UUID] = []
    while len(items) < ITEMS:
        with engine.unit_of_work("rep2") as uow:
            for _ in range(min(500, ITEMS - len(items))):
                items.extend(start_instance(uow, "numbered", request_id=None).work_item_ids)
    clicks: list[list[Click]] = [[] for _ in range(WORKERS)]
    for place, item in enumerate(items):
        once, twice = ("clerk1", "clerk2") if place % 2 else ("clerk2", "clerk1")
        for distance, person in ((0, twice), (3, once), (5, twice)):
            clicks[(place + distance) % WORKERS].append((item, person, f"{item}-{person}"))

    # when the processes press
    outcomes = all_at_once(engine, clock, _press, [(each,) for each in clicks])
    print(f"{ITEMS} work items, {3 * ITEMS} clicks, locks waited for in vain: {sum(busy for _, busy in outcomes)}")

    # then each work item was decided by one person, and the other got the sentence
    told: dict[UUID, dict[str, list[Completed | str]]] = defaultdict(lambda: defaultdict(list))
    for answers, _ in outcomes:
        for item, person, answer in answers:
            told[item][person].append(answer)
    assert sum(len(answers) for by in told.values() for answers in by.values()) == 3 * ITEMS
    when = f"{clock.now().astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    for by in told.values():
        [winner] = [person for person, answers in by.items() if isinstance(answers[0], Completed)]
        assert all(answer == by[winner][0] for answer in by[winner]), "a second click got another answer"
        [loser] = set(by) - {winner}
        assert set(by[loser]) == {f"此事项已由名{winner}于 {when} 办理，本次提交未保存"}

    # and nothing was written twice, no number is missing, and history proves itself
    with engine.reading() as uow:
        for kind in ("work_item.completed", "instance.ended"):
            count = select(func.count()).select_from(HistoryEvent).where(HistoryEvent.kind == kind)
            assert uow.session.scalar(count) == ITEMS
        requests = select(func.count(WorkItem.request_id.distinct()))
        assert uow.session.scalar(requests) == ITEMS
        assert uow.session.scalars(select(Counter.value)).one() == ITEMS
        numbers = uow.session.scalars(select(ProcessInstance.number).order_by(ProcessInstance.number)).all()
    assert numbers == [f"{number:06}" for number in range(1, ITEMS + 1)]
    assert verify(engine).ok
