"""Processes whose jobs the tests of workers, messages and deadlines let fall due."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from engine.bootstrap import Engine
from engine.commands.cancel_instance import resume_instance, suspend_instance
from tests.support.folders import process

if TYPE_CHECKING:
    from tests.engine.conftest import Case

WITH_TIMERS = process(
    "answering",
    """
    <bpmn:startEvent id="begin"/>
    begin -> answer
    <bpmn:userTask id="answer" name="答复" banli:candidateRole="unit_officer"/>
    answer -> done
    <bpmn:endEvent id="done"/>
    <bpmn:boundaryEvent id="remind" attachedToRef="answer" cancelActivity="false">
      <bpmn:timerEventDefinition><bpmn:timeDuration>P2D</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    remind -> reminded
    <bpmn:endEvent id="reminded"/>
    <bpmn:boundaryEvent id="late" attachedToRef="answer" cancelActivity="true">
      <bpmn:timerEventDefinition><bpmn:timeDuration>P15D</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    late -> closed
    <bpmn:endEvent id="closed"/>
    """,
)

HOURLY = process(
    "hourly",
    """
    <bpmn:startEvent id="begin"/>
    begin -> answer
    <bpmn:userTask id="answer" banli:candidateRole="unit_officer"/>
    <bpmn:boundaryEvent id="remind" attachedToRef="answer" cancelActivity="false">
      <bpmn:timerEventDefinition><bpmn:timeCycle>CYCLE</bpmn:timeCycle></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    remind -> reminded
    <bpmn:endEvent id="reminded"/>
    """,
)

NAMELESS = process(
    "rating",
    """
    <bpmn:startEvent id="begin"/>
    begin -> rate
    <bpmn:userTask id="rate" name="评价" banli:candidateRole="unit_officer"/>
    rate -> done
    <bpmn:endEvent id="done"/>
    <bpmn:boundaryEvent id="remind" attachedToRef="rate" cancelActivity="false">
      <bpmn:timerEventDefinition><bpmn:timeDuration>P7D</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    remind -> either
    <bpmn:exclusiveGateway id="either"/>
    either -> note
    <bpmn:scriptTask id="note" name="提醒评价" scriptFormat="feel">
      <bpmn:script>{reminded: true}</bpmn:script>
    </bpmn:scriptTask>
    note -> reminded
    <bpmn:endEvent id="reminded" name="提醒完毕"/>
    """,
)

MESSAGES = """
<bpmn:message id="m_go" name="go"/><bpmn:message id="m_order" name="order"/><bpmn:signal id="s_stop" name="stop"/>
"""
WAITER = process(
    "waiter",
    """
    <bpmn:startEvent id="begin"/>
    begin -> wait
    <bpmn:receiveTask id="wait" messageRef="m_go">
      <bpmn:extensionElements><banli:correlation value="=business_key"/></bpmn:extensionElements>
    </bpmn:receiveTask>
    wait -> read
    <bpmn:userTask id="read" banli:assignee="=initiator"/>
    read -> done
    <bpmn:endEvent id="done"/>
    <bpmn:boundaryEvent id="stopped" attachedToRef="read">
      <bpmn:signalEventDefinition signalRef="s_stop"/>
    </bpmn:boundaryEvent>
    stopped -> halted
    <bpmn:endEvent id="halted"/>
    """,
    extra=MESSAGES,
)
SENDER = process(
    "sender",
    """
    <bpmn:startEvent id="begin"/>
    begin -> send
    <bpmn:sendTask id="send" messageRef="m_go">
      <bpmn:extensionElements>
        <banli:correlation value="=target"/><banli:parameter name="word" value="=&quot;hello&quot;"/>
      </bpmn:extensionElements>
    </bpmn:sendTask>
    send -> done
    <bpmn:endEvent id="done"/>
    """,
    extra=MESSAGES,
)
BRIEF = process(
    "brief",
    """
    <bpmn:startEvent id="begin"/>
    begin -> quick
    <bpmn:subProcess id="quick"><bpmn:scriptTask id="note" scriptFormat="feel"><bpmn:script>{noted: true}</bpmn:script>
    </bpmn:scriptTask></bpmn:subProcess>
    quick -> read
    <bpmn:userTask id="read" banli:assignee="=initiator"/>
    <bpmn:boundaryEvent id="told" attachedToRef="quick" cancelActivity="false">
      <bpmn:messageEventDefinition messageRef="m_go"/>
    </bpmn:boundaryEvent>
    told -> noticed
    <bpmn:endEvent id="noticed"/>
    <bpmn:boundaryEvent id="hourly" attachedToRef="quick" cancelActivity="false">
      <bpmn:timerEventDefinition><bpmn:timeCycle>R/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    hourly -> reminded
    <bpmn:endEvent id="reminded"/>
    """,
    extra=MESSAGES,
)
BROADCASTER = SENDER.replace('id="sender" name="sender"', 'id="broadcaster" name="broadcaster"').replace(
    '<bpmn:sendTask id="send"', '<bpmn:sendTask id="send" banli:broadcast="true"'
)
ORDERED = process(
    "ordered",
    """
    <bpmn:startEvent id="begin"><bpmn:messageEventDefinition messageRef="m_order"/></bpmn:startEvent>
    begin -> work
    <bpmn:userTask id="work" banli:candidateRole="unit_officer"/>
    work -> done
    <bpmn:endEvent id="done"/>
    """,
    extra=MESSAGES,
)


def suspended(engine: Engine, case: Case) -> None:
    """An administrator suspends the case."""
    with engine.unit_of_work("admin1") as uow:
        suspend_instance(uow, case.id, reason="核查", request_id=uuid4().hex)


def resumed(engine: Engine, case: Case) -> None:
    """An administrator lets it go on."""
    with engine.unit_of_work("admin1") as uow:
        resume_instance(uow, case.id, reason="核查完毕", request_id=uuid4().hex)
