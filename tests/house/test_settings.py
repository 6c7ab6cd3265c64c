"""Every setting that something reads is declared, so that an administrator finds it on the page."""

import re
from pathlib import Path

import pytest
import yaml

from engine.rules.setting_values import LOG_IN_SETTINGS

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = sorted(path.parent for path in (ROOT / "workflows").glob("*/process.yaml"))
IN_EXPRESSIONS = re.compile(r"\bsettings\.([a-z_]+)")
IN_CODE = re.compile(r'f"\{[a-z_.]+\}\.([a-z_]+)"\)')  # session.get(Setting, f"{folder_key}.similar_threshold")


def _declared(folder: Path) -> dict[str, dict[str, object]]:
    manifest = yaml.safe_load((folder / "process.yaml").read_text(encoding="utf-8"))
    found: dict[str, dict[str, object]] = manifest.get("settings", {})
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_setting_that_an_expression_reads_is_declared(folder: Path) -> None:
    texts = [path for pattern in ("*.bpmn", "*.dmn", "forms/*.json", "process.yaml") for path in folder.glob(pattern)]
    read = {name for path in texts for name in IN_EXPRESSIONS.findall(path.read_text(encoding="utf-8"))}
    assert read <= set(_declared(folder))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_setting_that_the_engine_reads_of_a_process_is_declared(folder: Path) -> None:
    manifest = yaml.safe_load((folder / "process.yaml").read_text(encoding="utf-8"))
    figures = manifest.get("report", {}).get("figures", ())
    read = {f"{figure['key']}_base" for figure in figures if (figure.get("ratio") or {}).get("bases")}
    if manifest.get("similar_on"):
        read.add("similar_threshold")
    assert read <= set(_declared(folder))
    for figure in figures:
        bases = (figure.get("ratio") or {}).get("bases")
        if bases:
            assert set(_declared(folder)[f"{figure['key']}_base"]["choices"]) == set(bases)


def test_the_engine_reads_no_other_setting_of_a_process() -> None:
    sources = [
        path
        for folder in ("engine", "web")
        for path in (ROOT / folder).rglob("*.py")
        if "node_modules" not in path.parts
    ]
    lines = [line for path in sources for line in path.read_text(encoding="utf-8").splitlines() if "Setting, f" in line]
    assert {name for line in lines for name in IN_CODE.findall(line)} <= {"similar_threshold"}
    assert sum("_base" in line for line in lines) == 1


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_setting_says_what_it_is_and_what_it_rests_on(folder: Path) -> None:
    for name, entry in _declared(folder).items():
        assert {"default", "type", "label", "source"} <= set(entry), name
        if entry["type"] == "choice":
            assert entry["default"] in entry["choices"], name  # type: ignore[operator]
        if entry["type"] == "number" and isinstance(entry["default"], int):
            assert entry.get("unit"), name


def test_the_log_in_rules_say_it_too() -> None:
    assert all(each.label and each.source and each.unit for each in LOG_IN_SETTINGS)
