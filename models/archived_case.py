"""Cases of past years, brought in from a workbook: there never was a process instance behind them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class ArchivedCase(Base):
    """One line of a past year's register, as the register, the search and that year's report read it."""

    __tablename__ = "archived_case"
    __table_args__ = (UniqueConstraint("folder_key", "period", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    folder_key: Mapped[str] = mapped_column(String(64))
    period: Mapped[str] = mapped_column(String(32), index=True)
    number: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(500))
    text: Mapped[str] = mapped_column(Text, default="")  # reason and suggestions, as one text
    variables: Mapped[str] = mapped_column(Text)  # engine.values text of the contract variables
    imported_at: Mapped[datetime]
    imported_by: Mapped[str | None] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(255), default="")  # the workbook it came from


class ArchivedValue(Base):
    """A contract variable of an archived case as plain text, for the filters of the register."""

    __tablename__ = "archived_value"
    __table_args__ = (Index(None, "name", "text"),)

    archived_case_id: Mapped[UUID] = mapped_column(ForeignKey("archived_case.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    text: Mapped[str] = mapped_column(String(255))
