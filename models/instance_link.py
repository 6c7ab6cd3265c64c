"""Links between cases."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class InstanceLink(Base):
    """``source`` is merged into, duplicates or follows ``target``."""

    __tablename__ = "instance_link"
    __table_args__ = (CheckConstraint("source_id <> target_id", name="not_itself"),)

    source_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    target_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)  # merged, duplicate, earlier_answer
    linked_at: Mapped[datetime]
