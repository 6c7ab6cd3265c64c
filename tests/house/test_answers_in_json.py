"""Whoever asks a command for JSON gets JSON, whatever is wrong with what it was given; never a traceback."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from engine.cli import main

TABLE = Path("workflows/motion/filing.dmn").resolve()
DIAGRAM = Path("tests/simulate/examples/seq-two-tasks.bpmn").resolve()
BAD = ["nowhere", "folder", "binary", "list.json", "number.json", "empty", "\udcffname", "\udcffnowhere"]
COMMANDS = {
    "feel": ["feel", "1", "--context", "{bad}"],
    "decide": ["decide", "{bad}", "--decision", "x"],
    "decide with input": ["decide", str(TABLE), "--decision", "filing", "--input", "{bad}"],
    "check": ["check", "{bad}"],
    "simulate": ["simulate", "{bad}", "--script", "list.json"],
    "simulate by script": ["simulate", str(DIAGRAM), "--script", "{bad}"],
    "audit with heads": ["audit", "verify", "--heads", "{bad}", "--database", "sqlite:///none.db"],
}
EXIT = {  # of what cannot be read; a file that can be read and is not what it should be is told apart below
    "feel": {3},
    "decide": {2},
    "decide with input": {3},
    "check": {1, 3},
    "simulate": {2, 3},
    "simulate by script": {3},
    "audit with heads": {3},
}


@pytest.fixture(autouse=True)
def in_a_folder_of_bad_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("binary").write_bytes(b"\x00\xff\xfe\x80 nothing")
    Path("list.json").write_text("[1]")
    Path("number.json").write_text("5")
    Path("empty").write_text("")
    Path(os.fsdecode(b"\xffname")).write_bytes(b"\xff")


def _answer(*arguments: str) -> tuple[int, Any]:
    result = CliRunner().invoke(main, [*arguments, "--json"])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, json.loads(result.stdout)


@pytest.mark.parametrize("bad", BAD, ids=ascii)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_is_not_what_it_should_be_is_answered_in_json(command: str, bad: str) -> None:
    code, answer = _answer(*(word.format(bad=bad) for word in COMMANDS[command]))
    assert code in EXIT[command]
    if command == "check":
        assert [bool(report["problems"]) for report in answer] == [True]
    elif command.startswith("simulate"):
        assert (answer["status"], bool(answer["errors"]), answer["steps"]) == ("error", True, [])
    else:
        assert set(answer["error"]) == {"code", "message"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["feel"],
        ["feel", "1", "2"],
        ["decide"],
        ["decide", str(TABLE), "--decision", "a", "--service", "b"],
        ["decide", str(TABLE), "--bogus"],
        ["check"],
        ["simulate", str(DIAGRAM)],
        ["report"],
        ["report", "motion"],
        ["audit", "verify", "more"],
        ["audit", "nothing"],
        ["nothing"],
    ],
    ids=lambda words: " ".join(Path(word).name for word in words),
)
def test_wrong_usage_is_answered_in_json_with_exit_3(arguments: list[str]) -> None:
    code, answer = _answer(*arguments)
    assert (code, answer["error"]["code"]) == (3, "usage")
    assert answer["error"]["message"]


@pytest.mark.parametrize(
    "database",
    [
        "sqlite:///nowhere.db",
        "sqlite:///folder",
        "sqlite:///binary",
        "sqlite:///empty",
        "sqlite://host/name",
        "bogus://x",
        "%%%",
    ],
)
@pytest.mark.parametrize("command", [["report", "motion", "--session", "4-5"], ["audit", "verify"]], ids=" ".join)
def test_a_database_that_cannot_be_used_is_answered_in_json_and_is_no_finding(
    command: list[str], database: str
) -> None:
    """Exit 1 says that a figure does not add up, or that the history was changed: this is neither."""
    code, answer = _answer(*command, "--database", database)
    assert code == 3
    assert answer["error"]["code"] in ("configuration", "database")


def test_what_can_be_read_is_checked_beside_what_cannot() -> None:
    code, reports = _answer("check", str(DIAGRAM), "nowhere")
    assert code == 3
    assert [(Path(report["file"]).name, report["executable"]) for report in reports] == [
        (DIAGRAM.name, True),
        ("nowhere", False),
    ]


def test_a_process_folder_without_a_diagram_is_not_executable() -> None:
    Path("folder/process.yaml").write_text("key: nothing")
    code, [report] = _answer("check", "folder")
    assert (code, report["problems"][0]["code"]) == (1, "no-process")


def test_a_result_that_is_no_text_is_answered_in_json() -> None:
    code, answer = _answer("feel", '"\udcff"')
    assert (code, answer["error"]["code"]) == (1, "result")


@pytest.mark.parametrize("command", ["check", "decide"])
def test_a_batch_answers_lines_that_no_file_can_be_called(command: str) -> None:
    lines = b"\xff\xfe\n\x00\nnowhere\n"
    result = CliRunner().invoke(main, [command, "--batch"], input=lines)
    assert result.exit_code == 0
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(answers) == 3
