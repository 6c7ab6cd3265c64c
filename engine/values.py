"""Process variables as text: exact decimals and temporal values survive the way to the database and back.

A number is written with a point or an exponent (``12.50``, ``12e0``), so that it is read exactly and without looking
at each value. ``{"@": "2026-01-01"}`` is a date, time or duration in FEEL's notation, ``{"$": {…}}`` a context that
happens to look like one of these; ``{"#": "12.50"}`` is how numbers were written before. A number is kept with FEEL's
34 digits; a longer one is rounded to them, half to even.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, ValuesView
from datetime import date, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import chain, compress
from operator import not_
from typing import Any

import msgspec

from engine.feel.kinds import MAX_DIGITS, MAX_EXPONENT, nearest_number
from engine.feel.runtime import Run
from engine.feel.temporal import YearsMonthsDuration, format_temporal, parse_temporal
from engine.feel.text import to_text
from engine.feel.wide import WideDate, WideDateTime

Value = Any  # None | bool | str | Decimal | date | time | datetime | timedelta | YearsMonthsDuration | list | dict

MAX_DEPTH = 64
_NUMBER, _TEMPORAL, _ESCAPE = "#", "@", "$"
_TAGS = frozenset({_NUMBER, _TEMPORAL, _ESCAPE})
_TEMPORAL_TYPES = (date, time, timedelta, YearsMonthsDuration, WideDate, WideDateTime)
_UNSTORABLE_TEXT = re.compile("[\x00\ud800-\udfff]")
_TO_CONVERT = re.compile(r'\{\s*"[#@$]"|[\[:,]\s*-?\d+\s*[\],}]')  # a tag, or a number as only others write it
_PLAIN = frozenset({str, bool, type(None)})
_TEXT_ONLY = frozenset({str})
_READ = frozenset({str, bool, type(None), Decimal})  # kinds that are stored values as soon as they are parsed
_LISTS = frozenset({list, tuple})
_decoder = msgspec.json.Decoder(float_hook=lru_cache(maxsize=4096)(Decimal))  # the same few numbers, again and again
_encoder = msgspec.json.Encoder()


class ValueNotStorableError(ValueError):
    """A value that no process variable may have; the path leads to it."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path or '变量'}：{reason}")
        self.path = path
        self.reason = reason

    def within(self, place: str) -> ValueNotStorableError:
        """The same, seen from the value around it; ``place`` is a name, or an index in brackets."""
        separator = "." if self.path and not self.path.startswith("[") else ""
        return ValueNotStorableError(f"{place}{separator}{self.path}", self.reason)


def dumps(variables: Mapping[str, Value]) -> str:
    """Variables as JSON text.

    Raises:
        ValueNotStorableError: NaN, infinity, binary floats, cycles or more than 64 levels, NUL or half characters,
            functions, ranges and objects of other kinds.
    """
    made = _encode_entries(variables, 0)
    try:
        text = _encoder.encode(made).decode()
    except UnicodeEncodeError:  # half a character
        _refuse_texts(variables)
        raise
    if "\\u0000" in text:  # or a backslash that somebody wrote
        _refuse_texts(variables)
    return text


