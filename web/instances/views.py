"""Parse, one call of the engine, answer: starting a case, its page, what people add to it, its paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO
from urllib.parse import quote
from uuid import UUID, uuid4

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_required

from engine.commands.add_comment import add_comment
from engine.commands.attachments import add_attachment, open_attachment
from engine.commands.begin_activity import begin_activity
from engine.commands.start_instance import start_instance
from engine.commands.withdraw_instance import withdraw_instance
from engine.errors import InvalidInputError, NotFoundError
from web.extensions import current_engine
from web.forms import request_id_of
from web.instances import pages
from web.instances.blueprint import bp

_NAME = re.compile(r"[A-Za-z_][\w.-]{0,120}")
REASON_LIMIT = 500  # characters
CHUNK = 64 * 1024  # bytes sent at once


@bp.get("/start")
@login_required
def start() -> ResponseReturnValue:
    """The processes that this person may start, and drafts not sent yet."""
    with current_engine().reading(current_user.id) as uow:
        processes, drafts = pages.start_page(uow)
    request_ids = {process.id: uuid4() for process in processes}
    return render_template("instances/start.html", processes=processes, drafts=drafts, request_ids=request_ids)


@bp.post("/start/<process_key>")
@login_required
def begin(process_key: str) -> ResponseReturnValue:
    """Start a case and go to its first work item."""
    process_id = request.form.get("process_id") or None
    if not all(_NAME.fullmatch(name) for name in (process_key, process_id) if name is not None):
        raise NotFoundError
    with current_engine().unit_of_work(actor=current_user.id) as uow:
        started = start_instance(uow, process_key, process_id=process_id, request_id=request_id_of(request))
    with current_engine().reading(current_user.id) as uow:
        first = pages.first_own_work_item(uow, started.work_item_ids)
    if first is not None:
        return redirect(url_for("inbox.task", work_item_id=first), code=303)
    return redirect(url_for(".show", instance_id=started.instance_id), code=303)


@bp.get("/instances/<uuid:instance_id>")
@login_required
def show(instance_id: UUID) -> ResponseReturnValue:
    """Everything about a case that this person may see."""
    return _render_case(instance_id)


@bp.get("/instances/<uuid:instance_id>/diagram.bpmn")
@login_required
def diagram(instance_id: UUID) -> ResponseReturnValue:
    """The diagram's XML, for the viewer."""
    with current_engine().reading(current_user.id) as uow:
        xml = pages.diagram_xml(uow, instance_id)
    response = Response(xml, mimetype="application/xml")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@bp.get("/instances/<uuid:instance_id>/print")
@login_required
def paper(instance_id: UUID) -> ResponseReturnValue:
    """The one-page form with room for signatures and seals."""
    with current_engine().reading(current_user.id) as uow:
        found = pages.paper_page(uow, instance_id)
    return render_template("instances/paper.html", **found)


@bp.post("/instances/<uuid:instance_id>/comments")
@login_required
def comment(instance_id: UUID) -> ResponseReturnValue:
    """Say something in one section of the conversation."""
    section, text = request.form.get("section", "")[:64], request.form.get("text", "")
    try:
        with current_engine().unit_of_work(actor=current_user.id) as uow:
            add_comment(uow, instance_id, section, pages.readable(text), request_id=request_id_of(request))
    except InvalidInputError as refused:
        answer = {"section": section, "error": next(iter(refused.fields.values())), "typed": text}
        return _render_case(instance_id, comment_answer=answer), 422
    return redirect(url_for(".show", instance_id=instance_id, _anchor=f"talk-{section}"), code=303)


@bp.post("/instances/<uuid:instance_id>/attachments")
@login_required
def attach(instance_id: UUID) -> ResponseReturnValue:
    """Put a file to the case."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise InvalidInputError({"attachment": _("请选择文件")})
        with current_engine().unit_of_work(actor=current_user.id) as uow:
            add_attachment(uow, file.filename, file.stream, instance_id=instance_id, request_id=request_id_of(request))
    except InvalidInputError as refused:
        return _render_case(instance_id, upload_error=next(iter(refused.fields.values()))), 422
    flash(_("附件已上传。"), "success")
    return redirect(url_for(".show", instance_id=instance_id, _anchor="attachments"), code=303)


@bp.get("/instances/<uuid:instance_id>/attachments/<uuid:attachment_id>")
@login_required
def attachment(instance_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
    """Download a file; never shown inside a page of ours."""
    with current_engine().unit_of_work(actor=current_user.id) as uow:
        found, stream = open_attachment(uow, attachment_id)
        if found.process_instance_id != instance_id:
            stream.close()
            raise NotFoundError
        name, size = found.name, found.size
    response = Response(_chunks(stream), mimetype="application/octet-stream")
    response.content_length = size
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@bp.post("/instances/<uuid:instance_id>/activities")
@login_required
def begin_offered(instance_id: UUID) -> ResponseReturnValue:
    """Begin what an ad-hoc sub-process offers, and go to the work item that this opens for oneself."""
    activity = request.form.get("activity", "")  # not in the address: an id may have any character
    with current_engine().unit_of_work(actor=current_user.id) as uow:
        items = begin_activity(uow, instance_id, activity, request_id=request_id_of(request))
    with current_engine().reading(current_user.id) as uow:
        first = pages.first_own_work_item(uow, items)
    if first is not None:
        return redirect(url_for("inbox.task", work_item_id=first), code=303)
    flash(_("环节已开始。"), "success")
    return redirect(url_for(".show", instance_id=instance_id), code=303)


@bp.post("/instances/<uuid:instance_id>/withdraw")
@login_required
def withdraw(instance_id: UUID) -> ResponseReturnValue:
    """Take one's case back."""
    reason = request.form.get("reason", "").strip()
    try:
        if not 2 <= len(reason) <= REASON_LIMIT:
            raise InvalidInputError({"reason": _("请写明撤案理由，2 至 %(n)s 个字", n=REASON_LIMIT)})
        with current_engine().unit_of_work(actor=current_user.id) as uow:
            withdraw_instance(uow, instance_id, reason=pages.readable(reason), request_id=request_id_of(request))
    except InvalidInputError as refused:
        error = next(iter(refused.fields.values()))
        return _render_case(instance_id, withdraw_error=error, typed_reason=reason), 422
    flash(_("已撤案，记录仍然保留。"), "success")
    return redirect(url_for(".show", instance_id=instance_id), code=303)


def _render_case(instance_id: UUID, *, comment_answer: dict[str, str] | None = None, **more: Any) -> str:
    with current_engine().reading(current_user.id) as uow:
        found = pages.case_page(uow, instance_id, comment_answer)
        return render_template("instances/show.html", request_id=uuid4(), **{**found, **more})


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while chunk := stream.read(CHUNK):
            yield chunk
