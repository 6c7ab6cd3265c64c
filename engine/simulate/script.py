"""The simulation script: parsed and checked before anything runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from engine.bpmn.iso import Span, TimerValueError, parse_instant, parse_span
from engine.spiff import StandIn
from engine.values import exact_number, from_plain

FORMAT: Final = "simulation-script/1"
ACTIONS: Final = ("start", "complete", "complete_each", "message", "signal", "advance_time", "set", "cancel")
MAX_BYTES: Final = 5 * 1024 * 1024  # of a file of scripts
_BESIDE: Final = {
    "complete": {"instance", "data", "as"},
    "complete_each": {"data", "as"},
    "message": {"data", "correlation"},
    "signal": {"data"},
    "start": {"data"},
}
_EXPECTATIONS: Final = {
    "active": list,
    "active_includes": list,
    "active_excludes": list,
    "active_within": list,
    "active_count": int,
    "waiting": list,
    "ended": bool,
    "error": bool,
    "data": dict,
    "path": list,
}
_KEYS: Final = {"format", "process", "now", "variables", "services", "people", "steps", "name", "description"}


class ScriptError(ValueError):
    """The script is wrong; nothing has run."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who may complete tasks."""

    groups: frozenset[str]
    unit: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One action and what is expected after it."""

    action: str
    value: Any
    data: Mapping[str, Any]
    raw: Mapping[str, Any]
    instance: int | None = None
    who: str | None = None
    correlation: Mapping[str, Any] | None = None
    expect: Mapping[str, Any] | None = None

    @property
    def expects_error(self) -> bool:
        """True if the step must fail."""
        return bool(self.expect and self.expect.get("error") is True)


@dataclass(frozen=True, slots=True)
class Script:
    """A whole script."""

    process: str | None
    now: datetime | None
    variables: Mapping[str, Any]
    services: Mapping[str, StandIn]
    people: Mapping[str, Person]
    steps: tuple[Step, ...] = field(default_factory=tuple)

    @property
    def has_expectations(self) -> bool:
        """True if any step expects something."""
        return any(step.expect for step in self.steps)


def read_scripts(text: str | bytes) -> tuple[list[Script], bool]:
    """Parse one script, or a list of scripts.

    Returns:
        The scripts, and whether it was a list.

    Raises:
        ScriptError
    """
    if len(text) > MAX_BYTES:
        raise ScriptError(f"the script is larger than {MAX_BYTES // 1024 // 1024} MiB")
    try:
        raw = json.loads(text, parse_float=exact_number, object_pairs_hook=_once)
        json.dumps(raw, ensure_ascii=False, default=str).encode()  # half a character in a text has no bytes
    except (ValueError, RecursionError) as error:
        raise ScriptError(f"the script is not JSON: {error}") from None
    if isinstance(raw, list):
        return [parse_script(item) for item in raw], True
    return [parse_script(raw)], False


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of a key that stands twice one value would be lost."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands twice in one object")
        found[key] = value
    return found


def parse_script(raw: Any) -> Script:
    """Check a script and take it apart.

    Raises:
        ScriptError
    """
    if not isinstance(raw, dict):
        raise ScriptError("a script is an object")
    unknown = set(raw) - _KEYS
    if unknown:
        raise ScriptError(f"unknown key {sorted(unknown)[0]!r}")
    if raw.get("format", FORMAT) != FORMAT:
        raise ScriptError(f"format is {raw['format']!r}, not {FORMAT!r}")
    steps = _typed(raw, "steps", list, [])
    if not steps:
        raise ScriptError("a script has at least one step")
    return Script(
        process=_typed(raw, "process", str, None),
        now=_instant(raw["now"]) if "now" in raw else None,
        variables=_values(_typed(raw, "variables", dict, {}), "variables"),
        services={k: _stand_in(k, v) for k, v in _typed(raw, "services", dict, {}).items()},
        people={k: _person(k, v) for k, v in _typed(raw, "people", dict, {}).items()},
        steps=tuple(_step(index, step) for index, step in enumerate(steps)),
    )


def _typed(raw: Mapping[str, Any], key: str, kind: type, default: Any) -> Any:
    value = raw.get(key, default)
    if value is not default and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
        raise ScriptError(f"{key} must be of type {kind.__name__}")
    return value


def _values(raw: Mapping[str, Any], where: str) -> dict[str, Any]:
    try:
        values = from_plain(raw)
    except (ValueError, RecursionError) as error:
        raise ScriptError(f"{where}: {error}") from None
    return values if isinstance(values, dict) else {}


def _instant(text: Any) -> datetime:
    try:
        return parse_instant(str(text))
    except TimerValueError as error:
        raise ScriptError(f"now: {error}") from None


def _stand_in(name: str, raw: Any) -> StandIn:
    if not isinstance(raw, dict) or set(raw) - {"data", "error", "wait"}:
        raise ScriptError(f"services.{name} has data, error or wait")
    error = _typed(raw, "error", str, None)
    data = _values(_typed(raw, "data", dict, {}), f"services.{name}")
    return StandIn(data, error, _typed(raw, "wait", bool, False))


def _person(name: str, raw: Any) -> Person:
    if not isinstance(raw, dict) or set(raw) - {"groups", "unit"}:
        raise ScriptError(f"people.{name} has groups or unit")
    groups = _typed(raw, "groups", list, [])
    return Person(frozenset(str(g) for g in groups), _typed(raw, "unit", str, None))


def _step(index: int, raw: Any) -> Step:
    where = f"step {index}"
    if not isinstance(raw, dict):
        raise ScriptError(f"{where} is an object")
    actions = [key for key in ACTIONS if key in raw]
    if len(actions) != 1:
        raise ScriptError(f"{where} has {'several actions' if actions else 'no action'}")
    action = actions[0]
    unknown = set(raw) - {action, "expect", "comment"} - _BESIDE.get(action, set())
    if unknown:
        raise ScriptError(f"{where}: {sorted(unknown)[0]!r} does not belong to {action}")
    correlation = _typed(raw, "correlation", dict, None)
    return Step(
        action=action,
        value=_action_value(where, action, raw[action]),
        data=_values(_typed(raw, "data", dict, {}), where),
        raw={k: v for k, v in raw.items() if k != "expect"},
        instance=_typed(raw, "instance", int, None),
        who=_typed(raw, "as", str, None),
        correlation=_values(correlation, where) if correlation is not None else None,
        expect=_expect(where, raw.get("expect")),
    )


def _action_value(where: str, action: str, value: Any) -> Any:
    if action == "start":
        if value is True:
            return {}
        if isinstance(value, dict) and len(value) == 1 and set(value) <= {"message", "signal", "event"}:
            return {k: str(v) for k, v in value.items()}
        raise ScriptError(f"{where}: start is true or has message, signal or event")
    if action == "advance_time":
        return _duration(where, value)
    if action == "set" and isinstance(value, dict):
        return _values(value, where)
    if action == "cancel" and value is True:
        return True
    if action == "complete_each" and isinstance(value, list) and all(isinstance(v, str) for v in value):
        return value
    if action in {"complete", "message", "signal"} and isinstance(value, str):
        return value
    raise ScriptError(f"{where}: {action} has a wrong value")


def _duration(where: str, value: Any) -> Span:
    try:
        span = parse_span(str(value))
    except TimerValueError as error:
        raise ScriptError(f"{where}: {error}") from None
    if span.months < 0 or (not span.months and span.exact.total_seconds() < 0):
        raise ScriptError(f"{where}: time does not go back")
    return span


def _expect(where: str, raw: Any) -> Mapping[str, Any] | None:
    if raw is None:
        return None
    if not isinstance(raw, dict):
        raise ScriptError(f"{where}: expect is an object")
    for key, value in raw.items():
        if key not in _EXPECTATIONS:
            raise ScriptError(f"{where}: unknown expectation {key!r}")
        if not isinstance(value, _EXPECTATIONS[key]) or (_EXPECTATIONS[key] is int and isinstance(value, bool)):
            raise ScriptError(f"{where}: expect.{key} must be of type {_EXPECTATIONS[key].__name__}")
        if isinstance(value, list) and not all(isinstance(item, str) for item in value):
            raise ScriptError(f"{where}: expect.{key} is a list of ids")
    return {**raw, "data": _values(raw["data"], f"{where}: expect.data")} if "data" in raw else raw
