"""The answer of ``banli check``: per file, what it holds and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.bpmn.check import check_diagram, check_together
from engine.bpmn.diagram import Diagram, read_diagram
from engine.bpmn.names import bpmn
from engine.bpmn.problems import Problem

# these lose something of the file: it was not read whole
_UNREAD = frozenset(("xml", "budget"))


def check_files(files: Mapping[str, bytes], *, strict: bool = False) -> list[dict[str, Any]]:
    """Check files that belong together: ``.bpmn`` by us, ``.dmn`` by the decision engine."""
    diagrams = {name: read_diagram(data, name) for name, data in files.items() if not is_table(name)}
    for diagram in diagrams.values():
        check_diagram(diagram)
    check_together(list(diagrams.values()), strict=strict)
    tables = {name: data for name, data in files.items() if is_table(name)}
    reports = {name: _diagram_report(diagram) for name, diagram in diagrams.items()}
    if tables:
        from engine.bpmn.tables import check_tables, decision_names

        reports |= check_tables(tables)
        known = set().union(*(decision_names(data) for data in tables.values()))
        _check_decisions(diagrams.values(), reports, known)
    return [reports[name] for name in files]


def is_table(name: str) -> bool:
    """True for a decision file."""
    return name.lower().endswith(".dmn")


def _diagram_report(diagram: Diagram) -> dict[str, Any]:
    problems = diagram.problems
    return {
        "file": diagram.file,
        "ok": not any(p.code in _UNREAD and p.severity == "error" for p in problems),
        "executable": diagram.root is not None and diagram.findings.executable,
        "processes": [
            {
                "id": str(process.get("id")),
                "name": process.get("name"),
                "executable": process.get("isExecutable", "true") != "false",
            }
            for process in diagram.processes
        ],
        "elements": dict(sorted(diagram.counts.items())),
        "problems": [p.as_dict() for p in problems],
    }


def _check_decisions(diagrams: Any, reports: dict[str, dict[str, Any]], known: set[str]) -> None:
    """With tables in the set, a business rule task must find its decision in them."""
    from engine.bpmn.diagram import our
    from engine.bpmn.problems import Findings

    for diagram in diagrams:
        findings = Findings(diagram.file)
        for task in [] if diagram.root is None else diagram.root.iter(bpmn("businessRuleTask")):
            decision = our(task, "decisionRef")
            if decision is not None and decision not in known:
                findings.warning("missing-decision", f"decision {decision[:80]} is not in these files", task)
        reports[diagram.file]["problems"] += [p.as_dict() for p in findings.items]


def unreadable(name: str, reason: str) -> dict[str, Any]:
    """The report of a file that cannot even be opened."""
    return other_report(name, [Problem("xml", "error", reason, file=name)])


def other_report(name: str, problems: Sequence[Problem]) -> dict[str, Any]:
    """The report of a file that draws nothing and decides nothing."""
    sound = not any(problem.severity == "error" for problem in problems)
    return {
        "file": name,
        "ok": sound,
        "executable": sound,
        "processes": [],
        "elements": {},
        "problems": [problem.as_dict() for problem in problems],
    }


def worst(reports: Sequence[Mapping[str, Any]]) -> int:
    """The exit code: 0 if all can be executed."""
    return 0 if all(report["executable"] for report in reports) else 1
