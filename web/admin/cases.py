"""Correct one case: suspend and resume, move it to another step, begin again at one, cancel, correct a variable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engine.commands.cancel_instance import cancel_instance, resume_instance, suspend_instance
from engine.commands.modify_variables import modify_field
from engine.commands.move_token import move_token
from engine.commands.rewind_instance import rewind_instance
from engine.errors import ConflictError, InvalidInputError, NotFoundError, StepFailedError
from engine.queries.case_labels import CaseLabel, find_case
from engine.queries.correction import Correction, Place, Preview, correction, field_form, preview
from engine.rules.administration import Area
from engine.unit_of_work import UnitOfWork
from web.admin import posted
from web.admin.blueprint import area_required, bp
from web.extensions import current_engine
from web.filters import moment
from web.forms import build_view, read_request, request_id_of
from web.i18n import translated
from web.inbox.status import status_of

PREVIEW = "preview"  # a reason the preview gives; it is never kept

Command = Callable[[UnitOfWork, str, str | None], None]  # with the reason and the request's id


@bp.app_template_global()
def case_state(status: str) -> str:
    """What people call the state of a case."""
    return status_of(status).words


@bp.app_template_global()
def case_name(case: CaseLabel) -> str:
    """What a case is called where not everybody may read it: by number, else by title, else by when it began."""
    process = translated(case.process_name)
    if case.number or case.title:
        return f"{process} {case.number or case.title}"
    return _("未编号的%(process)s（%(at)s 发起）", process=process, at=moment(case.started_at))


@bp.get("/cases")
@area_required(Area.CASES)
def find_case_page() -> ResponseReturnValue:
    """Find a case by its number."""
    typed = request.args.get("q", "")[:60]
    with current_engine().reading(current_user.id) as uow:
        found = find_case(uow, typed)
    if found is None:
        flash(_("没有找到这个编号的事项。"), "warning")
        return redirect(url_for("admin.incidents"))
    return redirect(url_for("admin.case", instance_id=found))


@bp.get("/cases/<uuid:instance_id>")
@area_required(Area.CASES)
def case(instance_id: UUID) -> ResponseReturnValue:
    """Where a case waits and what can be done."""
    return _case_page(instance_id)


@bp.post("/cases/<uuid:instance_id>/suspend")
@area_required(Area.CASES)
def suspend_case(instance_id: UUID) -> ResponseReturnValue:
    """Nothing happens in it until it is resumed."""
    return _do(instance_id, "suspend", suspend_instance, _("已暂停：恢复之前不能办理，期限届满也不触发。"))


@bp.post("/cases/<uuid:instance_id>/resume")
@area_required(Area.CASES)
def resume_case(instance_id: UUID) -> ResponseReturnValue:
    """It goes on."""
    return _do(instance_id, "resume", resume_instance, _("已恢复；暂停期间到期的期限会在几分钟内触发。"))


@bp.post("/cases/<uuid:instance_id>/cancel")
@area_required(Area.CASES)
def cancel_case(instance_id: UUID) -> ResponseReturnValue:
    """End it for good."""
    return _do(instance_id, "cancel", cancel_instance, _("已终止。"))


@bp.route("/cases/<uuid:instance_id>/move", methods=["GET", "POST"])
@area_required(Area.CASES)
def move_case(instance_id: UUID) -> ResponseReturnValue:
    """Look at what moving a token does, then do it."""
    number = _number(request.form.get("no")) if request.method == "POST" else None
    if number is None:
        source = _place(_correction(instance_id).waits, request.args.get("from", ""))
        number = source.no
    target_id = request.values.get("to", "")

    def act(uow: UnitOfWork, reason: str, request_id: str | None) -> None:
        move_token(uow, instance_id, number or 0, target_id, reason=reason, request_id=request_id)

    return _with_preview(instance_id, number, target_id, act, _("已调整到所选环节。"))


@bp.route("/cases/<uuid:instance_id>/rewind", methods=["GET", "POST"])
@area_required(Area.CASES)
def rewind_case(instance_id: UUID) -> ResponseReturnValue:
    """Look at what beginning again does, then do it."""
    target_id = request.values.get("to", "")

    def act(uow: UnitOfWork, reason: str, request_id: str | None) -> None:
        rewind_instance(uow, instance_id, target_id, reason=reason, request_id=request_id)

    return _with_preview(instance_id, None, target_id, act, _("已从所选环节重新开始。"))


@bp.route("/cases/<uuid:instance_id>/variable", methods=["GET", "POST"])
@area_required(Area.CASES)
def correct_variable(instance_id: UUID) -> ResponseReturnValue:
    """Type one field anew."""
    key = request.values.get("key", "")
    with current_engine().reading(current_user.id) as uow:
        asked = field_form(uow, instance_id, key)
    if request.method == "GET":
        return _variable_page(instance_id, key)
    typed = read_request(asked.schema, request)
    if typed.only_draws_again:
        return _variable_page(instance_id, key, typed.data, add_row=typed.add_row, finds=typed.finds)
    try:
        with current_engine().unit_of_work(actor=current_user.id) as uow:
            modify_field(
                uow,
                instance_id,
                key,
                typed.data,
                reason=posted.text("reason"),
                request_id=typed.request_id,
            )
    except InvalidInputError as error:
        return _variable_page(instance_id, key, typed.data, error.fields), 422
    flash(_("已更正。"), "success")
    return redirect(url_for("admin.case", instance_id=instance_id), code=303)


def _correction(instance_id: UUID) -> Correction:
    with current_engine().reading(current_user.id) as uow:
        return correction(uow, instance_id)


def _place(places: tuple[Place, ...], node_id: str) -> Place:
    for place in places:
        if place.id == node_id:
            return place
    raise NotFoundError


def _do(instance_id: UUID, form: str, command: Callable[..., None], sentence: str) -> ResponseReturnValue:
    reason = posted.text("reason")
    if not reason:
        return _case_page(instance_id, form, {"reason": _("请写明理由")}), 422
    with current_engine().unit_of_work(actor=current_user.id) as uow:
        command(uow, instance_id, reason=reason, request_id=request_id_of(request))
    flash(sentence, "success")
    return redirect(url_for("admin.case", instance_id=instance_id), code=303)


def _with_preview(
    instance_id: UUID, number: int | None, target_id: str, command: Command, sentence: str
) -> ResponseReturnValue:
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            with current_engine().unit_of_work(actor=current_user.id) as uow:
                command(uow, posted.text("reason"), request_id_of(request))
        except InvalidInputError as error:
            errors = error.fields
        else:
            flash(sentence, "success")
            return redirect(url_for("admin.case", instance_id=instance_id), code=303)
    found = _correction(instance_id)
    target = _place(found.targets, target_id)
    outcome, refused = _previewed(instance_id, command)
    page = render_template(
        "admin/case_move.html",
        shown=found,
        source=next((place for place in found.waits if place.no == number), None),
        target=target,
        outcome=outcome,
        refused=refused,
        errors=errors,
        values=request.form.to_dict(),
        request_id=uuid4(),
    )
    return page, 422 if errors else 200


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _previewed(instance_id: UUID, command: Command) -> tuple[Preview | None, str]:
    try:
        return preview(current_engine(), current_user.id, instance_id, lambda uow: command(uow, PREVIEW, None)), ""
    except ConflictError as conflict:
        return None, translated(conflict.message)
    except StepFailedError as failed:
        if failed.reason_code == "not-a-target":
            return None, _("不能从这里调整到该环节，请选择同一层或外层的环节。")
        return None, _("调整到该环节后流程无法继续，请选择其他环节。")


def _case_page(instance_id: UUID, form: str = "", errors: dict[str, str] | None = None) -> str:
    return render_template(
        "admin/case.html",
        shown=_correction(instance_id),
        open_form=form,
        errors=errors or {},
        values=request.form.to_dict(),
        request_id=uuid4(),
    )


def _variable_page(
    instance_id: UUID, key: str, data: Any = None, errors: dict[str, str] | None = None, **drawn: Any
) -> str:
    with current_engine().reading(current_user.id) as uow:
        asked = field_form(uow, instance_id, key)
        typed = data if data is not None else {key: asked.value}
        form = build_view(asked.schema, typed, {}, asked.choices, errors=errors, **drawn)
        return render_template(
            "admin/case_variable.html",
            shown=correction(uow, instance_id),
            key=key,
            form=form,
            is_hidden=asked.is_hidden,
            errors=errors or {},
            values=request.form.to_dict(),
            request_id=uuid4(),
        )
