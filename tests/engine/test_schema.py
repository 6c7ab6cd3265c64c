"""The migrations make exactly the tables of the models, forwards and backwards."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

import models
from engine.bootstrap import Engine, open_engine
from engine.installation.schema import _config, current_revision, is_current, migrate, newest_revision
from engine.settings import Settings
from models.base import Base

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
    with empty.database.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert set(inspect(empty.database).get_table_names()) == {"alembic_version"}
    migrate(empty.database)
    assert current_revision(empty.database) == newest_revision()
    empty.close()
