"""Read what was typed into the fixed forms of the administration."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _

from engine.errors import InvalidInputError
from web.readable import readable

LOCAL = ZoneInfo("Asia/Shanghai")


def text(name: str) -> str:
    """A text field without white space around it."""
    return readable(request.form.get(name, "")).strip()


def optional(name: str) -> str | None:
    """A text field; None when it is empty."""
    return text(name) or None


def ticked(name: str) -> bool:
    """A check box."""
    return request.form.get(name) == "on"


def day(name: str, *, required: bool = False) -> date | None:
    """A date field.

    Raises:
        InvalidInputError: at the field.
    """
    typed = text(name)
    if not typed:
        if required:
            raise InvalidInputError({name: _("请填写日期")})
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise InvalidInputError({name: _("请填写日期，例如 2026-09-01")}) from None


def number(name: str) -> int:
    """A whole number.

    Raises:
        InvalidInputError: at the field.
    """
    typed = text(name)
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 6):
        raise InvalidInputError({name: _("请填写整数")})
    return int(typed)


def start_of(day_: date | None) -> datetime | None:
    """The first instant of a local day, in UTC."""
    return datetime.combine(day_, time.min, tzinfo=LOCAL).astimezone(UTC) if day_ else None


def end_of(day_: date | None) -> datetime | None:
    """The end of a local day: the first instant of the next, in UTC."""
    return start_of(day_ + timedelta(days=1)) if day_ else None


def first_day(instant: datetime | None) -> date | None:
    """The local day an instant lies in."""
    return instant.astimezone(LOCAL).date() if instant else None


def last_day(instant: datetime | None) -> date | None:
    """The last local day before an instant."""
    return (instant - timedelta(microseconds=1)).astimezone(LOCAL).date() if instant else None


def page_number() -> int:
    """The page of a list, from 1."""
    typed = request.args.get("page", "1")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 1
