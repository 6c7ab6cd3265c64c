"""When the timers are due that start a process."""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.iso import Due
from engine.spiff.definitions import Definitions
from engine.spiff.environment import ExecutionEnvironment
from engine.spiff.execution import Execution


@dataclass(frozen=True, slots=True)
class StartTimer:
    """A timer of a start event, and when it is due for the first time."""

    start_event: str
    due: Due


def start_timers(definitions: Definitions, process_id: str, environment: ExecutionEnvironment) -> list[StartTimer]:
    """The timers that start a process, counted from the environment's now; a timer drawn without a time is none.

    Raises:
        ExecutionError: an expression gives no time; ``element`` is the start event.
    """
    spec = definitions.specs[process_id]
    run = Execution(definitions, spec, {}, environment)
    return [
        StartTimer(node.bpmn_id, run.due_of(trigger, node, run.root, None))
        for node in spec.start_events
        for trigger in node.triggers
        if trigger.kind == "timer" and (trigger.timer or trigger.deadline)
    ]
