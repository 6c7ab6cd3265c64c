"""``make bench-peers``: one durable step of the same approval of twelve steps, here and with two other engines.

The peers are installed into ``var/peers`` (their versions stand beside this file) and run in processes of their own.
All take turns, life by life, so that a busy neighbour hits all alike; each measures its own steps.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.floor import sqlite_floor
from bench.measure import Samples, commit, machine, quietly
from bench.ours import Ours

HERE = Path(__file__).parent
SCRATCH = HERE.parents[1] / "var" / "peers"
STEPS = 12
KEY = "approval"
FLOOR = "the floor: UPDATE 2 kB, INSERT, COMMIT"
STEP, COMMAND = "this engine, one step", "this engine, the whole command with form, rights and history"

Life = Callable[[str], None]


def main() -> int:
    """Install what is missing, measure, print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20, help="lives of each")
    parser.add_argument("--scratch", type=Path, default=SCRATCH, help="where the peers are installed")
    options = parser.parse_args()
    before, samples = machine(), Samples()
    with tempfile.TemporaryDirectory(prefix="banli-bench-") as name, ExitStack() as stack:
        lives = _ours(Path(name), samples, stack) | _peers(Path(name), options.scratch, samples, stack)
        floor = sqlite_floor(str(Path(name) / "floor.db"), "NORMAL")
        for life in lives.values():  # caches and compiled code are warm before anything is measured
            life("warm-up")
        for _ in range(options.rounds):
            for what, life in lives.items():
                life(what)
                quietly()
            for _ in range(STEPS):
                samples.time(FLOOR, floor)
    _print(samples, before, machine()["load"])
    return 0


def _ours(folder: Path, samples: Samples, stack: ExitStack) -> dict[str, Life]:
    lives: dict[str, Life] = {}
    for what, whole in ((STEP, False), (COMMAND, True)):
        ours = Ours(f"sqlite:///{folder / f'ours{whole}.db'}", diagram(), KEY, forms=whole)
        stack.callback(ours.close)
        lives[what] = _our_life(ours, samples, ours.command if whole else ours.step)
    return lives


def _our_life(ours: Ours, samples: Samples, act: Callable[[Any, Mapping[str, Any]], None]) -> Life:
    def life(name: str) -> None:
        instance = ours.start()
        while (found := ours.next_item(instance)) is not None:
            item, node = found
            samples.time(name, lambda item=item, node=node: act(item, {"said": node}))  # type: ignore[misc]

    return life


def _peers(folder: Path, scratch: Path, samples: Samples, stack: ExitStack) -> dict[str, Life]:
    modules, python = install_javascript(scratch / "javascript"), install_python(scratch / "python")
    approval = folder / "approval.bpmn"
    approval.write_text(diagram(), encoding="utf-8")
    engine = ["node", HERE / "bpmn_engine.mjs", approval, folder / "bpmn-engine.db", modules]
    flow = [python, HERE / "viewflow_peer.py", folder / "viewflow.db"]
    versions = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    javascript, django = Peer(engine, samples, stack), Peer(flow, samples, stack)
    name = f"bpmn-engine {versions['bpmn-engine']}"
    return {
        f"{name}, recovered for each step": lambda what: javascript.life("cold", what),
        f"{name}, kept in memory": lambda what: javascript.life("warm", what),
        f"{_pinned('django-viewflow')}": lambda what: django.life("", what),
    }


class Peer:
    """A process that lives one instance for each line it is given."""

    def __init__(self, command: list[Any], samples: Samples, stack: ExitStack) -> None:
        self._samples = samples
        self._process = stack.enter_context(
            subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
        stack.callback(self._process.kill)

    def life(self, line: str, name: str) -> None:
        """One life; its steps are taken down under a name."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        times = json.loads(self._process.stdout.readline())
        assert len(times) == STEPS, f"{name}: {len(times)} steps"
        for microseconds in times:
            self._samples.add(name, microseconds / 1e6)


def install_javascript(folder: Path) -> Path:
    """Install what package.json names, once."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "package.json", folder)
    if not (folder / "node_modules" / "bpmn-engine").exists():
        _run(["npm", "install", "--no-audit", "--no-fund"], folder)
    driver = folder / "node_modules" / "better-sqlite3"
    if not any(driver.glob("build/Release/*.node")):
        _run(["npm", "rebuild", "better-sqlite3"], folder)
    return folder


def install_python(folder: Path) -> Path:
    """An environment of its own with what requirements.txt names, made once."""
    python = folder / "bin" / "python"
    if not any(folder.glob("lib/*/site-packages/viewflow")):
        _run([sys.executable, "-m", "venv", str(folder)], HERE)
        _run([str(python), "-m", "pip", "install", "--quiet", "-r", str(HERE / "requirements.txt")], HERE)
    return python


def _run(command: list[str], folder: Path) -> None:
    print(" ".join(command), file=sys.stderr)
    subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr)


def _pinned(package: str) -> str:
    lines = (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return next(line.replace("==", " ") for line in lines if line.startswith(package))


def diagram() -> str:
    """Twelve user tasks in a row; the other engine reads the same text and passes over what is ours."""
    nodes = ["start", *(f"step_{number}" for number in range(1, STEPS + 1)), "end"]
    tasks = "".join(f'<bpmn:userTask id="{node}" name="{node}" banli:candidateRole="clerk"/>' for node in nodes[1:-1])
    flows = "".join(
        f'<bpmn:sequenceFlow id="flow_{source}" sourceRef="{source}" targetRef="{target}"/>'
        for source, target in pairwise(nodes)
    )
    return (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:banli="urn:banli:bpmn:1" '
        f'id="d" targetNamespace="urn:banli:bench"><bpmn:process id="{KEY}" isExecutable="true">'
        f'<bpmn:startEvent id="start"/>{tasks}<bpmn:endEvent id="end"/>{flows}</bpmn:process></bpmn:definitions>'
    )


def _print(samples: Samples, before: dict[str, Any], load: Any) -> None:
    print(f"\n{before['processor']}, {before['cores']} cores, Python {before['python']}, ", end="")
    print(f"load {before['load']} before and {load} after, commit {commit()}; SQLite, synchronous=NORMAL")
    print("| one durable step of twelve | p10, µs | median, µs | × this engine's step, p10 |\n|---|---|---|---|")
    for name in samples.names():
        if name != "warm-up":
            p10, median = samples.p10(name) * 1e6, samples.median(name) * 1e6
            print(f"| {name} | {p10:.0f} | {median:.0f} | {samples.ratio(name, STEP):.3g} |")


if __name__ == "__main__":
    sys.exit(main())
