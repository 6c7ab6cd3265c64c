"""``banli report``: a process's report for one session, read from the database alone."""

import json
import sys
from collections.abc import Iterator, Sequence
from unicodedata import east_asian_width

import click

from engine.bootstrap import open_engine
from engine.cli.refusal import EXIT_USAGE, Refusal, raise_as_refusal
from engine.reports import Case, Report, build_report, localised
from engine.reports.figures import Counted, Grouped, Ratio

EXIT_BROKEN = 1  # an invariant does not hold


@click.command()
@click.argument("process")
@click.option("--session", "period", required=True, help="届次，如 4-5（四届五次）· the session, like 4-5")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")
@click.option("--cases", "key", help="列出某指标背后的案件，如 rated、filed · list the cases behind a figure")
@click.option("--database", "database_url", help="数据库地址 · database URL")
def report(*, process: str, period: str, as_json: bool, key: str | None, database_url: str | None) -> None:
    """统计报告 · print the report of PROCESS for one session.

    Exit code 0: all invariants hold; 1: one is broken (named in ``invariants_failed``); 3: no such report or figure.
    """
    evaluated = _evaluated(process, period, database_url)
    if key is None:
        _print_figures(evaluated, as_json=as_json)
    else:
        _print_cases(evaluated, key, as_json=as_json)
    for failed in evaluated.failed:
        numbers = "、".join(case.number or case.id for case in failed.cases)
        where = f"（{numbers}）" if numbers else ""
        click.echo(f"不变量不成立：{localised(failed.invariant.label, 'zh')}{where}", err=True)
    sys.exit(EXIT_BROKEN if evaluated.failed else 0)


def _evaluated(process: str, period: str, database_url: str | None) -> Report:
    """The report; what cannot be read is wrong usage, not a broken invariant."""
    try:
        engine = open_engine(database_url, must_exist=True)
        try:
            with engine.reading() as uow:
                return build_report(uow.session, process, period, now=uow.now)
        finally:
            engine.close()
    except Exception as error:
        raise_as_refusal(error, EXIT_USAGE)


def _print_figures(evaluated: Report, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(evaluated.as_json(), ensure_ascii=False))
        return
    click.echo(f"{localised(evaluated.definition.title, 'zh')}  {evaluated.period_name}（{evaluated.period}）")
    rows = list(_rows(evaluated))
    width = max((_width(label) for label, _ in rows), default=0)
    for label, value in rows:
        click.echo(f"  {label}{' ' * (width - _width(label))}  {value}")


def _rows(evaluated: Report) -> Iterator[tuple[str, str]]:
    for figure in evaluated.definition.figures:
        label, result = localised(figure.label, "zh"), evaluated.results[figure.key]
        if isinstance(result, Counted):
            yield label, result.shown
        elif isinstance(result, Ratio):
            yield label, f"{result.percent or '—'}（{result.fraction}）"
        elif isinstance(result, Grouped):
            names = {value.key: localised(value.label, "zh") for value in figure.values}
            yield label, "  ".join(f"{names.get(name, name)} {part.shown}" for name, part in result.values.items())


def _print_cases(evaluated: Report, key: str, *, as_json: bool) -> None:
    try:
        cases: Sequence[Case] = evaluated.cases_behind(key).cases
    except KeyError:
        known = "、".join(figure.key for figure in evaluated.definition.figures)
        raise Refusal("no-figure", f"没有指标 {key}（可用：{known}）") from None
    if as_json:
        listed = [{"id": case.id, "number": case.number, "title": case.title} for case in cases]
        click.echo(json.dumps({"key": key, "count": len(listed), "cases": listed}, ensure_ascii=False))
        return
    click.echo(f"{key}  {len(cases)}")
    width = max((_width(case.number or case.id) for case in cases), default=0)
    for case in cases:
        number = case.number or case.id
        click.echo(f"  {number}{' ' * (width - _width(number))}  {case.title}")


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
