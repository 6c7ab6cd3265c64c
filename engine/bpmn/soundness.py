"""Can tokens get stuck? The token game of one scope, played through all choices within bounds.

Conditions are not looked at: every way out of a gateway counts as possible. So a diagram whose conditions always agree
may be warned of although it works; one that is not warned of cannot get stuck unless the bound was reached.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from lxml import etree

from engine.bpmn.diagram import Diagram, definition_of, is_event_subprocess
from engine.bpmn.names import bpmn, local_name

MAX_MARKINGS: Final = 1_000  # of one scope
MAX_TOKENS: Final = 3  # on one flow; beyond, a marking is not followed
MAX_BRANCHES: Final = 5  # of an inclusive split, for all subsets; beyond, each alone and all together

Marking = tuple[tuple[int, int], ...]  # (flow, tokens), sorted


@dataclass(slots=True)
class Net:
    """A scope as flows between nodes; a node is (kind, incoming, ways out)."""

    incoming: list[list[int]] = field(default_factory=list)
    ways: list[list[tuple[int, ...]]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    elements: list[etree._Element] = field(default_factory=list)
    flows: int = 0
    target: dict[int, int] = field(default_factory=dict)
    start: list[int] = field(default_factory=list)


def find_deadlocks(diagram: Diagram, scope: etree._Element) -> tuple[list[etree._Element], bool]:
    """Joins of a scope at which tokens may wait for ever, and whether every way through it was followed."""
    nodes = list(diagram.scope_nodes(scope))
    joins = [n for n in nodes if local_name(n) == "parallelGateway" and len(_incoming(diagram, n)) > 1]
    if not joins:
        return [], True
    net = _build(diagram, nodes)
    stuck, complete = _play(net)
    return [net.elements[node] for node in sorted(stuck)], complete


def _incoming(diagram: Diagram, node: etree._Element) -> list[str]:
    return [flow.id for flow in diagram.incoming.get(str(node.get("id")), [])]


def _build(diagram: Diagram, nodes: list[etree._Element]) -> Net:
    net = Net()
    places: dict[str, int] = {}
    boundaries: dict[str, list[etree._Element]] = {}
    for node in nodes:
        for flow in diagram.outgoing.get(str(node.get("id")), []):
            places[flow.id] = len(places)
        if local_name(node) == "boundaryEvent":
            boundaries.setdefault(str(node.get("attachedToRef")).rpartition(":")[2], []).append(node)
    links = {
        _link(diagram, n): n
        for n in nodes
        if local_name(n) == "intermediateCatchEvent" and _link(diagram, n) is not None
    }
    for node in nodes:
        if local_name(node) == "boundaryEvent" or is_event_subprocess(node):
            continue
        _add(net, diagram, node, places, boundaries.get(str(node.get("id")), []), links)
    return net


def _link(diagram: Diagram, node: etree._Element) -> str | None:
    link = definition_of(diagram, node, "link")
    return None if link is None else (link.get("name") or node.get("name") or "").strip()


def _add(
    net: Net,
    diagram: Diagram,
    node: etree._Element,
    places: dict[str, int],
    boundaries: list[etree._Element],
    links: dict[str | None, etree._Element],
) -> None:
    index = len(net.elements)
    incoming = [places[f] for f in _incoming(diagram, node) if f in places]
    net.elements.append(node)
    net.kinds.append(local_name(node))
    net.incoming.append(incoming)
    for place in incoming:
        net.target[place] = index
    ways = _ways(diagram, node, places)
    if local_name(node) == "intermediateThrowEvent" and _link(diagram, node) in links:
        ways = _ways(diagram, links[_link(diagram, node)], places)
    net.ways.append(_with_boundaries(diagram, ways, boundaries, places))
    if (
        not incoming
        and node.get("isForCompensation") != "true"
        and not (_link(diagram, node) and local_name(node) != "startEvent")
    ):
        net.start.append(index)


def _ways(diagram: Diagram, node: etree._Element, places: dict[str, int]) -> list[tuple[int, ...]]:
    flows = diagram.outgoing.get(str(node.get("id")), [])
    out = [places[flow.id] for flow in flows]
    kind = local_name(node)
    if kind in {"exclusiveGateway", "eventBasedGateway"}:
        return [(place,) for place in out] or [()]
    optional = any(flow.element.find(bpmn("conditionExpression")) is not None for flow in flows)
    if kind == "parallelGateway" or not optional:
        return [tuple(out)]
    if len(out) > MAX_BRANCHES:
        return [*((place,) for place in out), tuple(out)]
    return [subset for size in range(1, len(out) + 1) for subset in combinations(out, size)]


def _with_boundaries(
    diagram: Diagram, ways: list[tuple[int, ...]], boundaries: list[etree._Element], places: dict[str, int]
) -> list[tuple[int, ...]]:
    """An interrupting event replaces the way out, another one adds to it. Of too many ways not all are followed."""
    result = list(ways)
    for event in boundaries:
        if definition_of(diagram, event, "compensate") is not None:
            continue
        for other in _ways(diagram, event, places):
            if len(result) > MAX_MARKINGS:
                return result  # more than are looked at: the bound is reached at this node
            if event.get("cancelActivity") == "false":
                result += [way + other for way in ways]
            else:
                result.append(other)
    return result


def _play(net: Net) -> tuple[set[int], bool]:
    """Follow the markings; the joins that hold tokens where nothing can move any more.

    A flow leads to one node only, so the moves of two nodes never take each other's tokens: following those of one node
    at a time finds every marking in which nothing can move.
    """
    stuck: set[int] = set()
    seen = set(_beginnings(net))
    pending = list(seen)
    complete = True
    while pending and len(seen) <= MAX_MARKINGS:
        marking = pending.pop()
        moves = _moves(net, dict(marking))
        if marking and moves is None:
            stuck |= {net.target[place] for place, _ in marking if net.kinds[net.target[place]] == "parallelGateway"}
        for following in moves or ():
            if any(count > MAX_TOKENS for _, count in following):
                complete = False
            elif following not in seen:
                seen.add(following)
                pending.append(following)
    return stuck, complete and not pending


def _beginnings(net: Net) -> Iterator[Marking]:
    """Each start event alone; without start events all heads together."""
    starts = [n for n in net.start if net.kinds[n] == "startEvent"]
    if starts:
        for node in starts:
            for way in net.ways[node]:
                yield _pack(dict.fromkeys(way, 1))
        return
    together: dict[int, int] = {}
    for node in net.start:
        for place in net.ways[node][0]:
            together[place] = together.get(place, 0) + 1
    yield _pack(together)


def _pack(tokens: dict[int, int]) -> Marking:
    return tuple(sorted((place, count) for place, count in tokens.items() if count))


def _moves(net: Net, tokens: dict[int, int]) -> Iterator[Marking] | None:
    """What follows from the moves of one node; None if nothing can move. Inclusive joins move last, as they do."""
    inclusive: list[tuple[int, list[int]]] = []
    for node in sorted({net.target[place] for place in tokens}):
        incoming = net.incoming[node]
        kind = net.kinds[node]
        arrived = [place for place in incoming if tokens.get(place)]
        if kind == "inclusiveGateway":
            inclusive.append((node, arrived))
        elif kind != "parallelGateway":
            return _after(net, node, tokens, arrived[:1])
        elif len(arrived) == len(incoming):
            return _after(net, node, tokens, incoming)
    if not inclusive:
        return None
    return (marking for node, arrived in inclusive for marking in _after(net, node, tokens, arrived))


def _after(net: Net, node: int, tokens: dict[int, int], consumed: list[int]) -> Iterator[Marking]:
    rest = dict(tokens)
    for place in consumed:
        rest[place] -= 1
    for way in net.ways[node]:
        following = dict(rest)
        for place in way:
            following[place] = following.get(place, 0) + 1
        yield _pack(following)
