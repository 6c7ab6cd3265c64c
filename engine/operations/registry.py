"""The register of service operations and the call one of them gets."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from engine.errors import OperationFailedError
from engine.rules.assignment import texts
from engine.sentences import say

if TYPE_CHECKING:
    from engine.step.environment import StepEnvironment
    from engine.step.writes import PendingWrites
    from engine.unit_of_work import UnitOfWork

MODULES = ("cases", "congress", "deadlines", "notices", "numbers", "organisation")


@dataclass(frozen=True)
class OperationCall:
    """One performance of an operation.

    Attributes:
        environment: the step in which it happens.
        parameters: evaluated ``banli:parameter`` values, by name.
        variables: the whole context of the service task.
        flow_node_id: the service task.
    """

    environment: "StepEnvironment"
    parameters: Mapping[str, Any]
    variables: Mapping[str, Any]
    flow_node_id: str

    @property
    def uow(self) -> "UnitOfWork":
        """The transaction of the step."""
        return self.environment.uow

    @property
    def pending(self) -> "PendingWrites":
        """Rows that wait for the instance's own."""
        return self.environment.pending

    def text(self, name: str, default: str | None = None) -> str:
        """A parameter that must be a text."""
        value = self.parameters.get(name, default)
        if not isinstance(value, str) or not value:
            raise self.failure(say("参数 {name} 应为文本", name=name))
        return value

    def texts(self, name: str) -> list[str]:
        """A parameter that is a text, a list of texts or nothing."""
        return texts(self.parameters.get(name))

    def failure(self, reason: str) -> OperationFailedError:
        """The error to raise when the parameters do not allow to go on."""
        return OperationFailedError(f"{self.flow_node_id}", reason)


Operation = Callable[[OperationCall], Mapping[str, Any]]
_OPERATIONS: dict[str, Operation] = {}


def operation(name: str) -> Callable[[Operation], Operation]:
    """Register a function as the operation ``name``."""

    def register(function: Operation) -> Operation:
        assert name not in _OPERATIONS, f"two operations named {name}"
        _OPERATIONS[name] = function
        return function

    return register


def perform(name: str, call: OperationCall) -> Mapping[str, Any]:
    """Perform an operation.

    Raises:
        OperationFailedError: there is none of that name, or it cannot work with these parameters.
    """
    _load()
    function = _OPERATIONS.get(name)
    if function is None:
        raise OperationFailedError(name, "没有登记这个操作")
    return function(call)


def names() -> tuple[str, ...]:
    """All registered operations."""
    _load()
    return tuple(sorted(_OPERATIONS))


@cache
def _load() -> None:
    for module in MODULES:
        importlib.import_module(f"engine.operations.{module}")
