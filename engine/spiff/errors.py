"""Why a step cannot be done. The execution that raised one is spoilt: throw it away and load the instance again."""

from __future__ import annotations


class ExecutionError(Exception):
    """A step failed; nothing of it may be kept. ``code`` is stable, ``element`` the flow node concerned."""

    def __init__(self, code: str, message: str, element: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.element = element


class BudgetExceededError(ExecutionError):
    """The step wanted more node visits, time, items or depth than it may have."""

    def __init__(self, message: str, element: str | None = None) -> None:
        super().__init__("budget-exceeded", message, element)


class NotWaitingError(ExecutionError):
    """No open task or subscription has this number, or it is of another kind."""

    def __init__(self, message: str, element: str | None = None) -> None:
        super().__init__("not-waiting", message, element)


class NoFlowError(ExecutionError):
    """No outgoing flow can be taken: every condition is false or null and there is no default."""

    def __init__(self, element: str) -> None:
        super().__init__("no-flow", f"no outgoing flow of {element} can be taken", element)


class StateError(ExecutionError):
    """A stored state does not fit the definitions."""

    def __init__(self, message: str) -> None:
        super().__init__("state", message)
