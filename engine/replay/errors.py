"""What stops a replay."""

from engine.errors import EngineError


class ReplayError(EngineError):
    """The caseload or its answers do not fit the process; the sentence says where."""

    code = "replay"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
