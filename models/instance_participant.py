"""Participants: people and units that belong to a case, and as what."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import WITHOUT_ROWID, Base


class InstanceParticipant(Base):
    """A person who takes part in a case; what they may see follows from it."""

    __tablename__ = "instance_participant"
    __table_args__ = (Index(None, "user_id", "part"), WITHOUT_ROWID)

    process_instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), primary_key=True)
    part: Mapped[str] = mapped_column(
        String(32), primary_key=True
    )  # initiator, joint, seconder, handler, follower, copied
    since: Mapped[datetime]


class InstanceUnit(Base):
    """A unit that takes part in a case: its officers and head may see it."""

    __tablename__ = "instance_unit"
    __table_args__ = WITHOUT_ROWID

    process_instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)
    part: Mapped[str] = mapped_column(String(32), primary_key=True)  # lead, co, delegation
    since: Mapped[datetime]
