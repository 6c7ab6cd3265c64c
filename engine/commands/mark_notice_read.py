"""Mark notices as read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from engine.errors import NotFoundError
from engine.unit_of_work import UnitOfWork
from models import Notice

NOTICE = Notice.__table__


def mark_notice_read(uow: UnitOfWork, notice_id: UUID) -> None:
    """Mark one notice of the actor, and the older ones of its case: who opens the case sees how it stands now.

    Again changes nothing. ``NotFoundError`` if it is somebody else's.
    """
    mine = (NOTICE.c.id == notice_id, NOTICE.c.user_id == uow.actor)
    found = uow.connection.execute(NOTICE.select().where(*mine)).one_or_none()
    if found is None:
        raise NotFoundError
    uow.connection.execute(update(NOTICE).where(*mine, NOTICE.c.read_at.is_(None)).values(read_at=uow.now))
    if found.process_instance_id is not None:
        _mark_older(uow, found.process_instance_id, found.created_at)


def _mark_older(uow: UnitOfWork, instance_id: UUID, than: datetime) -> None:
    older = (NOTICE.c.process_instance_id == instance_id, NOTICE.c.created_at < than)
    uow.connection.execute(
        update(NOTICE).where(NOTICE.c.user_id == uow.actor, NOTICE.c.read_at.is_(None), *older).values(read_at=uow.now)
    )


def mark_all_notices_read(uow: UnitOfWork) -> int:
    """Mark every notice of the actor; answers how many were new."""
    result = uow.connection.execute(
        update(NOTICE).where(NOTICE.c.user_id == uow.actor, NOTICE.c.read_at.is_(None)).values(read_at=uow.now)
    )
    return int(result.rowcount)
