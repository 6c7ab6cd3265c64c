"""Log out: end one log-in."""

from typing import TYPE_CHECKING

from engine.commands.access.log_in import token_hash
from models import LoginSession

if TYPE_CHECKING:
    from engine.unit_of_work import UnitOfWork


def log_out(uow: "UnitOfWork", token: str) -> None:
    """End the log-in of this token; nothing happens when it has ended already."""
    row = uow.session.get(LoginSession, token_hash(token))
    if row is not None and row.ended_at is None:
        row.ended_at = uow.now
