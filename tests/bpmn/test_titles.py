"""Whoever knows the rules and not BPMN reads in Chinese what each finding is about."""

import re
from pathlib import Path

from click.testing import CliRunner

from engine.bpmn.titles import TITLES
from engine.cli.check import check
from tests.spiff.drawing import draw

ROOT = Path(__file__).parents[2]
RECORDED = re.compile(r'(?:error|warning|say)\(\s*"([a-z-]+)"')
CHINESE = re.compile("^[\u4e00-\u9fff]")


def test_every_code_that_a_check_records_has_a_title():
    recorded = {code for file in (ROOT / "engine/bpmn").glob("*.py") for code in RECORDED.findall(file.read_text())}
    assert len(recorded) > 35
    assert recorded <= TITLES.keys()


def test_every_code_of_the_document_has_a_title_and_no_other_has():
    table = (ROOT / "docs/bpmn.md").read_text().partition("## Codes")[2].partition("\n## ")[0]
    listed = {
        code
        for row in table.splitlines()
        if row.startswith("| `")
        for code in re.findall(r"`([a-z-]+)`", row.split("|")[1])
    }
    assert TITLES.keys() - {"null-correlation-key"} == listed
    assert all(CHINESE.match(title) for title in TITLES.values())


def test_the_list_of_findings_begins_each_with_its_title(tmp_path):
    file = tmp_path / "p.bpmn"
    file.write_bytes(draw("start s\nservice t\ns > t"))
    shown = CliRunner().invoke(check, [str(file)]).output
    assert "服务任务没有指定操作，什么也不做：a service task without operation" in shown
