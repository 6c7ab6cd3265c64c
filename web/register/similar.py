"""A fragment with similar cases, asked for while somebody writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from engine.reports.access import visible_instances
from engine.reports.definition import read_report_definition
from engine.reports.display import Display
from engine.reports.load import load_manifest, period_name
from engine.search import similar as find_similar
from engine.search.text import join_texts
from engine.unit_of_work import UnitOfWork
from models import ProcessInstance, WorkItem
from web.extensions import current_engine
from web.i18n import language
from web.register.blueprint import bp

LONGEST_TITLE = 200  # characters that are compared
LONGEST_TEXT = 5000


@bp.route("/similar", methods=["GET", "POST"])
@login_required
def similar() -> ResponseReturnValue:
    """Cases like the one being written: ``process``, ``title``, optionally ``reason``, ``suggestions…``, ``exclude``.

    From a task's page the process and the case to leave out follow from the page itself. The answer is a fragment,
    empty when nothing is similar. POST as GET: a long text does not fit into an address.
    """
    title = request.values.get("title", "")[:LONGEST_TITLE]
    with current_engine().reading(current_user.id) as uow:
        own = _own_case(uow)
        process = own.folder_key if own is not None else request.values.get("process", "motion")
        exclude = own.id if own is not None else _uuid(request.values.get("exclude", ""))
        manifest = load_manifest(uow.session, process)
        names = [str(name) for name in manifest.get("similar_on") or ("title", "reason", "suggestions")]
        text = join_texts(_written(names))[:LONGEST_TEXT]
        found = find_similar(uow.session, process, title, text, exclude=exclude)
        display = Display(uow.session, manifest, language())
        visible = visible_instances(uow, [one.instance_id for one in found if one.instance_id is not None])
        return render_template(
            "register/similar.html",
            found=found,
            display=display,
            visible=visible,
            period_name=_period_names(uow, manifest),
        )


def _period_names(uow: UnitOfWork, manifest: Mapping[str, Any]) -> Callable[[str], str]:
    """Says 4-7 as people do."""
    report = read_report_definition(manifest)
    return lambda period: period_name(uow.session, report, period, language()) if report is not None else period


def _written(names: list[str]) -> list[str]:
    """What was typed into the fields that are compared, rows of a list (``suggestions-0-text``) included."""
    typed = []
    for key in request.values:
        if key != "title" and any(key == name or key.startswith(f"{name}-") for name in names):
            typed.extend(request.values.getlist(key))
    return typed


def _own_case(uow: UnitOfWork) -> ProcessInstance | None:
    """The case that is being written: htmx names the page, which is a task's."""
    page = urlsplit(request.headers.get("HX-Current-URL", "")).path
    work_item = uow.session.get(WorkItem, _uuid(page.rsplit("/", 1)[-1]) or UUID(int=0))
    return uow.session.get(ProcessInstance, work_item.process_instance_id) if work_item is not None else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
