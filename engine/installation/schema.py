"""The database's schema: created and brought up to date by Alembic, from inside the product."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy import Engine as Database

import models
from engine.errors import IntegrityError

MIGRATIONS = Path(models.__file__).parent / "migrations"


def migrate(database: Database, revision: str = "head") -> None:
    """Bring the schema to a revision, in one transaction; an empty database gets all of it.

    Raises:
        IntegrityError: rows would then refer to rows that are not there; nothing was changed.
    """
    with _altering(database) as connection:
        command.upgrade(_config(connection), revision)


def take_back(database: Database, revision: str) -> None:
    """Bring the schema back to an older revision; only for development, and what is newer is lost."""
    with _altering(database) as connection:
        command.downgrade(_config(connection), revision)


@contextmanager
def _altering(database: Database) -> Iterator[Connection]:
    """A transaction that may alter tables with rows in them.

    SQLite alters a table by copying it and dropping the old one, which it refuses while others refer to it. So it looks
    at the references when all is done; that it does not look before can be said outside a transaction only.
    """
    if database.dialect.name != "sqlite":
        with database.begin() as connection:
            yield connection
        return
    with database.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if lost:
                    raise IntegrityError(f"更新数据库结构后，{lost[0][0]} 表引用了 {lost[0][2]} 表中不存在的行")
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


def current_revision(database: Database) -> str | None:
    """The revision the database is at; None when it is empty."""
    with database.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """The revision this program wants."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def is_current(database: Database) -> bool:
    """Whether the database has the schema this program wants."""
    return current_revision(database) == newest_revision()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    if connection is not None:
        config.attributes["connection"] = connection
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config
