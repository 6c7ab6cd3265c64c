"""What starts a process by itself: when its timers are due, which of its conditions hold."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from engine.bpmn.iso import Due
from engine.feel import strip_marker
from engine.feel.mentions import mentioned_names
from engine.spiff.definitions import Definitions
from engine.spiff.environment import ExecutionEnvironment
from engine.spiff.execution import Execution
from engine.spiff.specs import waits_for_all


@dataclass(frozen=True, slots=True)
class StartTimer:
    """A timer of a start event, and when it is due for the first time."""

    start_event: str
    due: Due


def start_timers(definitions: Definitions, process_id: str, environment: ExecutionEnvironment) -> list[StartTimer]:
    """The timers that start a process, counted from the environment's now; a timer drawn without a time is none.

    Where several triggers must all happen, a timer does not begin: it counts in the instance that another one began.

    Raises:
        ExecutionError: an expression gives no time; ``element`` is the start event.
    """
    spec = definitions.specs[process_id]
    run = Execution(definitions, spec, {}, environment)
    return [
        StartTimer(node.bpmn_id, run.due_of(trigger, node, run.root, None))
        for node in spec.start_events
        if not waits_for_all(node)
        for trigger in node.triggers
        if trigger.kind == "timer" and (trigger.timer or trigger.deadline)
    ]


def start_conditions(
    definitions: Definitions, process_id: str, variables: Mapping[str, Any], environment: ExecutionEnvironment
) -> list[str]:
    """The start events whose condition holds with these variables."""
    spec = definitions.specs[process_id]
    run = Execution(definitions, spec, dict(variables), environment)
    return [
        node.bpmn_id
        for node in spec.start_events
        if not waits_for_all(node)
        and any(t.condition and run.evaluate(t.condition, run.root, None) is True for t in node.triggers)
    ]


def watched_conditions(definitions: Definitions, process_id: str, names: Set[str]) -> list[str]:
    """The start events with a condition that mentions one of the names."""
    return [
        node.bpmn_id
        for node in definitions.specs[process_id].start_events
        if not waits_for_all(node)
        and any(t.condition and names & mentioned_names(strip_marker(t.condition)) for t in node.triggers)
    ]
