"""Both branches of a parallel join are finished at the same instant, by two processes."""

from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from engine.bootstrap import Engine
from engine.commands.complete_work_item import complete_work_item
from engine.commands.start_instance import start_instance
from engine.errors import BusyError
from engine.installation.audit import verify
from models import HistoryEvent, InstanceStatus, ProcessInstance
from tests.durability.together import PROCESSES, WHOLE, all_at_once
from tests.engine.conftest import Deploy
from tests.support.fakes import MovableClock
from tests.support.folders import process, write_folder

CASES = 5000 if WHOLE else 50
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


def _finish(engine: Engine, person: str, items: list[UUID], together: Barrier) -> int:
    busy = 0
    for item in items:
        together.wait()  # both press now
        while True:
            try:
                with engine.unit_of_work(person) as uow:
                    complete_work_item(uow, item, {}, request_id=str(item), expected_version=1)
                break
            except BusyError:
                busy += 1
    return busy


@pytest.mark.chaos
def test_a_join_whose_branches_end_at_the_same_instant_fires_once(
    engine: Engine, clock: MovableClock, deploy: Deploy, tmp_path: Path
) -> None:
    deploy(write_folder(tmp_path, "joined", DIAGRAM))
    branches: tuple[list[UUID], list[UUID]] = ([], [])
    with engine.unit_of_work("rep2") as uow:
        for _ in range(CASES):
            for branch, item in zip(
                branches, start_instance(uow, "joined", request_id=None).work_item_ids, strict=True
            ):
                branch.append(item)

    together: Any = PROCESSES.Barrier(2)
    arguments = [(f"clerk{place}", items, together) for place, items in enumerate(branches, start=1)]
    busy = all_at_once(engine, clock, _finish, arguments)
    print(f"{CASES} joins, locks waited for in vain: {sum(busy)}")

    with engine.reading() as uow:
        for kind, count in (("instance.ended", CASES), ("work_item.completed", 2 * CASES)):
            found = select(func.count()).select_from(HistoryEvent).where(HistoryEvent.kind == kind)
            assert uow.session.scalar(found) == count
        completed = select(func.count()).select_from(ProcessInstance)
        assert uow.session.scalar(completed.where(ProcessInstance.status == InstanceStatus.COMPLETED)) == CASES
    assert verify(engine).ok
