"""Units: departments, colleges, hospitals, branch unions, delegations and bodies."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, enum_type, one_of


class UnitKind(StrEnum):
    DEPARTMENT = "department"
    COLLEGE = "college"
    HOSPITAL = "hospital"
    BRANCH_UNION = "branch_union"
    DELEGATION = "delegation"
    LEADERSHIP = "leadership"
    BODY = "body"  # union committee, motion committee, presidium ...


class Unit(Base):
    """A part of the institution. A dissolved or renamed unit keeps its row and names its successor."""

    __tablename__ = "unit"
    __table_args__ = (one_of("kind", UnitKind),)

    id: Mapped[str] = mapped_column(String(120), primary_key=True)  # stable code, used in variables and DMN rows
    name: Mapped[str] = mapped_column(String(120), index=True)
    kind: Mapped[UnitKind] = mapped_column(enum_type(UnitKind))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    successor_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    handles_cases: Mapped[bool] = mapped_column(default=False)  # may be a lead or co-handling unit
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
