"""What a browser posted for a form: values, files, and which button was pressed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flask import Request
from werkzeug.datastructures import FileStorage

from engine.forms import FormSchema

ADD_ROW = "_add"  # the button that asks for one more row, for browsers without scripts
REMOVE_ROW = "_remove"  # its value is list-row
FIND = "_find"  # the button that searches a long list, for browsers without scripts
TYPED = "_find-"  # before a field's key: what is searched for
LONGEST_SEARCH = 60  # characters
OPINION = "_opinion"
NO_VERSION = 0  # theirs begin at 1
_REQUEST_ID = re.compile(r"[\w-]{1,64}", re.ASCII)


@dataclass(frozen=True)
class Posted:
    """One post of a form page."""

    data: dict[str, object]
    files: dict[str, list[FileStorage]] = field(default_factory=dict)
    opinion: str | None = None
    request_id: str | None = None
    version: int | None = None
    add_row: str | None = None  # key of the list that gets one more row
    removed_row: bool = False
    finds: dict[str, str] = field(default_factory=dict)  # what is searched for, by key of the long list
    searches: bool = False

    @property
    def only_draws_again(self) -> bool:
        """Whether the person asked for a row more or less, or for a search, rather than sending the form."""
        return self.add_row is not None or self.removed_row or self.searches


def read_request(schema: FormSchema, request: Request) -> Posted:
    """Read the post of a page that shows ``schema``."""
    data = schema.read_posted(dict(request.form.lists()))
    _remove_row(data, request.form.get(REMOVE_ROW))
    return Posted(
        data=data,
        files=_files(schema, request),
        opinion=(request.form.get(OPINION) or "").strip() or None,
        request_id=request_id_of(request),
        version=shown_version(request.form.get("version")),
        add_row=request.form.get(ADD_ROW),
        removed_row=REMOVE_ROW in request.form,
        finds=_finds(schema, request),
        searches=FIND in request.form,
    )


def _finds(schema: FormSchema, request: Request) -> dict[str, str]:
    typed = {component.key: request.form.get(TYPED + component.key, "") for component in schema.fields()}
    visible = {key: "".join(one for one in text if one.isprintable()).strip() for key, text in typed.items()}
    return {key: text[:LONGEST_SEARCH] for key, text in visible.items() if text}


def _files(schema: FormSchema, request: Request) -> dict[str, list[FileStorage]]:
    pickers = (component.key for component in schema.fields() if component.type == "filepicker")
    given = {key: list(_named(request.files.getlist(key))) for key in pickers}
    return {key: files for key, files in given.items() if files}


def _named(files: Iterable[FileStorage]) -> Iterable[FileStorage]:
    return (file for file in files if file.filename)


def _remove_row(data: dict[str, object], target: str | None) -> None:
    """Take one row out; ``target`` is ``list-row``."""
    key, _, number = (target or "").rpartition("-")
    rows = data.get(key)
    if isinstance(rows, list) and number.isdecimal() and int(number) < len(rows):
        del rows[int(number)]


def shown_version(text: str | None) -> int | None:
    """The version that was shown; what is none of ours is that of a page nobody has seen, never "no matter which"."""
    if text is None:
        return None
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else NO_VERSION


def request_id_of(request: Request) -> str | None:
    """The id that makes a second click the same click; None for anything that no page of ours has sent."""
    text = request.form.get("request_id", "")
    return text if _REQUEST_ID.fullmatch(text) else None


def storable(data: Mapping[str, object]) -> dict[str, object]:
    """The data of a draft without characters that no database keeps; everything else stays as it was typed."""
    return {key: _storable(value) for key, value in data.items()}


def _storable(value: object) -> object:
    if isinstance(value, str):
        return "".join(
            character for character in value if character != "\x00" and not "\ud800" <= character <= "\udfff"
        )
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, Mapping):
        return storable(value)
    return value
