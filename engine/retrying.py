"""Doing again what another was quicker at: a bounded number of times, with a wait of random length between."""

from collections.abc import Callable
from typing import TypeVar

from engine.errors import BusyError
from engine.ports import Pause

T = TypeVar("T")
TRIES = 4


def patiently(work: Callable[[], T], pause: Pause) -> T:
    """Do ``work``, and again while the database is busy; it must be safe to repeat.

    Raises:
        BusyError: the last try was busy, too.
    """
    for failures in range(1, TRIES):
        try:
            return work()
        except BusyError:
            pause.after(failures)
    return work()
