"""Ad-hoc sub-processes: people start the activities they need."""

from __future__ import annotations

from engine.bpmn.names import GATEWAYS
from engine.spiff.errors import ExecutionError
from engine.spiff.loops import Loops
from engine.spiff.specs import FlowNode
from engine.spiff.state import NOTHING_MORE, Scope


class AdHoc(Loops):
    """Which activities are offered, and when the sub-process is done."""

    def offered(self, scope: Scope) -> list[FlowNode]:
        """The activities that may be started now; in a sequential one only while none runs."""
        if scope.dead or scope.finishing or scope.spec.kind != "adHocSubProcess":
            return []
        if NOTHING_MORE in scope.performed:
            return []
        if scope.spec.sequential and (scope.activities or scope.tokens):
            return []
        return scope.spec.enabled

    def begin_offered(self, scope: Scope, node: FlowNode) -> None:
        """Start an activity that is offered."""
        if node not in self.offered(scope):
            raise ExecutionError("not-enabled", f"{node.bpmn_id} is not offered", node.bpmn_id)
        if node.kind in GATEWAYS or node.kind == "intermediateThrowEvent":
            scope.performed[node.bpmn_id] = scope.performed.get(node.bpmn_id, 0) + 1  # none of them is ever completed
        self.send_to(scope, [node])

    def ad_hoc_progress(self, scope: Scope) -> None:
        """After each inner activity, and when nothing moves: is it done?

        Without a completion condition it is done when each activity has been done at least once. What still runs is
        cancelled, or may finish while nothing more begins.
        """
        if scope.dead or scope.finishing:
            return
        spec = scope.spec
        if NOTHING_MORE not in scope.performed:
            if not self._is_met(scope):
                return
            if spec.completion_condition is not None and spec.cancel_remaining:
                self.cancel_contents(scope)
            elif spec.completion_condition is not None:
                scope.performed[NOTHING_MORE] = 1
        if not (scope.activities or scope.tokens or scope.arrivals):
            scope.finishing = True
            self.later(self._finish_scope, scope)

    def _is_met(self, scope: Scope) -> bool:
        condition = scope.spec.completion_condition
        if condition is not None:
            return self.evaluate(condition, scope) is True
        return all(scope.performed.get(node.bpmn_id) for node in scope.spec.enabled)
