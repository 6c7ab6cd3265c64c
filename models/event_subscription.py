"""Event subscriptions: instances that wait for a message or a signal."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import WITHOUT_ROWID, Base, enum_type, one_of


class SubscriptionKind(StrEnum):
    MESSAGE = "message"
    SIGNAL = "signal"
    CONDITION = "condition"


class EventSubscription(Base):
    """One open wait; deleted by the step that closes it."""

    __tablename__ = "event_subscription"
    __table_args__ = (
        one_of("kind", SubscriptionKind),
        UniqueConstraint("process_instance_id", "no"),
        Index(None, "kind", "name", "correlation_key"),
        WITHOUT_ROWID,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    process_instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"))
    no: Mapped[int]
    flow_node_id: Mapped[str]
    kind: Mapped[SubscriptionKind] = mapped_column(enum_type(SubscriptionKind))
    name: Mapped[str | None]
    correlation_key: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime]
