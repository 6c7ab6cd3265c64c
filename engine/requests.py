"""Idempotent requests: the same ``request_id`` again gets the same answer and changes nothing.

Deciding a work item keeps the request's id in the item itself, and its answer in the case's history. The step pays for
no index of these ids: every other command looks among what its person has decided lately, for which there is one.
"""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from engine.database.prepared import Prepared, insert_into
from engine.errors import ConflictError
from engine.unit_of_work import UnitOfWork
from engine.values import dumps, loads
from models import HandledRequest, WorkItem

REQUEST = HandledRequest.__table__
ITEM = WorkItem.__table__
LIFE = timedelta(days=7)  # of a page that somebody may still send; what was decided before is not looked through
_BY_ID = Prepared(
    select(REQUEST.c.command, REQUEST.c.actor_id, REQUEST.c.answer).where(REQUEST.c.request_id == bindparam("wanted"))
)
_DECIDED_WITH = Prepared(
    select(ITEM.c.id).where(
        ITEM.c.decided_by == bindparam("actor"),
        ITEM.c.ended_at >= bindparam("since", type_=ITEM.c.ended_at.type),
        ITEM.c.request_id == bindparam("wanted"),
    )
)
_ADD = insert_into(REQUEST)


def replayed(
    uow: UnitOfWork, request_id: str | None, command: str, about: UUID | str | None = None
) -> dict[str, Any] | None:
    """The answer this request got before, or None when it is new.

    Args:
        uow: one transaction.
        request_id: of the click; None repeats nothing.
        command: what is to be done.
        about: to which case, work item or incident; or in words to what, where it has no id yet.

    Raises:
        ConflictError: the id was used for another command, for something else or by another person, or with it this
            person has decided a work item.
    """
    if not request_id:
        return None
    row = _BY_ID.one_or_none(uow.link, {"wanted": request_id})
    if row is None:
        if uow.actor and _has_decided_with(uow, request_id):
            raise used_otherwise()
        return None
    if row.command not in (command, _named(command, about)) or row.actor_id != uow.actor:
        raise used_otherwise()
    return loads(row.answer)


def _named(command: str, about: UUID | str | None) -> str:
    """As it is stored; before a command was stored with what it is about, it was stored alone."""
    if about is None:
        return command
    return f"{command} {about.hex if isinstance(about, UUID) else _digest(about)}"


def _digest(words: str) -> str:
    """As long as an id, for the column has an end."""
    return blake2b(words.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def _has_decided_with(uow: UnitOfWork, request_id: str) -> bool:
    asked = {"actor": uow.actor, "since": uow.now - LIFE, "wanted": request_id}
    return bool(_DECIDED_WITH.rows(uow.link, asked))


def used_otherwise() -> ConflictError:
    """The id of a request belongs to another one."""
    return ConflictError("此次提交的编号已用于其他操作，请刷新页面后重新提交")


def remember(
    uow: UnitOfWork, request_id: str | None, command: str, answer: Mapping[str, Any], *, about: UUID | str | None = None
) -> None:
    """Store the answer; a second transaction with the same id fails at its commit and may then be repeated."""
    if request_id:
        row = {
            "request_id": request_id,
            "command": _named(command, about),
            "actor_id": uow.actor,
            "answer": dumps(answer),
            "handled_at": uow.now,
        }
        _ADD.run_many(uow.link, [row])
