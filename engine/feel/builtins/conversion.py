"""Conversion between kinds, boolean negation, identity."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from engine.feel import kinds as k
from engine.feel.builtins import arguments as take
from engine.feel.builtins.registry import ABSENT, builtin
from engine.feel.errors import Refused
from engine.feel.kinds import kind
from engine.feel.operators import equal
from engine.feel.runtime import Run
from engine.feel.temporal import PARSE_STEPS, YearsMonthsDuration, format_temporal, offset_of, parse_duration
from engine.feel.text import to_text

_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_MAX_DIGITS = 400


@builtin("string", ("from",))
def string(run: Run, value: Any) -> str | None:
    """Any value as text."""
    return None if value is None else to_text(value, run)


@builtin("number", ("from",), ("from", "grouping separator", "decimal separator"))
def number(run: Run, source: Any, grouping: Any = ABSENT, decimal: Any = ABSENT) -> Decimal:
    """A text as a number, its separators given."""
    if grouping is ABSENT and decimal is ABSENT:
        if kind(source) == k.NUMBER:
            return Decimal(source)
        return _parsed(take.text(source))
    run.spend_text(len(take.text(source)))
    grouping, decimal = (None if mark is ABSENT else mark for mark in (grouping, decimal))
    if grouping not in (None, " ", ",", ".") or decimal not in (None, ",", ".") or (grouping and grouping == decimal):
        raise Refused("分隔符应为空格、逗号或点，且两者不同", "arguments")
    source = take.text(source)
    if grouping:
        source = source.replace(grouping, "")
    return _parsed(source.replace(decimal, ".") if decimal else source)


def _parsed(source: str) -> Decimal:
    if len(source) > _MAX_DIGITS or not _NUMBER.fullmatch(source):
        raise Refused(f"“{source[:40]}”不是数字")
    parsed = Decimal(source)
    if abs(parsed.adjusted()) > k.MAX_EXPONENT:
        raise Refused(f"“{source[:40]}”超出范围")
    return k.to_34_digits(parsed)


@builtin("not", ("negand",))
def negation(run: Run, value: Any) -> bool | None:
    """The opposite of a boolean."""
    if value is None:
        return None
    return not take.need(value, k.BOOLEAN)


@builtin("duration", ("from",))
def duration(run: Run, source: Any) -> Any:
    """A text as a duration of either kind."""
    if kind(source) in (k.DAYS_AND_TIME, k.YEARS_AND_MONTHS):
        return source
    run.spend(PARSE_STEPS)
    parsed = parse_duration(take.text(source))
    if parsed is None:
        raise Refused(f"“{source[:40]}”不是时长")
    return parsed


@builtin("years and months duration", ("from", "to"))
def years_and_months(run: Run, start: Any, end: Any) -> YearsMonthsDuration:
    """Whole months between two days."""
    start, end = (take.need(day, k.DATE, k.DATE_AND_TIME) for day in (start, end))
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        months -= 1
    elif months < 0 and end.day > start.day:
        months += 1
    return YearsMonthsDuration(months)


@builtin("is", ("value1", "value2"))
def is_same(run: Run, a: Any, b: Any) -> bool:
    """The same value of the same kind; times with different zones differ."""
    if kind(a) != kind(b):
        return False
    if kind(a) in (k.TIME, k.DATE_AND_TIME):
        if format_temporal(a) == format_temporal(b):
            return True
        unzoned = a.replace(tzinfo=None) == b.replace(tzinfo=None)
        return bool(a.tzinfo and b.tzinfo and unzoned and type(a.tzinfo) is type(b.tzinfo)) and offset_of(
            a
        ) == offset_of(b)
    return equal(a, b, run) is True
