"""``python -m bench.cli``: how long ``banli check --batch`` takes over 300 files, and until ``banli simulate`` answers.

Wall time, and the processor time that a busy neighbour does not lengthen as much.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.measure import commit, machine
from tests.spiff.drawing import draw
from tests.spiff.random_diagrams import Generator

ROOT = Path(__file__).parents[1]
BANLI = Path(sys.executable).with_name("banli")
FILES = 300
BATCH_SECONDS, START_SECONDS = 15.0, 1.0  # what they may take
EXAMPLE = ROOT / "tests/simulate/examples/seq-two-tasks.bpmn"
ROUNDS = 7  # of the short ones; the quickest counts


def main() -> int:
    """Measure, print rows of a table; 1 if one took longer than it may."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--from", dest="folders", type=Path, action="append", default=[], help="files to check as well")
    options = parser.parse_args()
    before = machine()
    with tempfile.TemporaryDirectory(prefix="banli-bench-") as name:
        files = corpus(Path(name), options.folders)
        largest = max(files, key=lambda file: file.stat().st_size)
        size = sum(file.stat().st_size for file in files) // 1024
        rows = [
            (f"`banli check --batch`, {len(files)} different files, {size} kB", batch(files), BATCH_SECONDS),
            (f"the same, {FILES} times the largest of them", batch([largest] * FILES), None),
            ("`banli simulate` of two tasks, with start-up", quickest(simulate), START_SECONDS),
        ]
    after = machine()["load"]
    print(f"{before['processor']}, {before['cores']} cores, Python {before['python']}, ", end="")
    print(f"load {before['load']} before and {after} after, commit {commit()}")
    print("| what | wall | processor | may take |\n|---|---|---|---|")
    for what, (wall, processor), may in rows:
        print(f"| {what} | {wall:.2f} s | {processor:.2f} s | {'–' if may is None else f'{may:g} s'} |")
    return 1 if any(may is not None and taken[0] > may for _, taken, may in rows) else 0


def corpus(folder: Path, folders: Sequence[Path]) -> list[Path]:
    """So many different files: those of the product and of its tests, those given, and random ones for the rest."""
    files = [*(ROOT / "workflows").glob("*/*.bpmn"), *(ROOT / "bench/diagrams").glob("*.bpmn")]
    files += (ROOT / "tests/simulate/examples").glob("*.bpmn")
    files += [path for given in folders for path in given.rglob("*.bpmn")]
    files = sorted(files)[:FILES]
    for number in range(FILES - len(files)):
        files.append(folder / f"{number}.bpmn")
        files[-1].write_bytes(draw(Generator(random.Random(number), max_depth=5).drawing()))
    return files


def batch(files: Sequence[Path]) -> tuple[float, float]:
    """Check them in one process."""
    return timed([str(BANLI), "check", "--batch"], "\n".join(map(str, files)))


def simulate() -> tuple[float, float]:
    """Run the smallest example."""
    script = EXAMPLE.with_suffix(".json")
    return timed([str(BANLI), "simulate", str(EXAMPLE), "--script", str(script), "--json"])


def quickest(action: Callable[[], tuple[float, float]]) -> tuple[float, float]:
    """The quickest of some rounds."""
    return min(action() for _ in range(ROUNDS))


def timed(command: list[str], given: str = "") -> tuple[float, float]:
    """Wall and processor seconds of a command that must succeed."""
    began, used = time.perf_counter(), os.times()
    subprocess.run(command, input=given, text=True, check=True, stdout=subprocess.DEVNULL)
    ended = os.times()
    processor = ended.children_user + ended.children_system - used.children_user - used.children_system
    return time.perf_counter() - began, processor


if __name__ == "__main__":
    sys.exit(main())
