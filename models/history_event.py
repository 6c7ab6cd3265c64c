"""History: append-only, hash-chained per instance; and the administration's own trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import WITHOUT_ROWID, Base


class HistoryEvent(Base):
    """What happened, in the past tense: ``work_item.completed``. Written in the step, never changed."""

    __tablename__ = "history_event"
    __table_args__ = WITHOUT_ROWID

    process_instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 1 without gaps
    kind: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    actor_id: Mapped[str | None] = mapped_column(String(64))  # NULL: the engine itself (timer, message)
    on_behalf_of_id: Mapped[str | None] = mapped_column(String(64))
    role: Mapped[str | None] = mapped_column(String(64))  # in which role the actor acted
    flow_node_id: Mapped[str | None]
    body: Mapped[str] = mapped_column(Text)  # canonical JSON, exactly the text that was hashed
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))  # SHA-256 over previous_hash and this row


class AdministrationEvent(Base):
    """A change to people, units, roles, settings or the calendar, with before and after."""

    __tablename__ = "administration_event"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[str | None] = mapped_column(String(64))  # NULL: set-up or import from the command line
    kind: Mapped[str] = mapped_column(String(64))  # user.locked, setting.changed ...
    subject: Mapped[str] = mapped_column(String(255))  # id of what was changed
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
