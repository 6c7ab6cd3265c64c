"""Relations between points and ranges, DMN 1.5 table 78."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from engine.feel import kinds as k
from engine.feel.builtins import arguments as take
from engine.feel.builtins.registry import BUILTINS, builtin
from engine.feel.errors import Refused
from engine.feel.kinds import Range, kind
from engine.feel.lexer import unquote
from engine.feel.operators import equal, in_range, less
from engine.feel.runtime import Run
from engine.feel.temporal import parse_temporal

Relation = Callable[[Run, Any, Any], bool]
_RANGES = ("range1", "range2")
_POINTS = ("point1", "point2")
_POINT_THEN_RANGE = ("point", "range")
_RANGE_THEN_POINT = ("range", "point")


def _less(run: Run, a: Any, b: Any) -> bool:
    verdict = less(a, b, run)
    if verdict is None:
        raise Refused("这些值没有共同的大小顺序", "type")
    return verdict


def _equal(run: Run, a: Any, b: Any) -> bool:
    verdict = equal(a, b, run)
    if verdict is None:
        raise Refused("这些值不能比较", "type")
    return verdict


def _range(value: Any) -> Range:
    taken: Range = take.need(value, k.RANGE)
    return taken


def _comparable(a: Any, b: Any) -> bool:
    """Whether all points, those of ranges included, are of one kind; an open end is of any."""
    kinds: set[str] = set()
    for value in (a, b):
        points = (value.start, value.end) if isinstance(value, Range) else (value,)
        kinds.update(kind(point) for point in points if point is not None)
    return len(kinds) == 1


def _relation(name: str, *forms: tuple[str, str]) -> Callable[[Relation], Relation]:
    def register(function: Relation) -> Relation:
        def call(run: Run, a: Any, b: Any) -> bool:
            if a is None or b is None:
                raise Refused("需要值或区间，这里是空值", "arguments")
            if not _comparable(a, b):
                raise Refused("这些值不能比较", "type")
            return function(run, a, b)

        builtin(name, *forms)(call)
        return function

    return register


def _mirrored(name: str, of: Relation, *forms: tuple[str, str]) -> None:
    _relation(name, *forms)(lambda run, a, b: of(run, b, a))


@_relation("before", _POINTS, _POINT_THEN_RANGE, _RANGE_THEN_POINT, _RANGES)
def before(run: Run, a: Any, b: Any) -> bool:
    """The first ends where the second has not begun."""
    end, end_included = (a.end, a.end_included) if isinstance(a, Range) else (a, True)
    start, start_included = (b.start, b.start_included) if isinstance(b, Range) else (b, True)
    if _less(run, end, start):
        return True
    return not (end_included and start_included) and _equal(run, end, start)


@_relation("meets", _RANGES)
def meets(run: Run, a: Any, b: Any) -> bool:
    """The first ends at the very point where the second begins."""
    first, second = _range(a), _range(b)
    return first.end_included and second.start_included and _equal(run, first.end, second.start)


@_relation("overlaps", _RANGES)
def overlaps(run: Run, a: Any, b: Any) -> bool:
    """Both have a point in common."""
    first, second = _range(a), _range(b)
    return not before(run, first, second) and not before(run, second, first)


@_relation("overlaps before", _RANGES)
def overlaps_before(run: Run, a: Any, b: Any) -> bool:
    """The first begins earlier, ends within the second."""
    first, second = _range(a), _range(b)
    return _starts_earlier(run, first, second) and overlaps(run, first, second) and not _ends_later(run, first, second)


@_relation("overlaps after", _RANGES)
def overlaps_after(run: Run, a: Any, b: Any) -> bool:
    """The first begins within the second, ends later."""
    first, second = _range(a), _range(b)
    return _starts_earlier(run, second, first) and overlaps(run, first, second) and not _ends_later(run, second, first)


def _starts_earlier(run: Run, a: Range, b: Range) -> bool:
    if _less(run, a.start, b.start):
        return True
    return a.start_included and not b.start_included and _equal(run, a.start, b.start)


def _ends_later(run: Run, a: Range, b: Range) -> bool:
    if _less(run, b.end, a.end):
        return True
    return a.end_included and not b.end_included and _equal(run, a.end, b.end)


@_relation("finishes", _POINT_THEN_RANGE, _RANGES)
def finishes(run: Run, a: Any, b: Any) -> bool:
    """The first is the second's last part."""
    second = _range(b)
    if not isinstance(a, Range):
        return second.end_included and _equal(run, a, second.end)
    same_end = a.end_included == second.end_included and _equal(run, a.end, second.end)
    return same_end and not _starts_earlier(run, a, second)


