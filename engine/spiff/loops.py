"""Multi-instance and loop activities, by counters: the cost of an iteration does not grow with those that are done."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from engine.feel.layered import Made
from engine.spiff.activities import Activities
from engine.spiff.core import open_indexes
from engine.spiff.errors import ExecutionError, NotWaitingError
from engine.spiff.packed import Texts
from engine.spiff.specs import FlowNode, LoopSpec
from engine.spiff.state import Activity, Loop
from engine.values import dumps, loads


class Loops(Activities):
    """The controller is the activity itself; its iterations are its children."""

    def start_loop(self, activity: Activity) -> None:
        """Count the iterations and begin the first, or all of them."""
        self._begin_loop(activity, loop_of(activity.node))
        if activity.node.guarded:
            self.later(self.fire_conditions, activity.subscriptions)

    def _begin_loop(self, activity: Activity, spec: LoopSpec) -> None:
        if spec.kind == "loop":
            activity.loop = Loop("loop", spec.maximum or 0)
            self.subscribe_boundaries(activity)
            if spec.test_before and not self._again(activity, spec):
                self.finish_loop(activity)
            else:
                self.later(self._start_iteration, activity)
            return
        activity.loop = self._count(activity, spec)
        if activity.loop.total == 0:
            self._finish(activity, spec)
            return
        self.subscribe_boundaries(activity)
        if spec.kind == "sequential":
            self.later(self._start_iteration, activity)
        elif activity.node.for_people and not (activity.node.maps_in or activity.node.maps_out):
            self._start_range(activity)
        else:
            activity.loop.active = activity.loop.total
            self.later(self._start_next_of_all, activity)

    def _count(self, activity: Activity, spec: LoopSpec) -> Loop:
        node, scope = activity.node, activity.scope
        if spec.collection is not None:
            items = self.evaluate(spec.collection, scope, activity)
            if items is None:
                raise ExecutionError("mi-no-collection", f"the collection of {node.bpmn_id} is null", node.bpmn_id)
            items = items if isinstance(items, list) else [items]
            self.budget.items(len(items), node.bpmn_id)
            encoded = Texts.of(encode(item) for item in items) if spec.element_variable else None
            return Loop(spec.kind, len(items), items=encoded)
        count = self.evaluate(spec.cardinality or "null", scope, activity)
        if not isinstance(count, Decimal) or count < 0 or count != count.to_integral_value():
            message = f"the number of instances of {node.bpmn_id} is “{str(count)[:40]}”, not a whole number"
            raise ExecutionError("mi-no-cardinality", message, node.bpmn_id)
        self.budget.items(int(min(count, Decimal(10**12))), node.bpmn_id)
        return Loop(spec.kind, int(count))

    def names_of(self, controller: Activity, index: int) -> dict[str, Any]:
        """The loop counter and the item of one iteration."""
        spec, loop = loop_of(controller.node), controller.loop
        names: dict[str, Any] = {"loopCounter": Decimal(index)}
        if loop is not None and loop.items is not None and spec.element_variable:
            names[spec.element_variable] = decode(loop.items[index])
        return names

    # --- iterations one by one -----------------------------------------------------------------------------------

    def _start_iteration(self, controller: Activity) -> None:
        if controller.no not in self.activities:
            return
        loop = loop_state(controller)
        index = loop.started
        loop.started += 1
        if loop.kind != "parallel":
            loop.active = 1
        child = self.new_activity(controller.scope, controller.node, controller)
        self._dress(child, controller, index)
        self.budget.visit(controller.node.bpmn_id)
        self.begin(child)
        if loop.kind != "parallel" or loop.started == loop.total:
            self._line_up(controller)

    def _line_up(self, controller: Activity) -> None:
        """Event sub-processes of the iterations hear first what the border of the whole hears as well."""
        inside = [child.child for child in controller.children.values() if child.child is not None]
        heard = {subscription.kind for scope in inside for subscription in scope.subscriptions}
        for subscription in [s for s in controller.subscriptions if s.kind in heard]:
            self.open_anew(subscription)

    def _dress(self, child: Activity, controller: Activity, index: int) -> None:
        child.index = index
        child.names = self.names_of(controller, index)
        child.local = {} if loop_state(controller).kind != "loop" else None

    def _start_next_of_all(self, controller: Activity) -> None:
        """Begin the iterations of a parallel activity one after the other, each running until it waits."""
        if controller.no not in self.activities:
            return
        loop = loop_state(controller)
        if loop.started + 1 < loop.total:
            self.later(self._start_next_of_all, controller)
        self._start_iteration(controller)

    def iteration_done(self, child: Activity) -> None:
        """One iteration has finished: collect its output, then stop, go on or begin the next."""
        controller = child.parent
        if controller is None:
            return
        self.drop(child, "completed")
        self._after_iteration(controller, child)

    def _after_iteration(self, controller: Activity, child: Activity) -> None:
        spec, loop = loop_of(controller.node), loop_state(controller)
        loop.done += 1
        loop.active -= 1
        if spec.kind == "loop":
            if self._again(controller, spec):
                self.later(self._start_iteration, controller)
            else:
                self.finish_loop(controller)
            return
        self._collect(controller, child, spec)
        condition = spec.completion_condition
        enough = condition is not None and self.evaluate(condition, child.scope, child) is True
        if enough or loop.done >= loop.total:
            self._finish(controller, spec)
        elif spec.kind == "sequential":
            self.later(self._start_iteration, controller)
        if controller.node.watched:
            self.later(self.fire_conditions)  # before the next iteration begins

    def _collect(self, controller: Activity, child: Activity, spec: LoopSpec) -> None:
        if spec.output_collection is None:
            if child.node.maps_out or not child.node.outputs_only:
                self.write(controller.scope, controller, child.local or {})
            return
        expression = spec.output_element
        if expression is not None:
            value = self.evaluate(expression, child.scope, child)
        else:
            value = dict(child.local or {})
        loop_state(controller).outputs.append(f"{child.index or 0}:{encode(value)}")

    def _finish(self, controller: Activity, spec: LoopSpec) -> None:
        """End what still runs, hand over the outputs in the order of the items, and go on."""
        loop = loop_state(controller)
        self.thaw_children(controller)
        for child in list(controller.children.values()):
            self.cancel_activity(child)
        self.close_range(controller)
        if spec.output_collection is not None:
            outputs = sorted((text.partition(":") for text in loop.outputs), key=lambda parts: int(parts[0]))
            values = [decode(value) for _, _, value in outputs]
            self.put(controller.scope, controller, {spec.output_collection: values})
        self.finish_loop(controller)

    def finish_loop(self, controller: Activity) -> None:
        """The loop as a whole is done; a condition that its last values have made true is heard first."""
        if controller.no not in self.activities:
            return
        if controller.node.watched and self.heard_before(self.finish_loop, controller):
            return
        if controller.on_behalf:
            self.handler_done(controller)
        else:
            self.leave_activity(controller)

    def _again(self, controller: Activity, spec: LoopSpec) -> bool:
        """Whether a standard loop goes round once more. Without condition and maximum it runs once."""
        loop = loop_state(controller)
        if spec.maximum is not None and loop.done >= spec.maximum:
            return False
        if spec.condition is None:
            return spec.maximum is not None or loop.started == 0
        context = self.context(controller.scope, controller)
        context["loopCounter"] = Decimal(loop.done)
        return self.evaluate_in(spec.condition, context) is True

    # --- parallel user tasks: one bit each -----------------------------------------------------------------------

    def _start_range(self, controller: Activity) -> None:
        loop = loop_state(controller)
        loop.first_no = self.next_no
        self.next_no += loop.total
        loop.active = loop.started = loop.total
        loop.open = bytearray(b"\xff" * ((loop.total + 7) // 8))
        self.ranges.append(controller)
        outer = self.local_variables(controller.scope, controller)
        for index in range(loop.total):
            self.journal.opened.append(self.range_task(controller, index, outer))

    def range_task(self, controller: Activity, index: int, outer: dict[str, Any]) -> Any:
        """One of the parallel user tasks as the outside sees it."""
        local = {**outer, **self.names_of(controller, index)}
        return self.user_task(loop_state(controller).first_no + index, controller.node, controller.scope, index, local)

    def complete_in_range(self, no: int, data: Any) -> bool:
        """Complete one of the parallel user tasks; False if the number is none of them."""
        for controller in self.ranges:
            loop = loop_state(controller)
            index = no - loop.first_no
            if loop.open is None or not 0 <= index < loop.total:
                continue
            mask = 1 << (index & 7)
            if not loop.open[index >> 3] & mask:
                raise NotWaitingError(f"task no. {no} no longer waits", controller.node.bpmn_id)
            loop.open[index >> 3] &= ~mask
            variable = loop_of(controller.node).element_variable if loop.items is not None else None
            names = Made(_item_makers(variable), (loop, index))
            child = Activity(no, controller.node, controller.scope, controller, index, names, {})
            self.closed(no, "completed")
            self.write(child.scope, child, data, controller.node.result_variable)
            self._after_iteration(controller, child)
            return True
        return False

    def range_tasks(self) -> list[Any]:
        """All open parallel user tasks."""
        tasks = []
        for controller in self.ranges:
            loop = loop_state(controller)
            if loop.open is not None:
                outer = self.local_variables(controller.scope, controller)
                tasks += [self.range_task(controller, i, outer) for i in open_indexes(loop.open, loop.total)]
        return tasks


@lru_cache(maxsize=256)
def _item_makers(variable: str | None) -> dict[str, Callable[[tuple[Loop, int]], Any]]:
    """How the names of an iteration are made when an expression reads them."""
    makers: dict[str, Callable[[tuple[Loop, int]], Any]] = {"loopCounter": lambda place: Decimal(place[1])}
    if variable:
        makers[variable] = lambda place: _item(*place)
    return makers


def _item(loop: Loop, index: int) -> Any:
    return None if loop.items is None else decode(loop.items[index])


def loop_of(node: FlowNode) -> LoopSpec:
    """The loop characteristics of a node that has them."""
    if node.loop is None:
        raise ExecutionError("state", f"{node.bpmn_id} is no loop", node.bpmn_id)
    return node.loop


def loop_state(controller: Activity) -> Loop:
    """The counters of a controller."""
    if controller.loop is None:
        raise ExecutionError("state", f"{controller.node.bpmn_id} is no loop", controller.node.bpmn_id)
    return controller.loop


def encode(value: Any) -> str:
    """A value as it is kept in the state: text, decoded only when its turn comes."""
    return dumps({"v": value})


def decode(text: str) -> Any:
    """The value again."""
    return loads(text)["v"]
