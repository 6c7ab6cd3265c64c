"""Loading decision files and evaluating decisions of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.dmn import model as m
from engine.dmn.boxed import Interpreter
from engine.dmn.errors import DecisionWarning, DmnError
from engine.dmn.library import Library
from engine.dmn.read import read_definitions
from engine.dmn.session import Session, Trace
from engine.dmn.table import evaluate_table
from engine.feel import FeelError
from engine.feel.errors import Refused
from engine.feel.kinds import adopt
from engine.feel.size import check_size


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """What a decision gave and why.

    Attributes:
        result: the value; null after an error.
        matched: numbers of the rules of the decision's own table, from 1; empty without a table.
        annotations: of each matched rule, by the annotation column's name.
        inputs: values of the table's input columns by label, or of what the decision requires by name.
        warnings: why parts are null; one of severity ``error`` says that the decision itself failed.
        trace: all decisions evaluated on the way, in order, this one last.
    """

    result: Any
    matched: tuple[int, ...]
    annotations: tuple[dict[str, str], ...]
    inputs: dict[str, Any]
    warnings: tuple[DecisionWarning, ...]
    decision_id: str
    decision_name: str
    trace: tuple[Trace, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the decision itself is wrong, not only a part of it null."""
        return any(warning.severity == "error" for warning in self.warnings)


class DecisionModel:
    """Decision files that belong together. Safe to share between threads."""

    def __init__(self, library: Library) -> None:
        self.library = library

    @property
    def decisions(self) -> dict[str, str]:
        """Names by id, the main file's first."""
        return self._names(m.Decision)

    @property
    def services(self) -> dict[str, str]:
        """Names of decision services by id."""
        return self._names(m.DecisionService)

    def _names(self, cls: type) -> dict[str, str]:
        return {node.id: node.name for file in reversed(self.library.files) for node in file.of_type(cls)}

    def evaluate(self, decision: str, inputs: Mapping[str, Any], *, now: datetime | None = None) -> DecisionResult:
        """Evaluate a decision and all it requires.

        Args:
            decision: name or id.
            inputs: values by the names of input data; others are visible to every decision.
            now: what ``now()`` gives; by default the input ``now``.

        Raises:
            DmnError: no such decision.
        """
        file, node = self.library.by_name(m.Decision, decision)
        session = self._session(inputs, now)
        result = self._guarded(session, node, lambda: session.value_of(file, node))
        own = next((trace for trace in reversed(session.traces) if trace.decision_id == node.id), Trace("", ""))
        return DecisionResult(
            result,
            own.matched,
            own.annotations,
            own.inputs,
            tuple(session.warnings),
            node.id,
            node.name,
            tuple(session.traces),
        )

    def evaluate_columns(self, decision: str, columns: Mapping[str, Any]) -> DecisionResult:
        """What a decision's own table gives for values of its input columns, whatever they are computed from.

        Args:
            decision: name or id of a decision that is a table.
            columns: values by the columns' expressions; a missing one is null.

        Raises:
            DmnError: no such decision.
        """
        file, node = self.library.by_name(m.Decision, decision)
        assert isinstance(node, m.Decision)
        assert isinstance(node.expression, m.DecisionTable)
        interpreter = Interpreter(self._session(columns, None), file, node.name)
        session, table, scope = interpreter.session, node.expression, dict(columns)
        outcome = evaluate_table(interpreter, table, scope, [columns.get(clause.text) for clause in table.inputs])
        matched = tuple(rule.number for rule in outcome.matched)
        annotations = tuple(rule.annotations for rule in outcome.matched)
        result = interpreter.typed(outcome.result, node.type_ref, f"决策“{node.name}”的结果")
        return DecisionResult(result, matched, annotations, outcome.inputs, tuple(session.warnings), node.id, node.name)

    def evaluate_service(
        self, service: str, inputs: Mapping[str, Any], *, now: datetime | None = None
    ) -> DecisionResult:
        """Call a decision service with its input data and input decisions by name.

        Raises:
            DmnError: no such service.
        """
        file, node = self.library.by_name(m.DecisionService, service)
        session = self._session(inputs, now)
        assert isinstance(node, m.DecisionService)
        function = session.service(file, node)
        arguments = session.arguments(file, node)
        result = self._guarded(session, node, lambda: function.invoke(session.run, arguments))
        given = dict(zip(function.parameters, arguments, strict=True))
        return DecisionResult(result, (), (), given, tuple(session.warnings), node.id, node.name, tuple(session.traces))

    def _session(self, inputs: Mapping[str, Any], now: datetime | None) -> Session:
        adopted = {name: adopt(value) for name, value in inputs.items()}
        given = adopted.get("now")
        return Session(self.library, adopted, now or (given if isinstance(given, datetime) else None))

    def _guarded(self, session: Session, node: m.Node, compute: Any) -> Any:
        try:
            result = compute()
            check_size(result, session.run.budget.result_bytes)
        except FeelError as error:
            session.warn("error", error.code, str(error), node.name)
        except RecursionError:
            session.warn("error", "budget", "决策嵌套过深，已停止", node.name)
        except Refused as refused:
            session.warn("error", refused.code, refused.reason, node.name)
        else:
            return result
        return None


def load_decisions(files: Mapping[str, bytes] | Sequence[str | Path]) -> DecisionModel:
    """Read decision files that may import each other; the first one is the main one.

    Args:
        files: contents by file name, or paths.

    Raises:
        DmnError: a file that cannot be used, with the element and its line.
        OSError: a path that cannot be read.
    """
    if not files:
        raise DmnError("", "", None, "没有给出决策文件")
    if isinstance(files, Mapping):
        contents = dict(files)
    else:
        contents = {str(path): Path(path).read_bytes() for path in files}
    return DecisionModel(Library([read_definitions(data, name) for name, data in contents.items()]))
