"""The diagrams of the bench: the motion from its file, the others written here for each size."""

from pathlib import Path

MOTION = Path(__file__).with_name("diagrams") / "motion41.bpmn"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:banli="urn:banli:bpmn:1" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:banli:bench">\n'
)
_STOCK = {  # what FEEL and SpiffWorkflow's Python write differently
    "{number: 4711, revision: 0}": "number = 4711\nrevision = 0",
    "{revision: revision + 1}": "revision = revision + 1",
    '{finance: "late"}': "finance = 'late'",
    "{departments: for i in 1..8 return i}": "departments = list(range(1, 9))",
    '{result: "accepted"}': "result = 'accepted'",
    '{result: "rejected"}': "result = 'rejected'",
    "{archived: true}": "archived = True",
    ">P3D<": '>"P3D"<',
    ">P14D<": '>"P14D"<',
    ">P365D<": '>"P365D"<',
}


def motion() -> str:
    """The 41 elements as this engine reads them."""
    return MOTION.read_text(encoding="utf-8")


def motion_for_stock() -> str:
    """The same with Python expressions."""
    text = motion()
    for feel, python in _STOCK.items():
        assert feel in text, feel
        text = text.replace(feel, python)
    return text


def loop() -> str:
    """Back to the same task as long as the answer says so."""
    return _process(
        "loop",
        '<bpmn:startEvent id="start"/><bpmn:exclusiveGateway id="merge"/>' + _user("work")
        + '<bpmn:exclusiveGateway id="again" default="done"/>' + _user("final") + '<bpmn:endEvent id="end"/>',
        "start merge", "merge work", "work again", "again final done", "again merge repeat i&lt;n", "final end",
    )  # fmt: skip


def multi_instance(count: int, *, sequential: bool) -> str:
    """One task for each of ``count`` items."""
    loop_of_items = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}" '
        f'banli:collection="=for i in 1..{count} return i" banli:elementVariable="entry" '
        'banli:outputCollection="results" banli:outputElement="=said"/>'
    )
    return _process(
        "items",
        '<bpmn:startEvent id="start"/>' + _user("work", loop_of_items) + '<bpmn:endEvent id="end"/>',
        "start work", "work end",
    )  # fmt: skip


def blocks(count: int, width: int) -> str:
    """Parallel blocks one after the other, which stock SpiffWorkflow predicts into the exponential."""
    parts, flows, last = ['<bpmn:startEvent id="start"/>'], [], "start"
    for number in range(count):
        parts.append(f'<bpmn:parallelGateway id="fork{number}"/><bpmn:parallelGateway id="join{number}"/>')
        flows.append(f"{last} fork{number}")
        for branch in range(width):
            parts.append(_user(f"task{number}_{branch}"))
            flows += [f"fork{number} task{number}_{branch}", f"task{number}_{branch} join{number}"]
        last = f"join{number}"
    return _process("blocks", "".join(parts) + '<bpmn:endEvent id="end"/>', *flows, f"{last} end")


def _user(name: str, inner: str = "") -> str:
    return f'<bpmn:userTask id="{name}" name="{name}" banli:candidateRole="clerk">{inner}</bpmn:userTask>'


def _process(name: str, elements: str, *flows: str) -> str:
    return (
        f'{_HEAD}<bpmn:process id="{name}" name="{name}" isExecutable="true">\n{elements}\n'
        + "\n".join(map(_flow, flows))
        + "\n</bpmn:process></bpmn:definitions>\n"
    )


def _flow(text: str) -> str:
    source, target, *rest = text.split()
    name = rest[0] if rest else f"{source}__{target}"
    condition = (
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{rest[1]}</bpmn:conditionExpression>'
        if len(rest) > 1
        else ""
    )
    return f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{condition}</bpmn:sequenceFlow>'
