"""Checks of the names under which activities and events leave values."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.data_names import element_variable, output_variable
from engine.bpmn.diagram import Diagram, event_definitions, our
from engine.bpmn.expressions import ForeignLanguageError, to_feel
from engine.bpmn.names import PROVIDED_NAMES, SEALED_NAME, banli, bpmn, local_name
from engine.feel.foreseen import entries_of


def check_variables(diagram: Diagram, node: etree._Element) -> None:
    """Record names that hide nothing, as expressions read the engine's own value, and the one that is not kept."""
    written = set(_written(diagram, node))
    if SEALED_NAME in written:
        message = (
            f"a variable cannot be named {SEALED_NAME}: beside sensitive ones, which that name holds, it is not kept"
        )
        diagram.findings.warning("reserved-name", message, node)
    for name in sorted(PROVIDED_NAMES & written):
        message = f"a variable cannot be named {name}: expressions read what the engine provides under that name"
        diagram.findings.warning("reserved-name", message, node)


def _written(diagram: Diagram, node: etree._Element) -> Iterator[str | None]:
    yield our(node, "resultVariable")
    for kind in ("input", "output", "in", "out"):
        for mapping in node.findall(f"{bpmn('extensionElements')}/{banli(kind)}"):
            yield str(mapping.get("target"))
    for definition in event_definitions(diagram, node):
        yield our(definition, "variable")
    multi = node.find(bpmn("multiInstanceLoopCharacteristics"))
    if multi is not None:
        yield element_variable(multi)
        yield output_variable(diagram, multi)
    if local_name(node) == "scriptTask" and not our(node, "resultVariable"):
        yield from _entries(diagram, node)


def _entries(diagram: Diagram, task: etree._Element) -> tuple[str, ...]:
    script = task.findtext(bpmn("script")) or ""
    try:
        return entries_of(to_feel(script, declared=task.get("scriptFormat"), default=diagram.language).text)
    except ForeignLanguageError:
        return ()  # said where the script is checked
