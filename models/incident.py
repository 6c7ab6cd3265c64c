"""Incidents: technical failures for a person to resolve."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Incident(Base):
    """A job or step that failed for good; raised by the worker, resolved by an administrator."""

    __tablename__ = "incident"
    __table_args__ = (
        CheckConstraint("(resolved_at IS NULL) = (resolved_by IS NULL)", name="resolved_by_iff_resolved"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    process_instance_id: Mapped[UUID | None] = mapped_column(ForeignKey("process_instance.id"), index=True)
    job_id: Mapped[UUID | None]
    flow_node_id: Mapped[str | None]
    code: Mapped[str] = mapped_column(String(120))
    message: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(String(64))
