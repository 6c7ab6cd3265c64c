"""The register's pages over stored motions: some readable, one sealed, one nobody handed in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.reports.caseload import Motion
from tests.reports.stored import application_with
from tests.support.databases import PreparedDatabases

MOTIONS = (
    Motion("A", "405001", "关于提高教工食堂菜品质量的提案", category="后勤保障", text="窗口少"),
    Motion("B", "405002", "=1+1 关于电梯的提案", category="民生福利", disposition="suggestion"),
    Motion("C", "406001", "关于校园班车的提案", category="后勤保障", period="4-6"),
    Motion("S", None, "关于举报的来信", disposition="not_filed", sealed=True),
    Motion("D", None, "关于草稿的提案", disposition=None, variables={"received_at": None}),
)


@pytest.fixture
def app(prepared_databases: PreparedDatabases, tmp_path: Path, database_kind: str) -> Iterator[Flask]:
    with application_with(prepared_databases, tmp_path, "register", MOTIONS, kind=database_kind) as application:
        yield application
