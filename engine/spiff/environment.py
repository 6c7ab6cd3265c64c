"""The outside world as the token runtime sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from engine.dmn import DecisionResult
    from engine.spiff.definitions import Definitions


class BpmnError(Exception):
    """A modelled error: an error boundary event or an error event sub-process may catch it."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class StandIn:
    """What a simulation answers for an automatic task.

    An environment that has a method ``stand_in(flow_node_id) -> StandIn | None`` is asked before every service, send,
    script and business rule task. Only the simulator has one.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None  # code of a BPMN error to throw
    wait: bool = False  # leave the task waiting until it is completed like a user task


class ExecutionEnvironment(Protocol):
    """What a running instance may ask of its surroundings, and nothing else.

    ``variables`` is always the whole context of a flow node: process variables, hidden by those of the enclosing
    multi-instance bodies, hidden by :meth:`names`. Implementations must not change it.

    An environment that has a method ``warn(code, message)`` hears of what is no failure but will surprise: a
    correlation key that is null.
    """

    def now(self) -> datetime:
        """The instant of this step, aware; it stands still within a step."""

    def names(self) -> Mapping[str, Any]:
        """Read-only names of every expression: case_id, business_key, initiator, now, today."""

    def evaluate(self, expression: str, variables: Mapping[str, Any]) -> Any:
        """The value of a FEEL expression (a leading ``=`` allowed); null with a recorded warning if it has none."""

    def decide(self, decision_ref: str, variables: Mapping[str, Any]) -> DecisionResult:
        """Evaluate a decision of the deployment, by name or id."""

    def operate(
        self, operation: str, parameters: Mapping[str, Any], variables: Mapping[str, Any], flow_node_id: str
    ) -> Mapping[str, Any]:
        """Perform a registered operation and return its values.

        Raises:
            BpmnError: a modelled failure, to be caught in the diagram.
        """

    def deadline(self, key: str, variables: Mapping[str, Any], anchor: datetime | None) -> datetime:
        """The instant of a deadline key of the process, counted from ``anchor`` or from now."""

    def called_definitions(self, called_element: str, binding: str, version: str | None) -> tuple[Definitions, str]:
        """The definitions that hold a called process, and its id there.

        Args:
            called_element: process id of the call activity.
            binding: ``latest``, ``deployment`` or ``version``; ``pinned`` when a stored instance is loaded again,
                ``version`` being then the ``Definitions.key`` that was answered when the call began.
            version: the fixed version or the pinned key, else None.

        Raises:
            LookupError: there is no such process.
        """
