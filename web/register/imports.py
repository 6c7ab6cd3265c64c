"""Past years' cases from a workbook: choose the file, choose the columns, look at the dry run, store all or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from itsdangerous import BadData, URLSafeTimedSerializer

from engine.errors import InvalidInputError, NotFoundError
from engine.register.archive import (
    DryRun,
    dry_run,
    ensure_may_import,
    import_archive,
    propose_mapping,
    read_archive_definition,
)
from engine.register.sheet import Sheet, read_sheet
from engine.reports.load import load_manifest
from engine.unit_of_work import UnitOfWork
from engine.workbooks.uploaded import LARGEST_FILE
from web.extensions import current_engine
from web.i18n import counted as _n
from web.i18n import language
from web.register.blueprint import bp

UPLOAD_AGE = 3600  # seconds between the upload and the import
SHOWN_ERRORS = 100
SHOWN_ROWS = 20


@bp.get("/register/<process>/import")
@login_required
def upload(process: str) -> ResponseReturnValue:
    """Ask for the workbook."""
    with current_engine().reading(current_user.id) as uow:
        definition = ensure_may_import(uow.session, process, current_user.id, uow.today)
    return render_template("register/upload.html", process=process, definition=definition, errors={}, period="")


@bp.post("/register/<process>/import")
@login_required
def mapping(process: str) -> ResponseReturnValue:
    """Keep the workbook and ask which column is what."""
    file = request.files.get("file")
    period = request.form.get("period", "").strip()[:16]
    with current_engine().reading(current_user.id) as uow:
        definition = ensure_may_import(uow.session, process, current_user.id, uow.today)
        manifest = load_manifest(uow.session, process)
    content = BytesIO(file.stream.read(LARGEST_FILE + 1)) if file and file.filename else BytesIO()
    try:
        sheet = read_sheet(content)
    except InvalidInputError as error:
        page = render_template(
            "register/upload.html", process=process, definition=definition, errors=error.fields, period=period
        )
        return page, 422
    content.seek(0)
    sha256, _size = current_engine().files.put(content, limit=LARGEST_FILE)
    token = _serializer().dumps([current_user.id, sha256, (file.filename or "")[:200] if file else ""])
    chosen = propose_mapping(definition, sheet.headings)
    return _mapping_page(process, manifest, sheet, token, period, chosen, {}, None)


@bp.post("/register/<process>/import/check")
@login_required
def check(process: str) -> ResponseReturnValue:
    """Judge every row; with ``apply`` and without errors, store them."""
    token, period = request.form.get("token", ""), request.form.get("period", "").strip()[:16]
    sha256, file_name = _uploaded(token)
    with current_engine().files.open(sha256) as stream:
        sheet = read_sheet(BytesIO(stream.read()))
    chosen = _chosen_columns(sheet)
    with current_engine().reading(current_user.id) as uow:
        ensure_may_import(uow.session, process, current_user.id, uow.today)
        manifest = load_manifest(uow.session, process)
        try:
            plan = dry_run(uow.session, process, period, sheet, chosen)
        except InvalidInputError as error:
            return _mapping_page(process, manifest, sheet, token, period, chosen, error.fields, None), 422
    if plan.errors or "apply" not in request.form:
        page = _mapping_page(process, manifest, sheet, token, period, chosen, {}, plan)
        return page, 422 if plan.errors else 200
    with current_engine().unit_of_work(current_user.id) as uow:
        stored = _import_again(uow, process, period, sheet, chosen, file_name)
    flash(_n("已导入 %(n)s 件往届提案（%(session)s）", n=stored, session=period), "success")
    return redirect(url_for(".show", process=process, session=period), code=303)


def _import_again(
    uow: UnitOfWork, process: str, period: str, sheet: Sheet, chosen: dict[str, int | None], file_name: str
) -> int:
    """Judge once more in the transaction that stores: somebody may have imported the same numbers meanwhile."""
    plan = dry_run(uow.session, process, period, sheet, chosen)
    return import_archive(uow, process, plan, file_name=file_name)


def _mapping_page(
    process: str,
    manifest: Mapping[str, Any],
    sheet: Sheet,
    token: str,
    period: str,
    chosen: dict[str, int | None],
    errors: dict[str, str],
    plan: DryRun | None,
) -> str:
    return render_template(
        "register/mapping.html",
        process=process,
        definition=read_archive_definition(manifest),
        sheet=sheet,
        token=token,
        period=period,
        chosen=chosen,
        errors=errors,
        plan=plan,
        shown_errors=SHOWN_ERRORS,
        shown_rows=SHOWN_ROWS,
        samples=_samples(sheet),
        language_code=language(),
    )


def _samples(sheet: Sheet) -> list[str]:
    """What stands in each column, as a help for choosing it."""
    return [
        next((row[column][:24] for row in sheet.rows if column < len(row) and row[column]), "")
        for column in range(len(sheet.headings))
    ]


def _chosen_columns(sheet: Sheet) -> dict[str, int | None]:
    chosen: dict[str, int | None] = {}
    for name, value in request.form.items():
        if name.startswith("column-"):
            column = int(value) if value.isdecimal() and len(value) < 4 else None
            known = column is not None and column < len(sheet.headings)
            chosen[name.removeprefix("column-")] = column if known else None
    return chosen


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="archive-upload")


def _uploaded(token: str) -> tuple[str, str]:
    """The file that this person uploaded within the hour.

    Raises:
        NotFoundError: somebody else's, too old, or made up.
    """
    try:
        user_id, sha256, file_name = _serializer().loads(token, max_age=UPLOAD_AGE)
    except (BadData, ValueError) as error:
        raise NotFoundError from error
    if user_id != current_user.id:
        raise NotFoundError
    return sha256, file_name
