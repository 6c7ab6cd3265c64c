"""Incidents (异常事项): what failed, in which case, since when, and what can be done about it."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engine.commands.resolve_incident import assign_incident, resolve_incident
from engine.errors import InvalidInputError
from engine.queries.incidents import IncidentEntry, open_incident, open_incidents
from engine.rules.administration import Area
from engine.rules.roles import ROLES, role_name
from web.admin import posted
from web.admin.blueprint import area_required, bp
from web.extensions import current_engine
from web.forms import request_id_of
from web.i18n import translated


@bp.app_template_global()
def incident_title(incident: IncidentEntry) -> str:
    """What happened, in words."""
    titles = {
        "nobody-entitled": _("无人办理"),
        "uncaught-error": _("流程因错误而终止"),
        "no-subscription": _("消息没有送达"),
        "worker-lost": _("后台作业一再中断"),
        "step-failed": _("流程无法继续"),
        "stands-still": _("流程停住，没有人能办理"),
        "operation-failed": _("自动步骤失败"),
    }
    return titles.get(incident.code, _("后台作业失败"))


@bp.app_template_global()
def incident_advice(incident: IncidentEntry) -> str:
    """What to do about it, in a sentence."""
    if incident.code == "nobody-entitled":
        if incident.is_over:
            return _("此环节已有人办理或已经结束，标记为已处理即可。")
        return _("任命担任此角色的人，事项随即出现在其待办中；或者在这里直接指派一人。")
    if incident.is_over:
        return _("事项已经继续或已经结束，标记为已处理即可。")
    if incident.can_retry:
        return _("排除原因后重试；如果不再需要，标记为已处理。")
    return _("查看事项的当前环节，必要时调整到其他环节，再标记为已处理。")


@bp.app_template_global()
def incident_cause(incident: IncidentEntry) -> str:
    """Why, in words; the whole of what a job said is for whoever runs the system and stands apart."""
    if incident.code == "operation-failed":
        return translated(incident.message.partition("失败：")[2])
    if incident.code != "nobody-entitled":
        return ""
    missing = [each.partition("@") for each in incident.message.partition("：")[2].split("、")]
    named = [f"{unit} {_(role_name(role))}".strip() for role, _at, unit in missing if role in ROLES]
    if named:
        return _("没有人担任或均须回避：%(roles)s", roles="、".join(named))
    return _("没有指定办理人，或均须回避。")


@bp.get("/incidents")
@area_required(Area.CASES)
def incidents() -> ResponseReturnValue:
    """Every open incident, newest first."""
    with current_engine().reading(current_user.id) as uow:
        found = open_incidents(uow)
    return render_template("admin/incidents.html", found=found)


@bp.get("/incidents/<uuid:incident_id>")
@area_required(Area.CASES)
def incident(incident_id: UUID) -> ResponseReturnValue:
    """One incident with what can be done about it."""
    return _page(incident_id)


@bp.post("/incidents/<uuid:incident_id>/retry")
@area_required(Area.CASES)
def retry_incident(incident_id: UUID) -> ResponseReturnValue:
    """Let its job try again."""
    with current_engine().unit_of_work(actor=current_user.id) as uow:
        resolve_incident(uow, incident_id, retry=True, request_id=request_id_of(request))
    return _done(_("正在重试。片刻后刷新本页：如果仍然失败，会再次出现在这里。"))


@bp.post("/incidents/<uuid:incident_id>/settle")
@area_required(Area.CASES)
def settle_incident(incident_id: UUID) -> ResponseReturnValue:
    """It is dealt with."""
    with current_engine().unit_of_work(actor=current_user.id) as uow:
        resolve_incident(uow, incident_id, retry=False, request_id=request_id_of(request))
    return _done(_("已标记为已处理。"))


@bp.post("/incidents/<uuid:incident_id>/assign")
@area_required(Area.CASES)
def assign_incident_now(incident_id: UUID) -> ResponseReturnValue:
    """Give the work to a person."""
    try:
        with current_engine().unit_of_work(actor=current_user.id) as uow:
            assign_incident(
                uow,
                incident_id,
                posted.text("user_id"),
                reason=posted.text("reason"),
                request_id=request_id_of(request),
            )
    except InvalidInputError as error:
        return _page(incident_id, error.fields), 422
    return _done(_("已指派，并已通知本人。"))


def _done(sentence: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(url_for("admin.incidents"), code=303)


def _page(incident_id: UUID, errors: dict[str, str] | None = None) -> str:
    with current_engine().reading(current_user.id) as uow:
        shown = open_incident(uow, incident_id)
    return render_template(
        "admin/incident.html",
        shown=shown,
        errors=errors or {},
        values=request.form.to_dict(),
        request_id=uuid4(),
    )
