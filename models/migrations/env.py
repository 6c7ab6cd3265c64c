"""Alembic's entry: where the database is, and which tables the models want.

A program that already holds a connection passes it as ``config.attributes["connection"]`` and keeps the transaction.
"""

import importlib
import os
import pkgutil

from alembic import context
from sqlalchemy import Connection, create_engine, make_url, pool

import models
from models.base import Base

DEFAULT_URL = "sqlite:///var/banli.db"

for module in pkgutil.iter_modules(models.__path__):  # a table exists for Alembic once its module is imported
    if not module.ispkg:
        importlib.import_module(f"models.{module.name}")


def _database_url() -> str:
    url = make_url(
        context.config.get_main_option("sqlalchemy.url") or os.environ.get("BANLI_DATABASE_URL", DEFAULT_URL)
    )
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    return url.render_as_string(hide_password=False)


def _is_compared(_item: object, name: str | None, _kind: str, reflected: bool, _compare_to: object) -> bool:
    """The full-text index is made by statements of its own (``models.search_entry.index_statements``)."""
    return not (reflected and name and name.startswith(("search_fts", "ix_search_entry_terms_fts")))


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        include_object=_is_compared,
        render_as_batch=connection.dialect.name == "sqlite",  # SQLite alters a table by copying it
    )
    with context.begin_transaction():
        context.run_migrations()


def _run() -> None:
    given: Connection | None = context.config.attributes.get("connection")
    if given is not None:
        _migrate(given)
        return
    if context.is_offline_mode():
        context.configure(url=_database_url(), target_metadata=Base.metadata, literal_binds=True)
        with context.begin_transaction():
            context.run_migrations()
        return
    engine = create_engine(_database_url(), poolclass=pool.NullPool)
    with engine.connect() as connection:
        _migrate(connection)
    engine.dispose()


_run()
