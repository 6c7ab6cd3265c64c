"""Audience: the roles that may read a case because of what the case is about."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import WITHOUT_ROWID, Base


class InstanceAudience(Base):
    """Whoever holds ``role`` (at ``unit_id``) may read the case. Kept in step with the rules of process.yaml."""

    __tablename__ = "instance_audience"
    __table_args__ = (Index(None, "role", "unit_id"), WITHOUT_ROWID)

    process_instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(64), primary_key=True)
    unit_id: Mapped[str] = mapped_column(String(120), primary_key=True, default="")  # "": wherever the role is held
