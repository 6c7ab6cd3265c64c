"""Continue a log-in: every request asks whether it still holds, once a minute it is marked as seen."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.commands.access.log_in import may_log_in, token_hash
from engine.queries.administration import areas_of
from engine.queries.organisation import HeldRole, roles_of
from engine.queries.settings import log_in_rules
from engine.rules.administration import Area
from models import LoginSession, User

if TYPE_CHECKING:
    from engine.bootstrap import Engine
    from engine.unit_of_work import UnitOfWork

SEEN_EVERY = timedelta(minutes=1)  # a write for each request would be one too many


@dataclass(frozen=True)
class LoggedIn:
    """The person behind a request."""

    id: str
    name: str
    unit_id: str | None
    language: str
    must_change_password: bool
    roles: tuple[HeldRole, ...]
    areas: frozenset[Area]

    @property
    def role_ids(self) -> frozenset[str]:
        """The roles, wherever held."""
        return frozenset(held.role for held in self.roles)


def continue_log_in(engine: "Engine", token: str) -> LoggedIn | None:
    """Who is behind a token; None when the log-in has ended, timed out, or the account is locked.

    Idle time and the longest time are settings of the institution.
    """
    with engine.reading() as uow:
        row, person = _look_up(uow, token)
        stale = row is not None and uow.now - row.last_seen_at >= SEEN_EVERY
    if person is not None and stale:
        with engine.unit_of_work(actor=person.id) as uow:
            seen = uow.session.get(LoginSession, token_hash(token))
            if seen is not None:
                seen.last_seen_at = uow.now
    return person


def _look_up(uow: "UnitOfWork", token: str) -> tuple[LoginSession | None, LoggedIn | None]:
    row = uow.session.get(LoginSession, token_hash(token))
    if row is None or row.ended_at is not None or row.expires_at <= uow.now:
        return None, None
    if uow.now - row.last_seen_at > timedelta(minutes=log_in_rules(uow.session).idle_minutes):
        return None, None
    user = uow.session.get(User, row.user_id)
    if user is None or not may_log_in(uow, user):
        return None, None
    person = LoggedIn(
        id=user.id,
        name=user.name,
        unit_id=user.unit_id,
        language=user.language,
        must_change_password=user.must_change_password,
        roles=roles_of(uow.session, user.id, uow.today),
        areas=areas_of(uow.session, user.id, uow.today),
    )
    uow.session.expunge(row)
    return row, person
