"""The application over stored motions, for pages that only read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from engine.bootstrap import open_engine
from engine.installation.schema import migrate
from engine.settings import Settings
from tests.reports.caseload import Motion, store_motion, store_person, store_process, store_term
from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.web.application import NOW
from web.app import create_app

READERS = ("union_clerk",)


@contextmanager
def application_with(
    databases: PreparedDatabases, folder: Path, purpose: str, motions: Sequence[Motion], *, kind: str = "sqlite"
) -> Iterator[Flask]:
    """Motions that the office may read; ``clerk`` is the office, ``rep`` a representative, ``nobody`` a member."""

    def prepare(url: str) -> None:
        engine = open_engine(settings=Settings(database_url=url), clock=MovableClock(NOW))
        migrate(engine.database)
        with engine.unit_of_work() as uow:
            store_term(uow.session)
            definition_id = store_process(uow.session)
            store_person(uow.session, "clerk", "办公室-01", "union_clerk")
            store_person(uow.session, "rep", "代表-01", "rep")
            store_person(uow.session, "nobody", "职工-01")
            for motion in motions:
                store_motion(uow.session, definition_id, motion, readers=READERS)
        engine.close()

    with databases.copy(kind, purpose, prepare) as url:
        settings = Settings(database_url=url, data_directory=folder, sqlite_synchronous="OFF")
        engine = open_engine(settings=settings, clock=MovableClock(NOW))
        try:
            yield create_app(engine, TESTING=True, WTF_CSRF_ENABLED=False)
        finally:
            engine.close()
