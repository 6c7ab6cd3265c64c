"""The printed report: text with the figures filled in, and the tables it refers to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.feel import compile_expression
from engine.reports.definition import localised
from engine.reports.figures import Counted, Ratio, Result, counted
from engine.reports.invariants import figure_names
from engine.reports.report import Report
from engine.reports.tables import CaseList, Table
from engine.values import Value

_NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五")
_NUMBERED = re.compile(r"^[一二三四五六七八九十]{1,3}、")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")
_ROMAN_NUMBERED = re.compile(r"^[IVX]+\. ")
_PLACE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Passage:
    """One section of the paper."""

    heading: str
    paragraphs: tuple[str, ...]
    table: Table | None = None
    list: CaseList | None = None
    variable: str | None = None  # a shared variable whose value follows
    value: Value = None


@dataclass(frozen=True)
class Document:
    """The report as an official paper, ready to be laid out."""

    title: str
    addressee: str
    passages: tuple[Passage, ...]
    signature: str
    number: Value = None


def build_document(report: Report, language: str = "zh") -> Document | None:
    """Write the report's paper; None when the process defines none."""
    definition = report.definition.document
    if definition is None:
        return None
    names = {**report.shared, **figure_names(report.results)}
    tables = {table.key: table for table in report.definition.tables}
    lists = {one.key: one for one in report.definition.lists}
    passages: list[Passage] = []
    for section in definition.sections:
        if section.when is not None and compile_expression(section.when).evaluate(names).result is not True:
            continue
        passages.append(
            Passage(
                heading=_numbered(fill(localised(section.heading, language), report), len(passages)),
                paragraphs=tuple(fill(localised(text, language), report) for text in section.text),
                table=report.table(tables[section.table]) if section.table else None,
                list=report.list(lists[section.list]) if section.list else None,
                variable=section.value,
                value=report.shared.get(section.value) if section.value else None,
            )
        )
    return Document(
        title=fill(localised(definition.title, language), report),
        addressee=localised(definition.addressee, language),
        passages=tuple(passages),
        signature=localised(definition.signature, language),
        number=report.shared.get(definition.number) if definition.number else None,
    )


def _numbered(heading: str, position: int) -> str:
    """A heading that begins 三、 or III. gets the number of its place: sections before it may have been left out."""
    if position >= len(_NUMERALS):
        return heading
    return _ROMAN_NUMBERED.sub(f"{_ROMAN[position]}. ", _NUMBERED.sub(f"{_NUMERALS[position]}、", heading))


def fill(text: str, report: Report) -> str:
    """Put figures into a sentence: ``{received}``, ``{dispositions.filed}``, ``{satisfaction}``, ``{period}``."""
    return _PLACE.sub(lambda match: _printed(match.group(1).strip(), report), text)


def _printed(key: str, report: Report) -> str:
    if key == "period":
        return report.period_name
    if key == "today":
        return f"{report.today.year}年{report.today.month}月{report.today.day}日"
    name, _, detail = key.partition(".")
    return _printed_figure(report.results, name, detail, key)


def _printed_figure(results: Mapping[str, Result], name: str, detail: str, key: str) -> str:
    result = results.get(name.removesuffix("_fraction"))
    if isinstance(result, Ratio) and not detail:
        return result.fraction if name.endswith("_fraction") else result.percent or "—"
    if isinstance(result, Counted):
        return result.shown
    try:
        return counted(results, key).shown
    except KeyError:
        return "0" if name in results else "{" + key + "}"
