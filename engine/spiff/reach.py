"""From where a token can still come to an incoming flow of an inclusive join."""

from __future__ import annotations

from engine.spiff.specs import FlowNode


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
