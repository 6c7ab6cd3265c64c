"""The figures of a report: which cases stand behind each number, and the number itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.feel.mentions import mentioned_names
from engine.reports.cases import ARCHIVED, Case, select
from engine.reports.definition import Figure, ReportDefinition
from engine.reports.percent import fraction, percent
from engine.values import Value

NO_DATA = "—"
UNKNOWN_VALUE = "未填"  # name under which a group counts cases that never set its variable


@dataclass(frozen=True)
class Counted:
    """A count with the cases behind it.

    ``known`` is false when nothing was counted because the cases, all brought in from workbooks, do not tell: that
    is no zero.
    """

    cases: tuple[Case, ...]
    known: bool = True

    @property
    def shown(self) -> str:
        """The count as reports print it."""
        return str(self.count) if self.known else NO_DATA

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


@dataclass(frozen=True)
class Gaps:
    """What past cases from workbooks do not tell: no column of the workbook filled these variables."""

    variables: frozenset[str]
    everywhere: bool  # all cases of the report come from workbooks


def gaps_of(definition: ReportDefinition, cases: Sequence[Case]) -> Gaps:
    """The gaps of a report's cases."""
    archived = [case for case in cases if case.state == ARCHIVED]
    told = {name for case in archived for name, value in case.variables.items() if value not in (None, [])}
    missing = frozenset(definition.variables) - told if archived else frozenset()
    return Gaps(missing, len(archived) == len(cases))


def evaluate_figures(
    definition: ReportDefinition,
    cases: Sequence[Case],
    *,
    now: datetime | None = None,
    bases: Mapping[str, str] | None = None,
    gaps: Gaps | None = None,
) -> dict[str, Result]:
    """Evaluate every figure over the given cases.

    What cases from workbooks do not tell is no zero: a count that reads it says so, and a rate leaves them out.

    Args:
        definition: the process's report.
        cases: the cases of the period that meet the report's base.
        now: the instant of the evaluation, for conditions on deadlines.
        bases: figure key → name of the base that the settings choose; a figure without an entry uses its own base.
        gaps: of the whole report, when ``cases`` are some of its cases.
    """
    gaps = gaps or gaps_of(definition, cases)
    results: dict[str, Result] = {}
    untold = {figure.key for figure in definition.figures if _reads(figure) & gaps.variables}
    for figure in definition.figures:
        known = not (gaps.everywhere and figure.key in untold)
        if figure.kind == "count":
            results[figure.key] = Counted(select(cases, figure.condition, now), known)
        elif figure.kind == "group":
            results[figure.key] = _grouped(figure, select(cases, figure.condition, now), known)
    for figure in definition.figures:
        if figure.kind == "ratio":
            ratio = _ratio(figure, results, (bases or {}).get(figure.key))
            results[figure.key] = _without_archived(ratio) if untold.intersection(map(_name_of, figure.of)) else ratio
    return {figure.key: results[figure.key] for figure in definition.figures}


def _reads(figure: Figure) -> frozenset[str]:
    """Names that decide whether a case is counted."""
    own = frozenset({figure.variable}) if figure.variable else frozenset()
    return own | (mentioned_names(figure.condition) if figure.condition else frozenset())


def _name_of(key: str) -> str:
    return key.partition(".")[0]


def _without_archived(ratio: Ratio) -> Ratio:
    def running(counted_: Counted) -> Counted:
        return Counted(tuple(case for case in counted_.cases if case.state != ARCHIVED))

    return Ratio(running(ratio.part), running(ratio.whole))


def _grouped(figure: Figure, cases: Sequence[Case], known: bool) -> Grouped:
    found: dict[str, list[Case]] = {value.key: [] for value in figure.values}
    for case in cases:
        value = case.variables.get(figure.variable or "")
        for name in group_names(value):
            found.setdefault(name, []).append(case)
    return Grouped({name: Counted(tuple(members), known) for name, members in found.items()})


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
    """The figures as the report command prints them: counts as integers, rates as text with the fraction beside.

    Null stands for what the cases do not tell.
    """
    printed: dict[str, object] = {}
    for key, result in results.items():
        if isinstance(result, Counted):
            printed[key] = result.count if result.known else None
        elif isinstance(result, Grouped):
            printed[key] = {name: part.count if part.known else None for name, part in result.values.items()}
        else:
            printed[key] = result.percent
            printed[f"{key}_fraction"] = result.fraction
    return printed
