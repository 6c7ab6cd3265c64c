"""Decision files in ``banli check``: what the decision engine says of them, in the form of the other reports."""

from __future__ import annotations

from collections import Counter
from typing import Any

from engine.bpmn.problems import Problem
from engine.bpmn.read import UnreadableError, read_xml
from engine.dmn import DmnError, load_decisions

_COUNTED = frozenset(
    "decision inputData businessKnowledgeModel decisionService knowledgeSource decisionTable rule".split()
)


def check_table(name: str, data: bytes) -> dict[str, Any]:
    """The report of one ``.dmn`` file."""
    problems: list[Problem] = []
    decisions: list[dict[str, Any]] = []
    elements: Counter[str] = Counter()
    try:
        for element in read_xml(data).iter():
            local = str(element.tag).rpartition("}")[2]
            if local in _COUNTED:
                elements[local] += 1
            if local == "decision":
                decisions.append({"id": element.get("id"), "name": element.get("name")})
        load_decisions({name: data})
    except UnreadableError as error:
        problems.append(Problem(error.code, "error", str(error), line=error.line, file=name))
    except DmnError as error:
        where, line = getattr(error, "element", None), getattr(error, "line", None)
        problems.append(Problem("dmn", "error", str(error), where, line=line, file=name))
    readable = not problems
    return {
        "file": name,
        "ok": readable,
        "executable": readable,
        "decisions": decisions,
        "elements": dict(sorted(elements.items())),
        "problems": [p.as_dict() for p in problems],
    }


def decision_names(data: bytes, name: str) -> set[str]:
    """Names and ids of the decisions in a file; empty if it cannot be read."""
    try:
        return {
            str(v)
            for e in read_xml(data).iter()
            if str(e.tag).endswith("}decision")
            for v in (e.get("id"), e.get("name"))
        }
    except UnreadableError:
        return set()
