"""``banli report``: one JSON object, exit codes, and the cases behind a figure."""

import json

import pytest
from click.testing import CliRunner

from engine.cli.report import report
from tests.reports.caseload import Motion
from tests.reports.conftest import Office, motions_of_the_year


def _run(office: Office, *arguments: str):
    url = office.engine.settings.database_url
    return CliRunner().invoke(report, ["motion", "--database", url, *arguments])


def test_the_figures_are_one_json_object(office: Office):
    office.stores(*motions_of_the_year())

    result = _run(office, "--session", "4-5", "--json")

    assert result.exit_code == 0
    assert json.loads(result.stdout)["satisfaction_fraction"] == "54/57"


def test_the_cases_behind_a_figure_have_the_ids_of_their_lines(office: Office):
    office.stores(*motions_of_the_year())

    answer = json.loads(_run(office, "--session", "4-5", "--cases", "rated", "--json").stdout)

    assert (answer["key"], answer["count"]) == ("rated", 57)
    assert answer["cases"][0] == {"id": "M001", "number": "405001", "title": motions_of_the_year()[0].title}


def test_a_table_for_people_names_the_session_and_the_fractions(office: Office):
    office.stores(Motion("A", "405001", "关于食堂的提案"))

    result = _run(office, "--session", "4-5")

    assert "四届五次（4-5）" in result.stdout
    assert "100%（1/1）" in result.stdout


def test_a_broken_invariant_is_named_and_the_exit_is_1(office: Office):
    office.stores(Motion("A", "405001", "关于食堂的提案", rating=None, variables={"answered_at": None}))

    result = _run(office, "--session", "4-5", "--json")

    assert result.exit_code == 1
    assert json.loads(result.stdout)["invariants_failed"] == ["answer_final"]
    assert "405001" in result.stderr


@pytest.mark.parametrize("arguments", [("--session", "9-9"), ("--session", "4-5", "--cases", "lost")])
def test_an_unknown_session_or_figure_is_a_sentence_and_exit_3(office: Office, arguments: tuple[str, ...]):
    office.stores(Motion("A", "405001", "关于食堂的提案"))

    result = _run(office, *arguments)

    assert result.exit_code == 3
    assert result.stderr.strip()
    assert result.stdout == ""


@pytest.mark.parametrize("content", [None, b"", b"this is no database"])
def test_a_database_that_is_not_there_or_empty_is_a_sentence_and_is_not_created(tmp_path, content: bytes | None):
    file = tmp_path / "none.db"
    if content is not None:
        file.write_bytes(content)

    result = CliRunner().invoke(report, ["motion", "--session", "4-5", "--database", f"sqlite:///{file}"])

    assert result.exit_code == 3
    assert "数据库" in result.stderr
    assert file.exists() is (content is not None)
