"""One running process instance: started or loaded, moved by one step at a time, stored as a few hundred bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from engine.spiff.budget import Limits
from engine.spiff.codec import encode_state, fill, thaw, unpack_state
from engine.spiff.core import waits_for_person
from engine.spiff.effects import Effects, Ended, Offer, OpenedUserTask, UserTaskAttributes, Wait, WaitingTimer
from engine.spiff.environment import ExecutionEnvironment
from engine.spiff.errors import ExecutionError, NotWaitingError, StateError
from engine.spiff.moving import Moving
from engine.spiff.specs import FlowNode, ProcessSpec, begins_instances
from engine.spiff.state import Activity, Scope
from engine.values import as_stored

if TYPE_CHECKING:
    from engine.spiff.definitions import Definitions


_NOBODY: Any = None  # no environment between steps


class Execution(Moving):
    """The token runtime of one instance.

    Every command runs the instance to its next wait states and gives the :class:`Effects`. A command that raises
    leaves the execution spoilt: load the instance again.
    """

    first_effects: Effects = Effects()

    @classmethod
    def start(
        cls,
        definitions: Definitions,
        process_id: str,
        variables: Mapping[str, Any],
        environment: ExecutionEnvironment,
        *,
        start_event: str | None = None,
        message: str | None = None,
        signal: str | None = None,
        limits: Limits | None = None,
    ) -> Execution:
        """Start an instance; what it did stands in ``first_effects``.

        Args:
            definitions: the compiled files.
            process_id: which of their processes.
            variables: start variables; with ``message`` or ``signal`` its payload belongs in here.
            environment: the outside world.
            start_event: id of the start event to begin with.
            message: name of the message whose start event begins.
            signal: name of the signal whose start event begins.
            limits: bounds of each step.

        Raises:
            ExecutionError: there is no such process or start event, or the first step fails.
        """
        spec = definitions.specs.get(process_id)
        if spec is None:
            raise ExecutionError("no-process", f"there is no process {process_id}")
        run = cls(definitions, spec, dict(variables), environment, limits)
        run.begin_step()
        nodes = run.starts_for(spec, start_event, message, signal)
        run.subscribe_scope(run.root)
        run.begin_at(nodes, message, signal)
        run.check_scope(run.root)
        run.later(run.fire_conditions, run.root.subscriptions)
        run.first_effects = run.end_step()
        return run

    @classmethod
    def restore(
        cls,
        definitions: Definitions,
        state: bytes,
        variables: dict[str, Any],
        environment: ExecutionEnvironment,
        limits: Limits | None = None,
    ) -> Execution:
        """Load an instance; ``variables`` is used as it is and changed by the commands.

        Raises:
            StateError: the state does not fit the definitions.
        """
        unpacked = unpack_state(state)
        spec = definitions.specs.get(unpacked[1])
        if spec is None:
            raise StateError(f"there is no process {unpacked[1]}")
        run = cls(definitions, spec, variables, environment, limits)
        fill(run, unpacked, run.find_definitions)
        if run.ended is not None:
            run.first_effects = Effects(ended=run.ended)
        return run

    def put_down(self) -> bool:
        """Let go of the step's variables and environment, to be taken up again by ``resume``.

        Call it after ``state()``.

        Returns:
            Whether this is now what ``restore`` would make of that state: not while something is compensated.
        """
        if self.ended is not None or self.root.compensation or not all(map(_made_as_stored, self.activities.values())):
            return False
        for subscription in self.subscriptions.values():
            due, anchor = subscription.due_at, subscription.anchor
            subscription.due_at = due if due is None else due.astimezone(UTC)
            subscription.anchor = anchor if anchor is None else anchor.astimezone(UTC)
        self.variables = self.root.variables = {}
        self.environment = _NOBODY
        self.first_effects = Effects()
        self._names = None
        self.__dict__.pop("journal", None)
        return True

    def holds_values(self) -> bool:
        """Whether values of variables may stand in here between steps: of inner scopes, items, outputs, keys."""
        return any(map(_holds_values, self.activities.values())) or any(
            subscription.kind != "timer" for subscription in self.subscriptions.values()
        )

    def resume(self, variables: dict[str, Any], environment: ExecutionEnvironment) -> None:
        """Take it up again for a step; ``variables`` is used as it is and changed by the commands."""
        self.variables = self.root.variables = variables
        self.environment = environment

    def find_definitions(self, key: str, process_id: str) -> Definitions:
        """The definitions of a call that was begun before."""
        if key == self.definitions.key:
            return self.definitions
        return self.environment.called_definitions(process_id, "pinned", key)[0]

    def state(self) -> bytes:
        """The live tokens; process variables are kept beside it."""
        return encode_state(self)

    # --- commands -----------------------------------------------------------------------------------------------

    def complete(self, no: int, data: Mapping[str, Any]) -> Effects:
        """Complete a user task.

        Raises:
            NotWaitingError: no task with this number waits.
            ExecutionError: the step fails.
        """
        self.begin_step()
        activity = self.activities.get(no)
        if activity is None:
            self.thaw(no)
            activity = self.activities.get(no)
        if activity is not None and waits_for_person(activity):
            self.finish_user_task(activity, data)
        elif activity is not None or not self.complete_in_range(no, data):
            raise NotWaitingError(f"no task no. {no} waits")
        return self.end_step()

    def fire_timer(self, no: int) -> Effects:
        """A timer is due; whether it is, the caller knows."""
        self.begin_step()
        self.fire(self.waiting(no, "timer"), {})
        return self.end_step()

    def deliver_message(self, no: int, data: Mapping[str, Any]) -> Effects:
        """A message for the subscription with this number; its payload becomes variables."""
        self.begin_step()
        self.fire(self.waiting(no, "message"), data)
        return self.end_step()

    def deliver_signal(self, name: str, data: Mapping[str, Any]) -> Effects:
        """A signal; nothing happens if no event waits for it."""
        self.begin_step()
        self.broadcast(name, data)
        return self.end_step()

    def set_variables(self, data: Mapping[str, Any]) -> Effects:
        """Set process variables from outside; conditional events look at them."""
        self.begin_step()
        self.variables.update(data)
        return self.end_step()

    def cancel(self) -> Effects:
        """End the instance with everything in it."""
        self.begin_step()
        self.cancel_contents(self.root)
        self.close_scope(self.root)
        self.ended = Ended("cancelled")
        return self.end_step()

    def move_token(self, no: int, target_node_id: str) -> Effects:
        """Take a token from the task or wait with this number and put it before another node of its scope or outwards.

        Raises:
            NotWaitingError: nothing waits under this number.
            ExecutionError: no token can be put there.
        """
        self.begin_step()
        self.move(self.place_of(no), target_node_id)
        return self.end_step()

    def restart_at(self, node_id: str) -> Effects:
        """End everything in the scope of a node and go on from there; the variables stay as they are.

        Raises:
            ExecutionError: no token can be put there, or the node's scope is not alive, or more than once.
        """
        self.begin_step()
        self.restart(node_id)
        return self.end_step()

    def start_enabled(self, node_id: str, place: int | None = None) -> Effects:
        """Start an activity that an ad-hoc sub-process offers.

        Args:
            node_id: the activity.
            place: of the offer; None: the first sub-process that offers it.

        Raises:
            ExecutionError: it is not offered now.
        """
        self.begin_step()
        self.thaw_all()
        for host, scope, node in self._offers():
            if node.bpmn_id == node_id and place in (None, host.no):
                self.begin_offered(scope, node)
                return self.end_step()
        raise ExecutionError("not-enabled", f"{node_id} is not offered", node_id)

    # --- what waits ---------------------------------------------------------------------------------------------

    def user_tasks(self) -> list[OpenedUserTask]:
        """The open user tasks, oldest first."""
        self.thaw_all()
        tasks = [self.as_user_task(a) for a in self.activities.values() if waits_for_person(a)]
        tasks += self.range_tasks()
        return sorted(tasks, key=lambda task: task.no)

    def waits(self) -> list[Wait]:
        """The open subscriptions, oldest first."""
        self.thaw_all()
        return [self.as_wait(s) for _, s in sorted(self.subscriptions.items())]

    def stands_still(self) -> bool:
        """True if no token waits for a person or an event: what event sub-processes listen for does not count."""
        if self.ended is not None or self.ranges or any(s.scope is None for s in self.subscriptions.values()):
            return False
        waits = self._frozen() or any(map(waits_for_person, self.activities.values()))
        return not waits and next(self._offers(), None) is None

    def context_of(self, wait: Wait) -> dict[str, Any]:
        """The variables that are visible where something waits."""
        self.thaw(wait.no)
        subscription = self.subscriptions[wait.no]
        activity = subscription.activity
        return self.context(subscription.scope or (activity.scope if activity else self.root), activity)

    def timers(self) -> list[WaitingTimer]:
        """The timers that wait, oldest first, without those that repeat: they count from their first instant."""
        return [
            self._as_timer(wait)
            for wait in self.waits()
            if wait.kind == "timer" and self.subscriptions[wait.no].cycle is None
        ]

    def _as_timer(self, wait: Wait) -> WaitingTimer:
        trigger = self.subscriptions[wait.no].trigger
        assert wait.due_at is not None
        return WaitingTimer(
            wait.no,
            wait.flow_node_id,
            wait.due_at,
            trigger.deadline,
            trigger.anchor,
            trigger.timer,
            self.context_of(wait),
        )

    def move_timer(self, no: int, due_at: datetime) -> None:
        """Give a waiting timer another instant; who fires it, the caller tells.

        Raises:
            NotWaitingError: no timer with this number waits.
        """
        self.waiting(no, "timer").due_at = due_at

    def enabled(self) -> list[str]:
        """Activities that ad-hoc sub-processes offer."""
        self.thaw_all()
        return [node.bpmn_id for _, _, node in self._offers()]

    def offers(self) -> list[Offer]:
        """The same with what the diagram says of them, oldest sub-process first, in the order of the diagram."""
        self.thaw_all()
        return [
            Offer(
                node.bpmn_id,
                host.no,
                node.bpmn_name,
                (node.user_task or UserTaskAttributes()) if node.for_people else None,
                self.local_variables(scope, None),
            )
            for host, scope, node in self._offers()
        ]

    def _offers(self) -> Iterator[tuple[Activity, Scope, FlowNode]]:
        for _, activity in sorted(self.activities.items()):
            if activity.child is not None:
                for node in self.offered(activity.child):
                    yield activity, activity.child, node

    # --- bodies on ice ------------------------------------------------------------------------------------------

    def thaw(self, no: int) -> None:
        """Make the multi-instance body live in which something with this number waits."""
        if no in self.activities or no in self.subscriptions:
            return
        for controller in self._frozen():
            body = controller.loop.frozen.find(no) if controller.loop and controller.loop.frozen else None
            if body is not None:
                thaw(self, controller, [body])
                if no in self.activities or no in self.subscriptions:
                    return

    def thaw_all(self) -> None:
        """Make every multi-instance body live."""
        for controller in self._frozen():
            self.thaw_children(controller)

    def thaw_children(self, controller: Activity) -> None:
        """Make every body of one multi-instance activity live."""
        if controller.loop is not None and controller.loop.frozen is not None:
            thaw(self, controller, controller.loop.frozen.bodies())
            controller.loop.frozen = None

    def thaw_for_signal(self) -> None:
        """Make the bodies live that may wait for a signal."""
        for controller in self._frozen():
            if controller.loop is not None and controller.loop.frozen is not None and controller.loop.frozen.signals:
                self.thaw_children(controller)

    def _frozen(self) -> list[Activity]:
        return [a for a in self.activities.values() if a.loop is not None and a.loop.frozen is not None]

    # --- starting -----------------------------------------------------------------------------------------------

    def begin_at(self, nodes: list[FlowNode], message: str | None, signal: str | None) -> None:
        """Put the first tokens where the instance begins."""
        first, name = nodes[0], message if message is not None else signal
        if name is None:
            self.send_to(self.root, nodes)
        elif first.kind != "startEvent":
            self.begin_after(self.root, first)
        elif first.parallel_multiple and len(first.triggers) > 1:
            self.begin_with_first(self.root, first, "message" if message is not None else "signal", name)
        else:
            self.send_to(self.root, nodes)

    def starts_for(
        self, spec: ProcessSpec, start_event: str | None, message: str | None, signal: str | None
    ) -> list[FlowNode]:
        """Where an instance begins."""
        if start_event is not None:
            found = [n for n in spec.start_events if n.bpmn_id == start_event]
        elif message is not None or signal is not None:
            kind, name = ("message", message) if message is not None else ("signal", signal)
            found = [n for n in spec.nodes.values() if starts_with(n, kind, name)]
            found.sort(key=lambda n: n.kind != "startEvent")
        elif spec.start_events:
            found = spec.starts[:1] or (spec.start_events if len(spec.start_events) == 1 else [])
        else:
            found = list(spec.starts)
        if not found:
            wanted = start_event or message or signal
            what = f"no start event for {wanted}" if wanted else "no start event that begins by itself"
            raise ExecutionError("no-start-event", f"{spec.name} has {what}", spec.name)
        return found if start_event is None and message is None and signal is None else found[:1]


def _holds_values(activity: Activity) -> bool:
    own = activity.loop is not None or activity.names is not None or activity.local is not None
    return own or (activity.child is not None and activity.child.variables is not None)


def _made_as_stored(activity: Activity) -> bool:
    """Make the variables of an activity those that would be read back; False where it remembers finished ones."""
    inside = activity.child
    if activity.queue is not None or (inside is not None and inside.compensation):
        return False
    if activity.names is not None:
        activity.names = as_stored(dict(activity.names))
    if activity.local is not None:
        activity.local = as_stored(activity.local)
    if inside is not None and inside.variables is not None:
        inside.variables = as_stored(inside.variables)
    return True


def starts_with(node: FlowNode, kind: str, name: str | None) -> bool:
    """True if a message or signal of this name starts the process at the node."""
    return begins_instances(node) and any(t.kind == kind and t.event_name == name for t in node.triggers)
