"""Decision files in ``banli check``: the decision engine's own report, and the names that diagrams may refer to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.bpmn.read import UnreadableError, read_xml
from engine.dmn.analysis.check import check_dmn


def check_tables(tables: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """The report of each ``.dmn`` file; files given together resolve each other's imports."""
    reports = {}
    for name, data in tables.items():
        others = {other: content for other, content in tables.items() if other != name}
        reports[name] = check_dmn(data, name, others)
        if others and not reports[name]["ok"]:
            reports[name] = check_dmn(data, name)  # it may be another file that cannot be read
        for problem in reports[name]["problems"]:
            problem.setdefault("file", name)
    return reports


def decision_names(data: bytes) -> set[str]:
    """Names and ids of the decisions in a file; empty if it cannot be read."""
    try:
        root = read_xml(data)
    except UnreadableError:
        return set()
    decisions = [e for e in root.iter() if str(e.tag).endswith("}decision")]
    return {str(name) for e in decisions for name in (e.get("id"), e.get("name")) if name}
