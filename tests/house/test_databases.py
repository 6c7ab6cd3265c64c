"""The databases that tests get."""

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.support.databases import PreparedDatabases


def _execute(url: str, statement: str) -> list[object]:
    engine = create_engine(url)
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        rows = [row[0] for row in result] if result.returns_rows else []
    engine.dispose()
    return rows


def test_a_test_gets_an_empty_database_of_its_own(database_url: str) -> None:
    _execute(database_url, "CREATE TABLE motion (title VARCHAR(20))")
    assert _execute(database_url, "SELECT count(*) FROM motion") == [0]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_prepared_database_is_made_once_and_copied(kind: str, prepared_databases: PreparedDatabases) -> None:
    # given a preparation that counts its runs
    runs: list[str] = []

    def prepare(url: str) -> None:
        runs.append(url)
        _execute(url, "CREATE TABLE motion (title VARCHAR(20))")

    # when two tests use it, the first of which writes
    with prepared_databases.copy(kind, "motions", prepare) as first:
        _execute(first, "INSERT INTO motion VALUES ('食堂')")
    with prepared_databases.copy(kind, "motions", prepare) as second:
        rows = _execute(second, "SELECT title FROM motion")

    # then the second sees nothing of it
    assert rows == []
    assert len(runs) == 1
    assert make_url(first).database != make_url(second).database
