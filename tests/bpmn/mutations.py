"""Diagrams with something wrong in them: one number, one file."""

import random
from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path

from lxml import etree

from engine.bpmn.names import ACTIVITIES, EVENT_DEFINITIONS, EVENTS, GATEWAYS, bpmn
from tests.spiff.drawing import draw
from tests.spiff.random_diagrams import Generator

ROOT = Path(__file__).parents[2]
DRAWN = 8  # random diagrams among the sources
SPOILT = 0.1  # share of files whose bytes are spoilt, not their elements
TAGS = sorted(
    ACTIVITIES | GATEWAYS | EVENTS | EVENT_DEFINITIONS | {"lane", "dataObject", "script", "process", "nonsense"}
)
TEXTS = [
    "", "= x", "${x}", "${x.y()}", "P1D", "R/PT0S", "x >", "1", "-1", "10000000", "null", "[1,2]", "审批", "a:b",
    "for i in 1..10000000 return i", "=" + "(" * 5_000, "=" + "1+" * 20_000 + "1", "=" + "[" * 3_000 + "]" * 3_000,
    "=if true then " * 500, "x" * 100_000, "R/2000-01-01T00:00:00Z/PT1S", "P999999999999Y", "\u202e\ufeff",
]  # fmt: skip

Element = etree._Element
Change = Callable[[Element, Sequence[Element], random.Random], None]


def sources(folders: Sequence[Path] = ()) -> list[bytes]:
    """What is mutated: the examples, the diagrams of the product, random ones, and those of further folders."""
    files = [*(ROOT / "tests/simulate/examples").glob("*.bpmn"), *(ROOT / "workflows").glob("*/*.bpmn")]
    files += [path for folder in folders for path in folder.rglob("*.bpmn")]
    drawn = [draw(Generator(random.Random(number)).drawing()) for number in range(DRAWN)]
    return [path.read_bytes() for path in sorted(files)] + drawn


def mutant(among: Sequence[bytes], seed: int, number: int) -> bytes:
    """The file of a number: always the same for the same sources and seed."""
    dice = random.Random(f"{seed}:{number}")
    data = dice.choice(among)
    if dice.random() < SPOILT:
        return dice.choice(SPOILING)(data, dice)
    try:
        root = etree.fromstring(data)
    except etree.XMLSyntaxError:  # of a folder of strangers' files
        return data
    for _ in range(dice.randint(1, 6)):
        elements = [each for each in root.iter(etree.Element) if each is not root]
        if elements:
            dice.choice(CHANGES)(dice.choice(elements), elements, dice)
    if dice.random() < SPOILT:
        elements = [each for each in root.iter(etree.Element) if each is not root]
        dice.choice(SWELLING)(dice.choice(elements or [root]), elements, dice)
    return etree.tostring(root)


# --- of bytes -----------------------------------------------------------------------------------------------------


def _flip(data: bytes, dice: random.Random) -> bytes:
    spoilt = bytearray(data)
    for _ in range(dice.randint(1, 5)):
        spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
    return bytes(spoilt)


def _cut(data: bytes, dice: random.Random) -> bytes:
    return data[: dice.randrange(len(data))]


def _declare(data: bytes, dice: random.Random) -> bytes:
    entity = b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    start = data.find(b"?>") + 2 if data.startswith(b"<?xml") else 0
    return data[:start] + entity + data[start:].replace(b"name=", b"name2=", dice.randrange(3))


def _recode(data: bytes, dice: random.Random) -> bytes:
    return data.decode().encode(dice.choice(["utf-16", "gb18030", "utf-32", "utf-8-sig"]), "replace")


SPOILING = (_flip, _flip, _flip, _cut, _declare, _recode)

# --- of elements --------------------------------------------------------------------------------------------------


def _remove(element: Element, _others: Sequence[Element], _dice: random.Random) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def _double(element: Element, _others: Sequence[Element], _dice: random.Random) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.append(deepcopy(element))


def _reset(element: Element, others: Sequence[Element], dice: random.Random) -> None:
    if element.attrib:
        other = dice.choice(others).get("id") or ""
        element.set(dice.choice(list(element.attrib)), dice.choice([other, "nobody", "true", "false", "=x", "P"]))


def _rename(element: Element, _others: Sequence[Element], dice: random.Random) -> None:
    element.tag = bpmn(dice.choice(TAGS))


def _move(element: Element, others: Sequence[Element], dice: random.Random) -> None:
    other = dice.choice(others)
    if other is not element and element not in other.iterancestors():
        other.append(element)


def _retell(element: Element, _others: Sequence[Element], dice: random.Random) -> None:
    element.text = dice.choice(TEXTS).replace("\ufeff", "")


def _insert(element: Element, _others: Sequence[Element], dice: random.Random) -> None:
    etree.SubElement(element, bpmn(dice.choice(TAGS))).set("id", f"new{dice.randrange(10)}")


CHANGES: tuple[Change, ...] = (_remove, _double, _reset, _rename, _move, _retell, _insert)

# --- of size ------------------------------------------------------------------------------------------------------


def _crowd(element: Element, _others: Sequence[Element], dice: random.Random) -> None:
    parent = element.getparent()
    if parent is None:
        return
    for number in range(dice.choice([100, 1_000, 25_000]) if len(element) < 3 else 50):
        copy = deepcopy(element)
        copy.set("id", f"copy{number}")
        parent.append(copy)


def _nest(element: Element, _others: Sequence[Element], dice: random.Random) -> None:
    parent = element.getparent()
    if parent is None:
        return
    for number in range(dice.choice([20, 150, 190, 400])):
        parent = etree.SubElement(parent, bpmn("subProcess"))
        parent.set("id", f"nest{number}")
    parent.append(element)


def _chain(element: Element, _others: Sequence[Element], dice: random.Random) -> None:
    parent = element.getparent()
    last = element.get("id")
    if parent is None or last is None:
        return
    for number in range(dice.choice([50, 5_000])):
        node, flow = etree.SubElement(parent, bpmn("task")), etree.SubElement(parent, bpmn("sequenceFlow"))
        node.set("id", f"link{number}")
        flow.set("sourceRef", last)
        flow.set("targetRef", f"link{number}")
        last = f"link{number}"


SWELLING: tuple[Change, ...] = (_crowd, _nest, _chain)
