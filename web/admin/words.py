"""What the trail's kinds, fields and values are called on the page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from engine.commands.organisation.relatives import RELATIONS
from engine.rules.roles import ROLES, UNIT_KIND_NAMES
from web.admin.blueprint import bp
from web.filters import day, moment

EVENTS = {
    "administrator.named": "设立首位管理员",
    "calendar_day.cleared": "日期恢复为按周计算",
    "calendar_day.set": "填写日历",
    "calendar_year.seeded": "导入全年节假日",
    "congress_session.changed": "修改会议",
    "congress_session.created": "新增会议",
    "congress_term.changed": "调整届期",
    "congress_term.created": "新增一届",
    "demo_organisation.built": "建立演示组织",
    "leader.charge_ended": "结束分管",
    "leader.put_in_charge": "任命分管校领导",
    "relative.declared": "登记亲属",
    "relative.withdrawn": "取消亲属登记",
    "role.granted": "授予角色",
    "role.revoked": "收回角色",
    "setting.changed": "修改设置",
    "unit.changed": "修改单位",
    "unit.created": "新增单位",
    "unit.dissolved": "撤销单位",
    "user.changed": "修改人员",
    "user.created": "新增人员",
    "user.ended": "离职",
    "user.locked": "锁定账号",
    "user.locked_by_failures": "多次输错，自动锁定",
    "user.password_changed": "本人修改密码",
    "user.password_given": "发放初始密码",
    "user.reinstated": "恢复在职",
    "user.unlocked": "解锁账号",
}
FIELDS = {
    "congress_on": "会议日期",
    "days": "天数",
    "email": "电子邮箱",
    "ends_on": "止",
    "handles_cases": "承办提案",
    "is_locked": "锁定",
    "joined_on": "入职日期",
    "kind": "类别",
    "language": "界面语言",
    "left_on": "离职日期",
    "locked_until": "锁定至",
    "meeting": "次",
    "name": "名称",
    "parent_id": "上级单位",
    "people": "人数",
    "relation": "关系",
    "relative_id": "亲属",
    "role": "角色",
    "source": "依据",
    "starts_on": "起",
    "successor_id": "承接单位",
    "term": "届",
    "unit_id": "单位",
    "units": "单位数",
    "user_id": "人员",
    "valid_from": "起",
    "valid_to": "止",
    "value": "值",
    "window_closes_at": "征集截止",
    "window_opens_at": "征集开始",
}
VALUES = {
    **UNIT_KIND_NAMES,
    **RELATIONS,
    **{role.id: role.name for role in ROLES.values()},
    "holiday": "放假",
    "working": "上班",
    "zh_Hans_CN": "中文",
}


@bp.app_template_global()
def event_name(kind: str) -> str:
    """What happened, in words."""
    return _(EVENTS[kind]) if kind in EVENTS else kind


@bp.app_template_global()
def field_name(name: str) -> str:
    """What a field is called."""
    return _(FIELDS[name]) if name in FIELDS else name


@bp.app_template_global()
def shown_value(value: Any) -> str:
    """A value of the trail for people."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return _("、").join(map(shown_value, value))
    text = str(value)
    if text in VALUES:
        return _(VALUES[text])
    return _as_time(text) or text


def _as_time(text: str) -> str | None:
    """A date or an instant as people read it; None when the text is neither."""
    if len(text) < 10 or text[4:5] != "-":
        return None
    try:
        return day(date.fromisoformat(text)) if len(text) == 10 else moment(datetime.fromisoformat(text))
    except ValueError:
        return None
