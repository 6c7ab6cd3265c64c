"""What an administrator may do to tokens: move one to another node, begin again at a node."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.spiff.adhoc import AdHoc
from engine.spiff.errors import ExecutionError, NotWaitingError
from engine.spiff.specs import FlowNode
from engine.spiff.state import NOTHING_MORE, Activity, Scope

_JOINS = frozenset(("parallelGateway", "inclusiveGateway"))


class Moving(AdHoc):
    """The rules of moving; the commands stand in the execution."""

    if TYPE_CHECKING:

        def thaw(self, no: int) -> None: ...
        def thaw_all(self) -> None: ...

    def place_of(self, no: int) -> Activity:
        """The activity or event that waits under the number of a task, of a wait or of its own.

        Raises:
            NotWaitingError: nothing waits there.
        """
        self.thaw(no)
        activity = self.activities.get(no)
        subscription = self.subscriptions.get(no)
        if activity is None and subscription is not None:
            activity = subscription.activity
        for controller in self.ranges if activity is None else ():
            loop = controller.loop
            index = no - loop.first_no if loop is not None else -1
            if loop is not None and loop.open is not None and 0 <= index < loop.total:
                activity = controller if loop.open[index >> 3] & (1 << (index & 7)) else None
        if activity is None:
            raise NotWaitingError(f"nothing waits as no. {no}")
        return activity

    def move(self, activity: Activity, target_id: str) -> None:
        """Take a token away from where it waits and put it before a node of the same scope, or of one around it.

        All instances of a multi-instance activity move together as one token; from the inside of a sub-process to its
        outside, everything in the sub-process ends. A compensation handler has the token of the event that undoes.
        """
        current = activity.parent or activity
        for scope in self.ancestors(activity.scope):
            target = scope.spec.nodes.get(target_id)
            if target is not None:
                ensure_enterable(target)
                scope.tokens += 1  # it is not empty between the two
                moved = _with_compensation(current)
                deaf = any(map(_has_ended_waiting, moved))
                self.keep_not_undone(scope, moved)
                for each in moved:
                    self.cancel_activity(each)
                if deaf:
                    self._listen_again(scope)
                scope.tokens -= 1
                self.send_to(scope, [target])
                return
            if scope.host is None:
                break
            current = scope.host.parent or scope.host
        raise ExecutionError("not-a-target", f"{target_id} is not around what is to be moved", target_id)

    def restart(self, node_id: str) -> None:
        """End everything in the scope of a node and begin again there; its event sub-processes wait as before."""
        scope, target = self._living(node_id)
        ensure_enterable(target)
        deaf = any(map(_has_ended_waiting, scope.activities.values()))
        self.cancel_contents(scope)
        if deaf:
            self._listen_again(scope)
        self.send_to(scope, [target])

    def _listen_again(self, scope: Scope) -> None:
        """What had ended: the waiting of its event sub-processes, and what is offered."""
        self.subscribe_scope(scope)
        scope.performed.pop(NOTHING_MORE, None)

    def _living(self, node_id: str) -> tuple[Scope, FlowNode]:
        if node_id in self.root.spec.nodes:
            return self.root, self.root.spec.nodes[node_id]
        self.thaw_all()
        found = [(scope, scope.spec.nodes[node_id]) for scope in self._scopes() if node_id in scope.spec.nodes]
        if len(found) == 1:
            return found[0]
        reason = "stands in no scope that is alive" if not found else f"stands in {len(found)} scopes that are alive"
        raise ExecutionError("not-a-target", f"{node_id} {reason}", node_id)

    def _scopes(self) -> Iterator[Scope]:
        return (activity.child for _, activity in sorted(self.activities.items()) if activity.child is not None)


def _with_compensation(activity: Activity) -> list[Activity]:
    """The activity, behind the event that it is a compensation handler of, or before the handler that it waits for."""
    thrower = activity.on_behalf or activity.no
    beside = [each for each in activity.scope.activities.values() if each is not activity]
    moved = [activity, *(each for each in beside if thrower in (each.no, each.on_behalf))]
    return sorted(moved, key=lambda each: each.no)


def _has_ended_waiting(activity: Activity) -> bool:
    """True for what interrupts or cancels its scope: no event sub-process of it waits any more."""
    return interrupts(activity.node) or activity.leaving == "cancel"


def interrupts(node: FlowNode) -> bool:
    """True for an event sub-process that ends what is around it."""
    starts = node.body.start_events if node.body is not None and node in node.process.event_subprocesses else []
    return any(start.interrupting for start in starts)


def ensure_enterable(node: FlowNode) -> None:
    """A token may be put before any node that a flow could lead to, but not into the middle of a join.

    Raises:
        ExecutionError
    """
    joins = node.kind in _JOINS and len(node.flows_in) > 1
    waits_for_event = node.kind == "boundaryEvent" or node in node.process.event_subprocesses
    if joins or waits_for_event or node.for_compensation:
        raise ExecutionError("not-a-target", f"no token can be put at {node.bpmn_id}", node.bpmn_id)
