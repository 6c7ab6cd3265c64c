"""In-app notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Notice(Base):
    """A message of the system to one person, shown in the inbox until read."""

    __tablename__ = "notice"
    __table_args__ = (Index(None, "user_id", "read_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    process_instance_id: Mapped[UUID | None] = mapped_column(ForeignKey("process_instance.id"), index=True)
    kind: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(500))
    body: Mapped[str] = mapped_column(Text, default="")
    sentences: Mapped[dict[str, Any] | None]  # title and body by template and figures; NULL: said in Chinese only
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]  # opened; one also counts as read after its reader has worked on the case since
