"""Compensation: what was finished is undone by its handlers, last first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from engine.spiff.core import known_in
from engine.spiff.specs import FlowNode
from engine.spiff.state import NOTHING_MORE, Activity, Record, Scope
from engine.spiff.throwing import Throwing, event_starts


class Compensation(Throwing):
    """Records of finished activities, and the throw event that works through them one by one."""

    if TYPE_CHECKING:

        def begin(self, activity: Activity) -> None: ...
        def start_loop(self, activity: Activity) -> None: ...

    def record_finished(self, activity: Activity) -> None:
        """Remember an activity with a compensation handler; called when it has finished."""
        names = dict(activity.names) if activity.names else None
        activity.scope.compensation.append(Record(activity.node, None, names))

    def record_unfinished(self, scope: Scope) -> None:
        """Add what sub-processes that still run have done: a cancelled transaction undoes that as well."""
        self.keep_not_undone(scope)
        for activity in list(scope.activities.values()):
            self.thaw_children(activity)
            for body in (activity, *activity.children.values()):
                inside = body.child
                if inside is None or inside.variables is not None:  # a called process undoes nothing, as always
                    continue
                self.record_unfinished(inside)
                if inside.compensation:
                    scope.compensation.append(Record(body.node, inside.compensation, known_in(body)))

    def keep_not_undone(self, scope: Scope, ending: Iterable[Activity] | None = None) -> None:
        """Put back what events that end were still to undo, those of a scope or some of them: who undoes next finds it.

        An event in an event sub-process undoes what is around it as well.
        """
        events = list(scope.activities.values() if ending is None else ending)
        for where in _compensated_with(scope):
            where.compensation[:0] = list(self._take_back(events, where))

    def _take_back(self, activities: Iterable[Activity], whose: Scope) -> Iterator[Record]:
        """What these activities, and the event sub-processes among them, were still to undo of a scope."""
        for activity in list(activities):
            inside = activity.child
            if activity.queue is not None:
                yield from (record for record in activity.queue if record.node.process is whose.spec)
                activity.queue = [record for record in activity.queue if record.node.process is not whose.spec]
            elif inside is None or activity.node.for_compensation:
                continue
            elif activity.on_behalf and activity.node.process is whose.spec:  # a sub-process, half of which is undone
                rest = list(self._take_back(inside.activities.values(), inside))
                if rest:
                    yield Record(activity.node, rest, known_in(activity))
            elif activity.node in activity.scope.spec.event_subprocesses:
                yield from self._take_back(inside.activities.values(), whose)

    def start_compensation(
        self, scope: Scope, node: FlowNode, activity_id: str | None, leaving: str
    ) -> Activity | None:
        """Begin to compensate; None if nothing is to be done.

        Args:
            scope: where the event was thrown; inside an event sub-process its surroundings are compensated as well.
            node: the throw or end event.
            activity_id: only this activity, or None for everything in the scope.
            leaving: ``end``, ``cancel`` or ``inside``: what follows.
        """
        chosen: list[Record] = []
        for where in reversed(_compensated_with(scope)):
            done, where.compensation = where.compensation, []
            for record in done:
                is_chosen = activity_id is None or record.node.bpmn_id == activity_id
                (chosen if is_chosen else where.compensation).append(record)
        if not chosen:
            return None
        thrower = self.new_activity(scope, node)
        thrower.queue, thrower.leaving = chosen, leaving
        self.journal.trace.append(node.bpmn_id) if leaving == "cancel" else None
        self.later(self._compensate_next, thrower)
        return thrower

    def _compensate_next(self, thrower: Activity) -> None:
        if thrower.no not in self.activities or thrower.queue is None:
            return
        self.budget.visit(thrower.node.bpmn_id)
        if not thrower.queue:
            self._compensated(thrower)
            return
        record = thrower.queue.pop()
        if record.nested is not None:
            self._compensate_inside(thrower, record)
            return
        for boundary in record.node.boundaries:
            if boundary.handler is not None:
                self.journal.trace.append(boundary.bpmn_id)
                handler = self.start_handler(thrower, boundary.handler, record)
                self.later(self._begin_handler, handler)
                return
        self.later(self._compensate_next, thrower)

    def start_handler(self, thrower: Activity, node: FlowNode, record: Record) -> Activity:
        """The activity that undoes, beside the event that asked for it."""
        handler = self.new_activity(thrower.scope, node)
        handler.on_behalf = thrower.no
        handler.names = record.names
        return handler

    def _begin_handler(self, handler: Activity) -> None:
        self.journal.trace.append(handler.node.bpmn_id)
        if handler.node.loop is not None:
            self.start_loop(handler)
        else:
            self.begin(handler)

    def _compensate_inside(self, thrower: Activity, record: Record) -> None:
        """Compensate a finished sub-process: by its own compensation event sub-process, else all that is in it."""
        host = self.start_handler(thrower, record.node, record)
        if host.names:
            host.local = {}  # or what is written in there would be hidden by what was known in there
        if record.node.body is None:
            self.later(self._compensate_next, thrower)
            return
        inside = Scope(self.number(), record.node.body, host.scope.definitions, host)
        host.child = inside
        inside.compensation = list(record.nested or ())
        if inside.spec.kind == "adHocSubProcess":
            inside.performed[NOTHING_MORE] = 1
        for start in event_starts(inside):
            if any(t.kind == "compensate" for t in start.triggers) and start.process.host is not None:
                self.start_event_subprocess(inside, start.process.host, start, {})
                return
        if self.start_compensation(inside, record.node, None, "inside") is None:
            self.check_scope(inside)

    def handler_done(self, handler: Activity) -> None:
        """A compensation handler has finished."""
        self.drop(handler, "completed")
        if handler.local and not handler.node.for_compensation:
            self.write(handler.scope, None, handler.local)  # the inside of a sub-process was undone
        self.undo_next(handler)

    def undo_next(self, handler: Activity) -> None:
        """Behind a handler that is over: on to the next record."""
        thrower = self.activities.get(handler.on_behalf)
        if thrower is not None:
            self.later(self._compensate_next, thrower)

    def _compensated(self, thrower: Activity) -> None:
        scope = thrower.scope
        if thrower.leaving == "cancel":
            self.drop(thrower, "completed")
            where = next((s for s in self.ancestors(scope) if s.host and s.host.node.kind == "transaction"), scope)
            self.leave_cancelled(where)
            return
        scope.tokens += 1
        self.drop(thrower, "completed")
        if thrower.index is not None:
            self.throw_from(scope, thrower.node, thrower.index)
        elif thrower.leaving == "leave":  # stored before an event could go on to its next trigger
            self.leave(scope, thrower.node)
        scope.tokens -= 1
        self.check_scope(scope)


def _compensated_with(scope: Scope) -> list[Scope]:
    """The scope, and the one around it if it is an event sub-process; its inside belongs to what it is in."""
    scopes = [scope]
    while scope.host is not None and scope.host.node in scope.host.scope.spec.event_subprocesses:
        scope = scope.host.scope
        scopes.append(scope)
    return scopes
