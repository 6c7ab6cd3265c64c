"""Functions of numbers."""

from __future__ import annotations

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)
from typing import Any

from engine.feel import kinds as k
from engine.feel.builtins import arguments as take
from engine.feel.builtins.registry import builtin
from engine.feel.errors import Refused
from engine.feel.kinds import kind
from engine.feel.operators import ARITHMETIC
from engine.feel.runtime import Run
from engine.feel.temporal import YearsMonthsDuration

_SCALES = range(-6111, 6177)
_ONE = Decimal(1)
_EXACT = Context(prec=13_000, Emax=999_999, Emin=-999_999)


def _rounded(value: Any, scale: Any, mode: str) -> Decimal:
    number, places = Decimal(take.number(value)), take.whole(scale)
    if places not in _SCALES:
        raise Refused(f"小数位数应在 {_SCALES.start} 到 {_SCALES.stop - 1} 之间", "arguments")
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return number
    result = k.to_34_digits(number.quantize(Decimal(1).scaleb(-places), rounding=mode, context=_EXACT))
    written_out = places <= 0 and result.adjusted() < ARITHMETIC.prec
    return result.quantize(_ONE, context=_EXACT) if written_out else result


def _rounding(name: str, mode: str, *parameters: str) -> None:
    def rounded(run: Run, value: Any, scale: Any = Decimal(0)) -> Decimal:
        return _rounded(value, scale, mode)

    builtin(name, parameters)(rounded)


_rounding("decimal", ROUND_HALF_EVEN, "n", "scale")
_rounding("floor", ROUND_FLOOR, "n", "scale?")
_rounding("ceiling", ROUND_CEILING, "n", "scale?")
_rounding("round up", ROUND_UP, "n", "scale")
_rounding("round down", ROUND_DOWN, "n", "scale")
_rounding("round half up", ROUND_HALF_UP, "n", "scale")
_rounding("round half down", ROUND_HALF_DOWN, "n", "scale")


@builtin("abs", ("n",))
def absolute(run: Run, value: Any) -> Any:
    """A number or duration without its sign."""
    value = take.need(value, k.NUMBER, k.DAYS_AND_TIME, k.YEARS_AND_MONTHS)
    if kind(value) == k.YEARS_AND_MONTHS:
        return YearsMonthsDuration(abs(value.months))
    return abs(value)


@builtin("modulo", ("dividend", "divisor"))
def modulo(run: Run, dividend: Any, divisor: Any) -> Decimal:
    """The remainder, with the divisor's sign."""
    dividend, divisor = take.number(dividend), take.number(divisor)
    if divisor == 0:
        raise Refused("除数为零")
    run.spend(1 + abs(dividend.adjusted() - divisor.adjusted()) // 8)
    rest = _EXACT.remainder(dividend, divisor)
    if rest and (rest < 0) != (divisor < 0):
        rest = _EXACT.add(rest, divisor)
    return ARITHMETIC.plus(rest)


def _function(name: str, compute: Callable[[Any], Any], valid: Callable[[Any], bool], reason: str) -> None:
    def call(run: Run, value: Any) -> Any:
        value = take.number(value)
        if not valid(value):
            raise Refused(reason)
        run.spend(40)
        return compute(value)

    builtin(name, ("number",))(call)


_function("sqrt", ARITHMETIC.sqrt, lambda value: value >= 0, "负数没有平方根")
_function("log", ARITHMETIC.ln, lambda value: value > 0, "只有正数有对数")
_function("exp", ARITHMETIC.exp, lambda value: True, "")


def _remainder_of_two(run: Run, value: Any) -> Decimal:
    number = Decimal(take.number(value))
    if number != number.to_integral_value():
        raise Refused(f"需要整数，这里是“{number}”", "arguments")
    run.spend(1 + abs(number.adjusted()) // 8)
    return _EXACT.remainder(number, 2)


@builtin("odd", ("number",))
def odd(run: Run, value: Any) -> bool:
    """Whether a whole number is odd."""
    return _remainder_of_two(run, value) != 0


@builtin("even", ("number",))
def even(run: Run, value: Any) -> bool:
    """Whether a whole number is even."""
    return _remainder_of_two(run, value) == 0
