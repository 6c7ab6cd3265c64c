"""Log in: the same answer, after the same time, for an unknown person, a wrong password and a locked account.

Checking a password takes a tenth of a second on purpose, so it happens between two short transactions, never inside
one.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from engine.queries.settings import LogInRules, log_in_rules
from engine.secrecy.passwords import verify_password
from models import AdministrationEvent, LoginAttempt, LoginSession, User

if TYPE_CHECKING:
    from engine.bootstrap import Engine
    from engine.unit_of_work import UnitOfWork

TOKEN_BYTES = 32
LONGEST_LOGIN = 64


@dataclass(frozen=True)
class Origin:
    """Where a log-in comes from, for the record."""

    address: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True)
class Credentials:
    """What is on record for the name that was typed; all None for a name nobody has."""

    user_id: str | None
    password_hash: str | None


def log_in(engine: "Engine", login: str, password: str, origin: Origin) -> str | None:
    """Check a password and open a log-in.

    Args:
        engine: opens the two transactions.
        login: the staff number as typed.
        password: as typed.
        origin: for the record.

    Returns:
        The token for the cookie, of which only a hash is stored; None when it did not work, whatever the reason.
    """
    login = login.strip()[:LONGEST_LOGIN]
    with engine.reading() as uow:
        credentials = _credentials(uow, login)
    right = verify_password(credentials.password_hash, password)
    with engine.unit_of_work(actor=credentials.user_id if right else None) as uow:
        return _decide(uow, login, credentials, right, origin)


def token_hash(token: str) -> str:
    """How a token is stored: whoever reads the table cannot log in with it."""
    return sha256(token.encode()).hexdigest()


def _credentials(uow: "UnitOfWork", login: str) -> Credentials:
    user = uow.session.get(User, login) if login else None
    return Credentials(user.id, user.password_hash) if user else Credentials(None, None)


def _decide(uow: "UnitOfWork", login: str, credentials: Credentials, right: bool, origin: Origin) -> str | None:
    """Record the attempt; on success open a log-in, on failure count towards the lock."""
    user = uow.session.get(User, credentials.user_id) if credentials.user_id else None
    # the hash is compared again: it may have been changed while the old one was being checked
    admitted = right and user is not None and user.password_hash == credentials.password_hash and may_log_in(uow, user)
    if admitted and user is not None:
        _note(uow, login, origin, succeeded=True)
        return open_log_in(uow, user.id, origin, log_in_rules(uow.session))
    note_failure(uow, user, login, origin)
    return None


def note_failure(uow: "UnitOfWork", user: User | None, login: str, origin: Origin) -> None:
    """Record a wrong password for a log-in and, when somebody has it, count it towards the lock."""
    login_hash = _note(uow, login, origin, succeeded=False)
    rules = log_in_rules(uow.session)
    if user is not None:
        _lock_after_failures(uow, user, login_hash, rules)


def _note(uow: "UnitOfWork", login: str, origin: Origin, *, succeeded: bool) -> str:
    login_hash = sha256(login.encode()).hexdigest()
    uow.session.add(
        LoginAttempt(
            login_hash=login_hash, attempted_at=uow.now, succeeded=succeeded, address=_short(origin.address, 64)
        )
    )
    uow.session.flush()
    return login_hash


def may_log_in(uow: "UnitOfWork", user: User) -> bool:
    """Whether the account is open: not locked by a person or by failures, not ended."""
    if user.is_locked or (user.locked_until is not None and user.locked_until > uow.now):
        return False
    return user.left_on is None or user.left_on > uow.today


def open_log_in(uow: "UnitOfWork", user_id: str, origin: Origin, rules: LogInRules) -> str:
    """Open a log-in for a person whose identity is proven, and return its token."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    uow.session.add(
        LoginSession(
            token_hash=token_hash(token),
            user_id=user_id,
            created_at=uow.now,
            last_seen_at=uow.now,
            expires_at=uow.now + timedelta(hours=rules.absolute_hours),
            address=_short(origin.address, 64),
            user_agent=_short(origin.user_agent, 255),
        )
    )
    uow.session.flush()
    return token


def _lock_after_failures(uow: "UnitOfWork", user: User, login_hash: str, rules: LogInRules) -> None:
    """Lock for some minutes after too many failures; the count starts anew with a success, a lock or a pardon."""
    if user.locked_until is not None and user.locked_until > uow.now:
        return
    new_starts = (user.locked_until, _last_success(uow, login_hash), _last_pardon(uow, user.id))
    since = max([uow.now - timedelta(minutes=rules.lock_minutes), *filter(None, new_starts)])
    failures = uow.session.scalar(
        select(func.count())
        .select_from(LoginAttempt)
        .where(
            LoginAttempt.login_hash == login_hash,
            LoginAttempt.succeeded.is_(False),
            LoginAttempt.attempted_at > since,
        )
    )
    if (failures or 0) >= rules.failures:
        user.locked_until = uow.now + timedelta(minutes=rules.lock_minutes)
        uow.session.add(
            AdministrationEvent(
                at=uow.now,
                actor_id=None,
                kind="user.locked_by_failures",
                subject=user.id,
                before=None,
                after={"locked_until": user.locked_until.isoformat()},
            )
        )


def _last_success(uow: "UnitOfWork", login_hash: str) -> datetime | None:
    return uow.session.scalar(
        select(func.max(LoginAttempt.attempted_at)).where(
            LoginAttempt.login_hash == login_hash, LoginAttempt.succeeded.is_(True)
        )
    )


def _last_pardon(uow: "UnitOfWork", user_id: str) -> datetime | None:
    return uow.session.scalar(
        select(func.max(AdministrationEvent.at)).where(
            AdministrationEvent.kind == "user.unlocked", AdministrationEvent.subject == user_id
        )
    )


def _short(text: str | None, length: int) -> str | None:
    return text[:length] if text else None
