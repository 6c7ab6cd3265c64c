"""Work items: one person's part in a user task."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import WITHOUT_ROWID, Base, enum_type, one_of, partial_index

if TYPE_CHECKING:
    from models.user_task import UserTask


class WorkItemState(StrEnum):
    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class WorkItem(Base):
    """One person's part in a user task: assignee, on behalf of whom, decision, opinion."""

    __tablename__ = "work_item"
    __table_args__ = (
        one_of("state", WorkItemState),
        CheckConstraint("(state = 'completed') = (decided_by IS NOT NULL)", name="decided_by_iff_completed"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_at_iff_ended"),
        partial_index("assignee_id", where="ended_at IS NULL"),  # the inbox: what is open, held by somebody or offered
        partial_index("decided_by", "ended_at", where="decided_by IS NOT NULL"),
        Index(None, "process_instance_id", "user_task_id"),
        WITHOUT_ROWID,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_task_id: Mapped[UUID] = mapped_column(ForeignKey("user_task.id"))
    process_instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"))
    state: Mapped[WorkItemState] = mapped_column(enum_type(WorkItemState), default=WorkItemState.OPEN)
    version: Mapped[int] = mapped_column(default=1)  # the form posts it back
    assignee_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))  # NULL: a candidate may claim it
    assigned_directly: Mapped[bool] = mapped_column(default=False)  # False with an assignee: claimed, may be given back
    on_behalf_of_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    excluded: Mapped[str] = mapped_column(Text, default="[]")  # JSON list of user ids that must not decide
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    decision: Mapped[str | None] = mapped_column(String(120))
    opinion: Mapped[str | None] = mapped_column(Text)
    form_data: Mapped[str | None] = mapped_column(Text)  # engine.values text, sensitive fields encrypted
    request_id: Mapped[str | None] = mapped_column(String(64))  # of the click that decided it
    draft: Mapped[str | None] = mapped_column(Text)  # typed and not yet sent, likewise
    draft_saved_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    user_task: Mapped[UserTask] = relationship(back_populates="work_items")
    candidates: Mapped[list[WorkItemCandidate]] = relationship(back_populates="work_item")


class WorkItemCandidate(Base):
    """Who may claim a work item: a person, or everyone who holds a role (at a unit)."""

    __tablename__ = "work_item_candidate"
    __table_args__ = (
        CheckConstraint("(user_id IS NULL) <> (role IS NULL)", name="person_or_role"),
        WITHOUT_ROWID,
    )

    work_item_id: Mapped[UUID] = mapped_column(ForeignKey("work_item.id"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 1, in the order of the diagram
    user_id: Mapped[str | None] = mapped_column(String(64))
    role: Mapped[str | None] = mapped_column(String(64))
    unit_id: Mapped[str | None] = mapped_column(String(120))
    work_item: Mapped[WorkItem] = relationship(back_populates="candidates")


from models.user_task import UserTask  # noqa: E402
