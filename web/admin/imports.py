"""Import people: upload, map the columns, look at the dry run, apply."""

from __future__ import annotations

import secrets
from pathlib import Path

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engine.commands.organisation.people_import import apply_people_import
from engine.errors import InvalidInputError, NotFoundError
from engine.people_import import (
    FIELDS,
    ImportOptions,
    ImportPlan,
    Sheet,
    plan_people_import,
    read_sheet,
)
from engine.rules.administration import Area
from engine.workbooks.uploaded import LARGEST_FILE
from web.admin import posted
from web.admin.blueprint import area_required, bp
from web.extensions import current_engine

SHOWN_PROBLEMS = 100
SHOWN_LINES = 50
KEPT_FILES = 20  # uploads that were never applied; the oldest go first


@bp.get("/import")
@area_required(Area.PEOPLE)
def import_people() -> ResponseReturnValue:
    """Choose a file."""
    return render_template("admin/import.html", errors={}, fields=FIELDS)


@bp.post("/import")
@area_required(Area.PEOPLE)
def upload_people() -> ResponseReturnValue:
    """Take the file and guess which column is what."""
    upload = request.files.get("file")
    content = upload.stream.read(LARGEST_FILE + 1) if upload else b""
    if not content:
        errors = {"file": _("请选择文件")}
        return render_template("admin/import.html", errors=errors, fields=FIELDS), 422
    try:
        sheet = read_sheet(content)
    except InvalidInputError as error:
        return render_template("admin/import.html", errors=error.fields, fields=FIELDS), 422
    token = _keep(content)
    return _mapping_page(token, sheet, sheet.guessed_mapping(), {})


@bp.post("/import/<token>")
@area_required(Area.PEOPLE)
def try_import(token: str) -> ResponseReturnValue:
    """The dry run; with ``apply`` pressed, the import itself: everything or nothing."""
    sheet = read_sheet(_kept(token).read_bytes())
    mapping = _mapping(sheet)
    try:
        if request.form.get("do") == "apply":
            return _apply(token, sheet, mapping)
        with current_engine().reading(current_user.id) as uow:
            plan = plan_people_import(uow.session, sheet, mapping, _options(), today=uow.today)
    except InvalidInputError as error:
        return _mapping_page(token, sheet, mapping, error.fields), 422
    return _mapping_page(token, sheet, mapping, {}, plan)


def _apply(token: str, sheet: Sheet, mapping: dict[str, str]) -> ResponseReturnValue:
    """Plan again in the writing transaction: what was shown may have changed meanwhile."""
    with current_engine().unit_of_work(actor=current_user.id) as uow:
        plan = plan_people_import(uow.session, sheet, mapping, _options(), today=uow.today)
        if not plan.can_apply:
            return _mapping_page(token, sheet, mapping, {}, plan), 422
        result = apply_people_import(uow, plan)
    _kept(token).unlink()
    message = _(
        "导入完成：新增 %(created)s 人，更新 %(changed)s 人，停用 %(ended)s 人。",
        created=result.created,
        changed=result.changed,
        ended=result.ended,
    )
    flash(message, "success")
    return redirect(url_for("admin.people"), code=303)


def _mapping_page(
    token: str, sheet: Sheet, mapping: dict[str, str], errors: dict[str, str], plan: ImportPlan | None = None
) -> str:
    samples = [
        "、".join(
            dict.fromkeys(cells[index].text for _, cells in sheet.rows[:3] if index < len(cells) and cells[index].text)
        )
        for index in range(len(sheet.headings))
    ]
    return render_template(
        "admin/import_mapping.html",
        token=token,
        columns=list(zip(sheet.headings, samples, strict=True)),
        rows=len(sheet.rows),
        mapping=mapping,
        fields=FIELDS,
        options=_options(),
        errors=errors,
        plan=plan,
        shown_problems=SHOWN_PROBLEMS,
        shown_lines=SHOWN_LINES,
    )


def _mapping(sheet: Sheet) -> dict[str, str]:
    chosen = {heading: posted.text(f"column-{index}") for index, heading in enumerate(sheet.headings)}
    return {heading: field for heading, field in chosen.items() if field}


def _options() -> ImportOptions:
    return ImportOptions(
        create_units=posted.ticked("create_units"),
        complete=posted.ticked("complete"),
        accept_many_missing=posted.ticked("accept_many_missing"),
    )


def _folder() -> Path:
    folder = current_engine().settings.data_dir / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _keep(content: bytes) -> str:
    """Keep an upload under a name nobody can guess, until it is applied."""
    kept = sorted(_folder().glob("*.xlsx"), key=lambda path: path.stat().st_mtime)
    for path in kept[: max(0, len(kept) - KEPT_FILES + 1)]:
        path.unlink(missing_ok=True)
    token = secrets.token_hex(16)
    path = _folder() / f"{token}.xlsx"
    path.touch(mode=0o600)
    path.write_bytes(content)
    return token


def _kept(token: str) -> Path:
    path = _folder() / f"{token}.xlsx"
    if not (len(token) == 32 and token.isalnum() and path.is_file()):
        raise NotFoundError
    return path
