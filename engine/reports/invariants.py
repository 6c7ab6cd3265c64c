"""The invariants of a report: what must hold between its figures and in every case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from engine.feel import compile_expression
from engine.reports.cases import Case, meets, select
from engine.reports.definition import Invariant, ReportDefinition
from engine.reports.figures import Counted, Grouped, Ratio, Result
from engine.values import Value


@dataclass(frozen=True)
class Failed:
    """A broken invariant, with the cases that break it if it is about single cases."""

    invariant: Invariant
    cases: tuple[Case, ...] = ()


def broken_invariants(
    definition: ReportDefinition, results: Mapping[str, Result], cases: Sequence[Case], *, now: datetime | None = None
) -> tuple[Failed, ...]:
    """Check every invariant; an expression that cannot be evaluated counts as broken."""
    figures = figure_names(results)
    failed = []
    for invariant in definition.invariants:
        if invariant.check is not None and compile_expression(invariant.check).evaluate(figures).result is not True:
            failed.append(Failed(invariant))
        elif invariant.each is not None:
            wrong = tuple(
                case for case in select(cases, invariant.where, now) if not meets(invariant.each, case.names(now))
            )
            if wrong:
                failed.append(Failed(invariant, wrong))
    return tuple(failed)


def figure_names(results: Mapping[str, Result]) -> dict[str, Value]:
    """The figures as FEEL sees them: counts as numbers, groups as contexts, a ratio as {part, base, percent}."""
    names: dict[str, Value] = {}
    for key, result in results.items():
        if isinstance(result, Counted):
            names[key] = Decimal(result.count)
        elif isinstance(result, Grouped):
            names[key] = {name: Decimal(part.count) for name, part in result.values.items()}
        elif isinstance(result, Ratio):
            part, whole = result.part.count, result.whole.count
            names[key] = {"part": Decimal(part), "base": Decimal(whole), "percent": result.percent}
    return names
