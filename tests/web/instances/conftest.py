"""The application and its visitors."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.web.application import running_application


@pytest.fixture
def app(
    prepared_databases: PreparedDatabases, tmp_path: Path, clock: MovableClock, database_kind: str
) -> Iterator[Flask]:
    with running_application(prepared_databases, tmp_path, clock, submitted=True, kind=database_kind) as application:
        yield application