@_relation("starts", _POINT_THEN_RANGE, _RANGES)
def starts(run: Run, a: Any, b: Any) -> bool:
    """The first is the second's first part."""
    second = _range(b)
    if not isinstance(a, Range):
        return second.start_included and _equal(run, a, second.start)
    same_start = a.start_included == second.start_included and _equal(run, a.start, second.start)
    return same_start and not _ends_later(run, a, second)


@_relation("includes", _RANGE_THEN_POINT, _RANGES)
def includes(run: Run, a: Any, b: Any) -> bool:
    """The second lies within the first."""
    outer = _range(a)
    if isinstance(b, Range):
        return not _starts_earlier(run, b, outer) and not _ends_later(run, b, outer)
    verdict = in_range(b, outer, run)
    if verdict is None:
        raise Refused("这些值不能比较", "type")
    return verdict


@_relation("coincides", _POINTS, _RANGES)
def coincides(run: Run, a: Any, b: Any) -> bool:
    """Both are the same."""
    return _equal(run, a, b)


_mirrored("after", before, _POINTS, _POINT_THEN_RANGE, _RANGE_THEN_POINT, _RANGES)
_mirrored("met by", meets, _RANGES)
_mirrored("finished by", finishes, _RANGE_THEN_POINT, _RANGES)
_mirrored("started by", starts, _RANGE_THEN_POINT, _RANGES)
_mirrored("during", includes, _POINT_THEN_RANGE, _RANGES)

_RANGE = re.compile(r"\s*([\[\](])\s*(.*?)\s*\.\.\s*(.*?)\s*([\])\[])\s*", re.DOTALL)
_NUMBER = re.compile(r"-?(\d+(\.\d+)?|\.\d+)", re.ASCII)
_STRING = re.compile(r'"([^"\\]|\\.)*"')
_RANGE_STEPS = 20  # reading a range
_AT = re.compile(r'@\s*("[^"]*")')
_CALL = re.compile(r'(date and time|date|time|duration)\s*\(\s*("[^"]*")\s*\)')


@builtin("range", ("from",))
def make_range(run: Run, source: Any) -> Range:
    """A range from a text with literal ends."""
    run.spend(_RANGE_STEPS)
    found = _RANGE.fullmatch(take.text(source)) if len(take.text(source)) < 1000 else None
    if not found:
        raise Refused("这不是区间")
    start, end = _end(found[2], run), _end(found[3], run)
    where = Range(found[1] == "[", start, end, found[4] == "]")
    open_start, open_end = start is None, end is None
    if (open_start and open_end) or (open_start and where.start_included) or (open_end and where.end_included):
        raise Refused("区间开放的一端应写圆括号")
    if not open_start and not open_end and (kind(start) != kind(end) or _less(run, end, start)):
        raise Refused("区间的两端不合")
    return where


def _end(text: str, run: Run) -> Any:
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return BUILTINS["number"].invoke(run, [text])
    if _STRING.fullmatch(text):
        return unquote(text)
    at, call = _AT.fullmatch(text), _CALL.fullmatch(text)
    if at:
        value = parse_temporal(unquote(at[1]))
    elif call:
        value = BUILTINS[call[1]].invoke(run, [unquote(call[2])])
    else:
        value = None
    if value is None:
        raise Refused(f"区间的端点“{text[:40]}”不是常量")
    return value
