"""The history is a chain that shows every change; a backup carries it over whole."""

import errno
import io
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, delete, select, update

from engine.bootstrap import Engine, open_engine
from engine.commands.add_comment import add_comment
from engine.commands.attachments import add_attachment, open_attachment
from engine.errors import ConflictError, IntegrityError
from engine.installation import audit
from engine.installation.audit import Head, heads, verify
from engine.installation.backup import back_up, restore
from engine.settings import Settings
from engine.step.history import event_hash
from models import HistoryEvent, ProcessInstance
from tests.engine.conftest import Case, Deploy, Start
from tests.engine.test_privacy import PNG
from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.support.folders import form, process, write_folder

DIAGRAM = process(
    "short",
    """
    <bpmn:startEvent id="begin"/>
    begin -> write
    <bpmn:userTask id="write" banli:formKey="write" banli:assignee="=initiator"/>
    write -> done
    <bpmn:endEvent id="done"/>
    """,
)
EVENT = HistoryEvent.__table__


@pytest.fixture
def cases(tmp_path: Path, deploy: Deploy, start: Start) -> list[Case]:
    """Two finished cases and one under way."""
    folder = write_folder(
        tmp_path, "short", DIAGRAM, forms={"write": form("title", "phone")}, sensitive={"phone": {"roles": ["chair"]}}
    )
    deploy(folder)
    found = [start("short") for _ in range(3)]
    for case in found[:2]:
        case.complete("write", {"title": "甲", "phone": "123"}, by="rep1")
    return found


def _change(engine: Engine, case: Case, seq: int, **values: Any) -> None:
    with engine.unit_of_work() as uow:
        where = (EVENT.c.process_instance_id == case.id, EVENT.c.seq == seq)
        uow.connection.execute(update(EVENT).where(*where).values(**values))


def test_an_untouched_history_verifies(cases: list[Case], engine: Engine) -> None:
    result = verify(engine)
    assert result.ok
    assert result.instances == 3
    assert result.events == sum(len(case.history()) for case in cases)


def test_a_comment_and_a_claim_prolong_the_chain(cases: list[Case], engine: Engine) -> None:
    with engine.unit_of_work("rep1") as uow:
        add_comment(uow, cases[0].id, "all", "请尽快", request_id=uuid4().hex)
    assert cases[0].kinds[-1] == "comment.added"
    assert verify(engine).ok


@pytest.mark.parametrize(
    ("column", "value"), [("actor_id", "chair1"), ("body", "{}"), ("kind", "user_task.cancelled"), ("role", "chair")]
)
def test_an_edited_event_is_found(cases: list[Case], engine: Engine, column: str, value: str) -> None:
    _change(engine, cases[0], 3, **{column: value})
    [problem] = verify(engine).problems
    assert (problem.instance_id, problem.seq) == (cases[0].id, 3)


def test_an_event_taken_out_of_the_middle_is_found(cases: list[Case], engine: Engine) -> None:
    _remove(engine, cases[0], 2)
    assert [problem.seq for problem in verify(engine).problems] == [2]


def test_a_cut_tail_is_found_because_the_head_stands_elsewhere(cases: list[Case], engine: Engine) -> None:
    _remove(engine, cases[0], len(cases[0].history()))
    [problem] = verify(engine).problems
    assert "截断" in problem.reason


def test_a_history_taken_away_whole_is_found(cases: list[Case], engine: Engine) -> None:
    with engine.unit_of_work() as uow:
        uow.connection.execute(delete(EVENT).where(EVENT.c.process_instance_id == cases[0].id))
    assert len(verify(engine).problems) == 1


def test_two_swapped_events_are_found(cases: list[Case], engine: Engine) -> None:
    second, third = cases[0].history()[1:3]
    _change(engine, cases[0], 2, kind=third.kind, body=third.body)
    _change(engine, cases[0], 3, kind=second.kind, body=second.body)
    assert not verify(engine).ok


def _remove(engine: Engine, case: Case, seq: int) -> None:
    with engine.unit_of_work() as uow:
        uow.connection.execute(delete(EVENT).where(EVENT.c.process_instance_id == case.id, EVENT.c.seq == seq))


def test_a_chain_rewritten_with_all_its_hashes_is_found_by_heads_kept_elsewhere(
    cases: list[Case], engine: Engine
) -> None:
    known = heads(engine)
    previous = ""
    with engine.unit_of_work() as uow:
        query = select(EVENT).where(EVENT.c.process_instance_id == cases[0].id).order_by(EVENT.c.seq)
        for row in uow.connection.execute(query).mappings().all():
            forged = {**row, "actor_id": "stranger", "previous_hash": previous}
            forged["hash"] = previous = event_hash(forged)
            where = (EVENT.c.process_instance_id == cases[0].id, EVENT.c.seq == row["seq"])
            uow.connection.execute(update(EVENT).where(*where).values(**forged))
        head = update(ProcessInstance).where(ProcessInstance.id == cases[0].id).values(history_head=previous)
        uow.session.execute(head)
    assert verify(engine).ok
    [problem] = verify(engine, known).problems
    assert "重写" in problem.reason


