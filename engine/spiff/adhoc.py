"""Ad-hoc sub-processes: people start the activities they need."""

from __future__ import annotations

from engine.spiff.errors import ExecutionError
from engine.spiff.loops import Loops
from engine.spiff.specs import FlowNode
from engine.spiff.state import Scope

_MET = ""  # among the activities performed, an id that none has: the completion condition has held


class AdHoc(Loops):
    """Which activities are offered, and when the sub-process is done."""

    def offered(self, scope: Scope) -> list[FlowNode]:
        """The activities that may be started now; in a sequential one only while none runs."""
        if scope.dead or scope.finishing or scope.spec.kind != "adHocSubProcess":
            return []
        if _MET in scope.performed:
            return []
        if scope.spec.sequential and (scope.activities or scope.tokens):
            return []
        return scope.spec.enabled

    def begin_offered(self, scope: Scope, node: FlowNode) -> None:
        """Start an activity that is offered."""
        if node not in self.offered(scope):
            raise ExecutionError("not-enabled", f"{node.bpmn_id} is not offered", node.bpmn_id)
        self.send_to(scope, [node])

    def ad_hoc_progress(self, scope: Scope) -> None:
        """After each inner activity: is the completion condition met?

        Without a condition the sub-process is done when each activity has been done at least once.
        """
        if scope.dead or scope.finishing:
            return
        spec = scope.spec
        if _MET in scope.performed:
            done = True
        elif spec.completion_condition is not None:
            done = self.evaluate(spec.completion_condition, scope) is True
        else:
            done = all(scope.performed.get(node.bpmn_id) for node in spec.enabled)
        if not done:
            return
        if spec.cancel_remaining and spec.completion_condition is not None:
            self.cancel_contents(scope)
        elif scope.activities or scope.tokens or scope.arrivals:
            if spec.completion_condition is not None:
                scope.performed[_MET] = 1  # what runs may finish, nothing more may begin
            return
        scope.finishing = True
        self.later(self._finish_scope, scope)
