"""What one evaluation carries: its budget, its warnings and its scopes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.feel.errors import EvaluationWarning, FeelBudgetError

#: Closures calling closures take no C stack since Python 3.11; this is room for the depth below.
_RECURSION_LIMIT = 10_000
_FRAMES_FOR_ALL_CALLS = 3_200  # nested closures, at most three Python frames each
_MAX_WARNINGS = 50
_WARNING_STEPS = 5
_CHARACTERS_PER_STEP = 256

if sys.getrecursionlimit() < _RECURSION_LIMIT:
    sys.setrecursionlimit(_RECURSION_LIMIT)


@dataclass(frozen=True, slots=True)
class Budget:
    """How much one evaluation may use; counted, never measured by a clock, so it always stops at the same place."""

    steps: int = 100_000
    result_bytes: int = 1_000_000
    depth: int = 200  # nested calls


DEFAULT_BUDGET = Budget()


class Run:
    """One evaluation under way."""

    __slots__ = ("_context", "_now", "budget", "calls", "frames", "steps", "types", "warnings")

    def __init__(
        self,
        budget: Budget = DEFAULT_BUDGET,
        now: datetime | None = None,
        types: Callable[[str], Any] | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> None:
        self.budget = budget
        self.steps = budget.steps
        self.calls = 0
        self.frames = 0
        self.types = types
        self.warnings: list[EvaluationWarning] = []
        self._now = now
        self._context = context

    @property
    def now(self) -> datetime | None:
        """The instant of this evaluation; where none was given, the context's ``now``."""
        if self._now is None and self._context is not None:
            now = self._context.get("now")
            self._now = now if isinstance(now, datetime) else None
        return self._now

    def spend(self, steps: int) -> None:
        """Count work that is about to be done.

        Raises:
            FeelBudgetError: there are no steps left.
        """
        self.steps -= steps
        if self.steps < 0:
            raise FeelBudgetError(f"计算超过 {self.budget.steps} 步，已停止")

    def spend_text(self, characters: int) -> None:
        """Count a text that is about to be made or searched."""
        if characters > self.budget.result_bytes:
            raise FeelBudgetError(f"文字超过 {self.budget.result_bytes} 字节，已停止")
        self.spend(1 + characters // _CHARACTERS_PER_STEP)

    def enter(self, frames: int) -> None:
        """Begin a call whose body nests ``frames`` closures."""
        self.calls += 1
        self.frames += frames
        if self.calls > self.budget.depth or self.frames > _FRAMES_FOR_ALL_CALLS:
            raise FeelBudgetError(f"函数嵌套超过 {self.budget.depth} 层，已停止")

    def leave(self, frames: int) -> None:
        """End a call."""
        self.calls -= 1
        self.frames -= frames

    def warn(self, place: tuple[int, str], reason: str, code: str = "value") -> None:
        """Record why something becomes null; the same reason at the same place counts once."""
        self.spend(_WARNING_STEPS)
        warning = EvaluationWarning(place[0], place[1], reason, code)
        if len(self.warnings) < _MAX_WARNINGS and warning not in self.warnings:
            self.warnings.append(warning)


class Frame:
    """One scope: its names, the scope around it, and the evaluation."""

    __slots__ = ("names", "parent", "run")

    def __init__(self, names: Mapping[str, Any], parent: Frame | None, run: Run) -> None:
        self.names = names
        self.parent = parent
        self.run = run
