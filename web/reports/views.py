"""The pages of a report. Every figure on them is a link to its cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from engine.errors import NotFoundError
from engine.reports import Case, Report, build_document, build_report, compare, localised
from engine.reports.access import ensure_may_read, readable_reports, visible_ids
from engine.reports.display import Display
from engine.reports.figures import Ratio
from engine.reports.load import period_name, periods
from engine.reports.tables import cell_of
from engine.unit_of_work import UnitOfWork
from web.extensions import current_engine
from web.i18n import language
from web.reports.charts import bars, share_bar, trend

bp = Blueprint("reports", __name__, url_prefix="/reports", template_folder="templates")


@dataclass(frozen=True)
class Reading:
    """A report as one person reads it."""

    report: Report
    display: Display
    visible: frozenset[UUID]  # cases whose page this person may open
    periods: tuple[tuple[str, str], ...]  # key and name

    def names(self) -> dict[str, Any]:
        """What every template of a report gets."""
        return {
            "report": self.report,
            "display": self.display,
            "visible": self.visible,
            "periods": self.periods,
            "process": self.report.folder_key,
            "local": lambda text: localised(text, language()),
            "cases_url": self.cases_url,
            "column_label": lambda key: _figure_label(self, key, short=True),
        }

    def cases_url(self, key: str, table: str = "", group: str = "") -> str:
        """The address of the cases behind a figure, of a whole report or of one line of a table."""
        extra = {"table": table, "group": group} if table else {}
        return url_for(".cases", process=self.report.folder_key, period=self.report.period, key=key, **extra)


@dataclass(frozen=True)
class Compared:
    """One figure over the sessions: (session, height of its column, printed value, fraction)."""

    label: str
    cells: tuple[tuple[str, int | None, str, str], ...]


@bp.get("/")
@login_required
def index() -> ResponseReturnValue:
    """The newest session's report, if there is one to read; else a page that says so."""
    with current_engine().reading(current_user.id) as uow:
        readable = readable_reports(uow)
        for key, _manifest, _definition in readable:
            found = periods(uow.session, key)
            if found:
                return redirect(url_for(".show", process=key, period=found[0]))
    if not readable:
        raise NotFoundError
    return render_template("reports/none.html")


@bp.get("/<process>/<period>")
@login_required
def show(process: str, period: str) -> ResponseReturnValue:
    """Figures, charts and tables of one session."""
    with current_engine().reading(current_user.id) as uow:
        reading = _read(uow, process, period)
        tables = [reading.report.table(table) for table in reading.report.definition.tables]
        return render_template("reports/show.html", tables=tables, bars=bars, share_bar=share_bar, **reading.names())


@bp.get("/<process>/<period>/lists/<key>")
@login_required
def show_list(process: str, period: str, key: str) -> ResponseReturnValue:
    """One list: filing list by unit, progress with what is overdue first."""
    with current_engine().reading(current_user.id) as uow:
        reading = _read(uow, process, period)
        definition = next((one for one in reading.report.definition.lists if one.key == key), None)
        if definition is None:
            raise NotFoundError
        listed = reading.report.list(definition)
        _prefetch(reading, (column.variable for column in definition.columns))
        return render_template("reports/list.html", listed=listed, **reading.names())


@bp.get("/<process>/<period>/cases/<key>")
@login_required
def cases(process: str, period: str, key: str) -> ResponseReturnValue:
    """The cases behind one figure."""
    with current_engine().reading(current_user.id) as uow:
        reading = _read(uow, process, period)
        found, heading = _cases_behind(reading, key, request.args.get("table", ""), request.args.get("group", ""))
        return render_template("reports/cases.html", found=found, heading=heading, key=key, **reading.names())


@bp.get("/<process>/compare")
@login_required
def comparison(process: str) -> ResponseReturnValue:
    """Sessions side by side."""
    with current_engine().reading(current_user.id) as uow:
        manifest, _definition = ensure_may_read(uow, process)
        reports = compare(uow.session, process, now=uow.now, language=language())
        if not reports:
            raise NotFoundError
        display = Display(uow.session, manifest, language())
        reading = Reading(reports[-1], display, frozenset(), _named_periods(uow, reports[-1]))
        lines = [_compared(reading, reports, key) for key in reading.report.definition.comparison]
        return render_template("reports/compare.html", reports=reports, lines=lines, trend=trend, **reading.names())


@bp.get("/<process>/<period>/document")
@login_required
def document(process: str, period: str) -> ResponseReturnValue:
    """The work report as an official paper, made for printing."""
    with current_engine().reading(current_user.id) as uow:
        reading = _read(uow, process, period)
        paper = build_document(reading.report, language())
        if paper is None:
            raise NotFoundError
        names = [column.variable for one in reading.report.definition.lists for column in one.columns]
        _prefetch(reading, names)
        return render_template("reports/document.html", paper=paper, bars=bars, **reading.names())


def _read(uow: UnitOfWork, process: str, period: str) -> Reading:
    manifest, _definition = ensure_may_read(uow, process)
    report = build_report(uow.session, process, period, now=uow.now, language=language())
    display = Display(uow.session, manifest, language())
    return Reading(report, display, visible_ids(uow, report.cases), _named_periods(uow, report))


def _prefetch(reading: Reading, variables: Iterable[str]) -> None:
    reading.display.prefetch(reading.report.cases, variables)


def _cases_behind(reading: Reading, key: str, table_key: str, group: str) -> tuple[tuple[Case, ...], str]:
    report = reading.report
    try:
        if not table_key:
            return report.cases_behind(key).cases, _figure_label(reading, key)
        definition = next(one for one in report.definition.tables if one.key == table_key)
        row = next(row for row in report.table(definition).rows if row.name == group)
        name = reading.display.value_label(definition.group_by, row.name)
        if not key or key == "all":
            return row.cases, name
        return row.cells[key].cases, f"{name} · {_figure_label(reading, key)}"
    except (KeyError, StopIteration) as error:
        raise NotFoundError from error


def _named_periods(uow: UnitOfWork, report: Report) -> tuple[tuple[str, str], ...]:
    """The periods that have a report, with their names: ("4-7", "四届七次")."""
    keys = periods(uow.session, report.folder_key)
    return tuple((key, period_name(uow.session, report.definition, key, language())) for key in keys)


def _figure_label(reading: Reading, key: str, *, short: bool = False) -> str:
    """What a figure, or one value of a group, is called; ``short`` is the value alone."""
    name, _, value = key.partition(".")
    try:
        figure = reading.report.definition.figure(name)
    except KeyError:
        return key
    label = localised(figure.label, language())
    if figure.kind == "group" and value:
        named = reading.display.group_label(figure, value)
        return named if short else f"{label} · {named}"
    return label


def _compared(reading: Reading, reports: Sequence[Report], key: str) -> Compared:
    cells = []
    for report in reports:
        cell = cell_of(report.results, key)
        result = report.results.get(key)
        value = _percent(result) if isinstance(result, Ratio) else cell.part
        cells.append((report.period_name, value, cell.text, cell.note))
    return Compared(_figure_label(reading, key), tuple(cells))


def _percent(ratio: Ratio) -> int | None:
    return int(ratio.percent.rstrip("%")) if ratio.percent else None
