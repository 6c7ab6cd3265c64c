"""Roles bound to unit and term, and leaders in charge of units."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class RoleAssignment(Base):
    """A person holds a role, at a unit or everywhere, for a congress term or between two dates."""

    __tablename__ = "role_assignment"
    __table_args__ = (Index(None, "role", "unit_id"), Index(None, "user_id", "role"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    role: Mapped[str] = mapped_column(String(64))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))  # NULL: not bound to a unit
    term: Mapped[int | None]  # congress term (届); NULL: not bound to a term
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]  # last day, inclusive


class LeaderCharge(Base):
    """A school leader is in charge of a unit between two dates."""

    __tablename__ = "leader_charge"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
