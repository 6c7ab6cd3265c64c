"""Splits and joins: which flows are taken, and when a join fires."""

from __future__ import annotations

from engine.spiff.core import Core
from engine.spiff.errors import NoFlowError
from engine.spiff.reach import is_entangled, may_come, sources_of
from engine.spiff.specs import Flow, FlowNode
from engine.spiff.state import Activity, Scope


class Flows(Core):
    """Gateways, and the flows that leave anything else."""

    def leave(self, scope: Scope, node: FlowNode, activity: Activity | None = None) -> None:
        """Send tokens out of a node that is done."""
        flows = node.flows_out
        if not flows:
            self.last_end = node.bpmn_id
            return
        if node.chooses:
            flows = self._select(scope, node)
        elif node.kind == "exclusiveGateway":
            flows = flows[:1]
        self.send_tokens(scope, flows)

    def _select(self, scope: Scope, node: FlowNode) -> list[Flow]:
        if node.kind in {"parallelGateway", "eventBasedGateway"}:
            return node.flows_out
        exclusive = node.kind == "exclusiveGateway"
        context = self.visible(scope)
        chosen: list[Flow] = []
        unconditional: list[Flow] = []
        for flow in node.flows_out:
            if flow.id == node.default and flow.id is not None:
                continue
            if flow.condition is None:
                unconditional.append(flow)
                continue
            if self.evaluate_in(flow.condition, context) is True:
                if exclusive:
                    return [flow]
                chosen.append(flow)
        if exclusive:
            return self._otherwise(node, unconditional)
        taken = [flow for flow in node.flows_out if flow in chosen or flow in unconditional]
        return taken if taken and (chosen or unconditional) else self._otherwise(node, [])

    def _otherwise(self, node: FlowNode, unconditional: list[Flow]) -> list[Flow]:
        """The default flow; at an exclusive gateway without one, the only flow without condition."""
        for flow in node.flows_out:
            if flow.id == node.default and flow.id is not None:
                return [flow]
        if len(unconditional) == 1:
            return unconditional
        raise NoFlowError(node.bpmn_id)

    def enter_parallel(self, scope: Scope, node: FlowNode, flow: Flow | None) -> None:
        """A join counts tokens per incoming flow and fires when each has one, in every turn of a loop."""
        if flow is None or len(node.flows_in) < 2:
            self._pass(scope, node)
            return
        arrived = scope.arrivals.setdefault(node.bpmn_id, {})
        arrived[flow.key] = arrived.get(flow.key, 0) + 1
        if len(arrived) == len(node.flows_in):
            self._consume(scope, node, list(arrived))
            self._pass(scope, node)

    def enter_inclusive(self, scope: Scope, node: FlowNode, flow: Flow | None) -> None:
        """A token waits at the join until no other can come to an incoming flow that has none."""
        if flow is None or len(node.flows_in) < 2:
            self._pass(scope, node)
            return
        arrived = scope.arrivals.setdefault(node.bpmn_id, {})
        arrived[flow.key] = arrived.get(flow.key, 0) + 1
        self._pending_joins[scope, node] = None

    def _pass(self, scope: Scope, node: FlowNode) -> None:
        self.journal.trace.append(node.bpmn_id)
        self.leave(scope, node)

    def _consume(self, scope: Scope, node: FlowNode, keys: list[str]) -> None:
        """Take one token from each of the incoming flows."""
        arrived = scope.arrivals[node.bpmn_id]
        for key in keys:
            arrived[key] -= 1
            if not arrived[key]:
                del arrived[key]
        if not arrived:
            del scope.arrivals[node.bpmn_id]

    def fire_joins(self) -> bool:
        """Fire one inclusive join that nothing more can reach; True if there was one.

        Joins that wait only for each other (a loop leads from a parallel join back to an inclusive one before it) would
        wait for ever: the inclusive join that began to wait first fires.
        """
        waiting: list[tuple[Scope, FlowNode]] = []
        for scope, node in sorted(self._pending_joins, key=lambda join: join[0].no):
            if scope.dead or node.bpmn_id not in scope.arrivals:
                del self._pending_joins[scope, node]
            elif not self._waits(scope, node):
                self._fire(scope, node)
                return True
            else:
                waiting.append((scope, node))
        for scope, node in waiting:
            if self._only_joins_wait(scope, node):
                self._fire(scope, node)
                return True
        return False

    def _fire(self, scope: Scope, node: FlowNode) -> None:
        self.budget.visit(node.bpmn_id)
        self._consume(scope, node, list(scope.arrivals[node.bpmn_id]))
        if node.bpmn_id not in scope.arrivals:
            self._pending_joins.pop((scope, node), None)
        self._pass(scope, node)
        self.check_scope(scope)

    def _occupied(self, scope: Scope) -> set[str]:
        """Where a token waits that goes on from there."""
        return {a.node.bpmn_id for a in scope.activities.values() if not only_undoes(a)}

    def _waits(self, scope: Scope, node: FlowNode) -> bool:
        """Whether a token can still come to an incoming flow that has none, before the join fires."""
        occupied = self._occupied(scope)
        if not self._blockers(scope, node, occupied | scope.arrivals.keys()):
            return False
        if not is_entangled(node):
            return True
        return not may_come(node, occupied, scope.arrivals) <= scope.arrivals[node.bpmn_id].keys()

    def _blockers(self, scope: Scope, node: FlowNode, places: set[str]) -> set[str]:
        """Of these places with a token, those from which one can come to an incoming flow that has none."""
        arrived = scope.arrivals.get(node.bpmn_id, {})
        sources = sources_of(node)
        empty = [sources[flow.key] for flow in node.flows_in if flow.key not in arrived]
        return {place for place in places if place != node.bpmn_id and any(place in reach for reach in empty)}

    def _only_joins_wait(self, scope: Scope, node: FlowNode) -> bool:
        """True if what keeps the join waiting are other joins, to none of which an activity can send a token."""
        occupied = self._occupied(scope)
        if self._blockers(scope, node, occupied):
            return False
        joins = self._blockers(scope, node, set(scope.arrivals))
        return not any(self._blockers(scope, scope.spec.nodes[join], occupied) for join in joins)

    def forget_joins(self, scopes: list[Scope]) -> None:
        """Scopes that are put on ice take their waiting joins with them."""
        for key in [key for key in self._pending_joins if key[0] in scopes]:
            del self._pending_joins[key]

    def restore_joins(self, scope: Scope) -> None:
        """Find the inclusive joins of a scope with tokens after a state was loaded."""
        for join in scope.arrivals:
            node = scope.spec.nodes[join]
            if node.kind == "inclusiveGateway":
                self._pending_joins[scope, node] = None


def only_undoes(activity: Activity) -> bool:
    """True for a sub-process that is being undone, and for an event whose token did not wait for what it undoes."""
    if activity.queue is not None:
        return activity.index is None and activity.leaving == "end"
    return bool(activity.on_behalf) and not activity.node.for_compensation
