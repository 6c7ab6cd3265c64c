"""The demo database: prepared once, work for each role, a password of its own, never thrown away by mistake."""

import json
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.bootstrap import Engine, open_engine
from engine.demo import database as demo
from engine.errors import ConfigurationError
from engine.installation.schema import migrate
from engine.secrecy.passwords import verify_password
from engine.settings import Settings
from models import ProcessInstance, User, UserTask, waits
from tests.support.fakes import MovableClock

CURRENT = Path(__file__).resolve().parents[2] / "workflows" / "motion" / "demo" / "current.jsonl"
TODAY = datetime.fromisoformat("2026-11-25T10:00:00+08:00")


@pytest.fixture
def clock() -> MovableClock:
    """An autumn morning."""
    return MovableClock(TODAY)


@pytest.fixture
def engine(tmp_path: Path, clock: MovableClock) -> Iterator[Engine]:
    """An engine on a database that does not exist yet."""
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'demo.db'}", sqlite_synchronous="NORMAL")
    opened = open_engine(settings=settings, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def only_the_running_season(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the past year: its replay has tests of its own."""
    monkeypatch.setattr(demo, "STAGES", (("正在进行的一季", ("current.jsonl",)),))


@pytest.mark.usefixtures("only_the_running_season")
@pytest.mark.parametrize(
    "today", ["2026-11-25T10:00", "2028-01-28T23:30"], ids=["autumn", "night of a Spring Festival"]
)
def test_a_motion_waits_at_every_step_and_each_role_has_something_to_do(
    engine: Engine, clock: MovableClock, today: str
) -> None:
    # given
    clock.set(datetime.fromisoformat(today + ":00+08:00"))

    # when
    prepared = demo.prepare_demo(engine, say=lambda _text: None)

    # then
    wanted = {line["id"]: line["until"] for line in map(json.loads, CURRENT.read_text(encoding="utf-8").splitlines())}
    with engine.reading() as uow:
        open_tasks = select(ProcessInstance.business_key, UserTask.flow_node_id).where(
            UserTask.process_instance_id == ProcessInstance.id, waits()
        )
        waiting = {(key, node) for key, node in uow.session.execute(open_tasks)}
    assert set(wanted.items()) <= waiting
    assert [entry.login for entry in prepared.logins if entry.todo == 0] == []


@pytest.mark.usefixtures("only_the_running_season")
def test_a_second_start_keeps_the_data_and_the_password(engine: Engine) -> None:
    # given
    first = demo.prepare_demo(engine, say=lambda _text: None)
    told: list[str] = []

    # when
    second = demo.prepare_demo(engine, say=told.append)

    # then
    assert second.was_ready
    assert told == []
    assert second.password == first.password
    assert stat.S_IMODE(first.password_file.stat().st_mode) == 0o600
    with engine.reading() as uow:
        assert verify_password(uow.session.get_one(User, "d0101").password_hash, first.password)


@pytest.mark.usefixtures("only_the_running_season")
def test_a_lost_password_file_gives_a_new_password(engine: Engine) -> None:
    # given
    first = demo.prepare_demo(engine, say=lambda _text: None)
    first.password_file.unlink()

    # when
    second = demo.prepare_demo(engine, say=lambda _text: None)

    # then
    assert second.password != first.password
    with engine.reading() as uow:
        assert verify_password(uow.session.get_one(User, "clerk1").password_hash, second.password)


def test_a_database_that_is_not_the_demos_is_never_thrown_away(engine: Engine) -> None:
    # given
    migrate(engine.database)
    with engine.unit_of_work() as uow:
        uow.session.add(User(id="someone", name="某人", created_at=uow.now))

    # when / then
    with pytest.raises(ConfigurationError):
        demo.forget(engine)
    with engine.reading() as uow:
        assert uow.session.get(User, "someone") is not None
