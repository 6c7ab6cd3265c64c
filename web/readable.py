"""Addresses whose texts every database can be asked for: without NUL and halves of characters, which nobody types.

A form is judged where it is read, for there the person can be told at the field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, Request, request
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


def _refuse_unreadable_path() -> None:
    if readable(request.path) != request.path:
        raise NotFoundError


def _readable(value: Any) -> Any:
    return readable(value) if isinstance(value, str) else value
