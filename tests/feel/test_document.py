"""Every example of docs/feel.md gives what stands beside it, and every built-in function has one."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.feel import compile_unary_tests, evaluate
from engine.feel.builtins import BUILTINS
from engine.feel.runtime import Run
from engine.feel.text import to_text

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "feel.md").read_text("utf-8")
NOW = datetime(2026, 1, 31, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
VARIABLES = evaluate(re.findall(r"```feel\n(.*?)```", DOCUMENT, re.DOTALL)[0], {}).result
CODE = re.compile(r"`((?:[^`\\]|\\.)+)`")


def rows(heading: str, columns: int) -> list[list[str]]:
    """The cells of all tables under this heading that hold code."""
    found: list[list[str]] = []
    inside = False
    for line in DOCUMENT.splitlines():
        if not line.startswith("|"):
            inside = False
        elif line == heading:
            inside = True
        elif inside and not line.startswith("|---"):
            cells = [cell.replace("\\|", "|") for cell in CODE.findall(line)]
            assert len(cells) >= columns, line
            found.append(cells)
    return found


EXAMPLES = [(cells[-2], cells[-1]) for cells in rows("| 写法 · construct | 例 · example | 结果 · result |", 2)]
CELLS = [
    (cells[0], cells[-2], cells[-1])
    for cells in rows("| 单元格 · cell | 含义 · meaning | 输入 · input | 适用 · passes |", 3)
]


def value_of(text: str) -> Any:
    return evaluate(text, VARIABLES, now=NOW)


@pytest.mark.parametrize(("example", "result"), EXAMPLES, ids=[example for example, _ in EXAMPLES])
def test_an_example_of_the_document_gives_the_result_beside_it(example: str, result: str) -> None:
    got, wanted = value_of(example), value_of(result).result
    assert type(got.result) is type(wanted)
    assert to_text(got.result, Run(), quoted=True) == to_text(wanted, Run(), quoted=True)
    assert got.result is None or not got.warnings


@pytest.mark.parametrize(("cell", "given", "passes"), CELLS)
def test_a_cell_of_the_document_accepts_what_it_says(cell: str, given: str, passes: str) -> None:
    verdict = compile_unary_tests(cell).test(value_of(given).result, VARIABLES).result
    assert verdict is value_of(passes).result


def test_every_built_in_function_has_an_example() -> None:
    called = " ".join(example for example, _ in EXAMPLES)
    assert [name for name in BUILTINS if f"{name}(" not in called] == []


def test_every_row_is_told_in_chinese_and_english() -> None:
    described = [line.split("|")[1] for line in DOCUMENT.splitlines() if line.startswith("|") and "`" in line]
    first_column = [text for text in described if "`" not in text]
    one_language = [
        text
        for text in first_column
        if not re.search(r"[a-z]", text) or not (re.search(r"[\u4e00-\u9fff]", text) or text.strip() in _KEYWORDS)
    ]
    assert one_language == []


_KEYWORDS = frozenset({"instance of", "if", "for", "some", "every"})
