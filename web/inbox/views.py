"""Parse, one call of the engine, answer: the inbox, the task page, notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import file_digest
from typing import Any
from uuid import UUID, uuid4, uuid5

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_required
from werkzeug.datastructures import FileStorage

from engine.commands.attachments import add_attachment
from engine.commands.claim_work_item import claim_work_item
from engine.commands.complete_work_item import complete_work_item
from engine.commands.mark_notice_read import mark_all_notices_read, mark_notice_read
from engine.commands.save_draft import save_draft
from engine.commands.unclaim_work_item import unclaim_work_item
from engine.errors import (
    ConflictError,
    InvalidInputError,
    OperationFailedError,
    StaleWorkItemError,
    StepFailedError,
)
from engine.queries.work_item_form import WorkItemForm, work_item_form
from engine.queries.work_item_page import WorkItemPage, work_item_page
from engine.unit_of_work import UnitOfWork
from web.extensions import current_engine
from web.forms import FormView, Posted, build_view, read_request, request_id_of, storable
from web.i18n import counted as _n
from web.i18n import translated
from web.inbox import pages
from web.inbox.blueprint import bp
from web.inbox.due import how_computed
from web.instances.pages import first_own_work_item, readable, task_extras
from web.kept_forms import lost_files, shows_again

OPINION_LIMIT = 1000  # characters


@bp.get("/inbox")
@login_required
def index() -> ResponseReturnValue:
    """One tab of the inbox."""
    asked = pages.InboxRequest.read(request.args)
    with current_engine().reading(current_user.id) as uow:
        found = pages.inbox_page(uow, asked)
    return render_template("inbox/index.html", **found)


@bp.get("/tasks/<uuid:work_item_id>")
@login_required
def task(work_item_id: UUID) -> ResponseReturnValue:
    """The page on which a work item is done; a sentence if it is done already."""
    try:
        with current_engine().reading(current_user.id) as uow:
            page = work_item_page(uow, work_item_id)
            if not page.can_complete:  # may read the case, and that is all
                return redirect(url_for("instances.show", instance_id=page.instance_id))
            return _render_task(uow, page, pages.first_values(page))
    except StaleWorkItemError as stale:
        return _over(_form_of(work_item_id), stale)


@bp.post("/tasks/<uuid:work_item_id>")
@login_required
def complete(work_item_id: UUID) -> ResponseReturnValue:
    """Send the form: decide the work item, or keep a draft, or change the number of rows."""
    item = _form_of(work_item_id)
    posted = read_request(pages.schema_of(item.form), request)
    try:
        if posted.only_draws_again or "_save" in request.form:
            return _keep(work_item_id, posted)
        opinion = _checked_opinion(posted)
        data = _with_uploads(work_item_id, posted)
        with current_engine().unit_of_work(actor=current_user.id) as uow:
            done = complete_work_item(
                uow,
                work_item_id,
                data,
                opinion=opinion,
                request_id=posted.request_id,
                expected_version=posted.version,
            )
    except InvalidInputError as refused:
        return _refused(work_item_id, posted, refused.fields)
    except ConflictError as conflict:
        return _over(item, conflict, typed=posted.data), 409
    except (OperationFailedError, StepFailedError) as failed:
        return _refused(work_item_id, posted, {"": failed.message})
    flash(_done_sentence(item, posted.data), "success")
    with current_engine().reading(current_user.id) as uow:
        following = first_own_work_item(uow, done.work_item_ids)
    if following is not None:
        return redirect(url_for(".task", work_item_id=following), code=303)
    return redirect(url_for(".index"), code=303)


@shows_again("inbox.complete")
def show_again(work_item_id: UUID) -> ResponseReturnValue:
    """The page with everything that was typed, when the form came with a log-in that had ended: one press sends it."""
    item = _form_of(work_item_id)
    posted = read_request(pages.schema_of(item.form), request)
    lost = {key: _lost_sentence(names) for key, names in lost_files().items()}
    try:
        with current_engine().reading(current_user.id) as uow:
            page = work_item_page(uow, work_item_id)
            answer = _render_task(
                uow,
                page,
                posted.data,
                errors=lost,
                add_row=posted.add_row,
                opinion=posted.opinion,
                finds=posted.finds,
                unsent=True,
            )
    except StaleWorkItemError as stale:
        return _over(item, stale, typed=posted.data), 409
    return answer, 400


@bp.post("/tasks/<uuid:work_item_id>/fields")
@login_required
def fields(work_item_id: UUID) -> ResponseReturnValue:
    """The form's fields for what is typed so far: fields appear and vanish. Nothing is saved or judged."""
    with current_engine().reading(current_user.id) as uow:
        page = work_item_page(uow, work_item_id)
        schema = pages.schema_of(page.form)
        posted = read_request(schema, request)
        form = build_view(schema, posted.data, page.context, page.choices, finds=posted.finds)
        similar_url = url_for("register.similar") if pages.hints_at_similar(schema) else ""
        return render_template("inbox/fields.html", form=form, work_item_id=work_item_id, similar_url=similar_url)


