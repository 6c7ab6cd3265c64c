"""Congress terms (届) and sessions (次)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, enum_type, one_of


class CongressSessionState(StrEnum):
    PLANNED = "planned"
    COLLECTING = "collecting"
    HANDLING = "handling"
    CLOSED = "closed"


class CongressTerm(Base):
    """A term of the congress; representatives' rights end with it."""

    __tablename__ = "congress_term"

    term: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class CongressSession(Base):
    """One meeting of a term. Every motion belongs to one."""

    __tablename__ = "congress_session"
    __table_args__ = (
        one_of("state", CongressSessionState),
        UniqueConstraint("term", "meeting"),
        CheckConstraint(
            "window_opens_at IS NULL OR window_closes_at IS NULL OR window_opens_at < window_closes_at",
            name="window_in_order",
        ),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)  # "4-5"
    term: Mapped[int] = mapped_column(ForeignKey("congress_term.term"))
    meeting: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))  # 四届五次
    state: Mapped[CongressSessionState] = mapped_column(
        enum_type(CongressSessionState), default=CongressSessionState.PLANNED
    )
    window_opens_at: Mapped[datetime | None]
    window_closes_at: Mapped[datetime | None]
    congress_on: Mapped[date | None]
    categories: Mapped[list[Any] | None]  # of the process's, those that may be chosen; NULL or empty: all
