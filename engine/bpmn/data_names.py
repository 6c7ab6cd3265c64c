"""The variables behind data elements of a diagram."""

from __future__ import annotations

from lxml import etree

from engine.bpmn.diagram import Diagram, our
from engine.bpmn.names import bpmn


def item_name(multi: etree._Element, kind: str) -> str | None:
    """The variable that an ``inputDataItem`` or ``outputDataItem`` stands for."""
    item = multi.find(bpmn(kind))
    return None if item is None else (item.get("name") or item.get("id"))


def data_name(diagram: Diagram, reference: str | None) -> str | None:
    """The variable behind a data reference: the name of the data input, output or object, else the reference."""
    wanted = (reference or "").strip()
    return diagram.data_names.get(wanted, wanted) or None


def element_variable(multi: etree._Element) -> str | None:
    """The variable that holds an instance's own item."""
    return our(multi, "elementVariable") or item_name(multi, "inputDataItem")


def output_variable(diagram: Diagram, multi: etree._Element) -> str | None:
    """The variable that collects what the instances give."""
    return our(multi, "outputCollection") or data_name(diagram, multi.findtext(bpmn("loopDataOutputRef")))
