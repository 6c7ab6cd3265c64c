"""Many processes on the same work items: each is decided once, and no parallel join is lost."""

import os
import random
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from engine.audit import verify
from engine.bootstrap import Engine, open_engine
from engine.commands.complete_work_item import complete_work_item
from engine.commands.start_instance import start_instance
from engine.errors import BusyError, StaleWorkItemError
from engine.settings import Settings
from models import HistoryEvent, InstanceStatus, ProcessInstance
from tests.engine.conftest import Deploy
from tests.support.fakes import MovableClock
from tests.support.folders import process, write_folder

CASES = 5000 if os.environ.get("BANLI_TEST_SCALE") == "whole" else 60
WORKERS = 8 if os.environ.get("BANLI_TEST_SCALE") == "whole" else 4
DIAGRAM = process(
    "joined",
    """
    <bpmn:startEvent id="begin"/>
    begin -> fork
    <bpmn:parallelGateway id="fork"/>
    fork -> left
    fork -> right
    <bpmn:userTask id="left" banli:candidateRole="union_clerk"/>
    <bpmn:userTask id="right" banli:candidateRole="union_clerk"/>
    left -> join
    right -> join
    <bpmn:parallelGateway id="join"/>
    join -> done
    <bpmn:endEvent id="done"/>
    """,
)


def _work(settings: Settings, items: list[UUID], person: str, results: "list[tuple[int, int]]", seed: int) -> None:
    engine = open_engine(settings=settings, clock=MovableClock())
    shuffled = items[:]
    random.Random(seed).shuffle(shuffled)
    done = refused = 0
    for item in shuffled:
        for _ in range(5):
            try:
                with engine.unit_of_work(person) as uow:
                    complete_work_item(uow, item, {}, request_id=uuid4().hex, expected_version=None)
                done += 1
            except StaleWorkItemError:
                refused += 1
            except BusyError:
                continue
            break
    engine.close()
    results.append((done, refused))


@pytest.mark.chaos
def test_of_all_who_press_at_once_one_decides_each_work_item_and_every_join_fires_once(
    engine: Engine, deploy: Deploy, tmp_path: Path
) -> None:
    deploy(write_folder(tmp_path, "joined", DIAGRAM))
    items: list[UUID] = []
    with engine.unit_of_work("rep2") as uow:
        for _ in range(CASES):
            items.extend(start_instance(uow, "joined", request_id=None).work_item_ids)

    server = get_context("forkserver")
    server.set_forkserver_preload([__name__, "engine.worker", "engine.definitions.deployed", "engine.operations.cases"])
    with server.Manager() as manager:
        results = manager.list()
        children = []
        for number in range(WORKERS):  # each work item is tried by two of them
            share = [item for place, item in enumerate(items) if place % (WORKERS // 2) == number % (WORKERS // 2)]
            arguments = (engine.settings, share, f"clerk{number % 2 + 1}", results, number)
            children.append(server.Process(target=_work, args=arguments))
        for child in children:
            child.start()
        for child in children:
            child.join()
            assert child.exitcode == 0
        outcomes = list(results)

    assert sum(done for done, _ in outcomes) == len(items)
    assert sum(refused for _, refused in outcomes) == len(items)
    with engine.reading() as uow:
        ended = select(func.count()).select_from(HistoryEvent).where(HistoryEvent.kind == "instance.ended")
        assert uow.session.scalar(ended) == CASES
        completed = select(func.count()).select_from(ProcessInstance)
        completed = completed.where(ProcessInstance.status == InstanceStatus.COMPLETED)
        assert uow.session.scalar(completed) == CASES
    assert verify(engine).ok
