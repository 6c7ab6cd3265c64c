"""The kinds of values FEEL knows, ranges and functions, and their names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from engine.feel.errors import Refused
from engine.feel.runtime import Run
from engine.feel.temporal import YearsMonthsDuration
from engine.feel.wide import WideDate, WideDateTime

#: A number has at most so many digits before or after the point: those of IEEE 754 decimal128.
MAX_EXPONENT = 6_144
#: Digits of a number.
MAX_DIGITS = 34
_ROUNDING = Context(prec=MAX_DIGITS, Emax=MAX_EXPONENT, Emin=-MAX_EXPONENT + 1, rounding=ROUND_HALF_EVEN)
NULL, BOOLEAN, NUMBER, STRING = "null", "boolean", "number", "string"
DATE, TIME, DATE_AND_TIME = "date", "time", "date and time"
DAYS_AND_TIME, YEARS_AND_MONTHS = "days and time duration", "years and months duration"
LIST, CONTEXT, RANGE, FUNCTION, FOREIGN = "list", "context", "range", "function", "foreign"


@dataclass(frozen=True, slots=True)
class Range:
    """Values between two ends; an end of None is open."""

    start_included: bool
    start: Any
    end: Any
    end_included: bool


class Function:
    """A function value. ``call`` takes the evaluation and the arguments in order.

    ``types`` are the names of the parameters' types as far as they are declared.
    """

    __slots__ = ("call", "name", "parameters", "types")

    def __init__(
        self,
        parameters: tuple[str, ...],
        call: Callable[[Run, list[Any]], Any],
        name: str = "",
        types: tuple[str | None, ...] = (),
    ) -> None:
        self.parameters = parameters
        self.call = call
        self.name = name
        self.types = types

    def arrange(self, named: dict[str, Any]) -> list[Any]:
        """Put named arguments in order; a missing one is null.

        Raises:
            Refused: a name that is no parameter.
        """
        unknown = named.keys() - set(self.parameters)
        if unknown:
            raise Refused(f"函数没有参数“{min(unknown)}”", "arguments")
        return [named.get(name) for name in self.parameters]

    def invoke(self, run: Run, arguments: list[Any]) -> Any:
        """Call with as many arguments as there are parameters.

        Raises:
            Refused: another number of arguments.
        """
        if len(arguments) != len(self.parameters):
            raise Refused(f"函数需要 {len(self.parameters)} 个参数，给了 {len(arguments)} 个", "arguments")
        return self.call(run, arguments)


KINDS: dict[type, str] = {
    type(None): NULL,
    bool: BOOLEAN,
    Decimal: NUMBER,
    int: NUMBER,
    str: STRING,
    date: DATE,
    time: TIME,
    datetime: DATE_AND_TIME,
    WideDate: DATE,
    WideDateTime: DATE_AND_TIME,
    timedelta: DAYS_AND_TIME,
    YearsMonthsDuration: YEARS_AND_MONTHS,
    list: LIST,
    dict: CONTEXT,
    Range: RANGE,
    Function: FUNCTION,
}
#: A number among the variables may have more digits than FEEL's, or be of another kind.
FROM_OUTSIDE = frozenset({Decimal, int})
_SUBCLASSES: tuple[tuple[type, str], ...] = (
    (datetime, DATE_AND_TIME),
    (Function, FUNCTION),
    *((cls, name) for cls, name in KINDS.items() if cls not in (datetime, Function, int, bool, type(None))),
)

LABELS = {
    NULL: "空值",
    BOOLEAN: "布尔值",
    NUMBER: "数字",
    STRING: "文字",
    DATE: "日期",
    TIME: "时间",
    DATE_AND_TIME: "日期时间",
    DAYS_AND_TIME: "时长",
    YEARS_AND_MONTHS: "年月时长",
    LIST: "列表",
    CONTEXT: "上下文",
    RANGE: "区间",
    FUNCTION: "函数",
    FOREIGN: "外来值",
}


def kind(value: Any) -> str:
    """The kind of a value; ``foreign`` for what is no FEEL value."""
    found = KINDS.get(type(value))
    if found is not None:
        return found
    for cls, name in _SUBCLASSES:
        if isinstance(value, cls):
            return name
    return FOREIGN


def label(value: Any) -> str:
    """The kind in words for a message."""
    return LABELS[kind(value)]


#: A number with as many digits as decimal128 has; one that has no more keeps its zeros. Raises beyond the range.
to_34_digits: Callable[[Decimal], Decimal] = _ROUNDING.plus
#: The same for any number from outside; infinite or NaN where it is none of FEEL.
nearest_number: Callable[[Decimal], Decimal] = Context(
    prec=MAX_DIGITS, Emax=MAX_EXPONENT, Emin=-MAX_EXPONENT + 1, rounding=ROUND_HALF_EVEN, traps=[]
).plus


def adopt(value: Any) -> Any:
    """Bring a value from outside into FEEL's kinds: numbers become Decimal of 34 digits, tuples lists."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Decimal | int | float):
        number = nearest_number(Decimal(repr(value)) if isinstance(value, float) else Decimal(value))
        return number if number.is_finite() else None
    if isinstance(value, tuple):
        return [adopt(item) for item in value]
    return value
