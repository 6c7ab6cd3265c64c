"""A process killed at any statement leaves the old state or the new one, and the same request then succeeds once."""

import os
import signal
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from engine.audit import verify
from engine.bootstrap import Engine, open_engine
from engine.commands.complete_work_item import complete_work_item
from engine.commands.start_instance import start_instance
from engine.settings import Settings
from models import Counter, Job, Notice, ProcessInstance, WorkItem, WorkItemState
from tests.engine.conftest import Deploy
from tests.support.fakes import MovableClock
from tests.support.folders import form, process, write_folder

DIAGRAM = process(
    "paper",
    """
    <bpmn:startEvent id="begin"/>
    begin -> write
    <bpmn:userTask id="write" banli:formKey="write" banli:assignee="=initiator"/>
    write -> give_number
    <bpmn:serviceTask id="give_number" banli:operation="number.assign">
      <bpmn:extensionElements><banli:parameter name="series" value="=&quot;paper&quot;"/></bpmn:extensionElements>
    </bpmn:serviceTask>
    give_number -> tell
    <bpmn:serviceTask id="tell" banli:operation="notice.send">
      <bpmn:extensionElements>
        <banli:parameter name="template" value="=&quot;told&quot;"/><banli:parameter name="to" value="=initiator"/>
      </bpmn:extensionElements>
    </bpmn:serviceTask>
    tell -> read
    <bpmn:userTask id="read" banli:candidateRole="union_clerk"/>
    read -> done
    <bpmn:endEvent id="done"/>
    <bpmn:boundaryEvent id="late" attachedToRef="read">
      <bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    late -> closed
    <bpmn:endEvent id="closed"/>
    """,
)
MOST_STATEMENTS = 80  # of one operation; more would mean that the loop below never ends

Work = Callable[[Engine], Any]


@pytest.fixture
def paper(tmp_path: Path, deploy: Deploy) -> None:
    """A process whose second step counts, tells and sets a timer."""
    deploy(
        write_folder(
            tmp_path,
            "paper",
            DIAGRAM,
            forms={"write": form("title!")},
            numbering={"paper": {"pattern": "{seq:3}"}},
            notices={"told": {"title": "已编号 {number}"}},
        )
    )


def _start(engine: Engine) -> None:
    with engine.unit_of_work("rep1") as uow:
        start_instance(uow, "paper", request_id="start")


def _complete(engine: Engine) -> None:
    with engine.unit_of_work("rep1") as uow:
        item = uow.session.scalars(select(WorkItem).where(WorkItem.assignee_id == "rep1")).one()
        complete_work_item(uow, item.id, {"title": "甲"}, request_id="complete", expected_version=None)


def _run_jobs(engine: Engine) -> None:
    engine.run_due_jobs()


def _die(settings: Settings, clock: MovableClock, work: Work, statement: int, after: bool) -> None:
    """In a process of its own: do the work and be killed at one statement."""
    engine = open_engine(settings=settings, clock=clock)
    left = statement

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine.database, "after_cursor_execute" if after else "before_cursor_execute", count)
    event.listen(engine.database, "commit", count)
    work(engine)


def _killed(engine: Engine, clock: MovableClock, work: Work, *, after: bool, every: int) -> Iterator[int]:
    """Do the work again and again, killed at statement 1, 1 + every …, until it comes through."""
    server = get_context("forkserver")  # has imported everything already, and shares no connection with us
    server.set_forkserver_preload([__name__, "engine.worker", "engine.definitions.deployed", "engine.operations.cases"])
    for statement in range(1, MOST_STATEMENTS, every):
        child = server.Process(target=_die, args=(engine.settings, clock, work, statement, after))
        child.start()
        child.join()
        if child.exitcode == 0:
            return
        assert child.exitcode == -signal.SIGKILL
        yield statement
    pytest.fail("the operation never came to its end")


@pytest.mark.chaos
@pytest.mark.usefixtures("paper")
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_process_killed_at_any_statement_loses_and_doubles_nothing(
    engine: Engine, clock: MovableClock, after: bool
) -> None:
    every = 1 if os.environ.get("BANLI_TEST_SCALE") == "whole" else 9  # every statement, or every ninth
    for _ in _killed(engine, clock, _start, after=after, every=every):
        assert _count(engine, ProcessInstance) in (0, 1)
    _start(engine)
    assert _count(engine, ProcessInstance) == 1

    for _ in _killed(engine, clock, _complete, after=after, every=every):
        assert verify(engine).ok
        assert _count(engine, Notice) == _count(engine, Job) == len(_numbers(engine))
    _complete(engine)
    assert _numbers(engine) == [1]
    assert _count(engine, Notice) == 1

    clock.advance(days=1)
    for _ in _killed(engine, clock, _run_jobs, after=after, every=every):
        clock.advance(seconds=engine.settings.job_lease)  # the killed worker's lease ends
    engine.run_due_jobs()
    with engine.reading() as uow:
        [case] = uow.session.scalars(select(ProcessInstance))
        assert case.end_event_id == "closed"
        open_items = select(WorkItem).where(WorkItem.state == WorkItemState.OPEN)
        assert uow.session.scalars(open_items).all() == []
    assert _count(engine, Job) == 0
    assert verify(engine).ok


def _count(engine: Engine, table: Any) -> int:
    with engine.reading() as uow:
        return len(uow.session.scalars(select(table)).all())


def _numbers(engine: Engine) -> list[int]:
    with engine.reading() as uow:
        return [counter.value for counter in uow.session.scalars(select(Counter))]
