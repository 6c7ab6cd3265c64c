"""Notices of one person."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select

from engine.errors import NotFoundError
from engine.queries.inbox import MAX_PAGE
from engine.rules.visibility import is_notice_of, is_unread_by
from engine.sentences import from_json
from engine.unit_of_work import UnitOfWork
from models import Notice


@dataclass(frozen=True)
class NoticeEntry:
    """One notice."""

    id: UUID
    instance_id: UUID | None
    kind: str
    title: str
    body: str
    created_at: datetime
    is_unread: bool


@dataclass(frozen=True)
class NoticePage:
    """One page of notices, newest first."""

    entries: tuple[NoticeEntry, ...]
    total: int
    unread: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        """Number of pages, at least one."""
        return max(1, -(-self.total // self.size))


def notices(uow: UnitOfWork, *, page: int = 1, size: int | None = None) -> NoticePage:
    """A page of the actor's notices; those about a case sealed since then are left out."""
    size = min(size or uow.engine.settings.page_size, MAX_PAGE)
    mine = is_notice_of(uow.holder)
    count = select(func.count()).select_from(Notice).where(mine)
    total = uow.session.scalar(count) or 0
    unread = uow.session.scalar(count.where(is_unread_by(uow.holder))) or 0
    page = max(1, min(page, -(-total // size) or 1))
    query = _query(uow).order_by(Notice.created_at.desc(), Notice.id.desc())
    rows = uow.session.execute(query.limit(size).offset((page - 1) * size))
    return NoticePage(tuple(_entry(row[0], row[1]) for row in rows), total, unread, page, size)


def notice(uow: UnitOfWork, notice_id: UUID) -> NoticeEntry:
    """One notice of the actor; ``NotFoundError`` if it is somebody else's."""
    row = uow.session.execute(_query(uow).where(Notice.id == notice_id)).one_or_none()
    if row is None:
        raise NotFoundError
    return _entry(row[0], row[1])


def _query(uow: UnitOfWork) -> Select[Notice, bool]:
    """Notices of the actor, each with whether it is new."""
    return select(Notice, is_unread_by(uow.holder)).where(is_notice_of(uow.holder))


def _entry(row: Notice, is_unread: bool) -> NoticeEntry:
    said = row.sentences or {}
    title, body = (from_json(said[part]) if part in said else getattr(row, part) for part in ("title", "body"))
    return NoticeEntry(row.id, row.process_instance_id, row.kind, title, body, row.created_at, bool(is_unread))
