"""A fragment with similar cases, asked for while somebody writes."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from engine.reports.display import Display
from engine.reports.load import load_manifest
from engine.search import similar as find_similar
from engine.search.text import join_texts
from web.extensions import current_engine
from web.i18n import language
from web.register.blueprint import bp

LONGEST_TITLE = 200  # characters that are compared
LONGEST_TEXT = 5000


@bp.route("/similar", methods=["GET", "POST"])
@login_required
def similar() -> ResponseReturnValue:
    """Cases like the one being written: ``process``, ``title``, optionally ``reason``, ``suggestions…``, ``exclude``.

    The answer is a fragment for ``<div class="similar">``, empty when nothing is similar. POST as GET: a long text
    does not fit into an address.
    """
    process = request.values.get("process", "motion")
    title = request.values.get("title", "")[:LONGEST_TITLE]
    with current_engine().reading(current_user.id) as uow:
        manifest = load_manifest(uow.session, process)
        names = [str(name) for name in manifest.get("similar_on") or ("title", "reason", "suggestions")]
        text = join_texts(_written(names))[:LONGEST_TEXT]
        found = find_similar(uow.session, process, title, text, exclude=_exclude())
        display = Display(uow.session, manifest, language())
        return render_template("register/similar.html", found=found, display=display)


def _written(names: list[str]) -> list[str]:
    """What was typed into the fields that are compared, rows of a list (``suggestions-0-text``) included."""
    typed = []
    for key in request.values:
        if key != "title" and any(key == name or key.startswith(f"{name}-") for name in names):
            typed.extend(request.values.getlist(key))
    return typed


def _exclude() -> UUID | None:
    try:
        return UUID(request.values.get("exclude", ""))
    except ValueError:
        return None
