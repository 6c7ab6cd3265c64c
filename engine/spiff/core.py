"""The agenda of a step, scopes and variables: what every other part of the runtime stands on.

A step is a list of small operations, worked off last in, first out: one branch runs until it waits, then the next.
Nothing calls itself recursively, however deep a diagram nests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from engine.feel.layered import Layered, Made, merged
from engine.spiff.budget import DEFAULT_LIMITS, Budget, Limits
from engine.spiff.effects import (
    ClosedUserTask,
    Effects,
    Ended,
)
from engine.spiff.environment import ExecutionEnvironment
from engine.spiff.errors import ExecutionError
from engine.spiff.specs import Assignment, Flow, FlowNode, ProcessSpec
from engine.spiff.state import Activity, Loop, Record, Scope, Subscription

if TYPE_CHECKING:
    from engine.spiff.definitions import Definitions


class Core:
    """Live records by number, the agenda, and the rules of scopes and variables."""

    journal: Effects  # of this step so far, as is the budget
    budget: Budget

    def __init__(
        self,
        definitions: Definitions,
        spec: ProcessSpec,
        variables: dict[str, Any],
        environment: ExecutionEnvironment,
        limits: Limits | None = None,
    ) -> None:
        self.definitions = definitions
        self.variables = variables
        self.environment = environment
        self.limits = limits or DEFAULT_LIMITS
        self.budget = Budget(self.limits)
        self.ended: Ended | None = None
        self.next_no = 1
        self.activities: dict[int, Activity] = {}
        self.ranges: list[Activity] = []  # loops whose children are only bits
        self.subscriptions: dict[int, Subscription] = {}
        self.root = Scope(0, spec, definitions, None, variables)
        self._agenda: list[tuple[Any, ...]] = []
        self._pending_joins: dict[tuple[Scope, FlowNode], None] = {}  # inclusive joins with tokens, oldest first
        self._names: Mapping[str, Any] | None = None
        self.last_end: str | None = None

    if TYPE_CHECKING:  # parts of the runtime that stand in the modules above this one

        def enter(self, scope: Scope, node: FlowNode, flow: Flow | None) -> None: ...
        def complete_activity(self, activity: Activity) -> None: ...
        def subscribe_scope(self, scope: Scope) -> None: ...
        def fire_joins(self) -> bool: ...
        def fire_conditions(self, among: list[Subscription] | None = None) -> bool: ...
        def ad_hoc_progress(self, scope: Scope) -> None: ...
        def keep_not_undone(self, scope: Scope, ending: Iterable[Activity] | None = None) -> None: ...
        def thaw_children(self, controller: Activity) -> None: ...

    # --- the agenda ---------------------------------------------------------------------------------------------

    def later(self, operation: Callable[..., object], *arguments: Any) -> None:
        """Put an operation on the agenda; the last one put is done first."""
        self._agenda.append((operation, *arguments))

    def work_off(self) -> None:
        """Do everything that can be done now; then inclusive joins, then conditional events, until nothing moves."""
        agenda = self._agenda
        while True:
            while agenda and self.ended is None:
                operation = agenda.pop()
                operation[0](*operation[1:])
            if self.ended is not None:
                agenda.clear()
                return
            if self._pending_joins and self.fire_joins():
                continue
            if not self.subscriptions or not self.fire_conditions():
                return

    def begin_step(self) -> None:
        """Forget the last step's effects and start a new budget."""
        if self.ended is not None:
            raise ExecutionError("ended", "the instance has ended")
        self.journal = Effects()
        if self.budget.was_used:
            self.budget = Budget(self.limits)
        self._names = None

    def end_step(self) -> Effects:
        """Work off the agenda and give the effects."""
        self.work_off()
        self.journal.ended = self.ended
        return self.journal

    def number(self) -> int:
        """The next number; never given twice in the life of an instance."""
        number = self.next_no
        self.next_no += 1
        return number

    # --- tokens and scopes --------------------------------------------------------------------------------------

    def send_tokens(self, scope: Scope, flows: list[Flow]) -> None:
        """Put a token on each flow; they are worked off in the order given."""
        for flow in reversed(flows):
            scope.tokens += 1
            self.later(self._arrive, scope, scope.generation, flow)

    def send_to(self, scope: Scope, nodes: list[FlowNode]) -> None:
        """Put a token straight into each node (implied starts, start events)."""
        for node in reversed(nodes):
            scope.tokens += 1
            self.later(self._begin_at, scope, scope.generation, node)

    def _arrive(self, scope: Scope, generation: int, flow: Flow) -> None:
        if scope.dead or scope.generation != generation:
            return
        self.budget.visit(flow.target.bpmn_id)
        scope.tokens -= 1
        if flow.id is not None:
            self.journal.trace.append(flow.id)
        self.enter(scope, flow.target, flow)
        self.check_scope(scope)

    def _begin_at(self, scope: Scope, generation: int, node: FlowNode) -> None:
        if scope.dead or scope.generation != generation:
            return
        self.budget.visit(node.bpmn_id)
        scope.tokens -= 1
        self.enter(scope, node, None)
        self.check_scope(scope)

    def check_scope(self, scope: Scope) -> None:
        """A scope in which nothing waits, moves or has arrived is complete."""
        if scope.tokens or scope.activities or scope.dead or scope.finishing:
            return
        if scope.arrivals:
            return
        if scope.spec.kind == "adHocSubProcess" and scope.spec.enabled:
            if scope.performed:
                self.later(self.ad_hoc_progress, scope)
            return
        scope.finishing = True
        self.later(self._finish_scope, scope)

    def _finish_scope(self, scope: Scope) -> None:
        if scope.dead:
            return
        if scope.tokens or scope.activities or scope.arrivals:
            scope.finishing = False  # a condition that was heard on the way out has begun something in here
            return
        self.close_scope(scope)
        host = scope.host
        if host is None:
            self.ended = Ended("completed", self.last_end)
            return
        if host.node.called_element is not None and scope.variables is not None:
            self.map_out(host, scope)
        self._record_inside(host, scope)
        host.child = None
        self.complete_activity(host)

    def _record_inside(self, host: Activity, scope: Scope) -> None:
        """Remember what was done in a finished sub-process, unless it has a compensation handler of its own."""
        if host.on_behalf or host.node.kind == "callActivity" or host.node.undoable:
            return
        starts = [s for e in scope.spec.event_subprocesses if e.body is not None for s in e.body.start_events]
        undoes = any(t.kind == "compensate" for start in starts for t in start.triggers)
        if scope.compensation or undoes:
            host.scope.compensation.append(Record(host.node, scope.compensation, known_in(host)))

    def close_scope(self, scope: Scope) -> None:
        """Mark a scope as over and end its subscriptions."""
        scope.dead = True
        scope.generation += 1
        self.stop_listening(scope)

    def stop_listening(self, scope: Scope) -> None:
        """No event sub-process of a scope begins any more."""
        for subscription in list(scope.subscriptions):
            self.close_subscription(subscription)
        scope.subscriptions.clear()

    def start_scope(
        self, host: Activity, spec: ProcessSpec, variables: dict[str, Any] | None = None, begin: bool = True
    ) -> Scope:
        """Open the inside of a sub-process, a called process or an event sub-process."""
        scope = Scope(self.number(), spec, host.scope.definitions, host, variables)
        host.child = scope
        self.subscribe_scope(scope)
        if begin:
            self.begin_scope(scope)
        return scope

    def begin_scope(self, scope: Scope) -> None:
        """Begin where a scope begins; a condition that holds at the outset is heard before anything in it is done."""
        self.send_to(scope, first_starts(scope.spec))
        self.check_scope(scope)
        if scope.subscriptions:
            self.later(self.fire_conditions, scope.subscriptions)

    def ancestors(self, scope: Scope) -> Iterator[Scope]:
        """The scope itself and those around it, innermost first."""
        current: Scope | None = scope
        while current is not None:
            yield current
            current = current.host.scope if current.host is not None else None

    def path(self, scope: Scope) -> tuple[str, ...]:
        """Ids of the enclosing sub-processes and call activities, outermost first."""
        hosts = [s.host.node.bpmn_id for s in self.ancestors(scope) if s.host is not None]
        return tuple(reversed(hosts))

    # --- cancelling ---------------------------------------------------------------------------------------------

    def cancel_contents(self, scope: Scope) -> None:
        """End everything in a scope; the scope itself goes on."""
        self.keep_not_undone(scope)
        scope.generation += 1
        scope.tokens = 0
        scope.arrivals.clear()
        scope.finishing = False
        for activity in list(scope.activities.values()):
            self.cancel_activity(activity)

    def cancel_activity(self, activity: Activity) -> None:
        """End an activity with everything inside, without going on from it."""
        pending = [activity]
        while pending:
            current = pending.pop()
            self.thaw_children(current)
            self.drop(current, "cancelled")
            pending.extend(current.children.values())
            current.children.clear()
            inside = current.child
            if inside is not None:
                self.close_scope(inside)
                inside.arrivals.clear()
                inside.tokens = 0
                pending.extend(inside.activities.values())
                current.child = None

    def drop(self, activity: Activity, outcome: Any) -> None:
        """Take an activity out of the live state and end its subscriptions."""
        self.activities.pop(activity.no, None)
        activity.scope.activities.pop(activity.no, None)
        if activity.parent is not None:
            activity.parent.children.pop(activity.no, None)
        if activity.subscriptions:
            for subscription in list(activity.subscriptions):
                self.close_subscription(subscription)
            activity.subscriptions.clear()
        if waits_for_person(activity):
            done: Any = activity.leaving or outcome
            self.journal.closed.append(ClosedUserTask(activity.no, done))
        if activity.loop is not None and activity.loop.open is not None:
            self.close_range(activity)

    def close_range(self, controller: Activity) -> None:
        """End the parallel user tasks that are still open."""
        loop = controller.loop
        if loop is None or loop.open is None:
            return
        for index in open_indexes(loop.open, loop.total):
            self.journal.closed.append(ClosedUserTask(loop.first_no + index, "cancelled"))
        loop.open = None
        if controller in self.ranges:
            self.ranges.remove(controller)

    def close_subscription(self, subscription: Subscription) -> None:
        """End a subscription."""
        if self.subscriptions.pop(subscription.no, None) is not None:
            self.journal.waits_closed.append(subscription.no)

    def new_activity(self, scope: Scope, node: FlowNode, parent: Activity | None = None) -> Activity:
        """A numbered activity, in its scope or in its loop."""
        activity = Activity(self.number(), node, scope, parent)
        self.activities[activity.no] = activity
        if parent is None:
            scope.activities[activity.no] = activity
        else:
            parent.children[activity.no] = activity
        return activity

    # --- variables ----------------------------------------------------------------------------------------------

    def names(self) -> Mapping[str, Any]:
        """The environment's read-only names, asked once a step."""
        if self._names is None:
            self._names = self.environment.names()
        return self._names

    def context(self, scope: Scope, activity: Activity | None = None) -> dict[str, Any]:
        """Every variable that an expression at this place sees, as a dictionary of the caller's own."""
        return merged(self._layers(scope, activity))

    def visible(self, scope: Scope, activity: Activity | None = None) -> Layered:
        """The same to look names up in, before anything changes."""
        return Layered(self._layers(scope, activity))

    def _layers(self, scope: Scope, activity: Activity | None) -> list[Mapping[str, Any]]:
        layers: list[Mapping[str, Any]] = [self.names()]
        where: Scope | None = scope
        current = activity
        while where is not None:
            if current is not None:
                layers.extend(layers_of(current))
            if where.variables is not None:
                layers.append(where.variables)
                break
            current = where.host
            where = current.scope if current is not None else None
        return layers

    def local_variables(self, scope: Scope, activity: Activity | None) -> dict[str, Any]:
        """The variables at this place that hide those of the instance: multi-instance bodies and calls."""
        layers: list[Mapping[str, Any]] = []
        where: Scope | None = scope
        current = activity
        while where is not None:
            if current is not None:
                layers.extend(own_layers(current))
            if where is self.root:
                break
            if where.variables is not None:
                layers.append(where.variables)
                break
            current = where.host
            where = current.scope if current is not None else None
        return merged(layers)

    def home(self, scope: Scope, activity: Activity | None = None) -> dict[str, Any]:
        """Where a value written at this place goes: the multi-instance body, the call, or the instance."""
        where: Scope | None = scope
        current = activity
        while where is not None:
            if current is not None and current.local is not None:
                return current.local
            if where.variables is not None:
                return where.variables
            current = where.host
            where = current.scope if current is not None else None
        return self.variables

    def body_around(self, activity: Activity) -> Activity | None:
        """The activity that keeps what is written here to itself, if one does, not the instance or a call."""
        current: Activity | None = activity
        while current is not None and current.local is None:
            current = None if current.scope.variables is not None else current.scope.host
        return current

    def write(self, scope: Scope, activity: Activity | None, data: Mapping[str, Any], name: str | None = None) -> None:
        """Merge values into the variables of a place, or put them all under one name."""
        self.put(scope, activity, {name: dict(data)} if name else data)

    def put(self, scope: Scope, activity: Activity | None, values: Mapping[str, Any]) -> None:
        """Set variables at a place."""
        home = self.home(scope, activity)
        home.update(values)
        if scope.host is not None:  # it may be in a call
            for around in self.ancestors(scope):
                if around.variables is home and around.untouched:
                    around.untouched.difference_update(values)

    def report(self, code: str, message: str) -> None:
        """Warn of something that is no failure of the step, if the environment takes warnings."""
        warn = getattr(self.environment, "warn", None)
        if warn is not None:
            warn(code, message)

    def evaluate(self, expression: str, scope: Scope, activity: Activity | None = None) -> Any:
        """The value of an expression at a place."""
        return self.evaluate_in(expression, self.visible(scope, activity))

    def evaluate_in(self, expression: str, context: Mapping[str, Any]) -> Any:
        """The value of an expression in a context."""
        self.budget.evaluate()
        return self.environment.evaluate(expression, context)

    def evaluate_all(
        self, mappings: tuple[Assignment, ...], scope: Scope, activity: Activity | None = None
    ) -> dict[str, Any]:
        """The values of parameters, by name."""
        if not mappings:
            return {}
        return self.map_values(mappings, self.context(scope, activity))

    def map_values(self, mappings: tuple[Assignment, ...], context: Mapping[str, Any]) -> dict[str, Any]:
        """The values of mappings in a context; each sees those before it."""
        known, values = dict(context), {}
        for mapping in mappings:
            if not mapping.copy:
                values[mapping.target] = self.evaluate_in(mapping.source, known)
            elif mapping.source in known:
                values[mapping.target] = known[mapping.source]
            else:
                continue
            known[mapping.target] = values[mapping.target]
        return values

    def map_inputs(self, activity: Activity) -> None:
        """What only this activity sees: its input mappings, when it begins."""
        node = activity.node
        if node.maps_in:
            activity.names = {**(activity.names or {}), **self.evaluate_all(node.maps_in, activity.scope, activity)}
        if node.outputs_only and activity.local is None:
            activity.local = {}

    def map_outputs(self, activity: Activity) -> None:
        """Its output mappings, when it is done; with ``outputs_only`` nothing else it wrote goes out."""
        node = activity.node
        if not node.maps_out:
            return
        values = self.evaluate_all(node.maps_out, activity.scope, activity)
        if not node.outputs_only:
            self.write(activity.scope, activity, values)
        elif activity.parent is not None and activity.local is not None:
            activity.local = values  # an iteration: its loop collects them
        else:
            self.write(activity.scope, None, values)

    def receive(self, scope: Scope, activity: Activity | None, node: FlowNode, data: Mapping[str, Any]) -> None:
        """Write the payload of an event, through the event's output mappings if it has any."""
        if node.maps_out:
            context = {**self.context(scope, activity), **data}
            self.write(scope, activity, self.map_values(node.maps_out, context))
        else:
            self.write(scope, activity, data, node.result_variable)

    def map_out(self, host: Activity, scope: Scope) -> None:
        """Hand a called process's variables to the caller, as its ``out`` mappings say."""
        values: dict[str, Any] = {}
        if host.node.hands_all and scope.variables is not None:  # not what it was only given: that may be newer here
            untouched = scope.untouched or ()
            values = {name: value for name, value in scope.variables.items() if name not in untouched}
        if host.node.outputs_mapped:
            values |= self.handed_over(host.node.outputs_mapped, self.context(scope))
        self.write(host.scope, host, values)

    def handed_over(self, mappings: tuple[Assignment, ...], context: Mapping[str, Any]) -> dict[str, Any]:
        """What one side of a call gives the other: every source is read on the giving side."""
        return {m.target: self.evaluate_in(m.source, context) for m in mappings}


