"""No expression reaches Python: no eval, exec, compile or SpiffWorkflow DMN in our own code."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_FORBIDDEN = re.compile(r"(?<![\w.])(?<!def )(?:eval|exec|compile|__import__)\(|SpiffWorkflow\.dmn|import pickle")


@pytest.mark.parametrize("package", ["engine", "models", "web"])
def test_no_file_evaluates_python(package: str) -> None:
    found = [
        f"{path.relative_to(_ROOT)}: {line.strip()}"
        for path in (_ROOT / package).rglob("*.py")
        if "node_modules" not in path.parts
        for line in path.read_text("utf-8").splitlines()
        if _FORBIDDEN.search(line)
    ]
    assert found == []


def test_feel_imports_nothing_of_the_rest_of_the_project() -> None:
    imports = re.compile(r"^\s*(?:from|import) (engine|models|web)(?!\.feel)\b.*", re.MULTILINE)
    found = [
        match[0]
        for path in (_ROOT / "engine/feel").rglob("*.py")
        for match in imports.finditer(path.read_text("utf-8"))
    ]
    assert found == []


def test_dmn_imports_feel_the_hardened_xml_reader_and_the_writing_of_values_and_no_more() -> None:
    imports = re.compile(r"^\s*(?:from|import) ((?:engine|models|web)\.[\w.]+)", re.MULTILINE)
    used = {name for path in (_ROOT / "engine/dmn").rglob("*.py") for name in imports.findall(path.read_text("utf-8"))}
    foreign = {name for name in used if not name.startswith(("engine.feel", "engine.dmn"))}
    assert foreign == {"engine.bpmn.read", "engine.values"}


def test_no_place_of_a_diagram_table_or_expression_runs_what_is_good_python() -> None:
    # when: such text stands everywhere, in a process whose every execution of code is watched
    done = subprocess.run([sys.executable, "-m", "tests.dmn.trying_python"], cwd=_ROOT, capture_output=True, text=True)
    # then
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == {"seen": [], "written": False, "modules": []}
