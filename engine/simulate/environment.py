"""The surroundings of a simulated instance: a clock that stands still, decisions from files, stand-ins for services."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from engine.bpmn.iso import ZONE
from engine.bpmn.problems import Problem
from engine.feel import FeelError, evaluate
from engine.rules import due_dates
from engine.rules.working_days import Calendar
from engine.spiff import Definitions, ExecutionError, StandIn

DEADLINES: Final = "deadlines"  # the decision that names a process's deadlines
_MAX_WARNINGS: Final = 200


class SimulationEnvironment:
    """Implements ``ExecutionEnvironment`` in memory."""

    def __init__(
        self,
        definitions: Definitions,
        decisions: Any,
        now: datetime,
        services: Mapping[str, StandIn] | None = None,
        initiator: str | None = None,
    ) -> None:
        self.definitions = definitions
        self.decisions = decisions  # engine.dmn model or None
        self.clock = now
        self.services = dict(services or {})
        self.initiator = initiator
        self.actor = initiator  # who does the current step
        self.warnings: list[Problem] = []
        self.case_id = "00000000-0000-0000-0000-000000000001"
        self._said: set[tuple[str, str]] = set()

    def now(self) -> datetime:
        """Simulated time; only ``advance_time`` moves it."""
        return self.clock

    def names(self) -> Mapping[str, Any]:
        """The read-only names of every expression."""
        return {
            "case_id": self.case_id,
            "business_key": None,
            "initiator": self.initiator,
            "actor": self.actor,
            "now": self.clock,
            "today": self.clock.astimezone(ZONE).date(),
        }

    def stand_in(self, flow_node_id: str) -> StandIn | None:
        """What the script's ``services`` say about an automatic task."""
        return self.services.get(flow_node_id)

    def evaluate(self, expression: str, variables: Mapping[str, Any]) -> Any:
        """Evaluate FEEL; warnings are kept, each once."""
        try:
            evaluation = evaluate(expression, variables)
        except FeelError as error:
            if error.code == "budget":
                raise ExecutionError("budget-exceeded", f"{expression[:80]}: {error}") from error
            self.warn("expression-syntax", f"{expression[:80]}: {error}")
            return None
        for warning in evaluation.warnings:
            code = "unknown-name" if warning.code == "unknown-name" else "expression-null"
            self.warn(code, f"{expression[:80]}: {warning.reason}")
        return evaluation.result

    def warn(self, code: str, message: str) -> None:
        """Keep a warning, each text once."""
        if (code, message) not in self._said and len(self.warnings) < _MAX_WARNINGS:
            self._said.add((code, message))
            self.warnings.append(Problem(code, "warning", message))

    def decide(self, decision_ref: str, variables: Mapping[str, Any]) -> Any:
        """Evaluate a decision of the files; one that is in none of them gives nothing, with a warning."""
        if self.decisions is None or not self._has(decision_ref):
            self.warn("missing-decision", f"decision {decision_ref} is not in these files and gives nothing")
            return NoDecision(decision_ref)
        result = self.decisions.evaluate(decision_ref, variables)
        for warning in result.warnings:
            self.warn("decision", f"{decision_ref}: {getattr(warning, 'reason', warning)}")
        return result

    def _has(self, decision_ref: str) -> bool:
        return decision_ref in self.decisions.decisions

    def operate(
        self, operation: str, parameters: Mapping[str, Any], variables: Mapping[str, Any], flow_node_id: str
    ) -> Mapping[str, Any]:
        """An operation without stand-in does nothing."""
        return {}

    def deadline(self, key: str, variables: Mapping[str, Any], anchor: datetime | None) -> datetime:
        """A deadline key by the decision ``deadlines`` of the files; working days are Monday to Friday."""
        if self.decisions is None or not self._has(DEADLINES):
            raise ExecutionError("timer-no-time", f"deadline {key}: there is no decision {DEADLINES} in the files")
        result = self.decisions.evaluate(DEADLINES, {**variables, "key": key}).result
        if not isinstance(result, dict) or not isinstance(result.get("value"), Decimal):
            raise ExecutionError("timer-no-time", f"deadline {key} is not in the decision {DEADLINES}")
        try:
            unit = due_dates.DeadlineUnit(result.get("unit") or "CD")
            return due_dates.compute(key, result["value"], unit, anchor or self.clock, Calendar()).due_at
        except (ValueError, OverflowError) as error:
            raise ExecutionError("timer-no-time", f"deadline {key}: {error}") from error

    def called_definitions(self, called_element: str, binding: str, version: str | None) -> tuple[Definitions, str]:
        """A called process is one of the files."""
        if called_element not in self.definitions.processes:
            raise LookupError(called_element)
        return self.definitions, called_element


class NoDecision:
    """The result of a decision that is in none of the files."""

    def __init__(self, decision_ref: str) -> None:
        self.decision_name = decision_ref
        self.result = None
        self.matched: tuple[int, ...] = ()
        self.warnings: tuple[Any, ...] = ()
