"""The report of one process for one session: figures, invariants, tables, lists and the printed paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from engine.errors import NotFoundError
from engine.queries.organisation import LOCAL_ZONE
from engine.reports.cases import Case, meets
from engine.reports.definition import ListDefinition, ReportDefinition, TableDefinition, read_report_definition
from engine.reports.figures import Counted, Result, as_json, counted, evaluate_figures, gaps_of
from engine.reports.invariants import Failed, broken_invariants
from engine.reports.load import chosen_bases, load_cases, load_manifest, load_shared, period_name, periods
from engine.reports.tables import CaseList, Table, build_list, build_table
from engine.sentences import say
from engine.values import Value


@dataclass(frozen=True)
class Report:
    """A report that was evaluated; everything else is read off it without the database."""

    folder_key: str
    period: str
    period_name: str
    definition: ReportDefinition
    cases: tuple[Case, ...]
    results: Mapping[str, Result]
    failed: tuple[Failed, ...]
    now: datetime
    bases: Mapping[str, str]
    shared: Mapping[str, Value]  # what the period's own process says for all its cases

    @property
    def today(self) -> date:
        """The date of the report, as the institution counts dates."""
        return self.now.astimezone(LOCAL_ZONE).date()

    def cases_behind(self, key: str) -> Counted:
        """The cases behind a figure; KeyError when there is no such key."""
        return counted(self.results, key)

    def table(self, definition: TableDefinition) -> Table:
        """One table of the report."""
        gaps = gaps_of(self.definition, self.cases)
        return build_table(definition, self.definition, self.cases, now=self.now, bases=self.bases, gaps=gaps)

    def list(self, definition: ListDefinition) -> CaseList:
        """One list of the report."""
        return build_list(definition, self.cases, now=self.now)

    def as_json(self) -> dict[str, object]:
        """What ``banli report --json`` prints."""
        return {
            "process": self.folder_key,
            "session": self.period,
            **as_json(self.results),
            "invariants_failed": [failed.invariant.key for failed in self.failed],
        }


def build_report(
    session: Session, folder_key: str, period: str, *, now: datetime, language: str = "zh", must_have_cases: bool = True
) -> Report:
    """Evaluate a process's report for one session, over the database alone.

    Raises:
        NotFoundError: the process is not deployed, has no report, or the session has no case.
    """
    manifest = load_manifest(session, folder_key)
    definition = read_report_definition(manifest)
    if definition is None:
        raise NotFoundError(say("流程文件夹“{folder}”没有定义统计报告", folder=folder_key))
    found = load_cases(session, folder_key, str(manifest["main_process"]), definition, period)
    shared = load_shared(session, folder_key, definition, period)
    found = [replace(case, variables={**case.variables, **shared}) for case in found]
    cases = [case for case in found if case.state == "archived" or meets(definition.base, case.names(now))]
    if not cases and must_have_cases and period not in periods(session, folder_key):
        known = "、".join(periods(session, folder_key)) or say("无")
        raise NotFoundError(say("没有届次 {period} 的数据（已有：{known}）", period=period, known=known))
    bases = chosen_bases(session, folder_key, definition)
    results = evaluate_figures(definition, cases, now=now, bases=bases)
    return Report(
        folder_key=folder_key,
        period=period,
        period_name=period_name(session, definition, period, language),
        definition=definition,
        cases=tuple(cases),
        results=results,
        failed=broken_invariants(definition, results, cases, now=now),
        now=now,
        bases=bases,
        shared=shared,
    )


def compare(session: Session, folder_key: str, *, now: datetime, language: str = "zh") -> Sequence[Report]:
    """The reports of every session that has cases, oldest first."""
    return [
        build_report(session, folder_key, period, now=now, language=language)
        for period in reversed(periods(session, folder_key))
    ]
