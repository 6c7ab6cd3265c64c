"""People: staff and members, with or without a log-in."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class User(Base):
    """A person. Never deleted: what they did stays attributed; leavers are ended."""

    __tablename__ = "user"
    __table_args__ = (CheckConstraint("length(id) > 0", name="id_not_empty"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # staff number, the log-in name, immutable
    name: Mapped[str] = mapped_column(String(120), index=True)
    unit_id: Mapped[str | None] = mapped_column(String(120), index=True)  # where the person works
    password_hash: Mapped[str | None] = mapped_column(String(255))  # NULL: a member without log-in
    email: Mapped[str | None] = mapped_column(String(255))
    language: Mapped[str] = mapped_column(String(12), default="zh_Hans_CN")
    is_locked: Mapped[bool] = mapped_column(default=False)  # by an administrator
    locked_until: Mapped[datetime | None]  # by failed log-ins
    must_change_password: Mapped[bool] = mapped_column(default=False)
    joined_on: Mapped[date | None]
    left_on: Mapped[date | None]  # ended: no log-in, no new tasks from this day
    created_at: Mapped[datetime]
