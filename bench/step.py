"""``make bench-step``: the table of the step, and bench/results/step.json.

The methods of a round run one after the other on the same case, so that a busy neighbour hits all alike; a ratio is
the tenth percentile over the tenth percentile.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import diagrams, growth, postgres
from bench.floor import postgresql_floor, sqlite_floor
from bench.measure import Samples, commit, machine, quietly
from bench.ours import Answers, Ours
from bench.statements import StatementClock
from bench.stock import Stock

RESULT = Path(__file__).with_name("results") / "step.json"


@dataclass(frozen=True)
class Target:
    """What a figure must be, and what we aim at."""

    must: float
    aim: float
    better: str

    def is_met(self, value: float, slack: float = 1.0) -> bool:
        """Whether the must is reached, with some slack."""
        return value * slack >= self.must if self.better == "higher" else value <= self.must * slack


TARGETS = {
    "sqlite_cold_vs_stock": Target(20, 40, "higher"),
    "sqlite_cold_vs_floor": Target(6, 3, "lower"),
    "sqlite_warm_vs_floor": Target(4.5, 2, "lower"),
    "pg_cold_vs_floor": Target(2, 1.3, "lower"),
    **{f"growth_{kind}_{heat}": Target(1.25, 1.1, "lower")
       for kind in ("loop", "mi_seq", "mi_par") for heat in ("cold", "warm")},
    "blocks20_ms": Target(3, 0.5, "lower"),
    "loop_turns": Target(5_000, 100_000, "higher"),
    "mi_items": Target(10_000, 10_000, "higher"),
    "mi_live_kb": Target(64, 64, "lower"),
    "command_cold_vs_floor": Target(30, 12, "lower"),
}  # fmt: skip
# CI compares these with what was recorded last. A busy neighbour alone makes a step dearer against the floor by half.
WATCHED = (
    "sqlite_cold_vs_stock",
    "sqlite_cold_vs_floor",
    "sqlite_warm_vs_floor",
    "command_cold_vs_floor",
    "growth_loop_cold",
    "growth_mi_seq_cold",
    "growth_mi_par_cold",
    "growth_loop_warm",
    "growth_mi_seq_warm",
    "growth_mi_par_warm",
)
SLACK = 2.0


def main() -> int:
    """Measure, print, write; with ``--quick`` a few rounds that fail when a ratio is far worse than was recorded."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="few rounds, no result file, fail at a step back")
    options = parser.parse_args()
    rounds = 4 if options.quick else options.rounds
    before = machine()
    with tempfile.TemporaryDirectory(prefix="banli-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        values = _sqlite(folder, rounds, stack)
        admin = None if options.quick else stack.enter_context(postgres.server())
        if admin:
            values |= _postgresql(admin, rounds, stack)
        values |= _growth(folder, 100 if options.quick else 1000)
        values |= _sizes(quick=options.quick)
    _print(values, before, machine())
    if options.quick:
        return _report(values)
    _write(values, before)
    return 0


def _sqlite(folder: Path, rounds: int, stack: ExitStack) -> dict[str, float]:
    samples = Samples()
    stock = Stock(str(folder / "stock.db"), diagrams.motion_for_stock(), "motion41")
    runs: dict[str, Callable[[str], int]] = {"stock": lambda name: stock.life(Answers(), _timed(samples, name))}
    floors = {}
    for mode in ("NORMAL", "FULL"):
        for kind in ("step", "warm step", "command"):
            url, whole, warm = f"sqlite:///{folder / kind}{mode}.db", kind == "command", kind == "warm step"
            ours = Ours(url, diagrams.motion(), "motion41", synchronous=mode, forms=whole, warm=warm)
            stack.callback(ours.close)
            runs[f"{kind} {mode}"] = _life(ours, samples, whole=whole)
        runs[f"statements {mode}"] = _statements(folder, samples, mode, stack)
        floors[f"floor {mode}"] = sqlite_floor(str(folder / f"floor{mode}.db"), mode)
    _interleave(samples, runs, floors, rounds)
    _print_times("SQLite", samples)
    share = samples.ratio("statements NORMAL", "floor NORMAL")
    print(f"\nthe cold step's statements alone, without Python's part: {share:.2f} times the floor")
    return {
        "sqlite_cold_vs_stock": samples.ratio("stock", "step NORMAL"),
        "sqlite_cold_vs_floor": samples.ratio("step NORMAL", "floor NORMAL"),
        "sqlite_warm_vs_floor": samples.ratio("warm step NORMAL", "floor NORMAL"),
        "command_cold_vs_floor": samples.ratio("command NORMAL", "floor NORMAL"),
    }


def _postgresql(admin: str, rounds: int, stack: ExitStack) -> dict[str, float]:
    samples = Samples()
    runs: dict[str, Callable[[str], int]] = {}
    floors = {}
    for mode in ("off", "on"):
        url = postgres.fresh(admin, f"banli_bench_{mode}", mode)
        ours = Ours(url, diagrams.motion(), "motion41")
        stack.callback(ours.close)
        runs[f"step {mode}"] = _life(ours, samples, whole=False)
        floors[f"floor {mode}"] = postgresql_floor(url, mode)
    _interleave(samples, runs, floors, rounds)
    _print_times("PostgreSQL", samples)
    return {"pg_cold_vs_floor": samples.ratio("step off", "floor off")}


def _life(ours: Ours, samples: Samples, *, whole: bool) -> Callable[[str], int]:
    return lambda name: ours.life(_timed(samples, name), whole=whole)


def _statements(folder: Path, samples: Samples, mode: str, stack: ExitStack) -> Callable[[str], int]:
    """The same cold steps; what is noted is their statements' part."""
    ours = Ours(f"sqlite:///{folder / 'statements'}{mode}.db", diagrams.motion(), "motion41", synchronous=mode)
    stack.callback(ours.close)
    clock = StatementClock(ours)
    return lambda name: ours.life(clock.step(samples, name))


def _timed(samples: Samples, name: str) -> Callable[[Callable[[], None]], None]:
    return lambda action: samples.time(name, action)


def _interleave(
    samples: Samples, runs: dict[str, Callable[[str], int]], floors: dict[str, Callable[[], None]], rounds: int
) -> None:
    for name, run in runs.items():  # caches and compiled statements are warm before anything is measured
        run(f"warm-up {name}")
    for _ in range(rounds):
        for name, run in runs.items():
            steps = run(name)
            quietly()
        for name, floor in floors.items():
            for _ in range(steps):
                samples.time(name, floor)


def _growth(folder: Path, late: int) -> dict[str, float]:
    return growth.growth(folder, late, warm=False) | growth.growth(folder, late, warm=True)


def _sizes(*, quick: bool) -> dict[str, float]:
    turns, grown = growth.loop_turns(500 if quick else 100_000)
    items, live = growth.multi_instance(1_000 if quick else 10_000)
    print(f"\nloop: the state grew by {grown} bytes in {turns} turns")
    return {
        "blocks20_ms": growth.blocks_ms(20 if quick else 200),
        "loop_turns": turns,
        "mi_items": items,
        "mi_live_kb": live,
    }


def _print_times(title: str, samples: Samples) -> None:
    print(f"\n{title}, one durable step, µs\n| what | p10 | median | samples |\n|---|---|---|---|")
    for name in samples.names():
        if not name.startswith("warm-up"):
            p10, median = samples.p10(name) * 1e6, samples.median(name) * 1e6
            print(f"| {name} | {p10:.0f} | {median:.0f} | {samples.count(name)} |")


def _print(values: dict[str, float], before: dict[str, Any], after: dict[str, Any]) -> None:
    print(f"\n{before['system']}, {before['processor']}, {before['cores']} cores, Python {before['python']}, ", end="")
    print(f"load {before['load']} before and {after['load']} after, commit {commit()}")
    print("\n| id | value | must | aim | reached |\n|---|---|---|---|---|")
    for row in _rows(values):
        sign = "≥" if row["better"] == "higher" else "≤"
        reached = "yes" if row["ok"] else "no"
        print(f"| {row['id']} | {row['value']:g} | {sign} {row['must']:g} | {sign} {row['aim']:g} | {reached} |")


def _report(values: dict[str, float]) -> int:
    """What does not reach its must is named; what is far worse than was recorded fails."""
    short = [row["id"] for row in _rows(values) if not row["ok"] and row["id"] in WATCHED]
    print("\nnot reached (the must, no slack):", ", ".join(short) or "none")
    recorded = {row["id"]: row["value"] for row in json.loads(RESULT.read_text(encoding="utf-8"))["rows"]}
    failed = [name for name in WATCHED if is_step_back(name, values[name], recorded[name])]
    print(f"worse than recorded by more than {SLACK:g} times:", ", ".join(failed) or "none")
    return 1 if failed else 0


def is_step_back(name: str, value: float, recorded: float) -> bool:
    """Whether a row is worse than was recorded, by more than a busy machine explains."""
    target = TARGETS[name]
    worst = max(recorded, 1.0) if target.better == "lower" else recorded
    return not Target(worst, worst, target.better).is_met(value, SLACK)


def _rows(values: dict[str, float]) -> list[dict[str, Any]]:
    return [
        {
            "id": name,
            "value": round(values[name], 2),
            "must": target.must,
            "aim": target.aim,
            "better": target.better,
            "ok": target.is_met(values[name]),
        }
        for name, target in TARGETS.items()
        if name in values
    ]


def _write(values: dict[str, float], before: dict[str, Any]) -> None:
    result = {"machine": before | {"load_after": machine()["load"]}, "commit": commit(), "rows": _rows(values)}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
