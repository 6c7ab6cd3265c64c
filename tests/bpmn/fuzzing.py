"""``make fuzz``: mutated diagrams, each of which must get an answer in bounded time and memory.

A process of its own answers them; it may use so much memory and no more, and is ended when it takes too long over one.
"""

import argparse
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from engine.bpmn.report import check_files
from engine.simulate.environment import SimulationEnvironment
from engine.spiff import BpmnRefusedError, Execution, ExecutionError, Limits, compile_definitions
from tests.bpmn.mutations import mutant, sources
from tests.spiff.driving import NOW

COUNT = 2_000  # files
SECONDS = 20.0  # for one file, on a machine that others use as well
MEMORY = 512 * 1024 * 1024  # bytes of address space beyond what the process has when it begins
STEPS = 10  # tasks completed in a diagram that can be executed
PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["engine.bpmn.tables", "engine.simulate", "tests.bpmn.mutations"])


@dataclass(frozen=True)
class Answer:
    """What became of one file."""

    number: int
    outcome: str  # executed, refused: <code>; or what must not be
    is_right: bool
    seconds: float  # of processor time; if there is no answer, until it was given up
    memory: int = 0  # kB that its process has had at most, until then


def answer(data: bytes) -> str:
    """Check a file and, if it can be executed, run it a little."""
    report = check_files({"p.bpmn": data})[0]
    codes = [problem["code"] for problem in report["problems"] if problem["severity"] == "error"]
    try:
        definitions = compile_definitions({"p.bpmn": data})
    except BpmnRefusedError:
        assert not report["executable"], "checked as executable, yet refused"
        assert codes, "refused without a reason"
        return f"refused: {codes[0]}"
    assert report["executable"], f"checked as not executable, yet compiled: {codes}"
    environment = SimulationEnvironment(definitions, None, NOW)
    for process in definitions.processes:
        try:
            run = Execution.start(definitions, process, {}, environment, limits=Limits(node_visits=2_000, items=100))
            for _ in range(STEPS):
                if run.ended or not run.user_tasks():
                    break
                run = Execution.restore(definitions, run.state(), run.variables, environment, run.limits)
                run.complete(run.user_tasks()[-1].no, {})
        except ExecutionError:  # a failure with a name, and nothing of the step is kept
            continue
    return "executed"


def answers(among: list[bytes], seed: int, numbers: Iterable[int], *, seconds: float = SECONDS) -> Iterator[Answer]:
    """Answer the files of these numbers, in a process that is replaced when one of them was too much for it."""
    waiting = list(numbers)
    while waiting:
        ours, theirs = PROCESSES.Pipe()
        child = PROCESSES.Process(target=_work, args=(theirs, among, seed, waiting), daemon=True)
        child.start()
        theirs.close()
        for found in _received(ours, len(waiting), seconds):
            yield Answer(waiting.pop(0), *found)
        child.kill()
        child.join()


def _received(pipe: Connection, count: int, seconds: float) -> Iterator[tuple[str, bool, float, int]]:
    began = time.monotonic()
    for _ in range(count):
        try:
            if not pipe.poll(seconds):
                yield "no answer in time", False, time.monotonic() - began, 0
                return
            yield pipe.recv()
        except EOFError:
            yield "its process died", False, time.monotonic() - began, 0
            return
        began = time.monotonic()


def _work(pipe: Connection, among: list[bytes], seed: int, numbers: list[int]) -> None:
    answer(among[0])  # what is imported late does not count
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    for number in numbers:
        data = mutant(among, seed, number)
        began = time.process_time()  # what a file costs, however busy the machine is
        try:
            outcome, is_right = answer(data), True
        except MemoryError:
            outcome, is_right = "more memory than it may have", False
        except Exception as error:
            outcome, is_right = f"{type(error).__name__}: {str(error)[:300]}", False
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        pipe.send((outcome, is_right, time.process_time() - began, memory))


def main() -> int:
    """Answer them all, print a table; 1 if one of them got none."""
    parser = argparse.ArgumentParser(prog="make fuzz ARGS=…", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="files")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first file; with --count 1 it alone")
    parser.add_argument("--from", dest="folders", type=Path, action="append", default=[], help="more files to mutate")
    parser.add_argument("--write", type=Path, help="write the file of --first there, and answer none")
    options = parser.parse_args()
    among = sources(options.folders)
    if options.write:
        options.write.write_bytes(mutant(among, options.seed, options.first))
        return 0
    began, found = time.monotonic(), []
    for each in answers(among, options.seed, range(options.first, options.first + options.count)):
        found.append(each)
        if not each.is_right:
            print(f"file {each.number}: {each.outcome}", flush=True)
    return _told(found, time.monotonic() - began)


def _told(found: list[Answer], seconds: float) -> int:
    wrong = [each for each in found if not each.is_right]
    slowest = max(found, key=lambda each: each.seconds)
    for outcome, count in Counter(each.outcome for each in found if each.is_right).most_common():
        print(f"{count:>7}  {outcome}")
    peak = max(each.memory for each in found) / 1024
    print(
        f"{len(found)} files in {seconds:.0f} s, {len(wrong)} without a proper answer; the dearest, {slowest.number}, "
        f"took {slowest.seconds:.2f} s of processor time; memory at most {peak:.0f} MB"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
