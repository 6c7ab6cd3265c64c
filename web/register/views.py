"""The list with filters, and the same rows as a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from flask import render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from engine.errors import NotFoundError
from engine.queries.organisation import has_role
from engine.queries.processes import manifests_with
from engine.register.archive import read_archive_definition
from engine.register.query import (
    Filters,
    RegisterDefinition,
    export_rows,
    filter_options,
    read_register_definition,
    register,
)
from engine.reports.display import Display
from engine.unit_of_work import UnitOfWork
from engine.workbooks.written import write_workbook
from web.extensions import current_engine
from web.i18n import language
from web.register.blueprint import bp

PAGE_SIZES = (20, 50, 100, 200)  # rows
LONGEST_QUERY = 100  # characters
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/register/")
@login_required
def index() -> ResponseReturnValue:
    """The register of the first process that has one."""
    with current_engine().reading(current_user.id) as uow:
        folders = manifests_with(uow, "register")
    if not folders:
        raise NotFoundError
    return show(folders[0][0])


@bp.get("/register/<process>")
@login_required
def show(process: str) -> ResponseReturnValue:
    """One page of the register."""
    size = _size(request.args.get("size"))
    with current_engine().reading(current_user.id) as uow:
        definition = read_register_definition(uow.session, process, language())
        filters = read_filters(definition, request.args)
        page = register(uow, process, filters, page=_whole(request.args.get("page")), size=size, language=language())
        display = Display(uow.session, definition.manifest, language())
        options = filter_options(uow.session, definition, display)
        return render_template(
            "register/list.html",
            process=process,
            register=page,
            filters=filters,
            options=options,
            display=display,
            sort_url=lambda variable: url_for(".show", process=process, **_sorted(filters.sort, variable)),
            sizes=PAGE_SIZES,
            size=size,
            page_url=lambda number: url_for(".show", process=process, **_arguments(page=number)),
            export_url=url_for(".export", process=process, **_arguments(page=None, size=None)),
            may_import=_may_import(uow, definition),
        )


@bp.get("/register/<process>/export.xlsx")
@login_required
def export(process: str) -> ResponseReturnValue:
    """The rows of the list, all pages of it, as a workbook."""
    with current_engine().reading(current_user.id) as uow:
        definition = read_register_definition(uow.session, process, language())
        page = export_rows(uow, process, read_filters(definition, request.args), language=language())
        name = f"{definition.title}-{uow.today:%Y%m%d}.xlsx"
    content = write_workbook(definition.title, page.headings, [row.cells for row in page.rows])
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)


def read_filters(definition: RegisterDefinition, arguments: Mapping[str, str]) -> Filters:
    """What the address asks for; unknown names are ignored."""
    values = {name: arguments.get(name, "")[:255] for name in definition.filters if name not in ("session", "state")}
    return Filters(
        period=arguments.get("session", "")[:32],
        state=arguments.get("state", "")[:16],
        text=arguments.get("q", "").strip()[:LONGEST_QUERY],
        values=values,
        sort=arguments.get("sort", "")[:64],
    )


def _sorted(now: str, variable: str) -> dict[str, str | int]:
    """The same list sorted by a column; by the one it is sorted by already, from the other end."""
    return _arguments(page=None, sort=f"-{variable}" if now == variable else variable)


def _arguments(**changes: str | int | None) -> dict[str, str | int]:
    given: dict[str, str | int] = {name: value for name, value in request.args.items() if value and name != "process"}
    for name, value in changes.items():
        if value is None:
            given.pop(name, None)
        else:
            given[name] = value
    return given


def _may_import(uow: UnitOfWork, definition: RegisterDefinition) -> bool:
    archive = read_archive_definition(definition.manifest)
    return archive is not None and has_role(uow.session, current_user.id, archive.roles, uow.today)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 8 else 1


def _size(text: str | None) -> int:
    size = _whole(text)
    return size if size in PAGE_SIZES else PAGE_SIZES[0]
