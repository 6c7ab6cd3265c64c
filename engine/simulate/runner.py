"""Run a script and report as INTERFACES says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from engine.bpmn.problems import BpmnRefusedError
from engine.simulate.files import Files
from engine.simulate.script import Script, Step
from engine.simulate.simulation import Simulation
from engine.spiff import ExecutionError
from engine.values import to_json

RESULT_FORMAT: Final = "simulation/1"
DONE, NOT_HELD, NOT_EXECUTABLE = 0, 1, 2
# an action that could not be done because of the script, not of the diagram
_SCRIPT_FAULTS: Final = frozenset(
    (
        "not-active", "not-entitled", "no-receiver", "not-started", "already-started", "ended", "not-enabled",
        "out-of-range",
    )
)  # fmt: skip


class UnknownProcessError(ValueError):
    """The script names a process that is in none of the files."""


def refused(names: Sequence[str], error: BpmnRefusedError) -> dict[str, Any]:
    """The result for files that cannot be executed."""
    return {
        "format": RESULT_FORMAT,
        "files": list(names),
        "process": "",
        "status": "error",
        "passed": None,
        "errors": [p.as_dict() for p in error.problems if p.severity == "error"],
        "warnings": [p.as_dict() for p in error.problems if p.severity != "error"],
        "steps": [],
    }


def run_script(
    files: Files,
    names: Sequence[str],
    script: Script,
    *,
    now: datetime,
    process: str | None = None,
    persist: bool = False,
) -> tuple[dict[str, Any], int]:
    """Run one script.

    Args:
        now: the instant at which the clock stands still until the script lets time pass.

    Returns:
        The result object and the exit code.

    Raises:
        UnknownProcessError
    """
    wanted = process or script.process
    chosen = files.choose(wanted)
    if chosen is None:
        raise UnknownProcessError(f"there is no process {wanted} in the files")
    simulation = Simulation(
        files,
        chosen,
        now=now,
        variables=script.variables,
        services=script.services,
        people=script.people,
        persist=persist,
    )
    steps, held = _run_steps(simulation, script)
    warnings = [*files.definitions.problems, *simulation.environment.warnings]
    result = {
        "format": RESULT_FORMAT,
        "files": list(names),
        "process": chosen,
        "status": simulation.status,
        "passed": held if script.has_expectations else None,
        "errors": [],
        "warnings": [w.as_dict() for w in warnings],
        "steps": steps,
    }
    return result, DONE if held else NOT_HELD


def _run_steps(simulation: Simulation, script: Script) -> tuple[list[dict[str, Any]], bool]:
    """Every step up to one that cannot be done; an expectation that does not hold stops nothing."""
    steps: list[dict[str, Any]] = []
    held = True
    for index, step in enumerate(script.steps):
        error = _attempt(simulation, step)
        report = _report(index, simulation, step, error)
        steps.append(report)
        held = held and _held(report)
        if error is not None:
            return steps, held and step.expects_error
    return steps, held


def _held(report: Mapping[str, Any]) -> bool:
    return report["expect"] is None or bool(report["expect"]["ok"])


def _attempt(simulation: Simulation, step: Step) -> ExecutionError | None:
    try:
        _act(simulation, step)
    except ExecutionError as error:
        if error.code not in _SCRIPT_FAULTS:
            simulation.incident = error.code
        simulation.trace = ()
        return error
    return None


def _act(simulation: Simulation, step: Step) -> None:
    action, value = step.action, step.value
    if action == "start":
        simulation.start(**value, data=step.data)
    elif action == "complete":
        simulation.complete(value, data=step.data, instance=step.instance, who=step.who)
    elif action == "complete_each":
        simulation.complete_each(value, data=step.data)
    elif action == "message":
        simulation.message(value, data=step.data, correlation=step.correlation)
    elif action == "signal":
        simulation.signal(value, data=step.data)
    elif action == "advance_time":
        simulation.advance(value)
    elif action == "set":
        simulation.set(value)
    else:
        simulation.cancel()


def _report(index: int, simulation: Simulation, step: Step, error: ExecutionError | None) -> dict[str, Any]:
    incident = None
    told = None
    if error is not None:
        told = {"code": error.code, "message": error.message, "element": error.element}
        incident = told if error.code not in _SCRIPT_FAULTS else None
    elif simulation.status == "error" and simulation.error_code is not None:
        incident = {"code": simulation.error_code, "message": "a BPMN error that nobody caught", "element": None}
    expect = None
    if step.expect is not None:
        diff = _differences(simulation, step.expect, error)
        expect = {"ok": not diff, "diff": diff}
    return {
        "index": index,
        "action": step.raw,
        "ok": error is None,
        "error": told,
        "trace": list(simulation.trace),
        "state": state_of(simulation, incident),
        "expect": expect,
    }


def state_of(simulation: Simulation, incident: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The state after a step, as plain values (numbers still Decimal)."""
    return {
        "active": [
            {
                "id": task.id,
                "name": task.name,
                "type": task.type,
                "instance": task.instance,
                "lane": task.lane,
                "assignee": task.assignee,
                "candidates": list(task.candidates),
                "due": instant(task.due),
                "scope": list(task.scope),
            }
            for task in simulation.active
        ],
        "waiting": [
            {"id": wait.flow_node_id, "kind": wait.kind, "name": wait.name, "due": instant(wait.due_at)}
            for wait in simulation.waiting
        ]
        + [
            {"id": task.id, "kind": "service", "name": task.name, "due": None}
            for task in simulation.active
            if task.type in _SERVICES
        ],
        "enabled": simulation.enabled,
        "ended": simulation.ended or (simulation.status == "error" and simulation.incident is None),
        "incident": incident,
        "data": simulation.data,
        "time": instant(simulation.environment.clock),
    }


