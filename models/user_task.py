"""User tasks: what waits for, or was done by, people."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, ForeignKey, Text, UniqueConstraint, exists
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import WITHOUT_ROWID, Base, partial_index


class UserTask(Base):
    """A user task of an instance. Never deleted: it is evidence. Whether it waits, its work items say."""

    __tablename__ = "user_task"
    __table_args__ = (
        UniqueConstraint("process_instance_id", "no"),
        partial_index("due_at", where="due_at IS NOT NULL"),
        WITHOUT_ROWID,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    process_instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"))
    no: Mapped[int]  # the runtime's number of this flow node instance
    flow_node_id: Mapped[str]  # @id of the bpmn:userTask, not its label
    name: Mapped[str]
    lane: Mapped[str | None]
    form_key: Mapped[str | None]
    # who holds it and how it ended stands on its work items, never here: a step that ends it leaves this row alone
    local_variables: Mapped[str] = mapped_column(Text, default="{}")  # of its multi-instance or sub-process scope
    due_at: Mapped[datetime | None]
    due_reason: Mapped[dict[str, Any] | None]  # how the deadline was computed, for people
    is_batch: Mapped[bool] = mapped_column(default=False)
    is_open: Mapped[bool] = mapped_column(default=False)  # in the open list, not in the inbox
    created_at: Mapped[datetime]
    work_items: Mapped[list[WorkItem]] = relationship(back_populates="user_task")


from models.work_item import WorkItem  # noqa: E402  (the two tables name each other)


def waits() -> ColumnElement[bool]:
    """The condition that a user task waits for people: one of its work items is open."""
    item = WorkItem.__table__.alias("waiting")
    of_the_task = item.c.process_instance_id == UserTask.process_instance_id, item.c.user_task_id == UserTask.id
    return exists().where(*of_the_task, item.c.ended_at.is_(None)).correlate(UserTask)
