"""From what a browser posts, or the API sends, to values. Only the form of a value is judged here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.forms import profile
from engine.forms.messages import message
from engine.forms.schema import Component
from engine.sentences import Message

LOCAL = ZoneInfo("Asia/Shanghai")  # what a person means by "9:30"

_NUMBER = re.compile(r"[+-]?(\d+)(?:\.(\d+))?")
_BREAKS = re.compile(r"\r\n?|\u2028|\u2029")
_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Co", "Cn"})
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class RefusedValue(Exception):
    """The value has not the form that its field needs."""

    def __init__(self, answer: Message) -> None:
        self.answer = answer
        super().__init__(answer)


def convert(component: Component, raw: object) -> Any:
    """The value of one field; None (or an empty list) when it was left empty.

    Raises:
        RefusedValue: with the sentence to show at the field.
    """
    return _CONVERTERS[component.type](component, raw)


def is_empty(value: object) -> bool:
    """Whether a converted value counts as not filled in."""
    return value is None or value in ("", [])


def clean_text(raw: object, limit: int) -> str | None:
    """Normalise line ends and outer blanks; None when nothing is left.

    Raises:
        RefusedValue: not a text, over-long, or with characters that nobody can see (NUL, direction marks …).
    """
    if raw is None:
        return None
    if not isinstance(raw, str):
        raise RefusedValue(message("text"))
    text = _BREAKS.sub("\n", raw).strip()
    if len(text) > limit:
        raise RefusedValue(message("max_length", n=limit, actual=len(text)))
    if any(_is_invisible(character) for character in text):
        raise RefusedValue(message("control"))
    return text or None


def _is_invisible(character: str) -> bool:
    if character in "\n\t":
        return False
    return character in _DIRECTION_MARKS or unicodedata.category(character) in _REFUSED_CATEGORIES


def _line(component: Component, raw: object) -> str | None:
    text = clean_text(raw, max(profile.MAX_LINE, component.rules.max_length or 0, profile.MAX_TEXT))
    if text is None:
        return None
    text = " ".join(text.split("\n"))
    if component.rules.max_length is None and len(text) > profile.MAX_LINE:
        raise RefusedValue(message("max_length", n=profile.MAX_LINE, actual=len(text)))
    return text


def _text(component: Component, raw: object) -> str | None:
    return clean_text(raw, profile.MAX_TEXT)


def _number(component: Component, raw: object) -> Decimal | None:
    if raw is None or isinstance(raw, bool):
        if raw is None:
            return None
        raise RefusedValue(message("number"))
    if isinstance(raw, (int, Decimal)):
        raw = format(raw, "f") if isinstance(raw, Decimal) and raw.is_finite() else str(raw)
    if not isinstance(raw, str):
        raise RefusedValue(message("number"))
    if len(raw) > 10 * profile.MAX_DIGITS:
        raise RefusedValue(message("number_digits", n=profile.MAX_DIGITS))
    text = unicodedata.normalize("NFKC", raw).strip().replace(",", "")
    if not text:
        return None
    found = _NUMBER.fullmatch(text)
    if not found:
        raise RefusedValue(message("number"))
    if len(found[1]) + len(found[2] or "") > profile.MAX_DIGITS:
        raise RefusedValue(message("number_digits", n=profile.MAX_DIGITS))
    digits = component.rules.decimal_digits
    if digits is not None and len((found[2] or "").rstrip("0")) > digits:
        raise RefusedValue(message("decimal_digits", n=digits))
    return Decimal(text)


def _moment(component: Component, raw: object) -> date | time | datetime | None:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    return _MOMENTS[component.subtype](raw)


def _date(raw: object) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    try:
        return date.fromisoformat(_iso(raw, 10))
    except ValueError:
        raise RefusedValue(message("date")) from None


def _time(raw: object) -> time:
    if isinstance(raw, time):
        return raw
    try:
        return time.fromisoformat(_iso(raw, 8))
    except ValueError:
        raise RefusedValue(message("time")) from None


def _instant(raw: object) -> datetime:
    try:
        instant = raw if isinstance(raw, datetime) else datetime.fromisoformat(_iso(raw, 40))
        aware = instant if instant.tzinfo is not None else instant.replace(tzinfo=LOCAL)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        raise RefusedValue(message("datetime")) from None


def _iso(raw: object, longest: int) -> str:
    if not isinstance(raw, str) or len(raw.strip()) > longest:
        raise ValueError(raw)
    return raw.strip()


_MOMENTS: Mapping[str, Callable[[object], date | time | datetime]] = {
    "date": _date,
    "time": _time,
    "datetime": _instant,
}


def _one(component: Component, raw: object) -> str | None:
    if isinstance(raw, (list, tuple)):
        if len(raw) > 1:
            raise RefusedValue(message("single"))
        raw = raw[0] if raw else None
    try:
        return clean_text(raw, profile.MAX_LINE)
    except RefusedValue:
        raise RefusedValue(message("option")) from None


def _several(component: Component, raw: object) -> list[str]:
    listed = _listed(raw)
    _refuse_flood(component, listed, profile.MAX_CHOSEN)
    chosen: dict[str, None] = {}  # keeps the order of choosing, each once
    for one in listed:
        value = _one(component, one)
        if value is not None:
            chosen[value] = None
    return list(chosen)


def _refuse_flood(component: Component, listed: Sequence[object], most: int) -> None:
    """No more is looked at than any field may have; the person reads how many this one may have."""
    if len(listed) > most:
        own = component.rules.max_items
        raise RefusedValue(message("max_items", n=most if own is None else min(own, most), actual=len(listed)))


def _listed(raw: object) -> Sequence[object]:
    if raw is None:
        return ()
    return raw if isinstance(raw, (list, tuple)) else (raw,)


def _yes_no(component: Component, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    if raw is None or raw in ("", "false", "off", "0"):
        return False
    if raw in ("on", "true", "1"):
        return True
    raise RefusedValue(message("yes_no"))


def _rows(component: Component, raw: object) -> list[Any]:
    """Rows of a dynamic list; empty rows fall out. A wrong row is named by its number, counted from 1."""
    if raw is None or raw == "":
        return []
    if not isinstance(raw, (list, tuple)):
        raise RefusedValue(message("rows"))
    _refuse_flood(component, raw, profile.MAX_ROWS)
    rows = []
    for number, one in enumerate(raw, start=1):
        row = _row(component, number, one)
        if any(not is_empty(value) and value is not False for value in row.values()):
            rows.append(row)
    if component.flat:
        return [next(iter(row.values())) for row in rows]
    return rows


def _row(component: Component, number: int, raw: object) -> dict[str, Any]:
    inputs = [child for child in component.children if child.is_input]
    if not isinstance(raw, Mapping):
        if len(inputs) != 1:
            raise RefusedValue(message("rows"))
        raw = {inputs[0].key: raw}
    row = {}
    for child in inputs:
        try:
            row[child.key] = convert(child, raw.get(child.key))
        except RefusedValue as refused:
            raise RefusedValue(message("row", row=number, message=refused.answer, field=child.key)) from None
    return row


_CONVERTERS: Mapping[str, Callable[[Component, object], Any]] = {
    "textfield": _line,
    "textarea": _text,
    "number": _number,
    "datetime": _moment,
    "select": _one,
    "radio": _one,
    "checkbox": _yes_no,
    "checklist": _several,
    "taglist": _several,
    "filepicker": _several,
    "dynamiclist": _rows,
}