def known_in(activity: Activity) -> Mapping[str, Any] | None:
    """What only the inside of an activity knows, as it stands now: its item, and what was written in it."""
    return {**(activity.names or {}), **activity.local} if activity.local else activity.names


def own_layers(activity: Activity) -> list[Mapping[str, Any]]:
    """The variables of an activity itself, the strongest first."""
    layers: list[Mapping[str, Any]] = []
    if activity.local is not None:
        layers.append(activity.local)
    if activity.names is not None:
        layers.append(activity.names)
    return layers


def layers_of(activity: Activity) -> list[Mapping[str, Any]]:
    """What an activity adds to the context of expressions: its variables, and the counters of its multi-instance."""
    layers = own_layers(activity)
    controller = activity if activity.loop is not None else activity.parent
    if controller is not None and controller.loop is not None and controller.loop.kind != "loop":
        layers.append(Made(_COUNTERS, controller.loop))
    return layers


_number = lru_cache(maxsize=1024)(Decimal)
_COUNTERS: Mapping[str, Callable[[Loop], Decimal]] = {  # Camunda's and the standard's names for its progress
    "nrOfInstances": lambda loop: _number(loop.total),
    "nrOfActiveInstances": lambda loop: _number(loop.active),
    "nrOfCompletedInstances": lambda loop: _number(loop.done),
    "numberOfInstances": lambda loop: _number(loop.total),
    "numberOfActiveInstances": lambda loop: _number(loop.active),
    "numberOfCompletedInstances": lambda loop: _number(loop.done),
    "numberOfTerminatedInstances": lambda loop: _number(0),
}


def open_indexes(bits: bytearray, total: int) -> Iterator[int]:
    """Indexes of the bits that are set."""
    for index in range(total):
        if bits[index >> 3] & (1 << (index & 7)):
            yield index


def waits_for_person(activity: Activity) -> bool:
    """True for a user, manual or plain task (or a stand-in) that a person completes."""
    if activity.waiting_for:
        return True
    return activity.loop is None and activity.node.for_people


def first_starts(spec: ProcessSpec) -> list[FlowNode]:
    """Where a scope begins: the first none start event, or all nodes without incoming flow if it has none."""
    return spec.starts[:1] if spec.start_events else list(spec.starts)
