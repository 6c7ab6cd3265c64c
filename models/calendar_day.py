"""Public holidays and shifted working days (调休)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, enum_type, one_of


class DayKind(StrEnum):
    HOLIDAY = "holiday"
    WORKING = "working"


class CalendarDay(Base):
    """A day that differs from the weekly pattern (Monday to Friday are working days)."""

    __tablename__ = "calendar_day"
    __table_args__ = (one_of("kind", DayKind),)

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[DayKind] = mapped_column(enum_type(DayKind))
    name: Mapped[str] = mapped_column(String(120))
    source: Mapped[str | None] = mapped_column(String(255))
