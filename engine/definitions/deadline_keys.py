"""Deadline keys: every one that a diagram names stands in a decision table."""

from collections.abc import Iterator, Mapping

from lxml import etree

from engine.bpmn.names import BANLI
from engine.bpmn.read import read_xml

KEYS = (f"{{{BANLI}}}due", f"{{{BANLI}}}deadline")


def unknown_deadlines(resources: Mapping[str, bytes]) -> list[str]:
    """Keys that no table of the folder names: the default row would quietly give them its own days.

    Args:
        resources: the folder's files by path.

    Returns:
        One sentence for each place, with file, line and element.
    """
    named = {text for name, content in resources.items() if name.endswith(".dmn") for text in _cells(content)}
    return [
        f"{name} 第 {element.sourceline} 行 {_described(element)}：决策表里没有期限“{key}”（unknown-deadline）"
        for name, content in sorted(resources.items())
        if name.endswith(".bpmn")
        for element, key in _uses(content)
        if f'"{key}"' not in named
    ]


def _cells(content: bytes) -> Iterator[str]:
    """Single texts of the input cells; a cell of several names each of them."""
    for entry in read_xml(content).iter("{*}inputEntry"):
        text = "".join(map(str, entry.itertext()))
        yield from (part.strip() for part in text.split(","))


def _uses(content: bytes) -> Iterator[tuple[etree._Element, str]]:
    for element in read_xml(content).iter(etree.Element):
        for attribute in KEYS:
            key = element.get(attribute)
            if key and not key.startswith("="):
                yield element, key


def _described(element: etree._Element) -> str:
    """Type and id; an event's definition is told by its event."""
    owner = element if element.get("id") else element.getparent()
    owner = element if owner is None else owner
    return f"{etree.QName(owner).localname} {owner.get('id', '')}"
