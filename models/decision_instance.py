"""Decision instances: one evaluation of a decision table, kept with its matched rules."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class DecisionInstance(Base):
    """Why a case went the way it went: inputs, matched rules with their annotations, outputs."""

    __tablename__ = "decision_instance"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    process_instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"), index=True)
    flow_node_id: Mapped[str | None]
    decision_id: Mapped[str] = mapped_column(String(128))
    decision_name: Mapped[str]
    evaluated_at: Mapped[datetime]
    inputs: Mapped[str] = mapped_column(Text)  # engine.values text
    result: Mapped[str] = mapped_column(Text)  # engine.values text of {"value": ...}
    matched_rules: Mapped[list[Any]]  # numbers from 1
    annotations: Mapped[list[Any]]
