"""Settings an institution changes; every one with its source."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Setting(Base):
    """One value that differs from institution to institution, e.g. ``motion.max_rounds``."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    value: Mapped[dict[str, Any]]  # {"value": ...}; numbers as text, read by the setting's declared type
    source: Mapped[str | None] = mapped_column(String(500))
    changed_by: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    changed_at: Mapped[datetime]
