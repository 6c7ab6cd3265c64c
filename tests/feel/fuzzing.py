"""Random expressions by the thousand: ``python -m tests.feel.fuzzing --count 20000 --seed 7``.

Each is read, evaluated and used as a cell with the whole budget. Anything but a value or a FeelError is a finding, as
is an evaluation that takes more than half a second of processor time (100 ms on a quiet machine). A full garbage
collection goes through all that the process keeps, whatever is evaluated when it comes: it is told by itself.
Ends with 1 if there are any findings.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.feel import FeelError, compile_unary_tests, evaluate
from tests.feel.expressions import ExpressionSource

CONTEXT: dict[str, Any] = {
    "x": Decimal(3),
    "amount": Decimal(6000),
    "l": [Decimal(1), {"a": Decimal(1)}],
    "first name": "张",
}
CPU_LIMIT = 0.5  # seconds
_FULL = 2  # the collector's oldest generation


class FullCollections:
    """Full garbage collections and what they take; the small ones belong to the expression that makes the garbage."""

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0
        self.longest = 0.0
        self._started = 0.0

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        """As the collector calls it, before and after."""
        if info["generation"] < _FULL:
            return
        if phase == "start":
            self._started = time.process_time()
            return
        taken = time.process_time() - self._started
        self.count += 1
        self.seconds += taken
        self.longest = max(self.longest, taken)


class Fuzzing:
    """Counts of what became of the expressions, the slowest one, and the findings."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.slowest: tuple[float, str] = (0.0, "")
        self.findings: list[str] = []
        self.collections = FullCollections()

    def run(self, count: int, seed: int) -> None:
        """Try so many expressions."""
        source = ExpressionSource(seed)
        gc.callbacks.append(self.collections)
        try:
            for _ in range(count):
                text = source.next()
                self._try(text, lambda text=text: evaluate(text, CONTEXT).result)
                self._try(text, lambda text=text: compile_unary_tests(text).test(Decimal(3), CONTEXT).result)
        finally:
            gc.callbacks.remove(self.collections)

    def _try(self, text: str, action: Callable[[], Any]) -> None:
        started, collecting = time.process_time(), self.collections.seconds
        try:
            outcome = "null" if action() is None else "value"
        except FeelError as error:
            outcome = error.code
        except Exception as error:  # that is what we look for
            outcome = "broken"
            self.findings.append(f"{type(error).__name__}: {text}")
        taken = time.process_time() - started - (self.collections.seconds - collecting)
        self.outcomes[outcome] += 1
        self.slowest = max(self.slowest, (taken, text))
        if taken > CPU_LIMIT:
            self.findings.append(f"{taken:.2f} s: {text}")


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    fuzzing = Fuzzing()
    fuzzing.run(options.count, options.seed)
    told = ", ".join(f"{count} {outcome}" for outcome, count in fuzzing.outcomes.most_common())
    print(f"{options.count} expressions, seed {options.seed}: {told}")
    print(f"slowest {fuzzing.slowest[0] * 1000:.0f} ms: {fuzzing.slowest[1][:200]}")
    full = fuzzing.collections
    print(f"{full.count} full garbage collections, {full.seconds:.1f} s, the longest {full.longest * 1000:.0f} ms")
    for finding in fuzzing.findings:
        print(finding[:300])
    return 1 if fuzzing.findings else 0


if __name__ == "__main__":
    sys.exit(main())
