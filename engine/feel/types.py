"""Types as they are written, and whether a value is of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.feel import kinds as k
from engine.feel.errors import Refused
from engine.feel.kinds import Function, Range, kind
from engine.feel.runtime import Run
from engine.feel.scope import NameIndex

#: Names of built-in types that have more than one word.
TYPE_NAMES = NameIndex(
    (
        "date and time",
        "days and time duration",
        "years and months duration",
        "day and time duration",
        "year and month duration",
    )
)
_ALIASES = {
    "dateTime": k.DATE_AND_TIME,
    "dayTimeDuration": k.DAYS_AND_TIME,
    "day and time duration": k.DAYS_AND_TIME,
    "yearMonthDuration": k.YEARS_AND_MONTHS,
    "year and month duration": k.YEARS_AND_MONTHS,
    "any": "Any",
    "Null": k.NULL,
}
#: Every built-in type.
BUILT_IN = frozenset(
    {
        k.NUMBER,
        k.STRING,
        k.BOOLEAN,
        k.DATE,
        k.TIME,
        k.DATE_AND_TIME,
        k.DAYS_AND_TIME,
        k.YEARS_AND_MONTHS,
        k.LIST,
        k.CONTEXT,
        k.FUNCTION,
        k.RANGE,
        k.NULL,
        "Any",
    }
)

_WITH_PARAMETERS = frozenset({k.LIST, k.CONTEXT, k.FUNCTION, k.RANGE})

#: Tells whether a value is of a type that FEEL itself does not know; None for an unknown type.
TypeLookup = Callable[[str], Callable[[Any, Run], bool] | None]


@dataclass(frozen=True, slots=True)
class Type:
    """A written type: ``list<number>`` has one parameter; a function's last parameter is its result."""

    name: str
    parameters: tuple[Type, ...] = ()
    names: tuple[str, ...] = ()


def canonical_type(name: str) -> str:
    """One spelling for a built-in type's several ones."""
    return _ALIASES.get(name, name)


def lacks_parameters(of: Type) -> str | None:
    """The name of a list, range, context or function without its parameters: after ``instance of`` it is no type."""
    if not of.parameters:
        return of.name if of.name in _WITH_PARAMETERS else None
    return next((found for part in of.parameters if (found := lacks_parameters(part))), None)


def is_instance(value: Any, of: Type, run: Run) -> bool:
    """``value instance of type``; null is an instance of no type but Null.

    Raises:
        Refused: an unknown type.
    """
    run.spend(1)
    if of.parameters:
        return value is not None and _is_generic_instance(value, of, run)
    name = canonical_type(of.name)
    if name in BUILT_IN:
        if name == "Any":
            return value is not None
        return kind(value) == name
    test = run.types(name) if run.types else None
    if test is None:
        raise Refused(f"类型“{name}”不存在", "unknown-type")
    return value is not None and test(value, run)


def takes(function: Function, wanted: Sequence[str]) -> bool:
    """Whether a function can be called with arguments of these types, as far as its own are known."""
    if len(function.parameters) != len(wanted):
        return False
    for own, given in zip(function.types, map(canonical_type, wanted), strict=False):
        declared = canonical_type(own or "Any")
        both_known = declared in BUILT_IN and given in BUILT_IN
        if both_known and declared not in ("Any", given) and given != k.NULL:
            return False
    return True


def _is_generic_instance(value: Any, of: Type, run: Run) -> bool:
    inner = of.parameters[0]
    if of.name == k.LIST:
        return isinstance(value, list) and all(is_instance(item, inner, run) for item in value)
    if of.name == k.RANGE:
        ends = (value.start, value.end) if isinstance(value, Range) else ()
        return bool(ends) and all(end is None or is_instance(end, inner, run) for end in ends)
    if of.name == k.FUNCTION:
        return isinstance(value, Function) and takes(value, [parameter.name for parameter in of.parameters[:-1]])
    return isinstance(value, dict) and all(
        name in value and (value[name] is None or is_instance(value[name], member, run))
        for name, member in zip(of.names, of.parameters, strict=True)
    )
