"""Every script in a process folder's tests/ holds, and together they take every sequence flow."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from lxml import etree

from engine.cli.simulate import simulate

WORKFLOWS = Path(__file__).resolve().parents[2] / "workflows"
SCRIPTS = sorted(WORKFLOWS.glob("*/tests/*.json"))
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def _simulated(script: Path) -> dict[str, Any]:
    folder = script.parent.parent
    process = json.loads(script.read_text(encoding="utf-8"))["process"]
    tables = [str(path) for path in sorted(folder.glob("*.dmn"))]
    arguments = [str(folder / f"{process}.bpmn"), *tables, "--script", str(script), "--json"]
    outcome = CliRunner().invoke(simulate, arguments)
    assert outcome.stdout, outcome.output
    report: dict[str, Any] = json.loads(outcome.stdout)
    return report


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
def test_the_script_holds(script: Path) -> None:
    report = _simulated(script)
    failed = [step for step in report["steps"] if not step["ok"] or (step["expect"] and not step["expect"]["ok"])]
    assert report["passed"] is True, failed[:1]


def test_the_scripts_together_take_every_flow() -> None:
    taken = {each for script in SCRIPTS for step in _simulated(script)["steps"] for each in step["trace"]}
    missing = {flow for diagram in WORKFLOWS.glob("*/*.bpmn") for flow in _flows(diagram)} - taken
    assert missing == set()


def _flows(diagram: Path) -> Iterator[str]:
    for element in etree.parse(diagram).iter(f"{BPMN}sequenceFlow"):
        yield element.get("id", "")
