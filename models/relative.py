"""Declared relatives, for recusal."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Relative(Base):
    """Two people are related; stored once in each direction so that one look-up answers."""

    __tablename__ = "relative"
    __table_args__ = (CheckConstraint("user_id <> relative_id", name="not_oneself"),)

    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), primary_key=True)
    relative_id: Mapped[str] = mapped_column(ForeignKey("user.id"), primary_key=True)
    relation: Mapped[str] = mapped_column(String(32))  # spouse, lineal, collateral, in_law
