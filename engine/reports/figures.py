"""The figures of a report: which cases stand behind each number, and the number itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.reports.cases import Case, select
from engine.reports.definition import Figure, ReportDefinition
from engine.reports.percent import fraction, percent
from engine.values import Value

UNKNOWN_VALUE = "未填"  # name under which a group counts cases that never set its variable


@dataclass(frozen=True)
class Counted:
    """A count with the cases behind it."""

    cases: tuple[Case, ...]

    @property
    def count(self) -> int:
        """How many cases."""
        return len(self.cases)


@dataclass(frozen=True)
class Grouped:
    """Counts by the values of one variable; every declared value is there, with none if need be."""

    values: Mapping[str, Counted]


@dataclass(frozen=True)
class Ratio:
    """A share of the cases of one figure in the cases of another."""

    part: Counted
    whole: Counted

    @property
    def percent(self) -> str | None:
        """The share as text, None for an empty base."""
        return percent(self.part.count, self.whole.count)

    @property
    def fraction(self) -> str:
        """The exact share."""
        return fraction(self.part.count, self.whole.count)


Result = Counted | Grouped | Ratio


def evaluate_figures(
    definition: ReportDefinition,
    cases: Sequence[Case],
    *,
    now: datetime | None = None,
    bases: Mapping[str, str] | None = None,
) -> dict[str, Result]:
    """Evaluate every figure over the given cases.

    Args:
        definition: the process's report.
        cases: the cases of the period that meet the report's base.
        now: the instant of the evaluation, for conditions on deadlines.
        bases: figure key → name of the base that the settings choose; a figure without an entry uses its own base.
    """
    results: dict[str, Result] = {}
    for figure in definition.figures:
        if figure.kind == "count":
            results[figure.key] = Counted(select(cases, figure.condition, now))
        elif figure.kind == "group":
            results[figure.key] = _grouped(figure, select(cases, figure.condition, now))
    for figure in definition.figures:
        if figure.kind == "ratio":
            results[figure.key] = _ratio(figure, results, (bases or {}).get(figure.key))
    return {figure.key: results[figure.key] for figure in definition.figures}


def _grouped(figure: Figure, cases: Sequence[Case]) -> Grouped:
    found: dict[str, list[Case]] = {value.key: [] for value in figure.values}
    for case in cases:
        value = case.variables.get(figure.variable or "")
        for name in group_names(value):
            found.setdefault(name, []).append(case)
    return Grouped({name: Counted(tuple(members)) for name, members in found.items()})


def group_names(value: Value) -> tuple[str, ...]:
    """The groups a value belongs to: a list puts its case into each of them."""
    if value is None or value in ("", []):
        return (UNKNOWN_VALUE,)
    if isinstance(value, list):
        return tuple(dict.fromkeys(str(item) for item in value))
    return (str(value),)


def _ratio(figure: Figure, results: Mapping[str, Result], chosen: str | None) -> Ratio:
    base = figure.bases.get(chosen or "", figure.base)
    whole = counted(results, base)
    inside = {case.id for case in whole.cases}
    part = [case for name in figure.of for case in counted(results, name).cases]
    return Ratio(Counted(tuple(case for case in part if case.id in inside)), whole)


def counted(results: Mapping[str, Result], key: str) -> Counted:
    """The cases behind a key: a figure, ``group.value``, ``ratio`` (its numerator), ``ratio.base``, or a bare value.

    Raises:
        KeyError: there is no such figure.
    """
    name, _, value = key.partition(".")
    result = results.get(name)
    if isinstance(result, Counted) and not value:
        return result
    if isinstance(result, Ratio):
        return result.whole if value == "base" else result.part
    if isinstance(result, Grouped):
        return _of_group(result, value, key)
    holders = [one for one in results.values() if isinstance(one, Grouped) and key in one.values]
    if len(holders) == 1:
        return holders[0].values[key]
    raise KeyError(key)


def _of_group(group: Grouped, value: str, key: str) -> Counted:
    if not value:
        seen = {case.id: case for part in group.values.values() for case in part.cases}
        return Counted(tuple(seen.values()))
    if value not in group.values:
        raise KeyError(key)
    return group.values[value]


def as_json(results: Mapping[str, Result]) -> dict[str, object]:
    """The figures as the report command prints them: counts as integers, rates as text with the fraction beside."""
    printed: dict[str, object] = {}
    for key, result in results.items():
        if isinstance(result, Counted):
            printed[key] = result.count
        elif isinstance(result, Grouped):
            printed[key] = {name: part.count for name, part in result.values.items()}
        else:
            printed[key] = result.percent
            printed[f"{key}_fraction"] = result.fraction
    return printed
