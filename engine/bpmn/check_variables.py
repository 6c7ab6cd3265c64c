"""Checks of the names under which an activity leaves values."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.diagram import Diagram, our
from engine.bpmn.expressions import ForeignLanguageError, to_feel
from engine.bpmn.names import PROVIDED_NAMES, banli, bpmn, local_name
from engine.feel.foreseen import entries_of


def check_variables(diagram: Diagram, activity: etree._Element) -> None:
    """Record names that hide nothing: expressions read the engine's own value of that name."""
    for name in sorted(PROVIDED_NAMES.intersection(_written(diagram, activity))):
        message = f"a variable cannot be named {name}: expressions read what the engine provides under that name"
        diagram.findings.warning("reserved-name", message, activity)


def _written(diagram: Diagram, activity: etree._Element) -> Iterator[str]:
    yield our(activity, "resultVariable") or ""
    for kind in ("input", "output", "in", "out"):
        for mapping in activity.findall(f"{bpmn('extensionElements')}/{banli(kind)}"):
            yield str(mapping.get("target") or "")
    multi = activity.find(bpmn("multiInstanceLoopCharacteristics"))
    if multi is not None:
        yield our(multi, "elementVariable") or _item_name(multi)
        yield our(multi, "outputCollection") or ""
    if local_name(activity) == "scriptTask" and not our(activity, "resultVariable"):
        yield from _entries(diagram, activity)


def _item_name(multi: etree._Element) -> str:
    item = multi.find(bpmn("inputDataItem"))
    return "" if item is None else str(item.get("name") or "")


def _entries(diagram: Diagram, task: etree._Element) -> tuple[str, ...]:
    script = task.findtext(bpmn("script")) or ""
    try:
        return entries_of(to_feel(script, declared=task.get("scriptFormat"), default=diagram.language).text)
    except ForeignLanguageError:
        return ()  # said where the script is checked
