"""How values look on a page: dates, durations, money, yes and no; in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import gettext as _

from engine.sentences import Label
from web.extensions import current_engine
from web.i18n import counted as _n
from web.i18n import language, translated

LOCAL = ZoneInfo("Asia/Shanghai")
SOON = timedelta(days=3)  # from here on a deadline is amber
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def init_app(app: Flask) -> None:
    """Give templates the filters and ``due_of``."""
    app.jinja_env.filters.update(
        day=day,
        moment=moment,
        deadline=deadline,
        short=short,
        iso=iso,
        money=money,
        lasted=lasted,
        shown=shown,
        filesize=filesize,
    )
    app.jinja_env.globals["due_of"] = due_of
    app.jinja_env.globals["now"] = _now


def _now() -> datetime:
    return current_engine().clock.now()


def _local(value: date | datetime) -> date | datetime:
    return value.astimezone(LOCAL) if isinstance(value, datetime) else value


def day(value: date | datetime | None) -> str:
    """2026年11月25日; 25 Nov 2026."""
    if value is None:
        return ""
    at = _local(value)
    if language() == "en":
        return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"
    return f"{at.year}年{at.month}月{at.day}日"


def moment(value: datetime | None) -> str:
    """2026年11月25日 09:30; 25 Nov 2026, 09:30."""
    if value is None:
        return ""
    at = value.astimezone(LOCAL)
    return f"{day(value)}{', ' if language() == 'en' else ' '}{at:%H:%M}"


def deadline(value: datetime | None) -> str:
    """An instant that ends a day is said as that day's 24:00."""
    if value is None:
        return ""
    at = value.astimezone(LOCAL)
    if at.time() != time(0):
        return moment(value)
    return f"{day(at.date() - timedelta(days=1))}{', ' if language() == 'en' else ' '}24:00"


def short(value: datetime | None) -> str:
    """Without what is plain from today: 09:30, 昨天 09:30, 11-25 09:30, 2025-11-25."""
    if value is None:
        return ""
    at = value.astimezone(LOCAL)
    today = current_engine().clock.now().astimezone(LOCAL).date()
    if at.date() == today:
        return f"{at:%H:%M}"
    if at.date() == today - timedelta(days=1):
        return _("昨天 %(time)s", time=f"{at:%H:%M}")
    return f"{at:%m-%d %H:%M}" if at.year == today.year else f"{at:%Y-%m-%d}"


def iso(value: date | datetime | None) -> str:
    """For the ``datetime`` attribute of ``<time>``."""
    return "" if value is None else _local(value).isoformat()


def money(value: Decimal | int | None) -> str:
    """1,234.50 元 from 元."""
    if value is None:
        return ""
    amount = f"{Decimal(value):,.2f}"
    return f"¥{amount}" if language() == "en" else f"{amount} 元"


def filesize(size: int | None) -> str:
    """1.2 MB from bytes."""
    if size is None:
        return ""
    if size < 1024:
        return f"{size} B"
    if size < 1024 * 1024:
        return f"{size / 1024:.0f} kB"
    return f"{size / 1024 / 1024:.1f} MB"


def lasted(value: timedelta | None) -> str:
    """A duration in its two largest units at most: 3 天, 2 小时 5 分钟, 不到 1 分钟."""
    if value is None:
        return ""
    seconds = max(int(value.total_seconds()), 0)
    days, hours, minutes = seconds // 86400, seconds % 86400 // 3600, seconds % 3600 // 60
    if days >= 3:
        return _days(days)
    if days:
        return f"{_days(days)} {_hours(hours)}" if hours else _days(days)
    if hours:
        return f"{_hours(hours)} {_minutes(minutes)}" if minutes else _hours(hours)
    return _minutes(minutes) if minutes else _("不到 1 分钟")


def _days(n: int) -> str:
    return _n("%(n)d 天", n)


def _hours(n: int) -> str:
    return _n("%(n)d 小时", n)


def _minutes(n: int) -> str:
    return _n("%(n)d 分钟", n)


def shown(value: Any) -> str:
    """Any process value as text for people."""
    if value is None or value == "":
        return "—"
    if isinstance(value, Label):
        return translated(value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return deadline(value)  # nothing but a deadline falls on the very midnight
    if isinstance(value, date):
        return day(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        return lasted(value)
    if isinstance(value, (list, tuple)):
        return _list_shown(value)
    if isinstance(value, Mapping):
        return _("；").join(f"{translated(key)}{_('：')}{shown(one)}" for key, one in value.items())
    return str(value)


def _list_shown(values: list[Any] | tuple[Any, ...]) -> str:
    if not values:
        return "—"
    texts = [shown(value) for value in values]
    if any(len(text) > 20 for text in texts):
        return "\n".join(f"{number}. {text}" for number, text in enumerate(texts, start=1))
    return _("、").join(texts)


@dataclass(frozen=True)
class Due:
    """A deadline seen from now. ``tone`` is good, soon or over; the words say the same without colour."""

    tone: str
    words: str
    at: datetime


def due_of(due_at: datetime | None) -> Due | None:
    """How a deadline looks now; None when there is none."""
    if due_at is None:
        return None
    now = current_engine().clock.now()
    left = due_at - now
    if left <= timedelta(0):
        return Due("over", _("逾期 %(time)s", time=_roughly(-left)), due_at)
    words = _("剩 %(time)s", time=_roughly(left))
    return Due("soon" if left <= SOON else "good", words, due_at)


def _roughly(value: timedelta) -> str:
    if value >= timedelta(days=1):
        return _days(value.days)
    if value >= timedelta(hours=1):
        return _hours(value.seconds // 3600)
    return _minutes(max(value.seconds // 60, 1))
