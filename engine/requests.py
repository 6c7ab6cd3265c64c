"""Idempotent requests: the same ``request_id`` again gets the same answer and changes nothing.

Deciding a work item keeps the request's id in the item itself, and its answer in the case's history.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from engine.errors import ConflictError
from engine.prepared import Prepared, insert_into
from engine.unit_of_work import UnitOfWork
from engine.values import dumps, loads
from models import HandledRequest

REQUEST = HandledRequest.__table__
_BY_ID = Prepared(
    select(REQUEST.c.command, REQUEST.c.actor_id, REQUEST.c.answer).where(REQUEST.c.request_id == bindparam("wanted"))
)
_ADD = insert_into(REQUEST)


def replayed(uow: UnitOfWork, request_id: str | None, command: str) -> dict[str, Any] | None:
    """The answer this request got before, or None when it is new.

    Raises:
        ConflictError: the id was used for another command or by another person.
    """
    if not request_id:
        return None
    row = _BY_ID.one_or_none(uow.link, {"wanted": request_id})
    if row is None:
        return None
    if row.command != command or row.actor_id != uow.actor:
        raise used_otherwise()
    return loads(row.answer)


def used_otherwise() -> ConflictError:
    """The id of a request belongs to another one."""
    return ConflictError("此次提交的编号已用于其他操作，请刷新页面后重新提交")


def remember(uow: UnitOfWork, request_id: str | None, command: str, answer: Mapping[str, Any]) -> None:
    """Store the answer; a second transaction with the same id fails at its commit and may then be repeated."""
    if request_id:
        row = {
            "request_id": request_id,
            "command": command,
            "actor_id": uow.actor,
            "answer": dumps(answer),
            "handled_at": uow.now,
        }
        _ADD.run_many(uow.link, [row])
