"""Broadcast a signal to every instance that waits for it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert

from engine.requests import remember, replayed
from engine.step.save import JOB, job_row
from engine.unit_of_work import UnitOfWork
from engine.values import dumps
from models import JobKind

COMMAND = "broadcast_signal"


def broadcast_signal(
    uow: UnitOfWork, name: str, data: Mapping[str, Any] | None = None, *, request_id: str | None
) -> None:
    """Broadcast a signal. Each receiver gets it in a transaction of its own, right after this one commits."""
    if replayed(uow, request_id, COMMAND, name) is not None:
        return
    payload = {"name": name, "key": None, "data": dumps(dict(data or {})), "broadcast": True, "sender": None}
    uow.connection.execute(insert(JOB), job_row(uow, JobKind.SIGNAL, payload))
    remember(uow, request_id, COMMAND, {}, about=name)
