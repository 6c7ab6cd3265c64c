"""Replaying a caseload: every case driven through the commands the web uses, under a clock that is moved."""

from engine.replay.answers import Answers
from engine.replay.errors import ReplayError
from engine.replay.lines import Line, read_lines
from engine.replay.runner import Replay, ReplayResult

__all__ = ["Answers", "Line", "Replay", "ReplayError", "ReplayResult", "read_lines"]
