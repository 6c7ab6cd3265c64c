"""A database with people and the motion's process.yaml; cases are stored as the engine leaves them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.bootstrap import Engine, open_engine
from engine.installation.schema import migrate
from engine.reports import Report, build_report
from engine.settings import Settings
from models import ProcessDefinition
from tests.reports.caseload import Motion, store_motion, store_person, store_process, store_term
from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock

CASELOAD = Path(__file__).resolve().parents[2] / "workflows" / "motion" / "demo" / "caseload.jsonl"
READERS = ("union_clerk",)


def _prepare(url: str) -> None:
    engine = open_engine(settings=Settings(database_url=url), clock=MovableClock())
    migrate(engine.database)
    with engine.unit_of_work() as uow:
        store_term(uow.session)
        store_process(uow.session)
        store_person(uow.session, "clerk", "办公室-01", "union_clerk")
        store_person(uow.session, "rep", "代表-01", "rep")
        store_person(uow.session, "nobody", "职工-01")
    engine.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, prepared_databases: PreparedDatabases, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a database of its own, on SQLite and on PostgreSQL."""
    with prepared_databases.copy(request.param, "reports", _prepare) as url:
        opened = open_engine(settings=Settings(database_url=url, data_directory=tmp_path), clock=MovableClock())
        yield opened
        opened.close()


def motions_of_the_year() -> list[Motion]:
    """The 57 motions with the outcome that the caseload expects of them."""
    motions = []
    for number, line in enumerate(CASELOAD.read_text(encoding="utf-8").splitlines(), start=1):
        data = json.loads(line)
        fixture = data["fixture"]
        motions.append(
            Motion(
                key=data["id"],
                number=f"405{number:03}",
                title=data["title"],
                disposition=fixture["disposition"],
                rating=fixture["final_rating"],
                category=data["category"],
                delegation=data["delegation"],
                lead_unit=data["suggested_main_unit"],
                text=data["reason"] + "".join(data["suggestions"]),
                variables={"merged_into": fixture["merged_into"], "class": fixture["result_class"]},
            )
        )
    return motions


class Office:
    """Stores motions and reads reports, as the office does."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def stores(self, *motions: Motion, readers: tuple[str, ...] = READERS) -> None:
        """Store motions with their readers."""
        with self.engine.unit_of_work() as uow:
            definition_id = uow.session.scalars(select(ProcessDefinition.id)).one()
            for motion in motions:
                store_motion(uow.session, definition_id, motion, readers=readers)

    def report(self, period: str = "4-5") -> Report:
        """The report of a session."""
        with self.engine.reading() as uow:
            return build_report(uow.session, "motion", period, now=uow.now)


@pytest.fixture
def office(engine: Engine) -> Office:
    """The office at work."""
    return Office(engine)
