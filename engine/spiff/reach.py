"""From where a token can still come to an incoming flow of an inclusive join."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.spiff.specs import Flow, FlowNode

_JOINS = frozenset(("parallelGateway", "inclusiveGateway"))


def sources_of(join: FlowNode) -> dict[str, frozenset[str]]:
    """For each incoming flow, the nodes from which it can be reached without passing the join itself.

    Computed once per join and kept with the process spec.
    """
    known = join.process.blocking.get(join.bpmn_id)
    if known is None:
        known = {flow.key: frozenset(_backwards(flow.source, join)) for flow in join.flows_in}
        join.process.blocking[join.bpmn_id] = known
    return known


def _backwards(start: FlowNode, join: FlowNode) -> set[str]:
    seen: set[str] = set()
    pending = [start]
    while pending:
        node = pending.pop()
        if node is join or node.bpmn_id in seen:
            continue
        seen.add(node.bpmn_id)
        pending.extend(flow.source for flow in node.flows_in)
        if node.attached_to is not None:
            pending.append(node.attached_to)
    return seen


def is_entangled(join: FlowNode) -> bool:
    """Whether a loop leads through the join and through another: then what seems to come may be waiting for it.

    Computed once per join and kept with the process spec.
    """
    known = join.process.entangled.get(join.bpmn_id)
    if known is None:
        before = frozenset().union(*sources_of(join).values())
        known = any(is_join(node) and node.bpmn_id in before for node in _behind(join))
        join.process.entangled[join.bpmn_id] = known
    return known


def is_join(node: FlowNode) -> bool:
    """True where several flows come together in tokens that wait for each other."""
    return node.kind in _JOINS and len(node.flows_in) > 1


def _behind(join: FlowNode) -> set[FlowNode]:
    seen: set[FlowNode] = set()
    pending = [join]
    while pending:
        for node in next_nodes(pending.pop()):
            if node not in seen and node is not join:
                seen.add(node)
                pending.append(node)
    return seen


def next_nodes(node: FlowNode) -> list[FlowNode]:
    """Where a token that waits at a node may go."""
    return [*(flow.target for flow in node.flows_out), *node.boundaries]


def may_come(join: FlowNode, occupied: Iterable[str], arrivals: Mapping[str, Mapping[str, int]]) -> set[str]:
    """The incoming flows of an inclusive join to which a token can come before it fires.

    Another join that waits for this one lets nothing through: a parallel one that has no token from there, an inclusive
    one with an empty flow to which this one leads, unless it leads to one that is not empty as well.
    """
    nodes = join.process.nodes
    arrived = {place: set(flows) for place, flows in arrivals.items() if place != join.bpmn_id}
    pending = [nodes[place] for place in occupied if place in nodes]
    pending += [nodes[place] for place in arrived if _lets_through(nodes[place], arrived[place], join)]
    seen = {node.bpmn_id for node in pending}
    coming: set[str] = set()
    while pending:
        node = pending.pop()
        for flow in node.flows_out:
            if flow.target is join:
                coming.add(flow.key)
            elif flow.target.bpmn_id not in seen and _passes(flow, arrived, join):
                seen.add(flow.target.bpmn_id)
                pending.append(flow.target)
        for boundary in node.boundaries:
            if boundary.bpmn_id not in seen:
                seen.add(boundary.bpmn_id)
                pending.append(boundary)
    return coming


def _passes(flow: Flow, arrived: dict[str, set[str]], join: FlowNode) -> bool:
    """Whether a token on this flow, with those that were there before, goes on behind its target."""
    if not is_join(flow.target):
        return True
    there = arrived.setdefault(flow.target.bpmn_id, set())
    there.add(flow.key)
    return _lets_through(flow.target, there, join)


def _lets_through(other: FlowNode, arrived: set[str], join: FlowNode) -> bool:
    if other.kind == "parallelGateway":
        return len(arrived) == len(other.flows_in)
    led_to = {key for key, sources in sources_of(other).items() if join.bpmn_id in sources}
    return led_to <= arrived or not led_to.isdisjoint(arrived)
