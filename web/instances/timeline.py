"""The timeline of a case in words: who, what, when, how long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from engine.queries.timeline import Corrected, TimelineEntry
from web.filters import shown
from web.i18n import translated

# steps of the machinery that nobody needs to read on the case's page; the audit log has them
QUIET = frozenset({"message.correlated", "work_item.claimed", "work_item.unclaimed"})
SHOWN_WHOLE = 60  # characters of a corrected value; the case shows the new one whole
NEGATIVE = frozenset({"return", "refuse", "veto", "decline", "object", "not_filed", "returned", "reject", "不满意"})


@dataclass(frozen=True)
class Step:
    """One line to print. ``state`` is done, current, event or cancelled."""

    state: str
    who: str
    what: str
    at: datetime | None
    flow_node_id: str | None = None
    outcome: str | None = None
    tone: str = "green"
    opinion: str | None = None
    lasted: timedelta | None = None
    late: bool = False
    due_at: datetime | None = None


def steps_of(entries: Iterable[TimelineEntry]) -> list[Step]:
    """The lines that people read, in order."""
    return [_step(entry) for entry in entries if entry.kind not in QUIET]


def _step(entry: TimelineEntry) -> Step:
    if entry.state == "event":
        return _event(entry)
    return Step(
        state=entry.state,
        who=_who(entry),
        what=entry.name or "",
        at=entry.at,
        flow_node_id=entry.flow_node_id,
        outcome=_outcome(entry),
        tone="amber" if entry.state == "cancelled" or _is_negative(entry) else "green",
        opinion=entry.opinion,
        lasted=entry.lasted if entry.state != "cancelled" else None,
        late=entry.is_late and entry.state == "done",
        due_at=entry.due_at,
    )


def _outcome(entry: TimelineEntry) -> str | None:
    if entry.state == "cancelled":
        return _("未办理，已收回")
    if not entry.recorded:
        return entry.decision_label
    said = (
        _("%(label)s：%(value)s", label=translated(label), value=translated(value)) for label, value in entry.recorded
    )
    return _("；").join(said)


def _is_negative(entry: TimelineEntry) -> bool:
    return entry.decision in NEGATIVE or any(value in NEGATIVE for _label, value in entry.recorded)


def _who(entry: TimelineEntry) -> str:
    if entry.actor_name:
        behalf = entry.on_behalf_of_name
        return _("%(name)s（代%(other)s）", name=entry.actor_name, other=behalf) if behalf else entry.actor_name
    if entry.state == "current":
        shown = entry.waiting_for[:3]
        more = _("等") if len(entry.waiting_for) > len(shown) else ""
        return (
            _("待 %(names)s", names=_("、").join(translated(name) for name in shown) + more) if shown else _("待分配")
        )
    return ""


def _event(entry: TimelineEntry) -> Step:
    detail = entry.detail or {}
    name = translated(entry.name) if entry.name else ""
    words = {
        "instance.started": _("发起事项"),
        "instance.withdrawn": _("撤案"),
        "instance.cancelled": _("取消"),
        "instance.suspended": _("暂停办理"),
        "instance.resumed": _("恢复办理"),
        "instance.modified": _corrected_fields(entry.corrected),
        "instance.token_moved": _("调整办理环节：%(name)s", name=name) if name else _("调整办理环节"),
        "instance.rewound": _("重新开始：%(name)s", name=name) if name else _("重新开始"),
        "instance.linked": _("关联其他事项"),
        "instance.urged": _("催办"),
        "instance.ended": _("办结：%(name)s", name=name) if name and name != "办结" else _("办结"),
        "activity.begun": _("开始：%(name)s", name=name) if name else _("开始环节"),
        "deadlines.moved": _("会议日期变更，期限随之调整")
        if detail.get("cause") == "session"
        else _("工作日历变更，期限重新计算"),
        "timer.fired": _("到期：%(name)s", name=name) if name else _("到期"),
        "work_item.assigned": _("指派：%(name)s", name=name) if name else _("指派办理人"),
        "recusal": _recusal(detail),
        "attachment.added": _("上传附件：%(name)s", name=detail.get("name", "")),
        "attachment.opened": _("查看附件：%(name)s", name=detail.get("name", "")),
        "personal_data.erased": _("清除个人信息"),
    }
    return Step(
        state="event",
        who=entry.actor_name or _("系统"),
        what=words.get(entry.kind, entry.kind),
        at=entry.at,
        flow_node_id=entry.flow_node_id,
        outcome=_corrected_values(entry.corrected),
        opinion=entry.opinion,
        tone="blue",
    )


def _recusal(detail: Mapping[str, Any]) -> str:
    if detail.get("instead"):
        return _("%(who)s回避，由%(instead)s代为办理", who=detail.get("who"), instead=detail["instead"])
    return _("%(who)s回避", who=detail.get("who"))


def _corrected_fields(corrected: Iterable[Corrected]) -> str:
    names = _("、").join(translated(one.label) for one in corrected)
    return _("更正：%(name)s", name=names) if names else _("更正数据")


def _corrected_values(corrected: Iterable[Corrected]) -> str | None:
    said = [
        _("由“%(before)s”改为“%(after)s”", before=_cut(one.values[0]), after=_cut(one.values[1]))
        for one in corrected
        if one.values is not None
    ]
    return _("；").join(said) or None


def _cut(value: object) -> str:
    text = translated(shown(value))
    return text if len(text) <= SHOWN_WHOLE else text[:SHOWN_WHOLE] + "…"
