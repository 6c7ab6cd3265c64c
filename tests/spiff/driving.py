"""Run a drawing, and look at what waits."""

from __future__ import annotations

from typing import Any

from engine.bpmn.iso import parse_instant
from engine.simulate import Simulation
from engine.simulate.files import load_files
from tests.spiff.drawing import draw

NOW = parse_instant("2030-01-01T09:00:00Z")


def running(text: str, *, start: bool = True, others: dict[str, str] | None = None, **options: Any) -> Simulation:
    """A started simulation of a drawing; ``others`` are drawings of called processes by id."""
    files = {"p.bpmn": draw(text)}
    for process, other in (others or {}).items():
        files[f"{process}.bpmn"] = draw(other, process)
    options.setdefault("persist", True)
    simulation = Simulation(load_files(files), "P", now=NOW, **options)
    if start:
        simulation.start()
    return simulation


def active(simulation: Simulation) -> list[str]:
    """Ids of the open tasks, sorted."""
    return sorted(task.id for task in simulation.active)


def waiting(simulation: Simulation) -> list[str]:
    """Ids of the open subscriptions, sorted."""
    return sorted(wait.flow_node_id for wait in simulation.waiting)


def begin(simulation: Simulation, activity: str) -> None:
    """Start what an ad-hoc sub-process offers, without completing it as the action of a script does."""
    simulation._start_enabled(activity)
