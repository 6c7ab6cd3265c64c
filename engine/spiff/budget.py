"""What one step may cost."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from engine.spiff.errors import BudgetExceededError

_LOOK_AT_CLOCK_EVERY = 256  # node visits
_START_CLOCK_AT = 16  # node visits; reading it costs as much as running a small step, which needs no clock
_EVALUATIONS_PER_LOOK = 16  # at the clock: one may take a thousand times as long as a node visit


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one step; turns through a user task count anew at each command."""

    node_visits: int = 200_000
    seconds: float = 10.0  # of this thread's processor time: a busy machine refuses nothing that a quiet one does
    items: int = 10_000  # of multi-instance activities
    call_depth: int = 32
    state_bytes: int = 8 * 1024 * 1024
    clock: Callable[[], float] = time.thread_time


DEFAULT_LIMITS = Limits()


class Budget:
    """Counts down during one step."""

    __slots__ = ("_evaluations", "_items", "_started", "_visits", "limits")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._visits = 0
        self._items = 0
        self._evaluations = 0
        self._started: float | None = None  # when the clock was first looked at

    @property
    def was_used(self) -> bool:
        """Whether anything was counted."""
        return bool(self._visits or self._items or self._evaluations)

    def visit(self, element: str | None = None) -> None:
        """Count one node visit.

        Raises:
            BudgetExceededError: too many, or too much time gone by.
        """
        self._visits += 1
        if self._visits < _START_CLOCK_AT:
            if self._visits > self.limits.node_visits:
                self._refuse(element)
        else:
            self._visit_many(element)

    def _visit_many(self, element: str | None) -> None:
        if self._visits > self.limits.node_visits:
            self._refuse(element)
        if self._visits == _START_CLOCK_AT or self._visits % _LOOK_AT_CLOCK_EVERY == 0:
            self._look_at_clock(element)

    def evaluate(self, element: str | None = None) -> None:
        """Count one expression or decision that is about to be evaluated; a single node may have thousands.

        Raises:
            BudgetExceededError: too much time gone by.
        """
        self._evaluations += 1
        if self._evaluations % _EVALUATIONS_PER_LOOK == 0:
            self._look_at_clock(element)

    def _look_at_clock(self, element: str | None) -> None:
        now = self.limits.clock()
        if self._started is None:
            self._started = now
        elif now - self._started > self.limits.seconds:
            raise BudgetExceededError(f"more than {self.limits.seconds:g} s in one step", element)

    def _refuse(self, element: str | None) -> NoReturn:
        raise BudgetExceededError(f"more than {self.limits.node_visits} node visits in one step", element)

    def items(self, count: int, element: str) -> None:
        """Count the items of a multi-instance activity that begins."""
        self._items += count
        if self._items > self.limits.items:
            raise BudgetExceededError(f"{self._items} items in one step, more than {self.limits.items}", element)
