"""Events that are waited for: opened, fired, opened again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from engine.bpmn.iso import Due, TimerValueError, first_due, next_repetition
from engine.spiff.effects import Wait
from engine.spiff.errors import ExecutionError, NotWaitingError
from engine.spiff.flows import Flows
from engine.spiff.specs import FlowNode, Trigger, waits_for_all
from engine.spiff.state import NOTHING_MORE, Activity, Scope, Subscription, within

_WAITING_KINDS = {"message": "message", "signal": "signal", "timer": "timer", "conditional": "condition"}


class Subscriptions(Flows):
    """Catch events, receive tasks, boundary events, event gateways and the starts of event sub-processes."""

    if TYPE_CHECKING:

        def thaw(self, no: int) -> None: ...
        def undo_next(self, handler: Activity) -> None: ...

    def subscribe(self, node: FlowNode, scope: Scope, activity: Activity | None, owner_scope: Scope | None) -> None:
        """Open what the triggers of a node wait for; errors, escalations and the like are looked up when thrown."""
        for index, trigger in enumerate(node.triggers):
            kind = _WAITING_KINDS.get(trigger.kind)
            if kind is None:
                continue
            subscription = Subscription(0, node, index, kind, activity, owner_scope)
            self._fill(subscription, trigger, scope, activity)
            self._open(subscription)

    def _open(self, subscription: Subscription) -> None:
        subscription.no = self.number()
        self.subscriptions[subscription.no] = subscription
        owner = subscription.activity if subscription.scope is None else subscription.scope
        if owner is not None:
            owner.subscriptions.append(subscription)
        self.journal.waits_opened.append(self.as_wait(subscription))

    def open_anew(self, subscription: Subscription) -> None:
        """Wait from now on, behind all others."""
        self._end_subscription(subscription)
        self._open(subscription)

    def as_wait(self, subscription: Subscription) -> Wait:
        """The subscription as the outside sees it."""
        node = subscription.node
        boundary = node.kind in {"boundaryEvent", "startEvent"}
        kind: Any = subscription.kind
        return Wait(
            no=subscription.no,
            flow_node_id=node.bpmn_id,
            kind=kind,
            name=subscription.name,
            correlation_key=subscription.key,
            due_at=subscription.due_at,
            interrupting=node.interrupting if boundary else True,
            event_subprocess=subscription.scope is not None,
        )

    def _fill(self, subscription: Subscription, trigger: Trigger, scope: Scope, activity: Activity | None) -> None:
        if trigger.kind == "timer":
            due = self.due_of(trigger, subscription.node, scope, activity)
            subscription.due_at, subscription.cycle, subscription.anchor = due.at, due.cycle, due.anchor
            subscription.name = trigger.deadline
            return
        subscription.name = self.event_name(trigger, scope, activity)
        if trigger.correlation is not None:
            subscription.key = correlation_text(self.evaluate(trigger.correlation, scope, activity))
            if subscription.key is None:
                subscription.key = MATCHES_NOTHING
                node = subscription.node.bpmn_id
                self.report("null-correlation-key", f"the correlation key of {node} is null: no message comes here")

    def event_name(self, trigger: Trigger, scope: Scope, activity: Activity | None) -> str | None:
        """Name of the message or signal; one given as an expression is evaluated."""
        name = trigger.event_name
        if name is None or not name.startswith("="):
            return name
        value = self.evaluate(name[1:], scope, activity)
        return None if value is None else str(value)

    def due_of(self, trigger: Trigger, node: FlowNode, scope: Scope, activity: Activity | None) -> Due:
        """When a timer that begins to wait now is due for the first time.

        Raises:
            ExecutionError: it has no time, or one that is none.
        """
        now = self.environment.now()
        base: datetime | None = None
        try:
            if trigger.anchor is not None:
                anchor = first_due("date", self.evaluate(trigger.anchor, scope, activity), now)
                base = None if anchor is None else anchor.at
            if trigger.deadline is not None:
                return self._deadline(trigger.deadline, scope, activity, base)
            if trigger.timer is None:
                raise TimerValueError("it has no time")
            kind, text = trigger.timer
            value = self.evaluate(text[1:], scope, activity) if text.startswith("=") else text
            due = first_due(kind, value, base or now)
        except (TimerValueError, OverflowError) as error:
            raise timer_error(error, node.bpmn_id) from error
        if due is None:
            raise timer_error(TimerValueError("it never fires"), node.bpmn_id)
        return due

    def _deadline(self, deadline: str, scope: Scope, activity: Activity | None, anchor: datetime | None) -> Due:
        context = self.context(scope, activity)
        key = self.evaluate_in(deadline[1:], context) if deadline.startswith("=") else deadline
        if not isinstance(key, str):
            due = first_due("date", key, anchor or self.environment.now())
            if due is None:
                raise TimerValueError("it has no time")
            return due
        return Due(self.environment.deadline(key, context, anchor))

    # --- firing ------------------------------------------------------------------------------------------------

    def waiting(self, no: int, kind: str) -> Subscription:
        """The open subscription with this number.

        Raises:
            NotWaitingError: closed, or of another kind.
        """
        self.thaw(no)
        subscription = self.subscriptions.get(no)
        if subscription is None or subscription.kind != kind:
            raise NotWaitingError(f"nothing waits as {kind} no. {no}")
        return subscription

    def fire(self, subscription: Subscription, data: Mapping[str, Any]) -> None:
        """The event has happened."""
        if subscription.no not in self.subscriptions:
            return  # closed by an event that happened earlier in this step
        self.budget.visit(subscription.node.bpmn_id)
        node, activity = subscription.node, subscription.activity
        if subscription.scope is not None:
            self._fire_event_subprocess(subscription, subscription.scope, data)
        elif activity is None:
            raise ExecutionError("state", "a subscription without owner", node.bpmn_id)
        elif node.kind == "boundaryEvent":
            self._fire_boundary(subscription, activity, data)
        elif activity.node.kind == "eventBasedGateway":
            self._fire_gateway(subscription, activity, data)
        else:
            self._fire_catch(subscription, activity, data)
        if node.watched and (data or node.maps_out):
            self.later(self.fire_conditions)  # its payload may have made one true: before what follows begins

    def _fire_catch(self, subscription: Subscription, activity: Activity, data: Mapping[str, Any]) -> None:
        if activity.node.kind == "receiveTask":  # its outputs are mapped when it is complete
            self.write(activity.scope, activity, data, activity.node.result_variable)
        else:
            self.receive(activity.scope, activity, activity.node, data)
        if self._still_waits(subscription, activity):
            return
        self.complete_activity(activity)

    def _still_waits(self, subscription: Subscription, activity: Activity) -> bool:
        """A parallel multiple event goes on only when each of its triggers has happened."""
        if not waits_for_all(subscription.node):
            return False
        activity.fired = {} if activity.fired is None else activity.fired
        return self._lacks_others(subscription, activity.fired)

    def _lacks_others(self, subscription: Subscription, happened: dict[str, list[int]]) -> bool:
        """Note that one of several triggers has happened; whether another has not yet, since the event last fired.

        What can happen again is noted once and stays open; anything else is over.
        """
        node = subscription.node
        known = happened[node.bpmn_id] = sorted({*happened.get(node.bpmn_id, ()), subscription.index})
        if len(known) == len(node.triggers):
            del happened[node.bpmn_id]
            return False
        if node.interrupting or node.kind not in {"boundaryEvent", "startEvent"}:
            self._end_subscription(subscription)
        else:
            self.renew(subscription)
        return True

    def _end_subscription(self, subscription: Subscription) -> None:
        owner: Any = subscription.activity if subscription.scope is None else subscription.scope
        owner.subscriptions.remove(subscription)
        self.close_subscription(subscription)

    def _fire_gateway(self, subscription: Subscription, gateway: Activity, data: Mapping[str, Any]) -> None:
        scope, node = gateway.scope, subscription.node
        self.drop(gateway, "completed")
        for flow in gateway.node.flows_out:
            if flow.target is node and flow.id is not None:
                self.journal.trace.append(flow.id)
        self.journal.trace.append(node.bpmn_id)
        self.receive(scope, None, node, data)
        self.leave(scope, node)
        self.check_scope(scope)

    def begin_after(self, scope: Scope, node: FlowNode) -> None:
        """Begin as if the event of a node had just happened: a message or signal that starts a process there.

        Behind an event gateway of all events the others are waited for.
        """
        self.journal.trace.append(node.bpmn_id)
        scope.tokens += 1
        self.leave(scope, node)
        scope.tokens -= 1
        gateways = [flow.source for flow in node.flows_in if flow.source.instantiate and flow.source.parallel_multiple]
        self.send_to(scope, [f.target for gateway in gateways for f in gateway.flows_out if f.target is not node])

    def begin_with_first(self, scope: Scope, node: FlowNode, kind: str, name: str) -> None:
        """A start event of several triggers, all of which must happen, has got one of them."""
        self.journal.trace.append(node.bpmn_id)
        activity = self.new_activity(scope, node)
        self.subscribe(node, scope, activity, None)
        self.fire(next(s for s in activity.subscriptions if (s.kind, s.name) == (kind, name)), {})

    def _fire_boundary(self, subscription: Subscription, host: Activity, data: Mapping[str, Any]) -> None:
        node, scope = subscription.node, host.scope
        self.receive(scope, None, node, data)
        if self._still_waits(subscription, host):
            return
        self.renew(subscription)
        self.leave_by_boundary(node, host)

    def leave_by_boundary(self, node: FlowNode, host: Activity) -> None:
        """Go on from a boundary event; an interrupting one ends its activity."""
        scope = host.scope
        scope.tokens += 1  # the scope is not empty between the two
        if node.interrupting:
            self.cancel_activity(host)
            if host.on_behalf:
                self.undo_next(host)
        scope.tokens -= 1
        self.journal.trace.append(node.bpmn_id)
        self.leave(scope, node)
        self.check_scope(scope)

    def renew(self, subscription: Subscription) -> None:
        """After it fired: a non-interrupting event stays, a cycle gets its next turn, anything else is over.

        Turns that were missed, because no worker ran or the case was suspended, are passed over.
        """
        node = subscription.node
        if node.interrupting:
            return  # ends with its activity or scope
        if subscription.kind != "timer":
            return
        self._end_subscription(subscription)
        if subscription.cycle is None:
            return
        now = self.environment.now()
        found = next_repetition(subscription.cycle, subscription.anchor or now, subscription.turn, now)
        if found is not None:
            turn, due = found
            self._open(replace(subscription, due_at=due.at, cycle=due.cycle, anchor=due.anchor, turn=turn))

    def _fire_event_subprocess(self, subscription: Subscription, scope: Scope, data: Mapping[str, Any]) -> None:
        start = subscription.node
        host = start.process.host
        if host is None:
            raise ExecutionError("state", "an event start without sub-process", start.bpmn_id)
        if waits_for_all(start) and self._lacks_others(subscription, scope.happened):
            self.receive(scope, None, start, data)
            return
        self.renew(subscription)
        self.start_event_subprocess(scope, host, start, data)

    def start_event_subprocess(
        self, scope: Scope, node: FlowNode, start: FlowNode, data: Mapping[str, Any]
    ) -> Activity:
        """Begin an event sub-process; an interrupting one first ends everything else in its scope."""
        if start.interrupting:
            self.stop_listening(scope)
            self.cancel_contents(scope)
            if scope.spec.kind == "adHocSubProcess":
                scope.performed[NOTHING_MORE] = 1
        activity = self.new_activity(scope, node)
        self.journal.trace.append(node.bpmn_id)
        if node.body is None:
            raise ExecutionError("state", "an event sub-process without inside", node.bpmn_id)
        inside = self.start_scope(activity, node.body, begin=False)
        self.receive(inside, None, start, data)
        self.journal.trace.append(start.bpmn_id)
        inside.tokens += 1
        self.leave(inside, start)
        inside.tokens -= 1
        self.check_scope(inside)
        return activity

    def subscribe_scope(self, scope: Scope) -> None:
        """Open the starts of the event sub-processes of a scope."""
        for event_subprocess in scope.spec.event_subprocesses:
            for start in event_subprocess.body.start_events if event_subprocess.body else ():
                self.subscribe(start, scope, None, scope)

    def subscribe_boundaries(self, activity: Activity) -> None:
        """Open the boundary events of an activity that now waits."""
        for boundary in activity.node.boundaries:
            self.subscribe(boundary, activity.scope, activity, None)
        if activity.node.guarded:
            self.later(self.fire_conditions, activity.subscriptions)

    def subscribe_conditions(self, activity: Activity) -> None:
        """Open only the boundary events that may happen while an automatic task does its work: no time passes."""
        for boundary in activity.node.boundaries:
            if boundary.waits_for_condition:
                self.subscribe(boundary, activity.scope, activity, None)
        self.later(self.fire_conditions, activity.subscriptions)

    def heard_before(self, operation: Callable[[Activity], None], activity: Activity) -> bool:
        """Whether a condition has just become true: who waits for it goes first, the activity later, if it is left."""
        self.later(operation, activity)
        if self.fire_conditions(self._hearers(activity)):
            return True
        self._agenda.pop()
        return False

    def _hearers(self, writer: Activity) -> list[Subscription] | None:
        """Who can see what an activity has written: all (None), or only who is in its multi-instance body."""
        body = self.body_around(writer)
        if body is None:
            return None
        found: list[Subscription] = []
        for activity in within(body):
            if activity.child is not None:
                found += activity.child.subscriptions
            found += activity.subscriptions
        return sorted(found, key=lambda subscription: subscription.no)

    def fire_conditions(self, among: list[Subscription] | None = None) -> bool:
        """Fire the first conditional event (of these) whose condition has become true; True if there was one."""
        for subscription in list(self.subscriptions.values() if among is None else among):
            if subscription.kind != "condition" or subscription.no not in self.subscriptions:
                continue
            condition = subscription.trigger.condition
            scope = subscription.scope or (subscription.activity.scope if subscription.activity else self.root)
            holds = condition is not None and self.evaluate(condition, scope, subscription.activity) is True
            if holds and not subscription.was_true:
                subscription.was_true = True
                self.later(self.fire, subscription, {})
                return True
            subscription.was_true = holds
        return False


# noncharacters of Unicode, which stand in no text that is exchanged: neither equals the key of any message
MATCHES_NOTHING: Final = "\ufdd0"  # a receiver that declares a key, which is null
KEYLESS: Final = "\ufdd1"  # a sender that does


def timer_error(error: Exception, element: str) -> ExecutionError:
    """A timer value that cannot be used, as the failure of a step."""
    return ExecutionError("timer-no-time", f"timer of {element}: {error}", element)


def correlation_text(value: Any) -> str | None:
    """A correlation key as text: numbers without trailing zeros, anything else as FEEL prints it.

    Null, and a list with a null in it (a key of several properties, one of them unknown), give none.
    """
    from decimal import Decimal

    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value == value.to_integral() else format(value, "f").rstrip("0")
    if isinstance(value, list):
        parts = [correlation_text(part) for part in value]
        return None if None in parts else ",".join(str(part) for part in parts)
    if isinstance(value, dict):
        return ",".join(f"{k}={correlation_text(v)}" for k, v in sorted(value.items()))
    return str(value)
