"""The demo database: organisation, a past year, the edge cases and a running season, prepared once."""

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, update

from engine.bootstrap import Engine
from engine.demo.directory import SHOWN_LOGINS
from engine.demo.prepare import prepare
from engine.errors import ConfigurationError
from engine.queries.inbox import inbox_counts
from engine.queries.organisation import names_of
from engine.replay.runner import Progress
from engine.replay.session import replay_files
from engine.secrecy.passwords import hash_password
from models import AdministrationEvent, Setting, User

MARK = "demo.prepared_at"  # settings row of a demo database that is complete
PROCESS = "motion"
STAGES = (("上一年的提案", ("caseload.jsonl", "edge_cases.jsonl")), ("正在进行的一季", ("current.jsonl",)))
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another


@dataclass(frozen=True)
class DemoLogin:
    """A line of the table of demo log-ins."""

    role: str
    login: str
    name: str
    todo: int  # work items waiting in the inbox


@dataclass(frozen=True)
class Demo:
    """The prepared demo."""

    logins: tuple[DemoLogin, ...]
    password: str
    password_file: Path
    was_ready: bool


def prepare_demo(engine: Engine, *, say: Callable[[str], None], progress: Progress | None = None) -> Demo:
    """Prepare the database once; a second call finds it ready, one after a kill goes on.

    Args:
        engine: with the machine's clock: nothing happens after its now.
        say: told what is being done.
        progress: told how far a replay is.
    """
    password = _read_password(engine)
    if not _is_ready(engine):
        password = _prepare(engine, password, say, progress)
        was_ready = False
    else:
        was_ready = True
        if password is None:
            password = _renew_password(engine)
    return Demo(_logins(engine), password, password_path(engine), was_ready)


def password_path(engine: Engine) -> Path:
    """Where the password of this database's demo accounts is kept, readable by its owner only."""
    return engine.settings.data_dir / "demo-password"


def is_demo(engine: Engine) -> bool:
    """Whether the database is empty or was filled by the demo: only such a one may be thrown away."""
    from engine.installation import schema

    if schema.current_revision(engine.database) is None:
        return True
    with engine.reading() as uow:
        built = select(AdministrationEvent.id).where(AdministrationEvent.kind == "demo_organisation.built").limit(1)
        return uow.session.scalar(built) is not None or uow.session.scalars(select(User.id).limit(1)).first() is None


def forget(engine: Engine) -> None:
    """Throw the demo's data away.

    Raises:
        ConfigurationError: the database holds something else than the demo.
    """
    if not is_demo(engine):
        raise ConfigurationError("此数据库不是演示数据库，未清除")
    path = engine.settings.sqlite_path
    engine.close()
    if path is None:
        _drop_everything(engine)
    else:
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    password_path(engine).unlink(missing_ok=True)


def _drop_everything(engine: Engine) -> None:
    from sqlalchemy import MetaData

    with engine.database.begin() as connection:
        found = MetaData()
        found.reflect(connection)
        found.drop_all(connection)


def _is_ready(engine: Engine) -> bool:
    from engine.installation import schema

    if schema.current_revision(engine.database) is None:
        return False
    schema.migrate(engine.database)
    with engine.reading() as uow:
        return uow.session.get(Setting, MARK) is not None


def _prepare(engine: Engine, password: str | None, say: Callable[[str], None], progress: Progress | None) -> str:
    password = password or _new_password(engine)
    say("建库、部署流程、写入演示单位 …")
    if not prepare(engine, password_hash=hash_password(password)):
        password = _read_password(engine) or _renew_password(engine)
    folder = engine.settings.workflows_directory / PROCESS / "demo"
    for title, files in STAGES:
        say(f"{title} …")
        paths = [folder / name for name in files]
        replay_files(engine, PROCESS, folder / "answers.yaml", paths, up_to_now=True, progress=progress)
    with engine.unit_of_work() as uow:
        now = uow.now
        uow.session.add(Setting(key=MARK, value={"value": now.isoformat()}, source="banli demo", changed_at=now))
    return password


def _new_password(engine: Engine) -> str:
    """Generate the password and keep it before any account has it, so that a kill in between loses nothing."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    password = "-".join(groups) + secrets.choice("23456789") + secrets.choice("abcdefgh")
    path = password_path(engine)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"password": password}, file)
    return password


def _read_password(engine: Engine) -> str | None:
    path = password_path(engine)
    if not path.is_file():
        return None
    return str(json.loads(path.read_text(encoding="utf-8"))["password"])


def _renew_password(engine: Engine) -> str:
    """The file was lost: a new password for every account that still has the demo's."""
    password = _new_password(engine)
    with engine.unit_of_work() as uow:
        shared = uow.session.scalar(select(User.password_hash).where(User.id == SHOWN_LOGINS[0][1]))
        uow.session.execute(
            update(User).where(User.password_hash == shared).values(password_hash=hash_password(password))
        )
    return password


def _logins(engine: Engine) -> tuple[DemoLogin, ...]:
    with engine.reading() as uow:
        names = names_of(uow.session, [login for _, login in SHOWN_LOGINS])
    return tuple(DemoLogin(role, login, names.get(login, ""), _todo(engine, login)) for role, login in SHOWN_LOGINS)


def _todo(engine: Engine, login: str) -> int:
    with engine.reading(login) as uow:
        return inbox_counts(uow).todo
