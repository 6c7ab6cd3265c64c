"""Jobs: due pieces of work, written in the step's transaction."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import WITHOUT_ROWID, Base, enum_type, one_of


class JobKind(StrEnum):
    TIMER = "timer"
    MESSAGE = "message"  # deliver a sent message to its receiver(s)
    SIGNAL = "signal"
    MAIL = "mail"


class JobState(StrEnum):
    WAITING = "waiting"
    FAILED = "failed"  # no retries left: an incident tells


class Job(Base):
    """One due piece of work; deleted in the transaction of its effect, so it happens exactly once."""

    __tablename__ = "job"
    __table_args__ = (
        one_of("state", JobState),
        one_of("kind", JobKind),
        CheckConstraint("retries_left >= 0", name="retries_not_negative"),
        Index(None, "state", "due_at"),
        WITHOUT_ROWID,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[JobKind] = mapped_column(enum_type(JobKind))
    state: Mapped[JobState] = mapped_column(enum_type(JobState), default=JobState.WAITING)
    process_instance_id: Mapped[UUID | None] = mapped_column(ForeignKey("process_instance.id"), index=True)
    no: Mapped[int | None]  # timer: the runtime's number of the wait
    flow_node_id: Mapped[str | None]
    due_at: Mapped[datetime]
    payload: Mapped[str] = mapped_column(Text, default="{}")  # engine.values text
    retries_left: Mapped[int] = mapped_column(default=5)
    attempts: Mapped[int] = mapped_column(default=0)  # counted at claim, so a killed worker counts too
    locked_by: Mapped[str | None] = mapped_column(String(64))
    locked_until: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
