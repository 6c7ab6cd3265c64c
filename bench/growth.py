"""What a step costs after ten and after a thousand finished turns or items; and the sizes that must be reached."""

import tracemalloc
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from bench import diagrams
from bench.measure import Samples
from bench.ours import Ours
from engine.bpmn.iso import ZONE
from engine.simulate.environment import SimulationEnvironment
from engine.spiff import Definitions, Execution, compile_definitions

NOW = datetime(2030, 3, 4, 9, tzinfo=ZONE)
EARLY = 10
SAMPLES = 20


def growth(folder: Path, late: int, *, warm: bool) -> dict[str, float]:
    """Ratios of p10: a step after ``late`` finished ones over a step after ten, on SQLite."""
    heat = "warm" if warm else "cold"
    items = late + 2 * SAMPLES
    cases: dict[str, tuple[str, str, Mapping[str, Any]]] = {
        f"growth_loop_{heat}": ("loop", diagrams.loop(), {"i": Decimal(0), "n": Decimal(10**9)}),
        f"growth_mi_seq_{heat}": ("items", diagrams.multi_instance(items, sequential=True), {}),
        f"growth_mi_par_{heat}": ("items", diagrams.multi_instance(items, sequential=False), {}),
    }
    found = {}
    for name, (key, diagram, variables) in cases.items():
        ours = Ours(f"sqlite:///{folder / name}.db", diagram, key, warm=warm)
        young, old = ours.start(variables), ours.start(variables)
        _run(ours, young, EARLY, None, "")
        _run(ours, old, late, None, "")
        samples = Samples()
        for _ in range(SAMPLES):
            _run(ours, young, 1, samples, "early")
            _run(ours, old, 1, samples, "late")
        found[name] = samples.ratio("late", "early")
        ours.close()
    return found


def _run(ours: Ours, instance: UUID, steps: int, samples: Samples | None, name: str) -> None:
    for _ in range(steps):
        found = ours.next_item(instance)
        assert found is not None
        item, data = found[0], {"said": "yes"}
        if samples is None:
            ours.step(item, data)
        else:
            samples.time(name, lambda item=item, data=data: ours.step(item, data))  # type: ignore[misc]


def blocks_ms(rounds: int) -> float:
    """Twenty parallel blocks of three in sequence: create an instance and reach its first tasks."""
    definitions = compile_definitions({"blocks.bpmn": diagrams.blocks(20, 3).encode()})
    samples = Samples()
    for _ in range(rounds):
        samples.time("blocks", lambda: _begin(definitions, "blocks", {}))
    return samples.p10("blocks") * 1000


def loop_turns(turns: int) -> tuple[int, int]:
    """Turns done in one instance, stored and restored after each, and by how many bytes its state grew."""
    definitions = compile_definitions({"loop.bpmn": diagrams.loop().encode()})
    execution = _begin(definitions, "loop", {"i": Decimal(0), "n": Decimal(10**9)})
    first = len(execution.state())
    for _ in range(turns):
        no = execution.user_tasks()[0].no
        execution = _restored(definitions, execution)
        execution.complete(no, {})
    return turns, len(execution.state()) - first


def multi_instance(items: int) -> tuple[int, float]:
    """Items of a parallel multi-instance that were started and finished; size of the live object half-way, in kB."""
    definitions = compile_definitions({"items.bpmn": diagrams.multi_instance(items, sequential=False).encode()})
    execution = _begin(definitions, "items", {})
    numbers = [task.no for task in execution.first_effects.opened]
    size = 0.0
    for done, no in enumerate(numbers):
        if done == items // 2:
            size = _live_kb(definitions, execution)
        execution.complete(no, {"said": "yes"})
    assert execution.ended is not None
    return len(numbers), size


def _live_kb(definitions: Definitions, execution: Execution) -> float:
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    held = _restored(definitions, execution)
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held.ended is None
    return (after - before) / 1024


def _begin(definitions: Definitions, process: str, variables: dict[str, Any]) -> Execution:
    return Execution.start(definitions, process, variables, _environment(definitions))


def _restored(definitions: Definitions, execution: Execution) -> Execution:
    variables = dict(execution.variables)
    return Execution.restore(definitions, execution.state(), variables, _environment(definitions))


def _environment(definitions: Definitions) -> SimulationEnvironment:
    return SimulationEnvironment(definitions, None, NOW)
