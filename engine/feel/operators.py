"""Comparison and arithmetic by the tables of DMN 1.5, chapter 10.3.2. None means: not defined for these kinds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_DOWN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel import kinds as k
from engine.feel.errors import Refused
from engine.feel.kinds import Range, kind, label
from engine.feel.runtime import Run
from engine.feel.temporal import (
    MICROSECOND,
    YearsMonthsDuration,
    add_days,
    add_months,
    combined,
    in_microseconds,
    instant_of,
    seconds_in_utc,
    without_zone,
)

#: IEEE 754 decimal128, as DMN asks for.
ARITHMETIC = Context(
    prec=34, Emax=6144, Emin=-6143, traps=[InvalidOperation, DivisionByZero, Overflow], rounding="ROUND_HALF_EVEN"
)
#: Positions and bounds of loops have fewer digits than this.
MAX_POSITION_DIGITS = 16
_UNORDERED = frozenset({k.NULL, k.BOOLEAN, k.LIST, k.CONTEXT, k.RANGE, k.FUNCTION, k.FOREIGN})
_DAY = timedelta(days=1)
_MOVE_STEPS = 6  # what a day or instant costs to move
_INSTANT_STEPS = 8  # what comparing two of them costs: each is taken to UTC
_POWER_STEPS = 80  # a power takes as long as so many additions
_MAX_POWER = 999_999_999
_MAX_EXPONENT = 24  # of a duration in microseconds


def equal(a: Any, b: Any, run: Run) -> bool | None:
    """``a = b``; None when the kinds cannot be compared."""
    if a is None or b is None:
        return a is b
    of = kind(a)
    if of != kind(b) or of == k.FOREIGN:
        return None
    if of == k.FUNCTION:
        return True if a is b else None
    if of == k.LIST:
        return _equal_lists(a, b, run)
    if of == k.CONTEXT:
        run.spend(1 + len(a))
        return a.keys() == b.keys() and all(equal(a[key], b[key], run) is True for key in a)
    if of == k.RANGE:
        same_brackets = a.start_included == b.start_included and a.end_included == b.end_included
        return same_brackets and equal(a.start, b.start, run) is True and equal(a.end, b.end, run) is True
    if of == k.STRING:
        run.spend(1 + min(len(a), len(b)) // 1024)
    if of in (k.TIME, k.DATE_AND_TIME):
        run.spend(_INSTANT_STEPS)
        if (a.tzinfo is None) != (b.tzinfo is None):
            return False
        return seconds_in_utc(a) == seconds_in_utc(b) if of == k.TIME else _instant(a) == _instant(b)
    return bool(a == b)


def _equal_lists(a: list[Any], b: list[Any], run: Run) -> bool | None:
    run.spend(1 + len(a))
    if len(a) != len(b):
        return False
    unknown = False
    for left, right in zip(a, b, strict=True):
        same = equal(left, right, run)
        if same is False:
            return False
        unknown = unknown or same is None
    return None if unknown else True


def _instant(moment: Any) -> Any:
    """Two zones with different offsets must compare by instant, which Python skips for one tzinfo object."""
    return instant_of(moment)


def less(a: Any, b: Any, run: Run) -> bool | None:
    """``a < b``; None when the kinds have no common order."""
    of = kind(a)
    if of != kind(b) or of in _UNORDERED:
        return None
    if of in (k.TIME, k.DATE_AND_TIME):
        run.spend(_INSTANT_STEPS)
        if (a.tzinfo is None) != (b.tzinfo is None):  # the one without a zone is in the zone of the other
            a, b = without_zone(a), without_zone(b)
        return seconds_in_utc(a) < seconds_in_utc(b) if of == k.TIME else _instant(a) < _instant(b)
    return bool(a < b)


def less_or_equal(a: Any, b: Any, run: Run) -> bool | None:
    """``a <= b``."""
    below = less(a, b, run)
    return equal(a, b, run) if below is False else below


def compare(operator: str, a: Any, b: Any, run: Run) -> bool | None:
    """Any comparison operator; None when it is not defined for these values."""
    if operator == "=":
        return equal(a, b, run)
    if operator == "!=":
        same = equal(a, b, run)
        return None if same is None else not same
    if operator == "<":
        return less(a, b, run)
    if operator == ">":
        return less(b, a, run)
    return less_or_equal(a, b, run) if operator == "<=" else less_or_equal(b, a, run)


def in_range(value: Any, where: Range, run: Run) -> bool | None:
    """Whether a value lies in a range."""
    above: bool | None = True
    below: bool | None = True
    if where.start is None and where.end is None:
        return None
    if where.start is not None:
        above = compare(">=" if where.start_included else ">", value, where.start, run)
    if where.end is not None:
        below = compare("<=" if where.end_included else "<", value, where.end, run)
    if above is False or below is False:
        return False
    return True if above and below else None


def add(a: Any, b: Any, run: Run) -> Any:
    """``a + b``."""
    left, right = kind(a), kind(b)
    if left == right:
        if left == k.NUMBER:
            return ARITHMETIC.add(a, b)
        if left == k.STRING:
            run.spend_text(len(a) + len(b))
            return a + b
        if left == k.DAYS_AND_TIME:
            return a + b
        if left == k.YEARS_AND_MONTHS:
            return YearsMonthsDuration(a.months + b.months)
        return None
    if right in (k.DATE, k.TIME, k.DATE_AND_TIME):
        a, b, left, right = b, a, right, left
    if right in (k.DAYS_AND_TIME, k.YEARS_AND_MONTHS):
        run.spend(_MOVE_STEPS)
        return _move(a, b)
    return None


def _move(moment: Any, by: Any) -> Any:
    of = kind(moment)
    if isinstance(by, YearsMonthsDuration):
        return add_months(moment, by.months) if of in (k.DATE, k.DATE_AND_TIME) else None
    if of == k.DATE_AND_TIME:
        zone = moment.tzinfo
        if isinstance(zone, ZoneInfo) and isinstance(moment, datetime):
            return (moment.astimezone(UTC) + by).astimezone(zone)
        return add_days(moment, by)
    if of == k.DATE:
        return add_days(moment, by)
    if of == k.TIME:
        clock = datetime.combine(date(2000, 1, 2), moment.replace(tzinfo=None)) + by % _DAY
        return clock.time().replace(tzinfo=moment.tzinfo)
    return None


def subtract(a: Any, b: Any, run: Run) -> Any:
    """``a - b``."""
    left, right = kind(a), kind(b)
    if left == right == k.NUMBER:
        return ARITHMETIC.subtract(a, b)
    run.spend(_MOVE_STEPS)
    if right == k.DAYS_AND_TIME:
        return a - b if left == k.DAYS_AND_TIME else _move(a, -b)
    if right == k.YEARS_AND_MONTHS:
        if left == k.YEARS_AND_MONTHS:
            return YearsMonthsDuration(a.months - b.months)
        return _move(a, YearsMonthsDuration(-b.months))
    if left == right == k.TIME:
        return None if (a.tzinfo is None) != (b.tzinfo is None) else seconds_in_utc(a) - seconds_in_utc(b)
    if left in (k.DATE, k.DATE_AND_TIME) and right in (k.DATE, k.DATE_AND_TIME):
        return _distance(a, b, mixed=left != right)
    return None


def _distance(a: Any, b: Any, *, mixed: bool) -> Any:
    """Between two days or instants; a day among instants is its midnight in UTC."""
    first, second = _as_instant(a, mixed=mixed), _as_instant(b, mixed=mixed)
    if (first.tzinfo is None) != (second.tzinfo is None):
        return None
    return (_instant(first) - _instant(second)) * MICROSECOND


def _as_instant(value: Any, *, mixed: bool) -> Any:
    if kind(value) == k.DATE_AND_TIME:
        return value
    return combined(value, time(tzinfo=UTC if mixed else None))


def multiply(a: Any, b: Any, run: Run) -> Any:
    """``a * b``."""
    left, right = kind(a), kind(b)
    if left == right == k.NUMBER:
        return ARITHMETIC.multiply(a, b)
    if right == k.NUMBER:
        a, b, left, right = b, a, right, left
    if left != k.NUMBER:
        return None
    if right == k.DAYS_AND_TIME:
        return _duration(ARITHMETIC.multiply(a, in_microseconds(b)))
    if right == k.YEARS_AND_MONTHS:
        return YearsMonthsDuration(_whole(ARITHMETIC.multiply(a, b.months)))
    return None


def _duration(microseconds: Decimal) -> timedelta:
    return _whole(microseconds) * MICROSECOND


def _whole(number: Decimal) -> int:
    """Without its fraction; a huge one is refused before it is written out."""
    if number.adjusted() > _MAX_EXPONENT:
        raise OverflowError
    return int(number.to_integral_value(ROUND_DOWN))


def divide(a: Any, b: Any, run: Run) -> Any:
    """``a / b``."""
    left, right = kind(a), kind(b)
    if right == k.NUMBER:
        if b == 0:
            raise Refused("除数为零")
        if left == k.NUMBER:
            return ARITHMETIC.divide(a, b)
        if left == k.DAYS_AND_TIME:
            return _duration(ARITHMETIC.divide(in_microseconds(a), b))
        if left == k.YEARS_AND_MONTHS:
            return YearsMonthsDuration(_whole(ARITHMETIC.divide(Decimal(a.months), b)))
        return None
    if left != right or right not in (k.DAYS_AND_TIME, k.YEARS_AND_MONTHS):
        return None
    divisor = in_microseconds(b) if right == k.DAYS_AND_TIME else Decimal(b.months)
    if not divisor:
        raise Refused("除数为零")
    return ARITHMETIC.divide(in_microseconds(a) if left == k.DAYS_AND_TIME else Decimal(a.months), divisor)


def power(a: Any, b: Any, run: Run) -> Any:
    """``a ** b``."""
    if kind(a) != k.NUMBER or kind(b) != k.NUMBER:
        return None
    run.spend(_POWER_STEPS)
    if abs(b) > _MAX_POWER:
        raise Refused(f"指数应在 -{_MAX_POWER} 到 {_MAX_POWER} 之间")
    if a == 0 and b <= 0:
        if b < 0:
            raise Refused("除数为零")
        return Decimal(1)
    return ARITHMETIC.power(a, b)


def negate(value: Any) -> Any:
    """``-value``."""
    of = kind(value)
    if of == k.NUMBER:
        return ARITHMETIC.minus(value)
    if of == k.DAYS_AND_TIME:
        return -value
    return YearsMonthsDuration(-value.months) if of == k.YEARS_AND_MONTHS else None


OPERATORS: dict[str, Callable[[Any, Any, Run], Any]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
}


def calculate(operator: str, a: Any, b: Any, run: Run) -> Any:
    """Any arithmetic operator.

    Raises:
        Refused: it is not defined for these values.
    """
    try:
        result = OPERATORS[operator](a, b, run)
    except (ArithmeticError, ValueError, TypeError, AttributeError) as error:
        raise Refused(f"“{operator}”的结果超出范围") from error
    if result is None:
        raise Refused(f"“{operator}”不能用于{label(a)}和{label(b)}", "type")
    return result


def is_whole(number: Any) -> bool:
    """Whether a number has no fraction and can be a position or bound."""
    return isinstance(number, int) or (number.adjusted() < MAX_POSITION_DIGITS and number == number.to_integral_value())
