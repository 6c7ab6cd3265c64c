"""Process instances: the live state, the variables and what reports read."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import WITHOUT_ROWID, Base, enum_type, one_of


class InstanceStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    TERMINATED = "terminated"  # a terminate end event was reached
    CANCELLED = "cancelled"
    FAILED = "failed"  # an uncaught BPMN error


class ProcessInstance(Base):
    """A process under way or ended. ``state`` holds live tokens only; history is never read by the engine."""

    __tablename__ = "process_instance"
    __table_args__ = (
        one_of("status", InstanceStatus),
        CheckConstraint("(status IN ('active', 'suspended')) = (ended_at IS NULL)", name="ended_at_iff_ended"),
        Index(None, "process_key", "status"),
        Index(None, "process_key", "business_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    process_definition_id: Mapped[UUID] = mapped_column(ForeignKey("process_definition.id"), index=True)
    process_key: Mapped[str] = mapped_column(String(128))  # BPMN @id, repeated for the lists
    folder_key: Mapped[str] = mapped_column(String(64), index=True)
    business_key: Mapped[str | None] = mapped_column(String(120))
    period: Mapped[str | None] = mapped_column(String(32), index=True)  # what reports group by: "4-5"
    number: Mapped[str | None] = mapped_column(String(64), index=True)
    title: Mapped[str | None] = mapped_column(String(500))
    status: Mapped[InstanceStatus] = mapped_column(enum_type(InstanceStatus), default=InstanceStatus.ACTIVE)
    version: Mapped[int] = mapped_column(default=1)  # optimistic lock of the step
    state: Mapped[bytes] = mapped_column(LargeBinary)
    variables: Mapped[str] = mapped_column(Text)  # engine.values text; sensitive ones encrypted
    is_sealed: Mapped[bool] = mapped_column(default=False)  # text readable to the named few only
    started_by: Mapped[str | None] = mapped_column(ForeignKey("user.id"), index=True)
    started_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_event_id: Mapped[str | None] = mapped_column(String(255))
    history_length: Mapped[int] = mapped_column(default=0)  # with history_head: the tail cannot be cut unnoticed
    history_head: Mapped[str] = mapped_column(String(64), default="")


class InstanceKey(Base):
    """The wrapped key of an instance's personal fields; destroying it erases them everywhere."""

    __tablename__ = "instance_key"

    process_instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)  # NULL: destroyed
    destroyed_at: Mapped[datetime | None]


class ReportValue(Base):
    """A variable of the report contract, as the last step left it; reports read nothing else."""

    __tablename__ = "report_value"
    __table_args__ = (Index(None, "name", "text"), WITHOUT_ROWID)

    process_instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    value: Mapped[str] = mapped_column(Text)  # engine.values text of {"value": ...}
    text: Mapped[str | None] = mapped_column(String(255))  # plain text for filters; NULL: too long or a list
