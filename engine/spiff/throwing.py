"""Events that are thrown: messages, signals, errors, escalations, terminate, cancel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.spiff.effects import Ended, Sent
from engine.spiff.environment import BpmnError
from engine.spiff.errors import ExecutionError
from engine.spiff.specs import FlowNode, Trigger
from engine.spiff.state import Activity, Scope
from engine.spiff.subscriptions import KEYLESS, Subscriptions, correlation_text


class Throwing(Subscriptions):
    """What end events, throw events and failing activities do to their surroundings."""

    if TYPE_CHECKING:

        def start_compensation(
            self, scope: Scope, node: FlowNode, activity_id: str | None, leaving: str
        ) -> Activity | None: ...
        def record_unfinished(self, scope: Scope) -> None: ...
        def thaw_for_signal(self) -> None: ...

    def throw(self, scope: Scope, node: FlowNode) -> None:
        """Do what each trigger of a throw or end event says, then go on (an end event goes nowhere)."""
        if node.kind == "endEvent":
            self.last_end = node.bpmn_id
        self.throw_from(scope, node, 0)

    def throw_from(self, scope: Scope, node: FlowNode, first: int) -> None:
        """Throw what an event throws, from one of its triggers on."""
        generation = scope.generation
        for index, trigger in enumerate(node.triggers[first:], first):
            if trigger.kind == "signal":
                scope.tokens += 1  # its place is not empty while those who hear it go on
                self.later(self._after_signal, scope, generation, node, index + 1)
                self.send(scope, None, node, trigger)
                return
            if self._throw_one(scope, node, trigger, index + 1):
                return
            if scope.dead or scope.generation != generation or self.ended is not None:
                return
        if node.kind != "endEvent":
            self.leave(scope, node)

    def _after_signal(self, scope: Scope, generation: int, node: FlowNode, following: int) -> None:
        """Go on behind a signal, unless somebody who heard it has ended all this."""
        if scope.dead or scope.generation != generation:
            return
        scope.tokens -= 1
        self.throw_from(scope, node, following)
        self.check_scope(scope)

    def _throw_one(self, scope: Scope, node: FlowNode, trigger: Trigger, following: int) -> bool:
        """Throw one trigger; True if the others are not to be thrown and the node is not to be left now."""
        kind = trigger.kind
        if kind == "message":
            self.send(scope, None, node, trigger)
        elif kind == "error":
            self.throw_error(scope, None, trigger.code or "", "", node)
            return True
        elif kind == "escalation":
            self.escalate(scope, trigger.code)
        elif kind == "terminate":
            self.terminate(scope, node)
            return True
        elif kind == "cancel":
            self.cancel_transaction(scope, node)
            return True
        elif kind == "compensate":
            wait = trigger.wait_for_completion
            thrower = self.start_compensation(scope, node, trigger.activity, "end")
            if thrower is not None and wait:
                thrower.index = following
                return True
        return False

    def send(self, scope: Scope, activity: Activity | None, node: FlowNode, trigger: Trigger) -> None:
        """Throw a message, or a signal, which reaches this instance's own waiting events at once."""
        name = self.event_name(trigger, scope, activity)
        if name is None:
            raise ExecutionError("no-name", f"{node.bpmn_id} throws a {trigger.kind} without name", node.bpmn_id)
        data = self.evaluate_all(trigger.parameters, scope, activity)
        key = None
        if trigger.correlation is not None:
            key = self._key_of_sent(trigger, scope, activity, data, node)
        kind: Any = trigger.kind
        self.journal.sent.append(Sent(kind, node.bpmn_id, name, key, data, trigger.broadcast or kind == "signal"))
        if kind == "signal":
            self.broadcast(name, data)

    def _key_of_sent(
        self, trigger: Trigger, scope: Scope, activity: Activity | None, data: Mapping[str, Any], node: FlowNode
    ) -> str:
        context = self.context(scope, activity)
        if trigger.keyed_by_payload:
            context.update(data)
        key = correlation_text(self.evaluate_in(trigger.correlation or "null", context))
        if key is None:
            self.report("null-correlation-key", f"the correlation key of {node.bpmn_id} is null: it reaches nobody")
            return KEYLESS
        return key

    def broadcast(self, name: str, data: Mapping[str, Any]) -> int:
        """Fire every event of this instance that waits for the signal; returns how many."""
        self.thaw_for_signal()
        waiting = [s for _, s in sorted(self.subscriptions.items()) if s.kind == "signal" and s.name == name]
        for subscription in reversed(waiting):
            self.later(self.fire, subscription, dict(data))
        return len(waiting)

    def throw_error(self, scope: Scope, activity: Activity | None, code: str, message: str, node: FlowNode) -> None:
        """Find who catches an error: boundary events of the activity, event sub-processes of the scope, then outwards.

        An event sub-process takes precedence over the boundary event of its own sub-process. What one throws the others
        of its scope may catch, not it. Caught by nobody, the instance ends in error.
        """
        error = BpmnError(code, message)
        self._throw_outwards(scope, activity, error, node)

    def _throw_outwards(self, scope: Scope, activity: Activity | None, error: BpmnError, node: FlowNode) -> None:
        where: Scope | None = scope
        current = activity
        while where is not None:
            if current is not None:
                current = current.parent or current
                boundary = matching(current.node.boundaries, "error", error.code)
                if boundary is not None:
                    self.write(where, None, error_values(boundary, error))
                    self.leave_by_boundary(boundary, current)
                    return
            start = matching(handlers_beside(where, current), "error", error.code)
            if start is not None and start.process.host is not None:
                self.start_event_subprocess(where, start.process.host, start, error_values(start, error))
                return
            current = where.host
            where = current.scope if current is not None else None
        self._end_in_error(error, node)

    def _end_in_error(self, error: BpmnError, node: FlowNode) -> None:
        self.cancel_contents(self.root)
        self.close_scope(self.root)
        self.ended = Ended("error", node.bpmn_id, error.code)

    def escalate(self, scope: Scope, code: str | None) -> bool:
        """Find who catches an escalation; nobody need. Returns whether somebody did."""
        where: Scope | None = scope
        current: Activity | None = None
        while where is not None:
            if current is not None:
                current = current.parent or current
                boundary = matching(current.node.boundaries, "escalation", code)
                if boundary is not None:
                    self.leave_by_boundary(boundary, current)
                    return True
            start = matching(handlers_beside(where, current), "escalation", code)
            if start is not None and start.process.host is not None:
                self.start_event_subprocess(where, start.process.host, start, {})
                return True
            current = where.host
            where = current.scope if current is not None else None
        return False

    def terminate(self, scope: Scope, node: FlowNode) -> None:
        """End everything in the innermost process, sub-process or multi-instance body."""
        self.cancel_contents(scope)
        self.stop_listening(scope)
        if scope.host is None:
            self.close_scope(scope)
            self.ended = Ended("terminated", node.bpmn_id)
            return
        scope.compensation.clear()
        scope.finishing = True
        self.later(self._finish_scope, scope)

    def cancel_transaction(self, scope: Scope, node: FlowNode) -> None:
        """End everything in the transaction, compensate what was done, then go on from its cancel boundary event."""
        where = next((s for s in self.ancestors(scope) if s.host and s.host.node.kind == "transaction"), None)
        if where is None or where.host is None:
            raise ExecutionError("no-transaction", f"{node.bpmn_id} cancels, but is in no transaction", node.bpmn_id)
        self.record_unfinished(where)
        self.cancel_contents(where)
        self.stop_listening(where)
        if self.start_compensation(where, node, None, "cancel") is None:
            self.leave_cancelled(where)

    def leave_cancelled(self, scope: Scope) -> None:
        """Go on from the cancel boundary event of a transaction that has been compensated."""
        host = scope.host
        if host is None:
            return
        host = host.parent or host
        boundary = matching(host.node.boundaries, "cancel", None)
        if boundary is not None:
            self.leave_by_boundary(boundary, host)
            return
        outer = host.scope
        self.cancel_activity(host)
        self.check_scope(outer)


def event_starts(scope: Scope) -> list[FlowNode]:
    """The start events of all event sub-processes of a scope."""
    return [start for e in scope.spec.event_subprocesses if e.body is not None for start in e.body.start_events]


def handlers_beside(scope: Scope, thrower: Activity | None) -> list[FlowNode]:
    """The starts of the event sub-processes of a scope but the one out of which something is thrown, if it is one."""
    return [start for start in event_starts(scope) if thrower is None or start.process.host is not thrower.node]


def matching(nodes: list[FlowNode], kind: str, code: str | None) -> FlowNode | None:
    """The node that catches this code, one that names it before one that catches all."""
    catch_all = None
    for node in nodes:
        for trigger in node.triggers:
            if trigger.kind != kind:
                continue
            if trigger.code is not None and (trigger.code == code or code in trigger.aliases):
                return node
            if trigger.code is None and catch_all is None:
                catch_all = node
    return catch_all


def error_values(catcher: FlowNode, error: BpmnError) -> dict[str, Any]:
    """The variable that the catching event asks for: code and message."""
    names = [t.error_variable for t in catcher.triggers if t.error_variable]
    return {name: {"code": error.code, "message": error.message} for name in names}
