"""Process variables as text: exact decimals and temporal values survive the way to the database and back.

``{"#": "12.50"}`` is a number, ``{"@": "2026-01-01"}`` a date, time or duration in FEEL's notation,
``{"$": {…}}`` a context that happens to look like one of these three.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel.kinds import MAX_EXPONENT
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
_decoder = json.JSONDecoder(parse_float=Decimal, parse_int=Decimal)
_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class ValueNotStorableError(ValueError):
    """A value that no process variable may have; the path leads to it."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path or '变量'}：{reason}")
        self.path = path
        self.reason = reason


def dumps(variables: Mapping[str, Value]) -> str:
    """Variables as JSON text.

    Raises:
        ValueNotStorableError: NaN, infinity, binary floats, cycles or more than 64 levels, NUL or half characters,
            functions, ranges and objects of other kinds.
    """
    return _encoder.encode(_encode_entries(variables, "", 0))


def loads(text: str) -> dict[str, Value]:
    """Variables of what dumps wrote.

    Raises:
        ValueNotStorableError: a text that dumps cannot have written.
    """
    try:
        raw = _decoder.decode(text)
    except (ValueError, RecursionError) as error:
        raise ValueNotStorableError("", "不是有效的 JSON") from error
    if not isinstance(raw, dict):
        raise ValueNotStorableError("", "最外层应为对象")
    return {key: _decode(value, key) for key, value in raw.items()}


def _encode(value: Value, path: str, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, Decimal | int):
        return {_NUMBER: _number(Decimal(value), path)}
    if isinstance(value, _TEMPORAL_TYPES):
        return {_TEMPORAL: format_temporal(value)}
    if depth >= MAX_DEPTH:
        raise ValueNotStorableError(path, f"嵌套超过 {MAX_DEPTH} 层")
    if isinstance(value, list | tuple):
        return [_encode(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(value, 1)]
    if isinstance(value, Mapping):
        made = _encode_entries(value, path, depth)
        return {_ESCAPE: made} if len(made) == 1 and made.keys() <= _TAGS else made
    raise ValueNotStorableError(path, f"{type(value).__name__} 不能作为变量保存")


def _encode_entries(value: Mapping[str, Value], path: str, depth: int) -> dict[str, Any]:
    made = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise ValueNotStorableError(path, "键应为文字")
        made[_text(key, path)] = _encode(item, f"{path}.{key}" if path else key, depth + 1)
    return made


def _text(value: str, path: str) -> str:
    if _UNSTORABLE_TEXT.search(value):
        raise ValueNotStorableError(path, "文字中有不能保存的字符")
    return str(value)


def _number(value: Decimal, path: str) -> str:
    if not value.is_finite():
        raise ValueNotStorableError(path, "数字应为有限值")
    return str(value)


def _decode(value: Any, path: str) -> Value:
    if isinstance(value, list):
        return [_decode(item, f"{path}[{index}]") for index, item in enumerate(value, 1)]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((tag, content),) = value.items()
        if tag in _TAGS:
            return _untagged(tag, content, path)
    return {key: _decode(item, f"{path}.{key}") for key, item in value.items()}


def _untagged(tag: str, content: Any, path: str) -> Value:
    if tag == _ESCAPE and isinstance(content, dict):
        return {key: _decode(item, f"{path}.{key}") for key, item in content.items()}
    if tag == _NUMBER and isinstance(content, str):
        try:
            return Decimal(content)
        except ArithmeticError as error:
            raise ValueNotStorableError(path, "不是数字") from error
    moment = parse_temporal(content) if tag == _TEMPORAL and isinstance(content, str) else None
    if moment is None:
        raise ValueNotStorableError(path, "不是日期、时间或时长")
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
    import msgspec

    text = msgspec.json.Encoder(decimal_format="number").encode(_exact(value))
    return (msgspec.json.format(text, indent=indent) if indent is not None else text).decode()


def _exact(value: Value) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and value.adjusted() < 40 else value
    return _plain(value, _exact)


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
        return number
    if isinstance(value, list | tuple):
        return [from_plain(item, depth + 1) for item in value]
    if isinstance(value, Mapping):
        if len(value) == 1 and isinstance(value.get(_TEMPORAL), str):
            return _untagged(_TEMPORAL, value[_TEMPORAL], "")
        return {str(key): from_plain(item, depth + 1) for key, item in value.items()}
    raise ValueNotStorableError("", f"{type(value).__name__} 不是 JSON 的值")
