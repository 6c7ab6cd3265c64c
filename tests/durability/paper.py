"""A process whose start, completion and timer write into every table that a step writes."""

from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from engine.bootstrap import Engine
from engine.commands.complete_work_item import complete_work_item
from engine.commands.start_instance import start_instance
from models import Counter, Job, WorkItem
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


def paper_folder(root: Path) -> Path:
    """The folder: its second step counts, tells and sets a timer of a day."""
    return write_folder(
        root,
        "paper",
        DIAGRAM,
        forms={"write": form("title!")},
        numbering={"paper": {"pattern": "{seq:3}"}},
        notices={"told": {"title": "已编号 {number}"}},
    )


def clockwork_folder(root: Path) -> Path:
    """A process that a timer starts each day."""
    daily = "<bpmn:timerEventDefinition><bpmn:timeCycle>R/P1D</bpmn:timeCycle></bpmn:timerEventDefinition>"
    diagram = process(
        "clockwork",
        f"""
        <bpmn:startEvent id="begin">{daily}</bpmn:startEvent>
        begin -> work
        <bpmn:userTask id="work" banli:candidateRole="union_clerk"/>
        """,
    )
    return write_folder(root, "clockwork", diagram)


def start_paper(engine: Engine) -> None:
    """The request to start it; always the same request."""
    with engine.unit_of_work("rep1") as uow:
        start_instance(uow, "paper", request_id="start")


def complete_paper(engine: Engine) -> None:
    """The request to complete its first task; always the same request."""
    with engine.unit_of_work("rep1") as uow:
        item = uow.session.scalars(select(WorkItem).where(WorkItem.assignee_id == "rep1")).one()
        complete_work_item(uow, item.id, {"title": "甲"}, request_id="complete", expected_version=None)


def run_jobs(engine: Engine) -> None:
    """What a worker does."""
    engine.run_due_jobs()


def forget_attempts(engine: Engine) -> None:
    """A job that killed its worker once too often is an incident; here each blow is to be the first."""
    with engine.unit_of_work() as uow:
        uow.session.execute(update(Job).values(attempts=0))


def rows_of(engine: Engine, table: Any) -> list[Any]:
    """All rows of a table."""
    with engine.reading() as uow:
        rows = list(uow.session.scalars(select(table)))
        uow.session.expunge_all()
        return rows


def numbers_given(engine: Engine) -> list[int]:
    """The counters of all series."""
    return [counter.value for counter in rows_of(engine, Counter)]
