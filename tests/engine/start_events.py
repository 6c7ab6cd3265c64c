"""A process of one task, drawn with the triggers that start it."""

from tests.support.folders import process

EXTRA = '<bpmn:message id="m_order" name="order"/><bpmn:signal id="s_bell" name="bell"/>'
SIGNAL = '<bpmn:signalEventDefinition signalRef="s_bell"/>'
MESSAGE = '<bpmn:messageEventDefinition messageRef="m_order"/>'


def timer(kind: str, text: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{text}</bpmn:{kind}></bpmn:timerEventDefinition>"


def condition(text: str) -> str:
    body = f"<bpmn:condition>{text}</bpmn:condition>"
    return f"<bpmn:conditionalEventDefinition>{body}</bpmn:conditionalEventDefinition>"


def begun_by(key: str, triggers: str, *, task: str = "work", also: str = "") -> str:
    return process(
        key,
        f"""
        <bpmn:startEvent id="begin">{triggers}</bpmn:startEvent>
        begin -> {task}
        <bpmn:userTask id="{task}" banli:candidateRole="unit_officer"/>
        {task} -> done
        <bpmn:endEvent id="done"/>
        {also}
        """,
        extra=EXTRA,
    )
