"""To which nodes of a process a token can come at all."""

from __future__ import annotations

from collections.abc import Iterator

from engine.spiff.definitions import Definitions
from engine.spiff.specs import FlowNode, ProcessSpec, begins_instances


def reachable_nodes(definitions: Definitions, process_id: str) -> frozenset[str]:
    """Ids of the nodes that some way through the process leads to, those in its sub-processes included.

    Conditions are not looked at, every event may happen: what is not among them never happens.
    """
    seen: set[str] = set()
    pending = list(_entries(definitions.specs[process_id]))
    while pending:
        node = pending.pop()
        if node.bpmn_id not in seen:
            seen.add(node.bpmn_id)
            pending.extend(_next(node))
    return frozenset(seen)


def _entries(scope: ProcessSpec) -> Iterator[FlowNode]:
    """Where a token may begin in a process or sub-process."""
    yield from scope.starts
    yield from scope.enabled
    yield from scope.event_subprocesses
    yield from (node for node in scope.nodes.values() if begins_instances(node))


def _next(node: FlowNode) -> Iterator[FlowNode]:
    yield from (flow.target for flow in node.flows_out)
    yield from node.boundaries
    if node.handler is not None:
        yield node.handler
    if node.body is not None:
        yield from _entries(node.body)
