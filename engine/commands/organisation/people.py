"""People: create, change, lock, unlock, end."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import update

from engine.commands.organisation.trail import ensure_may, record, snapshot
from engine.commands.stand_in import let_others_stand_in
from engine.errors import ConflictError, InvalidInputError, NotFoundError
from engine.queries.administration import is_administrator, may_work_in
from engine.queries.organisation import local_date
from engine.rules.administration import Area
from engine.rules.people import EMAIL, NAME_LENGTH, STAFF_NUMBER
from engine.sentences import say
from models import LoginSession, Unit, User

if TYPE_CHECKING:
    from engine.unit_of_work import UnitOfWork

LANGUAGES = frozenset({"zh_Hans_CN", "en"})
FIELDS = ("name", "unit_id", "email", "language", "joined_on", "left_on")


@dataclass(frozen=True)
class PersonData:
    """What an administrator enters about a person; texts as typed, ``unit_id`` a unit's code."""

    name: str
    unit_id: str | None = None
    email: str | None = None
    language: str = "zh_Hans_CN"
    joined_on: date | None = None

    def cleaned(self) -> "PersonData":
        """Without white space around texts; an empty text is None."""
        return replace(
            self,
            name=self.name.strip(),
            unit_id=(self.unit_id or "").strip() or None,
            email=(self.email or "").strip() or None,
        )


def create_user(uow: "UnitOfWork", user_id: str, data: PersonData, *, password_hash: str | None = None) -> str:
    """Add a person; with a password hash he or she can log in and must choose a new password first.

    Raises:
        InvalidInputError: by field: ``id``, ``name``, ``unit_id``, ``email``, ``language``.
    """
    ensure_may(uow, Area.PEOPLE)
    user_id, data = user_id.strip(), data.cleaned()
    errors = _judge(uow, data)
    if not STAFF_NUMBER.fullmatch(user_id):
        errors["id"] = "工号只能由字母、数字、点、横线组成，最多 64 个字符"
    elif uow.session.get(User, user_id) is not None:
        errors["id"] = "此工号已有人使用，请核对"
    if errors:
        raise InvalidInputError(errors)
    user = User(
        id=user_id,
        name=data.name,
        unit_id=data.unit_id,
        email=data.email,
        language=data.language,
        joined_on=data.joined_on,
        password_hash=password_hash,
        must_change_password=password_hash is not None,
        created_at=uow.clock.now(),
    )
    uow.session.add(user)
    uow.session.flush()
    record(uow, "user.created", user_id, before=None, after=snapshot(user, FIELDS))
    return user_id


def change_user(uow: "UnitOfWork", user_id: str, data: PersonData) -> None:
    """Change what is known of a person; the staff number never changes."""
    ensure_may(uow, Area.PEOPLE)
    user, data = load_user(uow, user_id), data.cleaned()
    errors = _judge(uow, data, current_unit=user.unit_id)
    if errors:
        raise InvalidInputError(errors)
    before = snapshot(user, FIELDS)
    user.name, user.unit_id, user.email = data.name, data.unit_id, data.email
    user.language, user.joined_on = data.language, data.joined_on
    record(uow, "user.changed", user_id, before=before, after=snapshot(user, FIELDS))


def lock_user(uow: "UnitOfWork", user_id: str) -> None:
    """Bar a person from logging in and end every open log-in at once."""
    ensure_may(uow, Area.LOCKS)
    user = load_user(uow, user_id)
    if user_id == uow.actor:
        raise ConflictError("不能锁定自己的账号，请由其他管理员操作")
    ensure_may_touch(uow, user_id)
    before = snapshot(user, ("is_locked",))
    user.is_locked = True
    end_log_ins(uow, user_id)
    let_others_stand_in(uow, user_id)
    record(uow, "user.locked", user_id, before=before, after=snapshot(user, ("is_locked",)))


def unlock_user(uow: "UnitOfWork", user_id: str) -> None:
    """Let a person log in again; failed attempts up to now are forgiven, so the event is recorded in any case."""
    ensure_may(uow, Area.LOCKS)
    user = load_user(uow, user_id)
    ensure_may_touch(uow, user_id)
    before = snapshot(user, ("is_locked", "locked_until"))
    user.is_locked, user.locked_until = False, None
    after = snapshot(user, ("is_locked", "locked_until"))
    record(uow, "user.unlocked", user_id, before=before, after=after, even_if_unchanged=True)


def end_user(uow: "UnitOfWork", user_id: str, *, left_on: date | None = None) -> None:
    """A person leaves: no log-in and no new tasks from that day (default today). Nothing is deleted."""
    ensure_may(uow, Area.PEOPLE)
    user = load_user(uow, user_id)
    if user_id == uow.actor:
        raise ConflictError("不能停用自己的账号，请由其他管理员操作")
    ensure_may_touch(uow, user_id)
    before = snapshot(user, ("left_on",))
    user.left_on = left_on or local_date(uow.clock)
    if user.left_on <= local_date(uow.clock):
        end_log_ins(uow, user_id)
        let_others_stand_in(uow, user_id)
    record(uow, "user.ended", user_id, before=before, after=snapshot(user, ("left_on",)))


def reinstate_user(uow: "UnitOfWork", user_id: str) -> None:
    """A person who had left is back."""
    ensure_may(uow, Area.PEOPLE)
    user = load_user(uow, user_id)
    ensure_may_touch(uow, user_id)
    before = snapshot(user, ("left_on",))
    user.left_on = None
    record(uow, "user.reinstated", user_id, before=before, after=snapshot(user, ("left_on",)))


def end_log_ins(uow: "UnitOfWork", user_id: str, *, except_token_hash: str | None = None) -> None:
    """End the person's open log-ins, but for one."""
    statement = update(LoginSession).where(LoginSession.user_id == user_id, LoginSession.ended_at.is_(None))
    if except_token_hash:
        statement = statement.where(LoginSession.token_hash != except_token_hash)
    uow.session.execute(statement.values(ended_at=uow.clock.now()))


def ensure_may_touch(uow: "UnitOfWork", user_id: str) -> None:
    """An administrator's account belongs to the security administrator: else the system administrator could become him.

    Raises:
        ConflictError: the person is an administrator, and the actor may not appoint administrators.
    """
    on = local_date(uow.clock)
    if uow.actor is None or not is_administrator(uow.session, user_id, on):
        return
    if not may_work_in(uow.session, uow.actor, Area.ADMINISTRATORS, on):
        raise ConflictError("此人是系统、安全或审计管理员，其账号由安全管理员管理")


def load_user(uow: "UnitOfWork", user_id: str) -> User:
    """The row; NotFoundError for an unknown person."""
    user = uow.session.get(User, user_id)
    if user is None:
        raise NotFoundError
    return user


def _judge(uow: "UnitOfWork", data: PersonData, *, current_unit: str | None = None) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not data.name:
        errors["name"] = "请填写姓名"
    elif len(data.name) > NAME_LENGTH:
        errors["name"] = say("姓名最多 {most} 个字符", most=NAME_LENGTH)
    if data.unit_id and data.unit_id != current_unit and uow.session.get(Unit, data.unit_id) is None:
        errors["unit_id"] = "没有找到此单位，请重新选择"
    if data.email and not EMAIL.fullmatch(data.email):
        errors["email"] = "电子邮箱格式不正确，例如 name@example.edu.cn"
    if data.language not in LANGUAGES:
        errors["language"] = "请选择中文或英文"
    return errors
