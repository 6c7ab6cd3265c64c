"""Planted gaps, overlaps and dead rules are all found, and nothing else is."""

import json
import time
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from engine.cli import main
from engine.dmn import load_decisions
from engine.dmn.analysis import Problem, analyse, boundary_examples, check_dmn
from engine.values import from_plain
from tests.dmn.models import definitions, literal, table

D = Decimal
COLUMNS = [
    *(("amount", "number"), ("class", "string"), ("urgent", "boolean"), ("day", "date")),
    *(("people", "number"), ("source", "string")),
]
BANDS = ["< 5000", "[5000..30000)", "[30000..100000)", "[100000..500000)", ">= 500000"]
CLASSES = ['"A"', '"B"', 'not("A", "B")']
DAYS = ['< date("2026-01-01")', '>= date("2026-01-01")']


def sixty_rows() -> list[list[str]]:
    rows = product(BANDS, CLASSES, ("true", "false"), DAYS)
    return [[*row, "-", "-", str(number)] for number, row in enumerate(rows)]


def found(file: bytes) -> list[Problem]:
    return analyse(load_decisions({"t.dmn": file}))


def test_a_complete_table_of_six_inputs_and_sixty_rows_has_no_problem() -> None:
    started = time.process_time()
    assert found(table(COLUMNS, sixty_rows())) == []
    assert time.process_time() - started < 2


def test_planted_gaps_and_overlaps_are_all_found_and_none_invented() -> None:
    # given
    rows = sixty_rows()
    rows[7][0] = "< 4000"  # row 8: a gap between 4000 and 5000
    rows[33][4] = "<= 10"  # row 34: a gap above ten people
    rows[40][5] = '"x"'  # row 41: a gap for other sources
    rows[20][1] = '"A", "B"'  # row 21: overlaps rows 13 and 17, a gap for other classes
    file = table(COLUMNS, rows)
    # when
    problems = found(file)
    # then
    overlaps = [problem.message.partition("：")[0] for problem in problems if problem.code == "table-overlap"]
    assert overlaps == ["第 13 行与第 21 行重叠", "第 17 行与第 21 行重叠"]
    assert sum(problem.code == "table-gap" for problem in problems) == 4
    assert sum(problem.code == "no-default" for problem in problems) == 1
    assert {problem.code for problem in problems} == {"table-overlap", "table-gap", "no-default"}
    assert all(_is_true(file, problem) for problem in problems)


def _is_true(file: bytes, problem: Problem) -> bool:
    """The example shows what the problem says."""
    result = load_decisions({"t.dmn": file}).evaluate("d", problem.example or {})
    return len(result.matched) > 1 if problem.code == "table-overlap" else result.matched == ()


def test_a_rule_behind_earlier_ones_is_dead_but_not_the_default_row() -> None:
    rows = [["< 10", "1"], [">= 10", "2"], ["[5..20]", "3"], ["-", "4"]]
    problems = found(table([("x", "number")], rows, policy="FIRST"))
    assert [(problem.code, problem.element) for problem in problems] == [("dead-rule", "r3")]
    assert "第 1、2 行" in problems[0].message


def test_a_condition_that_nothing_meets_makes_its_rule_dead() -> None:
    problems = found(table([("x", "number"), ("b", "boolean")], [["? > 5 and ? < 3", "-", "1"], ["-", "-", "2"]]))
    assert [problem.code for problem in problems] == ["dead-rule"]


def test_a_row_for_a_missing_value_is_alive() -> None:
    rows = [["true", "1"], ["false", "2"], ["not(true, false)", "3"]]
    assert found(table([("b", "boolean")], rows)) == []


def test_adjacent_days_leave_no_gap() -> None:
    rows = [['<= date("2026-01-01")', "1"], ['>= date("2026-01-02")', "2"]]
    assert found(table([("day", "date")], rows)) == []


def test_a_cell_that_cannot_be_analysed_invents_nothing() -> None:
    rows = [['contains(?, "工会")', "1"], ['starts with(?, "校")', "2"], ["> limit", "3"]]
    assert found(table([("title", "string")], rows)) == []


