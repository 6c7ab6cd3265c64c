"""The administration's own trail: who changed what, before and after."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from engine.errors import NotFoundError
from engine.queries.administration import may_work_in
from engine.queries.organisation import local_date
from engine.rules.administration import Area
from models import AdministrationEvent, Base

if TYPE_CHECKING:
    from engine.unit_of_work import UnitOfWork

HIDDEN = frozenset({"password_hash"})  # that it changed is evidence; its value is not


def ensure_may(uow: "UnitOfWork", area: Area) -> None:
    """Refuse, as if nothing were there, who may not work in this area; the command line (no actor) may."""
    if uow.actor is None:
        return
    if not may_work_in(uow.session, uow.actor, area, local_date(uow.clock)):
        raise NotFoundError


def snapshot(row: Base, fields: Iterable[str]) -> dict[str, Any]:
    """The named fields of a row as plain JSON values."""
    return {name: "***" if name in HIDDEN else _plain(getattr(row, name)) for name in fields}


def record(
    uow: "UnitOfWork",
    kind: str,
    subject: str,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    even_if_unchanged: bool = False,
) -> None:
    """Write one event; of a change only the fields that differ, of no change no event."""
    if before is not None and after is not None:
        changed = {name for name in after if before.get(name) != after[name]}
        if not changed and not even_if_unchanged:
            return
        before = {name: before.get(name) for name in sorted(changed)}
        after = {name: after[name] for name in sorted(changed)}
    uow.session.add(
        AdministrationEvent(
            at=uow.clock.now(), actor_id=uow.actor, kind=kind, subject=subject, before=before, after=after
        )
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return str(value) if isinstance(value, UUID) else value
