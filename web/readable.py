"""Requests that can be read: addresses without NUL and halves of characters, which no database can be asked for; a
host that is a name; no more text than people type.

A form is judged where it is read, for there the person can be told at the field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Request, current_app, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict, iter_multi_items
from werkzeug.utils import cached_property

from engine.errors import NotFoundError


def readable(text: str) -> str:
    """The text without NUL and lone surrogates."""
    return "".join(character for character in text if character != "\x00" and not "\ud800" <= character <= "\udfff")


class ReadableParameters(ImmutableMultiDict[str, Any]):
    """What was sent in the address; PostgreSQL answers a NUL with an error that is nobody's fault."""

    def __init__(self, mapping: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        pairs = iter_multi_items(mapping) if isinstance(mapping, MultiDict | dict) else mapping or ()
        super().__init__([(_readable(name), _readable(value)) for name, value in pairs])


class ReadableRequest(Request):
    """A request whose address has readable parameters."""

    @cached_property
    def args(self) -> ReadableParameters:  # type: ignore[override]  # werkzeug's property is read-only as well
        """The parameters of the address."""
        return ReadableParameters(super().args)


def init_app(app: Flask) -> None:
    """No address of ours has such a character."""
    app.request_class = ReadableRequest
    app.before_request(_refuse_unreadable_path)
    app.before_request(_limit_text)
    app.wsgi_app = _with_readable_host(app.wsgi_app)  # type: ignore[assignment, method-assign]


def _with_readable_host(application: WSGIApplication) -> WSGIApplication:
    """Refuse a host that is no name before anything is done with it: no page can be drawn without one."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            environ.get("HTTP_HOST", "").encode("idna")
        except UnicodeError:
            start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
            return [b"Bad Request\n"]
        return application(environ, start_response)

    return answer


def _limit_text() -> None:
    """Hold a form without files to the limit of its text; unpacking such a body takes eighty times its size."""
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]


def _refuse_unreadable_path() -> None:
    if readable(request.path) != request.path:
        raise NotFoundError


def _readable(value: Any) -> Any:
    return readable(value) if isinstance(value, str) else value