def test_collecting_tables_may_have_gaps_and_overlaps() -> None:
    assert found(table([("x", "number")], [["> 1", "1"], ["> 2", "2"]], policy="COLLECT")) == []


def test_examples_stand_just_below_at_and_just_above_each_threshold() -> None:
    file = table([("amount", "number")], [["< 30000", '"部长"'], [">= 30000", '"主席"']])
    examples = boundary_examples(load_decisions({"t.dmn": file}), "d")
    assert [(example.inputs["amount"], example.result) for example in examples] == [
        (D("29999.99"), "部长"),
        (D(30000), "主席"),
        (D("30000.01"), "主席"),
    ]


def test_examples_are_of_the_tables_own_columns_whatever_they_are_computed_from() -> None:
    rows = [["< 3", "false", '"A"'], [">= 3", "-", '"B"']]
    decision = table([("tier", "number"), ("count(items) > 1", "boolean")], rows)
    needs = '<informationRequirement><requiredDecision href="#tier"/></informationRequirement>'
    file = decision.replace(b"<decision id", f"{literal('tier', '0')}<decision id".encode(), 1).replace(
        b"<decisionTable", f"{needs}<decisionTable".encode()
    )
    examples = boundary_examples(load_decisions({"t.dmn": file}), "d")
    assert [(example.inputs["tier"], example.matched, example.result) for example in examples] == [
        (D("2.99"), (1,), "A"),
        (D(3), (2,), "B"),
        (D("3.01"), (2,), "B"),
    ]


def test_examples_of_days_stand_a_day_apart_and_keep_to_the_allowed_values() -> None:
    rows = [['< date("2026-01-01")', "1"], ['>= date("2026-01-01")', "2"]]
    examples = boundary_examples(load_decisions({"t.dmn": table([("day", "date")], rows)}), "d")
    assert [str(example.inputs["day"]) for example in examples] == ["2025-12-31", "2026-01-01", "2026-01-02"]
    assert {example.threshold for example in examples} == {date(2026, 1, 1)}


def test_check_shows_each_threshold_with_what_is_around_it_and_what_that_gets(tmp_path: Path) -> None:
    path = tmp_path / "tier.dmn"
    path.write_bytes(table([("amount", "number")], [["< 30000", '"部长"'], [">= 30000", '"主席"']]))
    examples = json.loads(CliRunner().invoke(main, ["check", str(path), "--json"]).stdout)[0]["examples"]
    assert [(made["input"], made["matched"], made["result"]) for made in examples] == [
        ({"amount": 29999.99}, [1], "部长"),
        ({"amount": 30000}, [2], "主席"),
        ({"amount": 30000.01}, [2], "主席"),
    ]
    assert {(made["decision"], made["column"], made["threshold"]) for made in examples} == {("d", "amount", 30000)}
    shown = CliRunner().invoke(main, ["check", str(path)]).stdout
    assert "d · amount：29999.99 → 部长（第 1 行）；30000 → 主席（第 2 行）；30000.01 → 主席（第 2 行）" in shown


def test_check_tells_a_files_elements_decisions_and_problems() -> None:
    report = check_dmn(table([("x", "number")], [["> 1", "1"]]), "t.dmn")
    assert report["ok"]
    assert report["executable"]
    assert report["decisions"] == [{"id": "d", "name": "决定", "executable": True}]
    assert report["elements"] == {"decision": 1, "decisionTable": 1, "rule": 1}
    codes = {problem["code"]: problem for problem in report["problems"]}
    assert codes.keys() == {"table-gap", "no-default"}
    assert codes["table-gap"]["example"] == {"x": 0}
    assert from_plain(codes["table-gap"]["example"]) == {"x": D(0)}


def test_check_names_wrong_expressions_and_unreadable_files() -> None:
    report = check_dmn(definitions(literal("d", "1 + ")), "t.dmn")
    assert not report["executable"]
    assert _codes(report) == ["syntax"]
    assert _codes(check_dmn(b"<a", "t.dmn")) == ["xml"]
    assert not check_dmn(b"<a", "t.dmn")["ok"]


def _codes(report: dict[str, Any]) -> list[str]:
    return [problem["code"] for problem in report["problems"]]