@bp.post("/tasks/<uuid:work_item_id>/draft")
@login_required
def draft(work_item_id: UUID) -> ResponseReturnValue:
    """Keep what is typed; asked by the page itself some seconds after the last key."""
    posted = read_request(pages.schema_of(_form_of(work_item_id).form), request)
    with current_engine().unit_of_work(actor=current_user.id) as uow:
        version = save_draft(uow, work_item_id, storable(posted.data), expected_version=posted.version)
    return jsonify(version=version)


@bp.post("/tasks/<uuid:work_item_id>/claim")
@login_required
def claim(work_item_id: UUID) -> ResponseReturnValue:
    """Take a work item that is offered to several."""
    with current_engine().unit_of_work(actor=current_user.id) as uow:
        claim_work_item(uow, work_item_id, request_id=request_id_of(request))
    flash(_("已认领，由您办理。"), "success")
    return redirect(url_for(".task", work_item_id=work_item_id), code=303)


@bp.post("/tasks/<uuid:work_item_id>/unclaim")
@login_required
def unclaim(work_item_id: UUID) -> ResponseReturnValue:
    """Give it back."""
    with current_engine().unit_of_work(actor=current_user.id) as uow:
        unclaim_work_item(uow, work_item_id, request_id=request_id_of(request))
    flash(_("已放回，其他人可以认领。"), "success")
    return redirect(url_for(".index"), code=303)


@bp.get("/notices")
@login_required
def notices() -> ResponseReturnValue:
    """What the system told this person."""
    with current_engine().reading(current_user.id) as uow:
        found = pages.notices_page(uow, pages.page_number(request.args))
    return render_template("inbox/notices.html", request_id=uuid4(), **found)


@bp.post("/notices/<uuid:notice_id>")
@login_required
def open_notice(notice_id: UUID) -> ResponseReturnValue:
    """Mark a notice as read and go to what it is about."""
    with current_engine().unit_of_work(actor=current_user.id) as uow:
        mark_notice_read(uow, notice_id)
        target = pages.notice_target(uow, notice_id)
    return redirect(target or url_for(".notices"), code=303)


@bp.post("/notices/read")
@login_required
def read_all_notices() -> ResponseReturnValue:
    """Mark every notice as read."""
    with current_engine().unit_of_work(actor=current_user.id) as uow:
        mark_all_notices_read(uow)
    return redirect(url_for(".notices"), code=303)


# ---- the task page


def _form_of(work_item_id: UUID) -> WorkItemForm:
    with current_engine().reading(current_user.id) as uow:
        return work_item_form(uow, work_item_id)


def _render_task(
    uow: UnitOfWork,
    page: WorkItemPage,
    data: Mapping[str, object],
    *,
    errors: Mapping[str, str] | None = None,
    add_row: str | None = None,
    opinion: str | None = None,
    finds: Mapping[str, str] | None = None,
    unsent: bool = False,
) -> str:
    schema = pages.schema_of(page.form)
    form = build_view(schema, data, page.context, page.choices, errors=errors, add_row=add_row, finds=finds)
    own_keys = {component.key for component in schema.fields() if schema.is_document or component.readonly}
    return render_template(
        "inbox/task.html",
        task=page,
        due_sentences=how_computed(page.due_reason),
        form=form,
        case_facts=[fact for fact in page.facts if fact.variable not in own_keys],
        autosave=schema.is_document,
        similar=pages.hints_at_similar(schema),
        ask_opinion=_asks_for_words(form),
        opinion=opinion,
        unsent=unsent,
        request_id=uuid4(),
        **task_extras(uow, page),
    )


