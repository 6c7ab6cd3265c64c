"""How much of a step is the database's own: the time of its statements and of COMMIT alone, by clocks around each."""

import time
from collections.abc import Callable
from typing import Any

from bench.measure import Samples
from bench.ours import Ours


class StatementClock:
    """Adds up the time that a link's statements take; each clock costs some 0.1 µs, which is in the sum."""

    def __init__(self, ours: Ours) -> None:
        self.seconds = 0.0
        with ours.engine.unit_of_work() as uow:  # the link that is kept for the next unit, and all after it
            link: Any = uow.link
            link._execute = self._clocked(link._execute)

    def step(self, samples: Samples, name: str) -> Callable[[Callable[[], None]], None]:
        """Does a step and notes what its statements took."""

        def timed(action: Callable[[], None]) -> None:
            self.seconds = 0.0
            action()
            samples.add(name, self.seconds)

        return timed

    def _clocked(self, execute: Callable[..., Any]) -> Callable[..., Any]:
        def clocked(*arguments: Any) -> Any:
            began = time.perf_counter()
            cursor = execute(*arguments)
            self.seconds += time.perf_counter() - began
            return _Clocked(self, cursor)

        return clocked


class _Clocked:
    """The cursor, whose reading of rows counts as well."""

    def __init__(self, clock: StatementClock, cursor: Any) -> None:
        self._clock = clock
        self._cursor = cursor
        self.rowcount: int = cursor.rowcount

    def fetchall(self) -> Any:
        began = time.perf_counter()
        rows = self._cursor.fetchall()
        self._clock.seconds += time.perf_counter() - began
        return rows
