"""Handled requests: a repeated click is the same click."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import WITHOUT_ROWID, Base


class HandledRequest(Base):
    """The answer a request got; the same ``request_id`` again is answered from here and changes nothing."""

    __tablename__ = "handled_request"
    __table_args__ = WITHOUT_ROWID

    request_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    command: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[str | None] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(Text)  # JSON
    handled_at: Mapped[datetime]
