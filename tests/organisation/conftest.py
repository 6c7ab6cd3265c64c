"""An organisation with people in it, on both databases."""

from datetime import UTC, date, datetime

import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine

from engine.bootstrap import open_engine
from engine.settings import Settings, normalise_url
from models import Base, CongressTerm, RoleAssignment, Unit, UnitKind, User
from tests.support.fakes import MovableClock

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch):
    """Hashing is slow on purpose; tests need the rule, not the time."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("engine.secrecy.passwords._hasher", hasher)
    monkeypatch.setattr("engine.secrecy.passwords._DECOY", hasher.hash("no account has this password"))


@pytest.fixture
def clock():
    return MovableClock(NOW)


@pytest.fixture(params=["sqlite", "postgresql"])
def schema_url(request, prepared_databases):
    """A database with tables and without rows."""
    with prepared_databases.copy(request.param, "schema", create_tables) as url:
        yield url


def create_tables(url):
    database = create_engine(normalise_url(url))
    Base.metadata.create_all(database)
    database.dispose()


@pytest.fixture
def empty_engine(schema_url, clock, tmp_path):
    """An engine on an empty database."""
    engine = open_engine(schema_url, clock, Settings(data_directory=tmp_path / "data", sqlite_synchronous="OFF"))
    yield engine
    engine.close()


@pytest.fixture
def engine(empty_engine):
    """教务处 and 学生处 with a head, a delegation, term 4, and 管理员 as system administrator."""
    with empty_engine.unit_of_work() as uow:
        session = uow.session
        for name, kind in (
            ("教务处", UnitKind.DEPARTMENT),
            ("学生处", UnitKind.DEPARTMENT),
            ("校领导", UnitKind.LEADERSHIP),
            ("护理学院代表团", UnitKind.DELEGATION),
        ):
            session.add(Unit(id=name, name=name, kind=kind, handles_cases=kind is UnitKind.DEPARTMENT))
        session.add(CongressTerm(term=4, starts_on=date(2022, 1, 1), ends_on=date(2026, 12, 31)))
        for user_id, name, unit in (
            ("admin1", "管理员", None),
            ("0012", "教务处长", "教务处"),
            ("0013", "代表甲", None),
            ("0014", "校领导甲", "校领导"),
            ("0015", "校领导乙", "校领导"),
        ):
            session.add(User(id=user_id, name=name, unit_id=unit, language="zh_Hans_CN", created_at=uow.now))
        session.flush()
        for user_id, role, unit, term in (
            ("admin1", "admin", None, None),
            ("0012", "unit_head", "教务处", None),
            ("0013", "rep", "护理学院代表团", 4),
            ("0014", "school_leader", "校领导", None),
            ("0015", "school_leader", "校领导", None),
        ):
            session.add(RoleAssignment(user_id=user_id, role=role, unit_id=unit, term=term))
    return empty_engine


@pytest.fixture
def as_admin(engine):
    """Do something in one transaction as the system administrator, and return its answer."""

    def do(command, *args, **kwargs):
        with engine.unit_of_work(actor="admin1") as uow:
            return command(uow, *args, **kwargs)

    return do


@pytest.fixture
def ask(engine):
    """Ask a query, which takes the session first."""

    def do(query, *args, **kwargs):
        with engine.reading() as uow:
            return query(uow.session, *args, **kwargs)

    return do
