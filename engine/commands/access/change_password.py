"""Passwords: choose one's own, or be given one to start with."""

import secrets
from typing import TYPE_CHECKING

from engine.commands.access.log_in import Origin, note_failure, token_hash
from engine.commands.organisation.people import end_log_ins, ensure_may_touch, load_user
from engine.commands.organisation.trail import ensure_may, record
from engine.errors import InvalidInputError
from engine.queries.administration import is_administrator
from engine.queries.settings import log_in_rules
from engine.rules.administration import Area
from engine.secrecy.passwords import hash_password, password_problem, verify_password
from models import User

if TYPE_CHECKING:
    from engine.bootstrap import Engine

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
INITIAL_LENGTH = 12


def change_password(
    engine: "Engine", user_id: str, *, current: str, new: str, token: str | None, origin: Origin | None = None
) -> None:
    """Choose a new password; every other log-in of the person ends. A wrong ``current`` counts like a failed log-in.

    Raises:
        InvalidInputError: ``current`` or ``new``.
    """
    with engine.reading() as uow:
        user = load_user(uow, user_id)
        known, name, least = user.password_hash, user.name, log_in_rules(uow.session).password_length
    if not verify_password(known, current):
        with engine.unit_of_work(actor=user_id) as uow:
            note_failure(uow, load_user(uow, user_id), user_id, origin or Origin())
        raise InvalidInputError({"current": "当前密码不正确，请重新输入"})
    problem = password_problem(new, least=least, login=user_id, name=name)
    if problem or new == current:
        raise InvalidInputError({"new": problem or "新密码不能与当前密码相同"})
    new_hash = hash_password(new)
    with engine.unit_of_work(actor=user_id) as uow:
        user = load_user(uow, user_id)
        if user.password_hash != known:
            raise InvalidInputError({"current": "当前密码不正确，请重新输入"})
        _set(user, new_hash, must_change=False)
        end_log_ins(uow, user_id, except_token_hash=token_hash(token) if token else None)
        record(uow, "user.password_changed", user_id, before=None, after={})


def give_initial_password(engine: "Engine", actor: str | None, user_id: str) -> str:
    """Give a person a random password that must be changed at the first log-in; open log-ins end.

    To an administrator only the security administrator gives one.

    Returns:
        The password, to be shown once. It is stored nowhere.
    """
    password = "".join(secrets.choice(ALPHABET) for _ in range(INITIAL_LENGTH))
    new_hash = hash_password(password)
    with engine.unit_of_work(actor=actor) as uow:
        ensure_may(uow, Area.LOCKS if is_administrator(uow.session, user_id, uow.today) else Area.PEOPLE)
        user = load_user(uow, user_id)
        ensure_may_touch(uow, user_id)
        _set(user, new_hash, must_change=True)
        end_log_ins(uow, user_id)
        record(uow, "user.password_given", user_id, before=None, after={})
    return password


def _set(user: User, password_hash: str, *, must_change: bool) -> None:
    user.password_hash, user.must_change_password, user.locked_until = password_hash, must_change, None
