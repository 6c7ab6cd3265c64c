"""A real engine on both databases, a clock that tests move, a few people, and a driver for cases."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from engine.bootstrap import Engine, open_engine
from engine.commands.complete_work_item import Completed, complete_work_item
from engine.commands.deploy import DeployResult, deploy_folder
from engine.commands.start_instance import start_instance
from engine.installation.schema import migrate
from engine.settings import Settings
from models import (
    HistoryEvent,
    Job,
    ProcessInstance,
    Relative,
    RoleAssignment,
    Unit,
    UnitKind,
    User,
    UserTask,
    WorkItem,
    WorkItemState,
    waits,
)
from tests.engine.start_events import begun_by
from tests.engine.with_jobs import BROADCASTER, ORDERED, SENDER, WAITER, WITH_TIMERS
from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.support.folders import write_folder

PEOPLE = {
    "rep1": [("rep", None)],
    "rep2": [("rep", None)],
    "clerk1": [("union_clerk", None)],
    "clerk2": [("union_clerk", None)],
    "chair1": [("chair", None)],
    "officer_a": [("unit_officer", "教务处")],
    "officer_b": [("unit_officer", "后勤处")],
    "admin1": [("admin", None)],
    "stranger": [],
}


def _prepare(url: str) -> None:
    engine = open_engine(settings=Settings(database_url=url), clock=MovableClock())
    migrate(engine.database)
    with engine.unit_of_work() as uow:
        for name in ("教务处", "后勤处"):
            uow.session.add(Unit(id=name, name=name, kind=UnitKind.DEPARTMENT, handles_cases=True))
        for user in PEOPLE:
            uow.session.add(User(id=user, name=f"名{user}", created_at=uow.now))
        uow.session.flush()
        for user, roles in PEOPLE.items():
            for role, unit in roles:
                uow.session.add(RoleAssignment(user_id=user, role=role, unit_id=unit))
        for one, other in (("rep1", "clerk2"), ("clerk2", "rep1")):
            uow.session.add(Relative(user_id=one, relative_id=other, relation="spouse"))
    engine.close()


@pytest.fixture
def clock() -> MovableClock:
    """Monday, 9 o'clock in Shanghai."""
    return MovableClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def prepared_url(request: pytest.FixtureRequest, prepared_databases: PreparedDatabases) -> Iterator[str]:
    """A database with the schema and the people."""
    with prepared_databases.copy(request.param, "engine", _prepare) as url:
        yield url


@pytest.fixture
def engine(prepared_url: str, clock: MovableClock, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a database of its own."""
    settings = Settings(database_url=prepared_url, data_directory=tmp_path / "data", sqlite_synchronous="NORMAL")
    opened = open_engine(settings=settings, clock=clock)
    yield opened
    opened.close()


@dataclass
class Case:
    """A case under way, asked and driven by a test."""

    engine: Engine
    id: UUID

    @property
    def row(self) -> ProcessInstance:
        with self.engine.reading() as uow:
            row = uow.session.get(ProcessInstance, self.id)
            assert row is not None
            uow.session.expunge(row)
            return row

    @property
    def status(self) -> str:
        return self.row.status.value

    @property
    def variables(self) -> dict[str, Any]:
        from engine.step.instance import load_instance

        with self.engine.reading() as uow:
            return load_instance(uow, self.id, for_update=False).variables

    @property
    def waits_at(self) -> set[str]:
        with self.engine.reading() as uow:
            query = select(UserTask.flow_node_id).where(UserTask.process_instance_id == self.id, waits())
            return set(uow.session.scalars(query))

    def item(self, node: str, *, assignee: str | None = None) -> WorkItem:
        """The only open work item at a flow node (of one person)."""
        with self.engine.reading() as uow:
            query = (
                select(WorkItem)
                .join(UserTask)
                .where(
                    WorkItem.process_instance_id == self.id,
                    UserTask.flow_node_id == node,
                    WorkItem.state == WorkItemState.OPEN,
                )
            )
            if assignee is not None:
                query = query.where(WorkItem.assignee_id == assignee)
            item = uow.session.scalars(query).one()
            uow.session.expunge(item)
            return item

    def complete(
        self,
        node: str,
        data: Mapping[str, Any] | None = None,
        *,
        by: str,
        request_id: str | None = None,
        **options: Any,
    ) -> Completed:
        item = self.item(node, assignee=options.pop("assignee", None))
        version = options.pop("expected_version", item.version)
        with self.engine.unit_of_work(by) as uow:
            return complete_work_item(
                uow,
                item.id,
                data or {},
                request_id=request_id or uuid4().hex,
                expected_version=version,
                **options,
            )

    def history(self) -> list[HistoryEvent]:
        with self.engine.reading() as uow:
            query = select(HistoryEvent).where(HistoryEvent.process_instance_id == self.id).order_by(HistoryEvent.seq)
            rows = list(uow.session.scalars(query))
            uow.session.expunge_all()
            return rows

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.history()]

    def jobs(self) -> list[Job]:
        with self.engine.reading() as uow:
            rows = list(uow.session.scalars(select(Job).where(Job.process_instance_id == self.id)))
            uow.session.expunge_all()
            return rows


def all_cases(engine: Engine) -> list[Case]:
    """Every case, the oldest first."""
    with engine.reading() as uow:
        found: list[UUID] = list(uow.session.scalars(select(ProcessInstance.id).order_by(ProcessInstance.started_at)))
    return [Case(engine, each) for each in found]


def all_jobs(engine: Engine) -> list[Job]:
    """Every job, those included that belong to no case."""
    with engine.reading() as uow:
        rows = list(uow.session.scalars(select(Job)))
        uow.session.expunge_all()
        return rows


Deploy = Callable[[Path], DeployResult]
Drawn = Callable[..., None]
Start = Callable[..., Case]


@pytest.fixture
def deploy(engine: Engine) -> Deploy:
    """Deploy a folder."""

    def deploy_one(folder: Path) -> DeployResult:
        with engine.unit_of_work() as uow:
            return deploy_folder(uow, folder)

    return deploy_one


@pytest.fixture
def drawn(tmp_path: Path, deploy: Deploy) -> Drawn:
    """Deploy a process that starts with these triggers; again with another task it is the next version."""

    def drawn_one(triggers: str, *, key: str = "clockwork", task: str = "work", also: str = "") -> None:
        deploy(write_folder(tmp_path, key, begun_by(key, triggers, task=task, also=also)))

    return drawn_one


@pytest.fixture
def start(engine: Engine) -> Start:
    """Start a process as somebody."""

    def start_one(key: str, *, by: str | None = "rep1", **options: Any) -> Case:
        with engine.unit_of_work(by) as uow:
            started = start_instance(uow, key, request_id=options.pop("request_id", uuid4().hex), **options)
        return Case(engine, started.instance_id)

    return start_one


@pytest.fixture
def processes(tmp_path: Path, deploy: Deploy) -> None:
    """One with two timers, one that waits for a message and a signal, those that send."""
    for key, diagram in (
        ("answering", WITH_TIMERS),
        ("waiter", WAITER),
        ("sender", SENDER),
        ("broadcaster", BROADCASTER),
        ("ordered", ORDERED),
    ):
        deploy(write_folder(tmp_path, key, diagram))
