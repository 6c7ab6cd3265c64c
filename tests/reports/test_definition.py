"""A report that could not be evaluated is refused when the folder is deployed."""

import re
from pathlib import Path

import pytest
import yaml

from engine.reports import read_report_definition
from engine.reports.definition import report_problems
from engine.reports.document import _numbered
from engine.reports.load import chinese_number, period_order

DOCUMENTATION = Path(__file__).resolve().parents[2] / "docs" / "report-definitions.md"


def _report(**parts):
    return {"report": {"figures": [{"key": "received", "count": "true"}], **parts}}


def test_the_documented_example_can_be_evaluated():
    example = re.search(r"```yaml\n(.*?)```", DOCUMENTATION.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    process = yaml.safe_load(example.group(1))

    assert report_problems(process) == []
    assert read_report_definition(process).may_read


@pytest.mark.parametrize(
    ("report", "named"),
    [
        (_report(tables=[{"key": "t", "group_by": "unit", "columns": ["lost"]}]), "lost"),
        (_report(comparison=["lost"]), "lost"),
        (_report(figures=[{"key": "rate", "ratio": {"of": "lost", "base": "rate"}}]), "lost"),
        (_report(figures=[{"key": "odd"}]), "odd"),
        (_report(invariants=[{"key": "broken", "check": "1 +"}]), "broken"),
        (_report(document={"sections": [{"heading": "一、", "table": "lost"}]}), "lost"),
        (_report(figures=[{"label": "无键"}]), "key"),
        (_report(shared={"process": "season", "variables": ["lost"]}), "lost"),
        (_report(document={"sections": [], "number": "lost"}), "lost"),
        (_report(document={"sections": [{"heading": "一、", "value": "lost"}]}), "lost"),
    ],
)
def test_what_refers_to_nothing_or_does_not_parse_is_named(report, named):
    (problem,) = report_problems(report)

    assert named in problem


def test_a_process_without_a_report_has_no_problems():
    assert report_problems({}) == []


def test_sections_that_were_left_out_leave_no_gap_in_the_numbering():
    assert _numbered("五、重点提案", 3) == "四、重点提案"
    assert _numbered("附：说明", 3) == "附：说明"


def test_terms_are_written_in_chinese_numerals():
    assert [chinese_number(number) for number in (4, 10, 12, 20, 35)] == ["四", "十", "十二", "二十", "三十五"]


def test_the_tenth_meeting_comes_after_the_ninth():
    assert sorted(["4-10", "4-9", "5-1"], key=period_order) == ["4-9", "4-10", "5-1"]
