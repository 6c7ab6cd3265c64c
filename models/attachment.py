"""Attachments: files of a case, stored by hash."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Attachment(Base):
    """A file of a case; the name is metadata, the bytes lie under their hash."""

    __tablename__ = "attachment"
    __table_args__ = (CheckConstraint("size >= 0", name="size_not_negative"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    process_instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"), index=True)
    work_item_id: Mapped[UUID | None] = mapped_column(ForeignKey("work_item.id"))
    field_key: Mapped[str | None] = mapped_column(String(120))
    name: Mapped[str]
    content_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]  # bytes
    sha256: Mapped[str] = mapped_column(String(64))
    is_sensitive: Mapped[bool] = mapped_column(default=False)
    uploaded_by: Mapped[str] = mapped_column(ForeignKey("user.id"))
    uploaded_at: Mapped[datetime]
