"""Gap-free counters."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Counter(Base):
    """The last number given in a series and period; raised in the step's transaction, so no gaps and no doubles."""

    __tablename__ = "counter"
    __table_args__ = (CheckConstraint("value >= 0", name="not_negative"),)

    series: Mapped[str] = mapped_column(String(64), primary_key=True)
    period: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)
