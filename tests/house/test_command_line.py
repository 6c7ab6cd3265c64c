"""The ``banli`` command itself."""

import gzip
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import COMMANDS, main


def test_help_lists_every_command_and_imports_none() -> None:
    before = set(sys.modules)
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    assert all(name in result.output for name in COMMANDS)
    assert not any(name.startswith("engine.cli.") for name in set(sys.modules) - before)


def test_an_unknown_command_is_wrong_usage() -> None:
    assert CliRunner().invoke(main, ["aprove"]).exit_code == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ("audit", "heads"),
        ("database", "migrate"),
        ("database", "status"),
        ("database", "check"),
        ("worker", "--once"),
        ("backup", "{folder}/backup.tar.gz"),
    ],
)
def test_a_file_that_is_no_database_is_a_sentence_and_no_traceback(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear colleagues, this is a letter and no database at all.\n" * 40)
    words = [word.format(folder=tmp_path) for word in arguments]
    result = CliRunner().invoke(main, [*words, "--database", f"sqlite:///{file}"])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "数据库无法使用" in result.output


@pytest.mark.parametrize("url", ["bogus://x", "mysql://host/name"])
def test_a_database_of_another_kind_is_refused_in_a_sentence(url: str) -> None:
    result = CliRunner().invoke(main, ["audit", "verify", "--database", url])
    assert isinstance(result.exception, SystemExit)
    assert "不支持" in result.output


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 no archive", gzip.compress(b"no archive", mtime=0)],  # always the same names of the tests
    ids=["empty", "broken zip", "gzip"],
)
def test_a_file_that_is_no_backup_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "backup.tar.gz"
    source.write_bytes(content)
    result = CliRunner().invoke(main, ["restore", str(source), "--database", f"sqlite:///{tmp_path / 'new.db'}"])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "不是本程序的备份" in result.output


def test_a_backup_into_a_folder_that_does_not_exist_names_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    assert CliRunner().invoke(main, ["database", "migrate", "--database", url]).exit_code == 0
    result = CliRunner().invoke(main, ["backup", str(tmp_path / "nowhere" / "backup.tar.gz"), "--database", url])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "nowhere" in result.output
