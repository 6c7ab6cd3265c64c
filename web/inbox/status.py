"""What people call the state of a case."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _


@dataclass(frozen=True)
class Status:
    """A case's state in words and colour."""

    words: str
    tone: str


def status_of(status: str) -> Status:
    """The words for ``process_instance.status``."""
    known = {
        "active": Status(_("办理中"), "blue"),
        "suspended": Status(_("已暂停"), "amber"),
        "completed": Status(_("已办结"), "green"),
        "terminated": Status(_("已终止"), "amber"),
        "cancelled": Status(_("已取消"), "amber"),
        "failed": Status(_("出错"), "red"),
    }
    return known.get(status, Status(status, "blue"))