def test_a_backup_restored_into_an_empty_database_of_either_kind_goes_on_where_it_was(
    cases: list[Case],
    engine: Engine,
    clock: MovableClock,
    tmp_path: Path,
    prepared_databases: PreparedDatabases,
    empty_url: str,
) -> None:
    with engine.unit_of_work("rep1") as uow:
        attachment = add_attachment(uow, "图.png", io.BytesIO(PNG), instance_id=cases[2].id, request_id=uuid4().hex)
    archive = tmp_path / "banli.backup"
    written = back_up(engine, archive)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600

    settings = Settings(database_url=empty_url, data_directory=tmp_path / "elsewhere")
    other = open_engine(settings=settings, clock=clock)
    try:
        restored = restore(other, archive)
        assert restored == written
        assert verify(other, heads(engine)).ok
        case = Case(other, cases[2].id)
        assert Case(other, cases[0].id).variables == {"title": "甲", "phone": "123"}
        with other.unit_of_work("rep1") as uow, open_attachment(uow, attachment)[1] as stream:
            assert stream.read() == PNG
        case.complete("write", {"title": "乙", "phone": "456"}, by="rep1")
        assert case.status == "completed"
        with pytest.raises(ConflictError, match="不是空的"):
            restore(other, archive)
    finally:
        other.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """An empty database of the other kind, or of the same."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


def test_a_damaged_backup_is_refused(cases: list[Case], engine: Engine, tmp_path: Path, sqlite_url: str) -> None:
    archive = tmp_path / "banli.backup"
    back_up(engine, archive)
    _tamper(archive)
    other = open_engine(settings=Settings(database_url=sqlite_url, data_directory=tmp_path / "elsewhere"))
    try:
        with pytest.raises(IntegrityError):
            restore(other, archive)
        with other.reading() as uow:
            assert uow.session.scalars(select(ProcessInstance)).all() == []
    finally:
        other.close()


def test_a_backup_with_a_damaged_key_leaves_no_key_behind(
    cases: list[Case], engine: Engine, tmp_path: Path, sqlite_url: str
) -> None:
    archive = tmp_path / "banli.backup"
    back_up(engine, archive)
    _rewrite(archive, "master.key", lambda content: content[::-1])
    other = open_engine(settings=Settings(database_url=sqlite_url, data_directory=tmp_path / "elsewhere"))
    try:
        with pytest.raises(IntegrityError, match="主密钥"):
            restore(other, archive)
        assert not other.settings.key_path.exists()
    finally:
        other.close()


def test_a_full_disk_leaves_the_backup_of_yesterday(
    cases: list[Case], engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    archive = folder / "banli.backup"
    archive.write_bytes(b"yesterday")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("engine.installation.backup._add", full)
    with pytest.raises(ConflictError, match="备份没有写成"):
        back_up(engine, archive)
    with pytest.raises(ConflictError, match="备份没有写成"):
        back_up(engine, tmp_path / "no such folder" / "banli.backup")
    assert archive.read_bytes() == b"yesterday"
    assert list(folder.iterdir()) == [archive]


def test_people_go_on_working_during_a_backup(
    cases: list[Case], engine: Engine, start: Start, tmp_path: Path, sqlite_url: str
) -> None:
    archive = tmp_path / "banli.backup"
    back_up(engine, archive, progress=lambda _line: start("short") and None)
    other = open_engine(settings=Settings(database_url=sqlite_url, data_directory=tmp_path / "elsewhere"))
    try:
        restore(other, archive)
        result = verify(other)
        assert (result.ok, result.instances) == (True, len(cases))
    finally:
        other.close()


def test_people_go_on_working_while_the_history_is_verified(
    cases: list[Case], engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = audit._heads

    def read_and_work(connection: Connection) -> dict[UUID, Head]:
        found = read(connection)
        cases[2].complete("write", {"title": "乙", "phone": "456"}, by="rep1")
        return found

    monkeypatch.setattr(audit, "_heads", read_and_work)
    assert verify(engine).ok


def _tamper(archive: Path) -> None:
    _rewrite(archive, "tables/history_event.jsonl", lambda content: content.replace(b"rep1", b"rep2"))


def _rewrite(archive: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """Change one member of the archive."""
    import tarfile

    with tarfile.open(archive, "r:gz") as source:
        members = [(member, source.extractfile(member)) for member in source.getmembers()]
        contents = [(member, stream.read() if stream else b"") for member, stream in members]
    assert name in {member.name for member, _ in contents}
    with tarfile.open(archive, "w:gz") as target:
        for member, content in contents:
            changed = change(content) if member.name == name else content
            target.addfile(member, io.BytesIO(changed))
