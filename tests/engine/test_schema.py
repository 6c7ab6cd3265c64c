"""The migrations make exactly the tables of the models, forwards and backwards."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import String, insert, inspect, literal
from sqlalchemy.exc import IntegrityError as DatabaseIntegrityError

import models
from engine.bootstrap import Engine, open_engine
from engine.installation.schema import current_revision, is_current, migrate, newest_revision, take_back
from engine.settings import Settings
from models import Job, JobKind
from models.base import Base
from tests.engine.conftest import Deploy, Start
from tests.support.folders import process, write_folder

FULL_TEXT = ("search_fts", "ix_search_entry_terms_fts")  # made by statements of its own


@pytest.fixture
def empty(database_url: str) -> Engine:
    """An engine on an empty database."""
    return open_engine(settings=Settings(database_url=database_url))


def _is_ours(item: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    return not (reflected and name and name.startswith(FULL_TEXT))


def test_the_models_are_what_the_migrations_make(empty: Engine) -> None:
    assert models.ProcessInstance.__table__ in Base.metadata.sorted_tables
    assert current_revision(empty.database) is None
    migrate(empty.database)
    assert is_current(empty.database)
    with empty.database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _is_ours})
        assert compare_metadata(context, Base.metadata) == []
    empty.close()


def test_the_first_migration_can_be_taken_back(empty: Engine) -> None:
    migrate(empty.database)
    take_back(empty.database, "base")
    assert set(inspect(empty.database).get_table_names()) == {"alembic_version"}
    migrate(empty.database)
    assert current_revision(empty.database) == newest_revision()
    empty.close()


def test_a_database_with_cases_in_it_is_brought_up_to_date(
    tmp_path: Path, engine: Engine, deploy: Deploy, start: Start
) -> None:
    tasks = """
    <bpmn:userTask id="draft" banli:assignee="=initiator"/>
    draft -> check
    <bpmn:userTask id="check" banli:candidateRole="union_clerk"/>
    """
    deploy(write_folder(tmp_path, "proposal", process("proposal", tasks)))
    case = start("proposal")
    case.complete("draft", by="rep1")
    before = case.history()

    take_back(engine.database, "0002")
    migrate(engine.database)

    assert [event.hash for event in case.history()] == [event.hash for event in before]
    assert case.complete("check", by="clerk1").ended


def test_a_column_holds_none_but_its_members(engine: Engine) -> None:
    job = {"id": uuid4(), "kind": JobKind.TIMER, "due_at": engine.clock.now(), "payload": "{}", "retries_left": 5}
    with pytest.raises(DatabaseIntegrityError, match="ck_job_jobstate"), engine.database.begin() as connection:
        connection.execute(
            insert(Job).values(**job, attempts=0, created_at=engine.clock.now(), state=literal("asleep", String))
        )


def test_sqlite_makes_no_table_of_a_list_when_it_writes_a_row(tmp_path: Path) -> None:
    engine = open_engine(settings=Settings(database_url=f"sqlite:///{tmp_path / 'b.db'}"))
    migrate(engine.database)
    with engine.database.connect() as connection:
        texts = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'table'").scalars()
        lists = [text for text in texts if re.search(r"IN \('\w+'(, '\w+'){2}", text or "")]
    assert lists == []
    engine.close()
