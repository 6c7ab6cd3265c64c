"""The ``banli`` command itself."""

import sys

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