def _asks_for_words(form: FormView) -> bool:
    """Whether the page offers a box for words beside the form: where the form itself has no place for them."""
    wish = form.schema.properties.get("opinion")
    return wish in (True, "true") or (wish is None and form.action is not None and not form.has_textarea)


def _refused(work_item_id: UUID, posted: Posted, errors: Mapping[str, str]) -> ResponseReturnValue:
    """The page again, with what was typed and what is wrong with it."""
    with current_engine().reading(current_user.id) as uow:
        page = work_item_page(uow, work_item_id)
        return _render_task(uow, page, posted.data, errors=errors, opinion=posted.opinion), 422


def _keep(work_item_id: UUID, posted: Posted) -> ResponseReturnValue:
    """Save the draft and show the page again, with a row more or less or what was searched for."""
    with current_engine().unit_of_work(actor=current_user.id) as uow:
        save_draft(uow, work_item_id, storable(posted.data), expected_version=posted.version)
    if "_save" in request.form:
        flash(_("草稿已保存，可以稍后再提交。"), "success")
        return redirect(url_for(".task", work_item_id=work_item_id), code=303)
    with current_engine().reading(current_user.id) as uow:
        page = work_item_page(uow, work_item_id)
        return _render_task(uow, page, posted.data, add_row=posted.add_row, opinion=posted.opinion, finds=posted.finds)


def _over(item: WorkItemForm, error: ConflictError, *, typed: Mapping[str, object] | None = None) -> str:
    """Says who did what; what this person typed is shown, so that it is not lost."""
    schema = pages.schema_of(item.form)
    return render_template(
        "inbox/closed.html",
        title=_("此事项已有变化") if typed is not None else _("此事项已办理"),
        sentence=pages.sentence_of(error),
        not_saved=typed is not None,
        typed=pages.filled_in(schema, typed or {}),
        reload_url=url_for(".task", work_item_id=item.id) if typed is not None else None,
        case_url=url_for("instances.show", instance_id=item.instance_id) if item.may_read_case else None,
    )


def _with_uploads(work_item_id: UUID, posted: Posted) -> dict[str, Any]:
    """The data with the ids of files that came with this post; they stay with the case even if it is refused."""
    for key, files in posted.files.items():
        kept = posted.data.get(key)
        names = list(kept) if isinstance(kept, list) else []
        posted.data[key] = names
        for number, file in enumerate(files):
            own = _request_of(work_item_id, f"{posted.request_id}-{number}-{key}", file) if posted.request_id else None
            names.append(_upload(work_item_id, key, file.filename or "", file.stream, own))
    return dict(posted.data)


def _request_of(work_item_id: UUID, place: str, file: FileStorage) -> str:
    """The request id of one file of a form: a page that was refused and is sent again may come with another file."""
    digest = file_digest(file.stream, "sha256").hexdigest()
    file.stream.seek(0)
    return uuid5(work_item_id, f"{place}-{digest}-{file.filename!a}").hex


def _upload(work_item_id: UUID, key: str, name: str, stream: Any, request_id: str | None) -> str:
    try:
        with current_engine().unit_of_work(actor=current_user.id) as uow:
            stored = add_attachment(uow, name, stream, work_item_id=work_item_id, field_key=key, request_id=request_id)
    except InvalidInputError as refused:
        reason = next(iter(refused.fields.values()))
        raise InvalidInputError({key: f"{name[:80]}{_('：')}{translated(reason)}"}) from refused
    return str(stored)


def _lost_sentence(names: Sequence[str]) -> str:
    return _("附件没有保存，需要重新选择：%(names)s", names=_("、").join(name[:80] for name in names))


def _checked_opinion(posted: Posted) -> str | None:
    if not posted.opinion:
        return None
    if len(posted.opinion) > OPINION_LIMIT:
        raise InvalidInputError({"opinion": _n("意见最多 %(n)s 个字", n=OPINION_LIMIT)})
    return readable(posted.opinion)


def _done_sentence(item: WorkItemForm, data: Mapping[str, object]) -> str:
    action = item.form.action if item.form else None
    chosen = next((one.label for one in action.choices if one.value == data.get(action.key)), None) if action else None
    step = translated(item.name)
    return (
        _("“%(step)s”已提交：%(action)s", step=step, action=translated(chosen))
        if chosen
        else _("“%(step)s”已提交", step=step)
    )
