"""``banli feel`` and ``banli decide`` as a process owner calls them."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from engine.cli import main
from tests.dmn.models import definitions, literal, table

BANDS = [["< 5000", '"部长"'], [">= 5000", '"主席"']]


@pytest.fixture
def tier(tmp_path: Path) -> str:
    path = tmp_path / "tier.dmn"
    path.write_bytes(table([("amount", "number")], BANDS))
    return str(path)


def run(*arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, list(arguments), input=stdin)


def answer(result: Result) -> Any:
    return json.loads(result.stdout)


def test_feel_prints_result_and_warnings(tmp_path: Path) -> None:
    context = tmp_path / "c.json"
    context.write_text('{"amount": 12.50, "day": {"@": "2026-01-01"}}', "utf-8")
    result = run("feel", '=[amount * 2, day + @"P1D", nobody]', "--context", str(context), "--json")
    assert result.exit_code == 0
    made = answer(result)
    assert made["result"] == [25.0, {"@": "2026-01-02"}, None]
    assert made["warnings"][0]["reason"] == "名称“nobody”不存在"
    assert made["warnings"][0]["position"] == 27


def test_feel_exits_1_on_a_syntax_error_and_names_the_position() -> None:
    result = run("feel", "1 + ", "--json")
    assert result.exit_code == 1
    assert answer(result)["warnings"][0]["position"] == 3
    assert "第 4 个字符" in run("feel", "1 +").stderr


def test_feel_exits_3_without_its_context() -> None:
    assert run("feel", "1", "--context", "/nowhere.json").exit_code == 3
    assert run("feel", "1", "--context", "-", stdin="[1]").exit_code == 3
    assert run("feel", "1", "--context", "-", stdin='{"n": 1e99999999999999999999}').exit_code == 3


def test_decide_prints_the_matched_rules(tier: str) -> None:
    result = run("decide", tier, "--decision", "决定", "--input", "-", "--json", stdin='{"amount": 5000}')
    assert result.exit_code == 0
    assert answer(result) == {"decision": "决定", "result": "主席", "matched": [2], "warnings": []}


def test_decide_exits_by_what_went_wrong(tier: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.dmn"
    bad.write_text("<a", "utf-8")
    assert run("decide", tier, "--input", "-", stdin='{"amount": "x"}').exit_code == 1
    assert run("decide", str(bad), "--decision", "d").exit_code == 2
    assert run("decide", tier, "--decision", "nobody").exit_code == 3
    assert run("decide").exit_code == 3


def test_batch_answers_every_line_for_itself(tier: str, tmp_path: Path) -> None:
    multiple = tmp_path / "service.dmn"
    service = (
        '<decisionService id="s" name="s"><outputDecision href="#a"/><outputDecision href="#b"/></decisionService>'
    )
    multiple.write_bytes(definitions(literal("a", "1") + literal("b", "2") + service))
    requests = [
        {"id": 1, "files": [tier], "decision": "d", "input": {"amount": 1}},
        {"id": 2, "files": [tier], "decision": "nobody", "input": {}},
        {"id": 3, "files": ["/nowhere.dmn"], "decision": "d"},
        {"id": 4, "files": [tier], "decision": "d", "input": {"amount": {"@": "soon"}}},
        {"id": 5, "files": [str(multiple)], "service": "s", "output": "b"},
    ]
    result = run("decide", "--batch", stdin="\n".join(map(json.dumps, requests)) + "\nnonsense\n")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert answers[0] == {"id": 1, "result": "部长", "warnings": []}
    assert [made["error"]["code"] for made in answers[1:4]] == ["no-decision", "file", "input"]
    assert answers[4]["result"] == 2
    assert answers[5]["error"]["code"] == "request"


@pytest.mark.parametrize(
    "line",
    [
        '{"id": 1, "files": [%s], "decision": "d", "input": {"amount": ' + "[" * 3000 + "]" * 3000 + "}}",
        '{"id": 1, "files": [%s], "decision": "d", "input": {"amount": 1e999999999}}',
        '{"id": 1, "files": [%s], "decision": "d", "input": {"amount": 1e99999999999999999999}}',
        '{"id": 1, "files": [%s], "decision": "d", "input": {"amount": NaN}}',
        '{"id": 1, "files": [%s], "decision": ["d"], "input": {}}',
        '{"id": "\\ud800", "files": [%s], "decision": "\\ud800", "input": {}}',
        '{"id": 1, "files": ["\\u0000", %s], "decision": "d"}',
        '{"id": 1, "files": [%s], "decision": "d", "input": 5}',
        "[]",
    ],
)
def test_batch_refuses_a_strange_line_and_goes_on(tier: str, line: str) -> None:
    good = json.dumps({"id": 2, "files": [tier], "decision": "d", "input": {"amount": 1}})
    result = run("decide", "--batch", stdin=f"{line.replace('%s', json.dumps(tier))}\n{good}\n")
    first, second = (json.loads(made) for made in result.stdout.splitlines())
    assert result.exit_code == 0
    assert "error" in first
    assert second["result"] == "部长"


@pytest.mark.parametrize(
    ("name", "reason"), [("nowhere.dmn", "没有这个文件"), (".", "这是文件夹，不是文件")], ids=["nowhere", "folder"]
)
def test_a_file_that_cannot_be_read_is_named_with_the_reason_in_words(tmp_path: Path, name: str, reason: str) -> None:
    path = str(tmp_path / name)
    told = run("feel", "a", "--context", path)
    decided = run("decide", path, "--decision", "x", "--json")
    batch = run("decide", "--batch", stdin=json.dumps({"id": 1, "files": [path], "decision": "x"}))
    assert (told.exit_code, decided.exit_code, batch.exit_code) == (3, 2, 0)
    assert told.stderr == f"错误：读不出变量“{path}”：{reason}\n"
    assert answer(decided)["error"] == {"code": "file", "message": f"读不出“{path}”：{reason}"}
    assert answer(batch)["error"] == answer(decided)["error"]
