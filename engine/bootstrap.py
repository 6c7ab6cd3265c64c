"""Wiring: the one place where ports meet their adapters."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, create_engine, event
from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from engine.adapters.database_clock import DatabaseClock
from engine.adapters.file_store import DirectoryFileStore
from engine.adapters.master_key import MasterKeyFile
from engine.adapters.random_pause import RandomPause
from engine.adapters.system_clock import SystemClock
from engine.database.links import Links
from engine.database.refusals import tell_no_values
from engine.definitions import deployments
from engine.definitions.deployed import Deployed
from engine.definitions.kept_deployments import KeptDeployments
from engine.errors import ConfigurationError
from engine.ports import Clock, FileStore, JobQueue, KeyWrap, Mailer, NullMailer, NullQueue, Pause
from engine.retrying import patiently
from engine.settings import Settings
from engine.step.kept import KeptCases
from engine.unit_of_work import UnitOfWork

T = TypeVar("T")


@dataclass
class Engine:
    """A wired engine. Thread-safe: units of work are not shared, everything here is immutable or locked."""

    settings: Settings
    clock: Clock
    database: Database
    readers: Database  # the same pool; transactions that only read take no write lock
    files: FileStore
    keys: KeyWrap
    mailer: Mailer = field(default_factory=NullMailer)
    jobs: JobQueue = field(default_factory=NullQueue)
    pause: Pause = field(default_factory=RandomPause)  # before something is tried again
    runs_jobs_at_once: bool = False  # after each commit, so that a person sees the effect of a message
    absences_seen_on: date | None = None  # the day on which the worker last looked for people who have left
    links: Links = field(default_factory=Links)
    kept: KeptCases = field(default_factory=lambda: KeptCases(0, 0))
    compiled: KeptDeployments = field(default_factory=KeptDeployments)
    _thread: threading.local = field(default_factory=threading.local)

    def unit_of_work(self, actor: str | None = None, *, read_only: bool = False) -> UnitOfWork:
        """A new transaction for one person (None: the engine itself)."""
        return UnitOfWork(self, actor, read_only=read_only)

    def reading(self, actor: str | None = None) -> UnitOfWork:
        """A transaction that only reads: it waits for no writer and is rolled back at the end."""
        return UnitOfWork(self, actor, read_only=True)

    def transact(self, work: Callable[[UnitOfWork], T], *, actor: str | None = None) -> T:
        """Do ``work`` in a unit of work of its own; again, a few times, when another was quicker."""

        def once() -> T:
            with self.unit_of_work(actor) as uow:
                return work(uow)

        return patiently(once, self.pause)

    def deployed_with(self, uow: UnitOfWork, process_definition_id: UUID) -> Deployed:
        """The deployment of a process definition; the database is asked the first time only."""
        found = self.compiled.with_definition(process_definition_id)
        if found is None:
            found = self.deployed(uow.session, deployments.id_of(uow.session, process_definition_id))
        return found

    def deployed(self, session: Session, deployment_id: UUID) -> Deployed:
        """A deployment, compiled once per process; deployments never change."""
        found = self.compiled.with_id(deployment_id)
        if found is None:
            found = deployments.load(session, deployment_id)
            self.compiled.put(found)
        return found

    def latest(self, session: Session, key: str) -> Deployed:
        """The newest version of a process folder; ``NotFoundError`` when it was never deployed."""
        return self.deployed(session, deployments.latest_id(session, key))

    def for_worker(self) -> "Engine":
        """The same engine, whose now is that of the database's server; of this machine where the database is a file."""
        return self if self.settings.is_sqlite else replace(self, clock=DatabaseClock(self.database))

    def run_due_jobs(self, limit: int | None = None) -> int:
        """Carry out what is due: timers, messages, signals, mail; each in its own transaction. Returns how many."""
        from engine.worker import run_due_jobs

        return run_due_jobs(self, limit)

    def jobs_are_due(self) -> None:
        """Called after a commit that wrote due jobs."""
        if not self.runs_jobs_at_once:
            self.jobs.notify()
        elif not getattr(self._thread, "runs_jobs", False):  # a job that makes new jobs: the outer call does them
            self._thread.runs_jobs = True
            try:
                self.run_due_jobs()
            finally:
                self._thread.runs_jobs = False

    def close(self) -> None:
        """Give the connections back."""
        self.links.close()
        self.database.dispose()


def open_engine(
    url: str | None = None,
    clock: Clock | None = None,
    settings: Settings | None = None,
    *,
    mailer: Mailer | None = None,
    runs_jobs_at_once: bool = False,
    must_exist: bool = False,
) -> Engine:
    """Wire an engine; it connects when it is first used.

    Args:
        url: database, over ``BANLI_DATABASE_URL`` and the default.
        clock: source of now; the machine's by default.
        settings: all settings; read from the environment by default.
        mailer: sends mail; nothing is sent by default.
        runs_jobs_at_once: carry out due jobs after each commit, in the committing thread.
        must_exist: the database of a command that works on what is there: a mistyped file is never created.

    Raises:
        ConfigurationError: ``must_exist``, and there is no such file.
    """
    from engine.settings import normalise_url

    if settings is None:
        settings = Settings.from_environment(url=url)
    elif url is not None:
        settings = replace(settings, database_url=normalise_url(url))
    if must_exist and settings.sqlite_path is not None and not settings.sqlite_path.is_file():
        raise ConfigurationError(f"没有数据库文件 {settings.sqlite_path}；建库用 banli database create")
    database = open_database(settings)
    return Engine(
        settings=settings,
        clock=clock or SystemClock(),
        database=database,
        readers=database.execution_options(read_only=True),
        files=DirectoryFileStore(settings.data_dir / "attachments"),
        keys=MasterKeyFile(settings.key_path),
        mailer=mailer or NullMailer(),
        runs_jobs_at_once=runs_jobs_at_once,
        kept=KeptCases(settings.kept_cases, settings.kept_size),
    )


def open_database(settings: Settings) -> Database:
    """A pool of connections with our transaction rules."""
    if settings.is_sqlite:
        return _open_sqlite(settings)
    timeouts = f"-c lock_timeout={settings.busy_timeout}s -c timezone=UTC -c idle_in_transaction_session_timeout=60s"
    # psycopg forgets what it has prepared at every rollback, and has the server forget what the links prepare, too
    arguments = {"options": timeouts, "prepare_threshold": None}
    database = create_engine(
        settings.database_url,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=20,
        connect_args=arguments,
        hide_parameters=True,
    )
    tell_no_values(database)
    return database


def _open_sqlite(settings: Settings) -> Database:
    path = settings.sqlite_path
    if path is not None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    database = create_engine(
        settings.database_url, connect_args={"timeout": settings.busy_timeout}, hide_parameters=True
    )

    @event.listens_for(database, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={settings.sqlite_synchronous}",
            "foreign_keys=ON",
            f"busy_timeout={settings.busy_timeout * 1000}",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(database, "begin")
    def begin(connection: Connection) -> None:
        if connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
            return  # begun by the link
        # a reader that turns writer half-way fails when another wrote in between: writers say so at once
        reads = connection.get_execution_options().get("read_only")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return database
