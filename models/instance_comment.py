"""Comments on a case, by section."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class InstanceComment(Base):
    """One utterance in a section of a case's conversation (proposer and unit; committee only)."""

    __tablename__ = "instance_comment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    process_instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"), index=True)
    section: Mapped[str] = mapped_column(String(64))
    author_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