def as_stored(value: Value) -> Value:
    """What a storable value is read back as: the same to look at, in objects of its own wherever they can change."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is Decimal:
        return _kept(value)
    if kind is list or kind is tuple:
        return [as_stored(item) for item in value]
    if kind is dict:
        return {as_stored(key): as_stored(item) for key, item in value.items()}
    return loads(dumps({"": value}))[""]


def loads(text: str) -> dict[str, Value]:
    """Variables of what dumps wrote.

    Raises:
        ValueNotStorableError: a text that dumps cannot have written.
    """
    try:
        raw = _decoder.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ValueNotStorableError("", "不是有效的 JSON") from error
    if not isinstance(raw, dict):
        raise ValueNotStorableError("", "最外层应为对象")
    return raw if _are_made_of(raw.values(), _READ) or not _TO_CONVERT.search(text) else _decode_entries(raw)


def _are_made_of(values: ValuesView[Any], kinds: frozenset[Any]) -> bool:
    """Whether the values are of these kinds, or lists of them."""
    others = set(map(type, values)) - kinds
    if not others:
        return True
    if not others <= _LISTS:
        return False
    lists = compress(values, map(_LISTS.__contains__, map(type, values)))
    return kinds.issuperset(map(type, chain.from_iterable(lists)))


def _encode(value: Value, depth: int) -> Any:
    """What the encoder in C takes; texts, truth values and null as they are."""
    if type(value) is list and depth < MAX_DEPTH:  # by far the most of what comes here
        return _encode_items(value, depth)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Decimal | int):
        return _number(Decimal(value))
    if isinstance(value, _TEMPORAL_TYPES):
        return {_TEMPORAL: format_temporal(value)}
    if depth >= MAX_DEPTH:
        raise ValueNotStorableError("", f"嵌套超过 {MAX_DEPTH} 层")
    if isinstance(value, list | tuple):
        return _encode_items(value, depth)
    if isinstance(value, Mapping):
        made = _encode_entries(value, depth)
        return {_ESCAPE: made} if len(made) == 1 and made.keys() <= _TAGS else made
    raise ValueNotStorableError("", f"{type(value).__name__} 不能作为变量保存")


def _encode_items(values: list[Value] | tuple[Value, ...], depth: int) -> list[Any] | tuple[Any, ...]:
    if _PLAIN.issuperset(map(type, values)):
        return values
    made: list[Any] = []
    try:
        for item in values:
            kind = type(item)
            made.append(_number(item) if kind is Decimal else item if kind in _PLAIN else _encode(item, depth + 1))
    except ValueNotStorableError as error:
        raise error.within(f"[{len(made) + 1}]") from None
    return made


def _encode_entries(value: Mapping[str, Value], depth: int) -> dict[str, Any]:
    entries = value if type(value) is dict else dict(value)
    if not _TEXT_ONLY.issuperset(map(type, entries)):
        entries = {_name(key): item for key, item in entries.items()}
    if _PLAIN.issuperset(map(type, entries.values())):
        return entries
    made, name = entries.copy(), ""
    try:
        for name, item in compress(entries.items(), map(not_, map(_PLAIN.__contains__, map(type, entries.values())))):
            made[name] = _number(item) if type(item) is Decimal else _encode(item, depth + 1)
    except ValueNotStorableError as error:
        raise error.within(name) from None
    return made


def _name(key: object) -> str:
    if not isinstance(key, str):
        raise ValueNotStorableError("", "键应为文字")
    return str(key)


def _refuse_texts(value: Value) -> None:
    """Say which text cannot be stored, if one cannot."""
    if isinstance(value, str):
        if _UNSTORABLE_TEXT.search(value):
            raise ValueNotStorableError("", "文字中有不能保存的字符")
        return
    places: Iterable[tuple[str, Value]] = ()
    if isinstance(value, Mapping):
        _refuse_texts("".join(map(str, value)))
        places = value.items()
    elif isinstance(value, list | tuple):
        places = [(f"[{number}]", item) for number, item in enumerate(value, start=1)]
    for place, item in places:
        try:
            _refuse_texts(item)
        except ValueNotStorableError as error:
            raise error.within(place) from None


def _number(value: Decimal) -> msgspec.Raw:
    text = str(value)
    if text.isdecimal() and len(text) <= MAX_DIGITS:
        return msgspec.Raw(f"{text}e0")
    text = str(_kept(value))
    return msgspec.Raw(text if "." in text or "E" in text else f"{text}e0")


def _kept(value: Decimal) -> Decimal:
    """A number as it is kept."""
    rounded = nearest_number(value)
    if not rounded.is_finite():
        raise ValueNotStorableError("", "数字应为有限值")
    return rounded


def _decode(value: Any) -> Value:
    kind = type(value)
    if kind is dict:
        if len(value) == 1:
            ((tag, content),) = value.items()
            if tag == _NUMBER and type(content) is str and content.isdecimal():
                return Decimal(content)
            if tag in _TAGS:
                return _untagged(tag, content)
        return _decode_entries(value)
    if kind is list:
        return _decode_items(value)
    return Decimal(value) if kind is int else value


def _decode_items(values: list[Any]) -> list[Value]:
    made: list[Value] = []
    try:
        for item in values:
            kind = type(item)
            if kind is dict and len(item) == 1 and type(item.get(_NUMBER)) is str and item[_NUMBER].isdecimal():
                made.append(Decimal(item[_NUMBER]))
            else:
                made.append(item if kind is str else _decode(item))
    except ValueNotStorableError as error:
        raise error.within(f"[{len(made) + 1}]") from None
    return made


def _decode_entries(value: dict[str, Any]) -> dict[str, Value]:
    made = {}
    key = ""
    try:
        for key, item in value.items():
            made[key] = item if type(item) is str else _decode(item)
    except ValueNotStorableError as error:
        raise error.within(key) from None
    return made


def _untagged(tag: str, content: Any) -> Value:
    if tag == _ESCAPE and isinstance(content, dict):
        return _decode_entries(content)
    if tag == _NUMBER and isinstance(content, str):
        try:
            return Decimal(content)
        except ArithmeticError as error:
            raise ValueNotStorableError("", "不是数字") from error
    moment = parse_temporal(content) if tag == _TEMPORAL and isinstance(content, str) else None
    if moment is None:
        raise ValueNotStorableError("", "不是日期、时间或时长")
    return moment


def to_plain(value: Value) -> Any:
    """A value for JSON output: numbers as JSON numbers, temporal values as ``{"@": …}``.

    A number that a binary float cannot carry is rounded; ``to_json`` writes it exactly.
    """
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return _plain(value, to_plain)


def _plain(value: Value, convert: Any) -> Any:
    if isinstance(value, _TEMPORAL_TYPES):
        return {_TEMPORAL: format_temporal(value)}
    if isinstance(value, list | tuple):
        return [convert(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): convert(item) for key, item in value.items()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return to_text(value, Run())


def to_json(value: Value, *, indent: int | None = None) -> str:
    """A value as JSON text with every digit of its numbers."""
    text = msgspec.json.Encoder(decimal_format="number").encode(_exact(value))
    return (msgspec.json.format(text, indent=indent) if indent is not None else text).decode()


def _exact(value: Value) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and value.adjusted() < 40 else value
    return _plain(value, _exact)


def exact_number(text: str) -> Decimal:
    """A number of JSON text with a point or an exponent, for ``json.loads(…, parse_float=exact_number)``.

    Raises:
        ValueNotStorableError: an exponent that no number can have.
    """
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueNotStorableError("", "数字应为有限值") from None


def from_plain(value: Any, depth: int = 0) -> Value:
    """A value of parsed JSON: numbers become Decimal, ``{"@": "2026-01-01"}`` a temporal value.

    Raises:
        ValueNotStorableError: an at-literal that is none, a number that is not finite, or too deep a value.
    """
    if depth > MAX_DEPTH:
        raise ValueNotStorableError("", f"嵌套超过 {MAX_DEPTH} 层")
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float | Decimal):
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if not number.is_finite() or abs(number.adjusted()) > MAX_EXPONENT:
            raise ValueNotStorableError("", "数字应为有限值")
        return _kept(number)
    if isinstance(value, list | tuple):
        return [from_plain(item, depth + 1) for item in value]
    if isinstance(value, Mapping):
        if len(value) == 1 and isinstance(value.get(_TEMPORAL), str):
            return _untagged(_TEMPORAL, value[_TEMPORAL])
        return {str(key): from_plain(item, depth + 1) for key, item in value.items()}
    raise ValueNotStorableError("", f"{type(value).__name__} 不是 JSON 的值")
