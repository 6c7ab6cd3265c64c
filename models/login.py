"""Log-in sessions and attempts, kept on the server."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class LoginSession(Base):
    """One log-in on one device; ends by time-out, log-out or when the account is locked."""

    __tablename__ = "login_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of the cookie's token
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str | None] = mapped_column(String(64))
    user_agent: Mapped[str | None] = mapped_column(String(255))


class LoginAttempt(Base):
    """One attempt to log in, for the lock-out and the audit."""

    __tablename__ = "login_attempt"
    __table_args__ = (Index(None, "login_hash", "attempted_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    login_hash: Mapped[str] = mapped_column(
        String(64)
    )  # of what was typed: it may be a password typed into the wrong field
    attempted_at: Mapped[datetime]
    succeeded: Mapped[bool]
    address: Mapped[str | None] = mapped_column(String(64))
