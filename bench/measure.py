"""Samples, their tenth percentile, and what the machine was while they were taken."""

import gc
import os
import platform
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


class Samples:
    """Wall times by name, in seconds."""

    def __init__(self) -> None:
        self._taken: dict[str, list[float]] = defaultdict(list)

    def time(self, name: str, action: Callable[[], T]) -> T:
        """Do something and note how long it took."""
        began = time.perf_counter()
        result = action()
        self._taken[name].append(time.perf_counter() - began)
        return result

    def add(self, name: str, seconds: float) -> None:
        """Note a time that somebody else took."""
        self._taken[name].append(seconds)

    def p10(self, name: str) -> float:
        """The tenth percentile: what a quiet machine would have shown."""
        return self._rank(name, 0.1)

    def median(self, name: str) -> float:
        """The middle one."""
        return self._rank(name, 0.5)

    def ratio(self, upper: str, lower: str) -> float:
        """p10 over p10."""
        return self.p10(upper) / self.p10(lower)

    def names(self) -> list[str]:
        """In the order in which they were first taken."""
        return list(self._taken)

    def count(self, name: str) -> int:
        """How many samples a name has."""
        return len(self._taken[name])

    def _rank(self, name: str, share: float) -> float:
        taken = sorted(self._taken[name])
        return taken[min(len(taken) - 1, int(len(taken) * share))]


def quietly() -> None:
    """Collect garbage between rounds, so that no round pays for another."""
    gc.collect()


def machine() -> dict[str, Any]:
    """The machine and its load."""
    model = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": model,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": [round(value, 2) for value in os.getloadavg()],
    }


def commit() -> str:
    """The commit that is measured, with a plus where the checkout differs from it."""
    shown = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    changed = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=no"], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip() + ("+" if changed.stdout.strip() else "")


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []
