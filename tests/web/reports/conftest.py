"""The report's pages over the year's motions."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.reports.caseload import Motion
from tests.reports.conftest import motions_of_the_year
from tests.reports.stored import application_with
from tests.support.databases import PreparedDatabases

LETTER = Motion("S", None, "关于举报的来信", disposition="not_filed", period="4-6", sealed=True)


@pytest.fixture
def app(prepared_databases: PreparedDatabases, tmp_path: Path, database_kind: str) -> Iterator[Flask]:
    motions = [*motions_of_the_year(), LETTER, Motion("C", "406001", "关于校园班车的提案", period="4-6")]
    with application_with(prepared_databases, tmp_path, "year", motions, kind=database_kind) as application:
        yield application
