"""Activities: what happens when a token enters one, and when it is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.spiff.compensation import Compensation
from engine.spiff.core import waits_for_person
from engine.spiff.effects import ClosedUserTask, DecisionRecord, OpenedUserTask, OperationRecord, UserTaskAttributes
from engine.spiff.environment import BpmnError, StandIn
from engine.spiff.errors import BudgetExceededError, ExecutionError
from engine.spiff.specs import Flow, FlowNode
from engine.spiff.state import Activity, Scope

_NO_ATTRIBUTES = UserTaskAttributes()


class Activities(Compensation):
    """Tasks, sub-processes and call activities; gateways and events are entered from here too."""

    if TYPE_CHECKING:

        def start_loop(self, activity: Activity) -> None: ...
        def iteration_done(self, child: Activity) -> None: ...

    def enter(self, scope: Scope, node: FlowNode, flow: Flow | None) -> None:
        """A token comes to a node."""
        kind = node.kind
        if kind == "parallelGateway":
            self.enter_parallel(scope, node, flow)
        elif kind == "inclusiveGateway":
            self.enter_inclusive(scope, node, flow)
        elif kind in _PASSED:
            self.journal.trace.append(node.bpmn_id)
            self.leave(scope, node)
        elif kind in {"endEvent", "intermediateThrowEvent"}:
            self.journal.trace.append(node.bpmn_id)
            self.throw(scope, node)
        elif kind in {"intermediateCatchEvent", "eventBasedGateway"}:
            self.journal.trace.append(node.bpmn_id)
            self._wait_for_event(scope, node)
        else:
            self.start_activity(scope, node)

    def _wait_for_event(self, scope: Scope, node: FlowNode) -> None:
        waits_for_nothing = node.kind == "intermediateCatchEvent" and node.trigger in {"none", "link"}
        if waits_for_nothing or (node.kind == "eventBasedGateway" and node.parallel_multiple):
            self.leave(scope, node)  # where it is all events, each of them waits for itself
            return
        activity = self.new_activity(scope, node)
        if node.kind == "intermediateCatchEvent":
            self.subscribe(node, scope, activity, None)
            return
        for flow in node.flows_out:
            self.subscribe(flow.target, scope, activity, None)

    def start_activity(self, scope: Scope, node: FlowNode) -> Activity:
        """Begin an activity, or the loop around it."""
        self.journal.trace.append(node.bpmn_id)
        activity = self.new_activity(scope, node)
        if node.loop is not None:
            self.start_loop(activity)
        else:
            self.begin(activity)
        return activity

    def begin(self, activity: Activity) -> None:
        """Do what the activity is, once."""
        node = activity.node
        if node.maps_in or node.outputs_only:
            self.map_inputs(activity)
        if node.guarded and node.kind in _AUTOMATIC and activity.parent is None:
            self.later(self._perform, activity)
            self.subscribe_conditions(activity)
        else:
            self._perform(activity)

    def _perform(self, activity: Activity) -> None:
        node = activity.node
        if activity.no not in self.activities:
            return
        stand_in = self._stand_in(node)
        if stand_in is not None:
            self._replace(activity, stand_in)
            return
        try:
            self._begin(activity, node.kind)
        except BpmnError as error:
            self.throw_error(activity.scope, activity, error.code, error.message, node)

    def _begin(self, activity: Activity, kind: str) -> None:
        if activity.node.for_people:
            self._open_user_task(activity)
        elif kind == "callActivity" and activity.node.called_element is None:
            activity.waiting_for = "person"
            self._open_user_task(activity)
        elif kind == "scriptTask":
            self._script(activity)
        elif kind == "serviceTask":
            self._operate(activity)
        elif kind == "businessRuleTask":
            self._decide(activity)
        elif kind == "sendTask":
            self.send(activity.scope, activity, activity.node, activity.node.triggers[0])
            self.complete_activity(activity)
        elif kind == "receiveTask":
            self.subscribe(activity.node, activity.scope, activity, None)
            self._subscribe_own_boundaries(activity)
        elif kind == "callActivity":
            self._call(activity)
        elif activity.node.body is not None:
            self.start_scope(activity, activity.node.body)
            self._subscribe_own_boundaries(activity)  # behind the event sub-processes inside, which take precedence
        else:
            raise ExecutionError("unsupported-element", f"{kind} is not executed", activity.node.bpmn_id)

    def _subscribe_own_boundaries(self, activity: Activity) -> None:
        """Boundary events belong to the loop around an activity, if there is one."""
        if activity.parent is None:
            self.subscribe_boundaries(activity)

    # --- people -------------------------------------------------------------------------------------------------

    def _open_user_task(self, activity: Activity) -> None:
        self.journal.opened.append(self.as_user_task(activity))
        self._subscribe_own_boundaries(activity)

    def as_user_task(self, activity: Activity) -> OpenedUserTask:
        """The waiting task as the outside sees it."""
        local = self.local_variables(activity.scope, activity)
        index = activity.index if activity.index is not None else self.enclosing_index(activity.scope)
        return self.user_task(activity.no, activity.node, activity.scope, index, local)

    def enclosing_index(self, scope: Scope) -> int | None:
        """The loop counter of the innermost loop around a scope."""
        return next((s.host.index for s in self.ancestors(scope) if s.host and s.host.index is not None), None)

    def user_task(
        self, no: int, node: FlowNode, scope: Scope, index: int | None, local: Mapping[str, Any]
    ) -> OpenedUserTask:
        """A user task by its parts: a parallel multi-instance has no record for each of its children."""
        attributes = node.user_task or _NO_ATTRIBUTES
        return OpenedUserTask(
            no=no,
            flow_node_id=node.bpmn_id,
            name=node.bpmn_name,
            lane=node.lane,
            form_key=attributes.form_key,
            loop_counter=index,
            scope=self.path(scope),
            local=local,
            attributes=attributes,
            type=node.kind,
            process_id=scope.spec.root.name,
        )

    def finish_user_task(self, activity: Activity, data: Mapping[str, Any]) -> None:
        """A person has completed the task."""
        self.write(activity.scope, activity, data, activity.node.result_variable)
        self.complete_activity(activity)

    # --- automatic tasks ----------------------------------------------------------------------------------------

    def _stand_in(self, node: FlowNode) -> StandIn | None:
        """A simulation may answer for an automatic task; in production there is no such thing."""
        if node.kind not in _AUTOMATIC:
            return None
        answer = getattr(self.environment, "stand_in", None)
        found: StandIn | None = answer(node.bpmn_id) if answer is not None else None
        return found

    def _replace(self, activity: Activity, stand_in: StandIn) -> None:
        if stand_in.wait:
            activity.waiting_for = "service"
            self._open_user_task(activity)
        elif stand_in.error is not None:
            self.throw_error(activity.scope, activity, stand_in.error, "", activity.node)
        else:
            self.write(activity.scope, activity, stand_in.data, activity.node.result_variable)
            self.complete_activity(activity)

    def _script(self, activity: Activity) -> None:
        node = activity.node
        if node.script is not None:
            value = self.evaluate(node.script, activity.scope, activity)
            if node.result_variable:
                self.put(activity.scope, activity, {node.result_variable: value})
            elif isinstance(value, dict):
                self.write(activity.scope, activity, value)
            else:
                raise ExecutionError("script", f"the script of {node.bpmn_id} gives no context", node.bpmn_id)
        self.complete_activity(activity)

    def _operate(self, activity: Activity) -> None:
        node, scope = activity.node, activity.scope
        if node.operation is not None:
            parameters = self.evaluate_all(node.parameters, scope, activity)
            context = self.context(scope, activity)
            result = dict(self.environment.operate(node.operation, parameters, context, node.bpmn_id))
            self.journal.operations.append(OperationRecord(node.bpmn_id, node.operation, parameters, result))
            self.write(scope, activity, result, node.result_variable)
        self.complete_activity(activity)

    def _decide(self, activity: Activity) -> None:
        node, scope = activity.node, activity.scope
        if node.decision_ref is None and node.operation is not None:
            self._operate(activity)
            return
        if node.decision_ref is not None:
            self.budget.evaluate(node.bpmn_id)
            result = self.environment.decide(node.decision_ref, self.context(scope, activity))
            ensure_evaluated(result, node)
            name = getattr(result, "decision_name", None) or node.decision_ref
            variable = self._take_decision(activity, result.result, name)
            self.journal.decisions.append(DecisionRecord(node.bpmn_id, node.decision_ref, result, variable))
        self.complete_activity(activity)

    def _take_decision(self, activity: Activity, value: Any, name: str) -> str | None:
        """Set what was decided; answers the variable that took it, None if each entry became one of its own."""
        variable = activity.node.result_variable
        if not variable and isinstance(value, dict):
            self.put(activity.scope, activity, value)
            return None
        if variable or value is not None:
            self.put(activity.scope, activity, {variable or name: value})
        return variable or name

    # --- calls --------------------------------------------------------------------------------------------------

    def _call(self, activity: Activity) -> None:
        node, scope = activity.node, activity.scope
        depth = sum(1 for s in self.ancestors(scope) if s.variables is not None)
        if depth > self.limits.call_depth:
            raise BudgetExceededError(f"calls nest deeper than {self.limits.call_depth}", node.bpmn_id)
        called = node.called_element or ""
        if called.startswith("="):
            called = str(self.evaluate(called[1:], scope, activity))
        definitions, process_id = self._called(scope, node, called)
        spec = definitions.specs[process_id]
        if spec.start_events and not spec.starts:
            raise ExecutionError(
                "no-start-event", f"{process_id} has no start event that a call can begin", node.bpmn_id
            )
        variables = {}
        if node.takes_all:
            names = self.names()
            variables = {k: v for k, v in self.context(scope, activity).items() if k not in names}
        if node.inputs_mapped:
            variables |= self.handed_over(node.inputs_mapped, self.context(scope, activity))
        inside = self.start_scope(activity, spec, variables, begin=False)
        inside.untouched = {name for name in variables if not any(m.target == name for m in node.inputs_mapped)}
        self._subscribe_own_boundaries(activity)
        inside.definitions = definitions
        self.begin_scope(inside)

    def _called(self, scope: Scope, node: FlowNode, called: str) -> tuple[Any, str]:
        if node.binding == "deployment" and called in scope.definitions.specs:
            return scope.definitions, called
        try:
            return self.environment.called_definitions(called, node.binding, node.called_version)
        except LookupError:
            message = f"the process {called} that {node.bpmn_id} calls is not there"
            raise ExecutionError("missing-called-process", message, node.bpmn_id) from None

    # --- done ---------------------------------------------------------------------------------------------------

    def complete_activity(self, activity: Activity) -> None:
        """The activity has done what it is: on to the next iteration, handler or flow.

        A condition that it has made true is heard first, at its own border as well.
        """
        node = activity.node
        if activity.no not in self.activities:
            return
        if node.watched and self._heard(activity):
            return
        if node.maps_out and node.kind != "intermediateCatchEvent":
            self.map_outputs(activity)
        if activity.parent is not None:
            self.iteration_done(activity)
        elif activity.on_behalf:
            self.handler_done(activity)
        else:
            self.leave_activity(activity)
        if node.watched and node.maps_out:
            self.later(self.fire_conditions)

    def _heard(self, activity: Activity) -> bool:
        if not self.heard_before(self.complete_activity, activity):
            return False
        if waits_for_person(activity):
            activity.leaving = "completed"  # even if who heard it ends the activity
        return True

    def leave_activity(self, activity: Activity) -> None:
        """Take the activity off the live state and send tokens on."""
        scope, node = activity.scope, activity.node
        scope.tokens += 1  # not empty while we are between the activity and its flows
        self.drop(activity, "completed")
        if node.undoable:
            self.record_finished(activity)
        if not node.flows_out and node in scope.spec.event_subprocesses:
            pass  # an event sub-process goes nowhere
        else:
            self.leave(scope, node)
        scope.tokens -= 1
        if scope.spec.kind == "adHocSubProcess":
            scope.performed[node.bpmn_id] = scope.performed.get(node.bpmn_id, 0) + 1
            self.later(self.ad_hoc_progress, scope)
        else:
            self.check_scope(scope)

    def closed(self, no: int, outcome: Any) -> None:
        """Record that a task without a record of its own no longer waits."""
        self.journal.closed.append(ClosedUserTask(no, outcome))


def ensure_evaluated(result: Any, node: FlowNode) -> None:
    """A decision that could not be evaluated is a failure of the step, not a null result.

    Raises:
        ExecutionError
    """
    for warning in result.warnings:
        if getattr(warning, "severity", None) == "error":
            reason = getattr(warning, "reason", None) or getattr(warning, "message", warning)
            raise ExecutionError("decision", f"decision {node.decision_ref}: {reason}", node.bpmn_id)


_PASSED = frozenset(("startEvent", "exclusiveGateway", "boundaryEvent"))
_AUTOMATIC = frozenset(("serviceTask", "sendTask", "businessRuleTask", "scriptTask"))