_SERVICES: Final = frozenset(("serviceTask", "sendTask", "businessRuleTask", "scriptTask"))


def instant(value: datetime | None) -> str | None:
    """An instant in UTC, with ``Z``."""
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _differences(simulation: Simulation, expect: Mapping[str, Any], error: ExecutionError | None) -> list[str]:
    wants_error = expect.get("error")
    if error is not None and wants_error is not True:
        return [f"the action could not be done: {error.code}"]
    found: list[str] = []
    if wants_error is True and error is None and simulation.status != "error":
        found.append("error: expected, but the action was done")
    if wants_error is False and simulation.status == "error":
        found.append("error: not expected")
    for key, check in _CHECKS.items():
        if key in expect:
            found += check(simulation, expect[key])
    return found


def _active(simulation: Simulation, wanted: list[str]) -> list[str]:
    have = Counter(t.id for t in simulation.active if t.type not in _SERVICES)
    all_of_them = Counter(t.id for t in simulation.active)
    if Counter(wanted) in (have, all_of_them):
        return []
    return [f"active: expected {sorted(wanted)}, is {sorted(all_of_them.elements())}"]


def _includes(simulation: Simulation, wanted: list[str]) -> list[str]:
    missing = Counter(wanted) - Counter(t.id for t in simulation.active)
    return [f"active_includes: {sorted(missing.elements())} missing"] if missing else []


def _excludes(simulation: Simulation, unwanted: list[str]) -> list[str]:
    there = {t.id for t in simulation.active} & set(unwanted)
    return [f"active_excludes: {sorted(there)} active"] if there else []


def _within(simulation: Simulation, allowed: list[str]) -> list[str]:
    others = {t.id for t in simulation.active} - set(allowed)
    return [f"active_within: {sorted(others)} active as well"] if others else []


def _count(simulation: Simulation, wanted: int) -> list[str]:
    have = len(simulation.active)
    return [] if have == wanted else [f"active_count: expected {wanted}, is {have}"]


def _waiting(simulation: Simulation, wanted: list[str]) -> list[str]:
    """Starts of event sub-processes and waiting services may be named or left out."""
    strict = {w.flow_node_id for w in simulation.waiting if not w.event_subprocess}
    optional = {w.flow_node_id for w in simulation.waiting if w.event_subprocess}
    optional |= {t.id for t in simulation.active if t.type in _SERVICES}
    if strict <= set(wanted) <= strict | optional:
        return []
    return [f"waiting: expected {sorted(set(wanted))}, is {sorted(strict)}"]


def _ended(simulation: Simulation, wanted: bool) -> list[str]:
    have = state_of(simulation)["ended"]
    return [] if have == wanted else [f"ended: expected {wanted}, is {have}"]


def _data(simulation: Simulation, wanted: Mapping[str, Any]) -> list[str]:
    have: Any = simulation.data
    missing = object()
    return [
        f"data.{name}: expected {to_json(value)}, is {_shown(have.get(name, missing), missing)}"
        for name, value in wanted.items()
        if have.get(name, missing) != value
    ]


def _shown(value: Any, missing: object) -> str:
    return "not set" if value is missing else to_json(value)


def _path(simulation: Simulation, wanted: list[str]) -> list[str]:
    rest = iter(simulation.trace)
    missing = next((name for name in wanted if name not in rest), None)
    return [] if missing is None else [f"path: {missing} does not follow in the trace"]


_CHECKS: Final[dict[str, Any]] = {
    "active": _active,
    "active_includes": _includes,
    "active_excludes": _excludes,
    "active_within": _within,
    "active_count": _count,
    "waiting": _waiting,
    "ended": _ended,
    "data": _data,
    "path": _path,
}
