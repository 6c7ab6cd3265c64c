"""The first start: whoever runs the server holds a one-time token, and with it names the administrator.

There is no default password. As long as nobody is administrator, each start prints a new token; a stranger who finds
the address cannot take the place.
"""

import secrets
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import TYPE_CHECKING

from engine.commands.access.log_in import token_hash
from engine.commands.organisation.people import PersonData, create_user
from engine.commands.organisation.trail import record
from engine.errors import InvalidInputError, NotFoundError
from engine.queries.administration import has_administrator
from engine.queries.settings import log_in_rules
from engine.secrecy.passwords import hash_password, password_problem
from models import RoleAssignment, Setting, User

if TYPE_CHECKING:
    from engine.bootstrap import Engine
    from engine.unit_of_work import UnitOfWork

KEY = "first_start.token"
VALID_FOR = timedelta(hours=24)
TOKEN_BYTES = 15


def issue_first_start_token(engine: "Engine") -> str | None:
    """A new one-time token; the one before is void. None when there is an administrator already."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with engine.unit_of_work() as uow:
        if has_administrator(uow.session, uow.today):
            return None
        row = uow.session.get(Setting, KEY)
        if row is None:
            row = Setting(key=KEY, value={}, changed_at=uow.now)
            uow.session.add(row)
        row.value, row.changed_at = {"value": token_hash(token)}, uow.now
    return token


def name_first_administrator(engine: "Engine", *, token: str | None, user_id: str, name: str, password: str) -> None:
    """Create the first administrator, or make one of a person who is on record already.

    Args:
        engine: opens the transaction.
        token: what the server printed; None: from the command line, where the shell is the proof.
        user_id: staff number.
        name: of the person; of one on record, the name stays.
        password: as typed.

    Raises:
        NotFoundError: there is an administrator already.
        InvalidInputError: ``token``, ``id``, ``name`` or ``password``.
    """
    user_id = user_id.strip()
    with engine.reading() as uow:
        if has_administrator(uow.session, uow.today):
            raise NotFoundError
        _ensure_token(uow, token)
        least = log_in_rules(uow.session).password_length
    problem = password_problem(password, least=least, login=user_id, name=name.strip())
    if problem:
        raise InvalidInputError({"password": problem})
    password_hash = hash_password(password)
    with engine.unit_of_work() as uow:
        if has_administrator(uow.session, uow.today):
            raise NotFoundError
        _ensure_token(uow, token)
        _make_administrator(uow, user_id, name, password_hash)


def _ensure_token(uow: "UnitOfWork", token: str | None) -> None:
    if token is None:
        return
    row = uow.session.get(Setting, KEY)
    known = str(row.value.get("value", "")) if row is not None and _is_fresh(row.changed_at, uow.now) else ""
    if not compare_digest(token_hash(token.strip()), known):
        raise InvalidInputError({"token": "启动口令不正确或已过期，请重启服务取得新口令"})


def _is_fresh(issued_at: datetime, now: datetime) -> bool:
    return now - issued_at <= VALID_FOR


def _make_administrator(uow: "UnitOfWork", user_id: str, name: str, password_hash: str) -> None:
    if uow.session.get(User, user_id) is None:
        create_user(uow, user_id, PersonData(name=name), password_hash=password_hash)
    user = uow.session.get_one(User, user_id)
    user.password_hash, user.must_change_password = password_hash, False
    user.is_locked, user.locked_until, user.left_on = False, None, None
    uow.session.add(RoleAssignment(user_id=user_id, role="admin", valid_from=uow.today))
    row = uow.session.get(Setting, KEY)
    if row is not None:
        uow.session.delete(row)
    uow.session.flush()
    record(uow, "administrator.named", user_id, before=None, after={"role": "admin"})
