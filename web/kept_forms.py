"""A form that could not be taken when it came: what was typed is kept in the page, and sent with one press."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from flask import request
from flask.typing import ResponseReturnValue

from web.patience import is_repeatable

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

LOST_FILE = "_lost_file"  # its value is field/name of a file that was chosen and not stored
OF_THE_LOG_IN = frozenset({"_login", "_password", "_next", "csrf_token"})  # not part of the form that is kept

_views: dict[str, Callable[..., ResponseReturnValue]] = {}


def shows_again(endpoint: str) -> Callable[[View], View]:
    """Name the view that draws the page of ``endpoint`` with what was posted to it; it takes the same arguments."""

    def name(view: View) -> View:
        _views[endpoint] = view
        return view

    return name


def view_with_what_was_typed() -> Callable[..., ResponseReturnValue] | None:
    """The view that can draw the page of this request again with everything in it."""
    return _views.get(request.endpoint or "")


def comes_from_our_pages() -> bool:
    """Whether the browser says that a page of ours sent the request; a page of another site cannot make it say so."""
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host


def kept_fields() -> list[tuple[str, str]]:
    """The fields of a form that may be sent again as it is; of files only which were chosen."""
    if request.method != "POST" or not is_repeatable():
        return []
    typed = [
        (name, value)
        for name, values in request.form.lists()
        for value in values
        if name not in OF_THE_LOG_IN and "password" not in name
    ]
    chosen = [(key, file.filename) for key, file in request.files.items(multi=True) if file.filename]
    return typed + [(LOST_FILE, f"{key}/{name}") for key, name in chosen]


def lost_files() -> dict[str, list[str]]:
    """Names of the files that have to be chosen again, by field."""
    lost: dict[str, list[str]] = {}
    for text in request.form.getlist(LOST_FILE):
        key, _, name = text.partition("/")
        lost.setdefault(key, []).append(name)
    for key, file in request.files.items(multi=True):
        if file.filename:
            lost.setdefault(key, []).append(file.filename)
    return lost
