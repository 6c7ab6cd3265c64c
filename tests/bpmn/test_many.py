"""Thousands of elements, hundreds of files: an answer in seconds."""

from pathlib import Path

import pytest

from engine.bpmn.report import check_files
from engine.spiff import compile_definitions
from tests.bpmn.judging import definitions
from tests.support.processor import processor_time


def _many(count: int, text: str) -> str:
    return "".join(text.replace("#", str(n)) for n in range(count))


REFERRING = {
    "events to definitions at the root": (
        '<intermediateCatchEvent id="c#"><eventDefinitionRef>d#</eventDefinitionRef></intermediateCatchEvent>',
        '<messageEventDefinition id="d#"/>',
    ),
    "instances to data": (
        '<dataObject id="d#" name="n#"/><userTask id="u#"><multiInstanceLoopCharacteristics>'
        "<loopDataInputRef>d#</loopDataInputRef></multiInstanceLoopCharacteristics></userTask>",
        "",
    ),
    "receivers to properties": (
        '<receiveTask id="r#" messageRef="m0"/>',
        '<message id="m#"/><correlationProperty id="p#"><correlationPropertyRetrievalExpression messageRef="m0">'
        "<messagePath>x</messagePath></correlationPropertyRetrievalExpression></correlationProperty>",
    ),
}


@pytest.mark.parametrize("case", REFERRING)
def test_a_file_of_thousands_of_references_is_read_in_seconds(case):
    nodes, roots = REFERRING[case]
    data = definitions(f'{_many(2_000, roots)}<process id="P"><startEvent id="s"/>{_many(2_000, nodes)}</process>')
    with processor_time() as cost:
        compile_definitions({"p.bpmn": data})
    assert cost.seconds < 6  # looked for from the beginning each time it takes half a minute or more


def test_checking_many_files_is_quick():
    import time

    data = (Path(__file__).parents[1] / "simulate/examples/error-boundary-subprocess.bpmn").read_bytes()
    started = time.perf_counter()
    for number in range(300):
        assert check_files({f"{number}.bpmn": data})[0]["executable"]
    assert time.perf_counter() - started < 15
