"""Tables and lists of a report: the figures per group, and cases one a line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from engine.feel import compile_expression
from engine.reports.cases import Case, meets, select
from engine.reports.definition import ListDefinition, ReportDefinition, TableDefinition
from engine.reports.figures import (
    NO_DATA,
    UNKNOWN_VALUE,
    Counted,
    Gaps,
    Grouped,
    Ratio,
    Result,
    counted,
    evaluate_figures,
    group_names,
)
from engine.values import Value


@dataclass(frozen=True)
class Cell:
    """One cell: what is printed, and the cases behind it."""

    text: str
    cases: tuple[Case, ...] = ()
    part: int | None = None  # for charts: the count, or a ratio's numerator
    note: str = ""  # the fraction behind a percentage


@dataclass(frozen=True)
class Row:
    """One group of a table."""

    name: str
    cells: Mapping[str, Cell]
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Table:
    """A table of figures by group; the largest groups first."""

    definition: TableDefinition
    columns: tuple[str, ...]  # figure, or group.value
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Line:
    """One case of a list, with its badge."""

    case: Case
    mark: str | None


@dataclass(frozen=True)
class CaseList:
    """Cases under headings; without grouping there is one heading with the name ``""``."""

    definition: ListDefinition
    groups: tuple[tuple[str, tuple[Line, ...]], ...]

    @property
    def count(self) -> int:
        """Lines in all; a case that belongs to two groups is counted twice."""
        return sum(len(lines) for _, lines in self.groups)


def build_table(
    table: TableDefinition,
    definition: ReportDefinition,
    cases: Sequence[Case],
    *,
    now: datetime | None = None,
    bases: Mapping[str, str] | None = None,
    gaps: Gaps | None = None,
) -> Table:
    """Evaluate the report's figures for every group of cases."""
    groups: dict[str, list[Case]] = {}
    for case in select(cases, table.where, now):
        for name in group_names(case.variables.get(table.group_by)):
            groups.setdefault(name, []).append(case)
    rows = []
    columns: tuple[str, ...] = table.columns
    for name, members in groups.items():
        results = evaluate_figures(definition, members, now=now, bases=bases, gaps=gaps)
        columns = expand_columns(table.columns, definition, results, columns)
        rows.append(Row(name, {column: cell_of(results, column) for column in columns}, tuple(members)))
    rows.sort(key=lambda row: (-len(row.cases), row.name))
    return Table(table, columns if rows else table.columns, tuple(rows))


def expand_columns(
    wanted: Sequence[str], definition: ReportDefinition, results: Mapping[str, Result], known: tuple[str, ...]
) -> tuple[str, ...]:
    """A group becomes one column for each of its declared values."""
    columns: list[str] = []
    for column in wanted:
        if isinstance(results.get(column), Grouped):
            declared = [value.key for value in definition.figure(column).values]
            columns.extend(f"{column}.{value}" for value in declared)
        else:
            columns.append(column)
    return tuple(columns)


def cell_of(results: Mapping[str, Result], column: str) -> Cell:
    """The cell of a figure or of one value of a group."""
    result = results.get(column.partition(".")[0])
    if isinstance(result, Ratio):
        note = result.fraction if result.percent else ""
        return Cell(result.percent or NO_DATA, result.part.cases, result.part.count, note)
    if isinstance(result, Grouped | Counted):
        try:
            found = counted(results, column)
        except KeyError:
            return Cell("0", (), 0)
        return Cell(found.shown, found.cases, found.count if found.known else None)
    return Cell("")


def build_list(definition: ListDefinition, cases: Sequence[Case], *, now: datetime | None = None) -> CaseList:
    """Select, mark, order and group the cases of a list: marked lines first, cases without a group last."""
    marks = list(definition.mark)
    lines = [Line(case, _mark(definition, case, now)) for case in select(cases, definition.where, now)]
    lines.sort(key=lambda line: (marks.index(line.mark) if line.mark else len(marks), _order(definition, line, now)))
    if definition.group_by is None:
        return CaseList(definition, (("", tuple(lines)),) if lines else ())
    groups: dict[str, list[Line]] = {}
    for line in lines:
        for name in group_names(line.case.variables.get(definition.group_by)):
            groups.setdefault(name, []).append(line)
    named = sorted(groups.items(), key=lambda group: (group[0] == UNKNOWN_VALUE, group[0]))
    return CaseList(definition, tuple((name, tuple(lines)) for name, lines in named))


def _mark(definition: ListDefinition, case: Case, now: datetime | None) -> str | None:
    names = case.names(now)
    return next((badge for badge, condition in definition.mark.items() if meets(condition, names)), None)


def _order(definition: ListDefinition, line: Line, now: datetime | None) -> tuple[tuple[int, str], ...]:
    names = line.case.names(now)
    return tuple(sortable(compile_expression(text).evaluate(names).result) for text in definition.order_by)


def sortable(value: Value) -> tuple[int, str]:
    """A key that orders values of one kind by size and puts what is missing last."""
    if value is None:
        return (1, "")
    if isinstance(value, Decimal):
        return (0, f"{value:040.10f}")
    if isinstance(value, datetime | date):
        return (0, value.isoformat())
    return (0, str(value))
