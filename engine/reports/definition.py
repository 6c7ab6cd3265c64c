"""A process's report definition: the section ``report`` of its ``process.yaml`` as typed values.

The shape is described in ``docs/report-definitions.md``. Reading is tolerant of what is left out and strict about what
is there: a figure that refers to a figure that does not exist is refused when the folder is deployed, not when the
chair opens the report.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.errors import InvalidInputError
from engine.feel import FeelSyntaxError, compile_expression

Text = Mapping[str, str]  # {"zh": …, "en": …}

BUILT_IN = ("number", "title", "state", "now", "today")  # names that every case has besides its contract variables


class ReportDefinitionError(InvalidInputError):
    """A report section that cannot be evaluated; the message names the key that is wrong."""

    code = "report-definition"

    def __init__(self, message: str) -> None:
        super().__init__({"report": message}, message)


@dataclass(frozen=True)
class GroupValue:
    """One value of a grouped variable, with the text that stands for it on a page."""

    key: str
    label: Text


@dataclass(frozen=True)
class Figure:
    """One number of the report: a count, a group of counts, or a ratio of other figures."""

    key: str
    label: Text
    kind: str  # "count" | "group" | "ratio"
    condition: str | None = None  # FEEL over one case; None counts every case
    variable: str | None = None  # of a group
    values: tuple[GroupValue, ...] = ()
    of: tuple[str, ...] = ()  # of a ratio: figures that are added up
    base: str = ""
    bases: Mapping[str, str] = field(default_factory=dict)  # name of a setting's choice → figure


@dataclass(frozen=True)
class Invariant:
    """Something that must hold, or the report's figures deserve no trust."""

    key: str
    label: Text
    check: str | None = None  # FEEL over the figures
    each: str | None = None  # FEEL over one case
    where: str | None = None  # only cases that meet it


@dataclass(frozen=True)
class TableDefinition:
    """The report's figures again, for every group of cases."""

    key: str
    label: Text
    group_by: str
    columns: tuple[str, ...]  # figures, or group.value
    where: str | None = None
    chart: str | None = None


@dataclass(frozen=True)
class Column:
    """A column of a list: a contract variable or a built-in name."""

    variable: str
    label: Text | None = None  # None: the label of the variable


@dataclass(frozen=True)
class ListDefinition:
    """Cases, one a line."""

    key: str
    label: Text
    columns: tuple[Column, ...]
    where: str | None = None
    group_by: str | None = None
    order_by: tuple[str, ...] = ()
    mark: Mapping[str, str] = field(default_factory=dict)  # badge → FEEL over one case


@dataclass(frozen=True)
class Section:
    """A passage of the printed report."""

    heading: Text
    text: tuple[Text, ...]
    when: str | None = None
    table: str | None = None
    list: str | None = None
    value: str | None = None  # a shared variable, printed as it stands


@dataclass(frozen=True)
class DocumentDefinition:
    """The report as an official paper."""

    title: Text
    addressee: Text
    sections: tuple[Section, ...]
    signature: Text
    number: str | None = None  # the shared variable with the paper's number


@dataclass(frozen=True)
class ReportDefinition:
    """Everything a process says about its reports."""

    title: Text
    may_read: tuple[str, ...]  # role ids
    period_variables: tuple[str, ...]
    period_label: Text
    base: str | None
    variables: tuple[str, ...]
    figures: tuple[Figure, ...]
    invariants: tuple[Invariant, ...] = ()
    tables: tuple[TableDefinition, ...] = ()
    lists: tuple[ListDefinition, ...] = ()
    comparison: tuple[str, ...] = ()
    document: DocumentDefinition | None = None
    shared_process: str | None = None  # BPMN id of the process that runs once a period
    shared_variables: tuple[str, ...] = ()  # contract variables that it sets for every case of its period

    def figure(self, key: str) -> Figure:
        """The figure of that key; KeyError when there is none."""
        for figure in self.figures:
            if figure.key == key:
                return figure
        raise KeyError(key)


def text_of(value: object, fallback: str = "") -> Text:
    """Read a text of process.yaml: a plain string is Chinese."""
    if isinstance(value, Mapping):
        return {str(language): str(text) for language, text in value.items()}
    return {"zh": str(value) if value is not None else fallback}


def localised(text: Text, language: str) -> str:
    """The text in the reader's language, else in Chinese."""
    return text.get(language) or text.get("zh") or next(iter(text.values()), "")


def read_report_definition(process: Mapping[str, Any]) -> ReportDefinition | None:
    """Read the section ``report`` of a process.yaml; None when the process has no report.

    Raises:
        ReportDefinitionError: a figure, table, list or document refers to something that is not there.
    """
    report = process.get("report")
    if not report:
        return None
    period, shared = report.get("period") or {}, report.get("shared") or {}
    figures = tuple(_figures(report.get("figures") or ()))
    period_variables = tuple(period.get("variables") or ())
    variables = tuple(dict.fromkeys((*(report.get("variables") or ()), *period_variables)))
    definition = ReportDefinition(
        title=text_of(report.get("title"), "统计报告"),
        may_read=_roles(report.get("may_read")),
        period_variables=period_variables,
        period_label=text_of(period.get("label"), "-".join("{" + name + "}" for name in period_variables)),
        base=_condition(report.get("base")),
        variables=variables,
        figures=figures,
        invariants=tuple(_invariant(item) for item in report.get("invariants") or ()),
        tables=tuple(_table(item) for item in report.get("tables") or ()),
        lists=tuple(_list(item) for item in report.get("lists") or ()),
        comparison=tuple(report.get("comparison") or ()),
        document=_document(report.get("document")),
        shared_process=shared.get("process"),
        shared_variables=tuple(shared.get("variables") or ()),
    )
    _refuse_dangling(definition)
    return definition


def _roles(value: object) -> tuple[str, ...]:
    if isinstance(value, Mapping):
        value = value.get("roles")
    return tuple(str(role) for role in value) if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _condition(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _figures(items: Sequence[Mapping[str, Any]]) -> Iterator[Figure]:
    for item in items:
        key, label = str(item["key"]), text_of(item.get("label"), str(item["key"]))
        if "count" in item:
            yield Figure(key, label, "count", condition=_condition(item["count"]))
        elif "group" in item:
            values = tuple(_group_value(value) for value in item.get("values") or ())
            where = _condition(item.get("where"))
            yield Figure(key, label, "group", condition=where, variable=str(item["group"]), values=values)
        elif "ratio" in item:
            ratio = item["ratio"]
            of = ratio["of"]
            parts = (of,) if isinstance(of, str) else tuple(of)
            yield Figure(key, label, "ratio", of=parts, base=str(ratio["base"]), bases=dict(ratio.get("bases") or {}))
        else:
            raise ReportDefinitionError(f"报表指标 {key} 须有 count、group 或 ratio 之一")


def _group_value(value: object) -> GroupValue:
    if isinstance(value, Mapping):
        return GroupValue(str(value["key"]), text_of(value.get("label"), str(value["key"])))
    return GroupValue(str(value), {"zh": str(value)})


def _invariant(item: Mapping[str, Any]) -> Invariant:
    return Invariant(
        key=str(item["key"]),
        label=text_of(item.get("label"), str(item["key"])),
        check=_condition(item.get("check")),
        each=_condition(item.get("each")),
        where=_condition(item.get("where")),
    )


def _table(item: Mapping[str, Any]) -> TableDefinition:
    return TableDefinition(
        key=str(item["key"]),
        label=text_of(item.get("label"), str(item["key"])),
        group_by=str(item["group_by"]),
        columns=tuple(str(column) for column in item.get("columns") or ()),
        where=_condition(item.get("where")),
        chart=item.get("chart"),
    )


def read_column(value: object) -> Column:
    """Read a column of a list: the name of a variable, or {variable, label}."""
    if isinstance(value, Mapping):
        label = value.get("label")
        return Column(str(value["variable"]), text_of(label) if label is not None else None)
    return Column(str(value))


def _list(item: Mapping[str, Any]) -> ListDefinition:
    order = item.get("order_by") or ()
    return ListDefinition(
        key=str(item["key"]),
        label=text_of(item.get("label"), str(item["key"])),
        columns=tuple(read_column(column) for column in item.get("columns") or ()),
        where=_condition(item.get("where")),
        group_by=item.get("group_by"),
        order_by=(order,) if isinstance(order, str) else tuple(order),
        mark={str(badge): str(condition) for badge, condition in (item.get("mark") or {}).items()},
    )


def _document(value: Mapping[str, Any] | None) -> DocumentDefinition | None:
    if not value:
        return None
    return DocumentDefinition(
        title=text_of(value.get("title"), "报告"),
        addressee=text_of(value.get("addressee")),
        sections=tuple(_section(section) for section in value.get("sections") or ()),
        signature=text_of(value.get("signature")),
        number=value.get("number"),
    )


def _section(item: Mapping[str, Any]) -> Section:
    text = item.get("text")
    paragraphs = text if isinstance(text, list) else [] if text is None else [text]
    return Section(
        heading=text_of(item.get("heading")),
        text=tuple(text_of(paragraph) for paragraph in paragraphs),
        when=_condition(item.get("when")),
        table=item.get("table"),
        list=item.get("list"),
        value=item.get("value"),
    )


def _refuse_dangling(definition: ReportDefinition) -> None:
    keys = {figure.key for figure in definition.figures}
    named = [(figure.key, name) for figure in definition.figures for name in (*figure.of, figure.base) if name]
    named += [(figure.key, name) for figure in definition.figures for name in figure.bases.values()]
    named += [(table.key, name) for table in definition.tables for name in table.columns]
    named += [("comparison", name) for name in definition.comparison]
    for owner, name in named:
        if name.partition(".")[0] not in keys:
            raise ReportDefinitionError(f"报表定义 {owner} 引用了不存在的指标 {name}")
    for name in definition.shared_variables:
        if name not in definition.variables:
            raise ReportDefinitionError(f"报表定义 shared 引用了 variables 中没有的变量 {name}")
    if definition.document is None:
        return
    parts = {table.key for table in definition.tables} | {one.key for one in definition.lists}
    printed = [definition.document.number, *(section.value for section in definition.document.sections)]
    for variable in printed:
        if variable is not None and variable not in definition.shared_variables:
            raise ReportDefinitionError(f"报告文本引用了 shared 中没有的变量 {variable}")
    for section in definition.document.sections:
        for part in (section.table, section.list):
            if part is not None and part not in parts:
                raise ReportDefinitionError(f"报告文本引用了不存在的表 {part}")


def report_problems(process: Mapping[str, Any]) -> list[str]:
    """What is wrong with the section ``report`` of a process.yaml, as sentences; nothing if all can be evaluated."""
    try:
        definition = read_report_definition(process)
    except ReportDefinitionError as error:
        return [f"process.yaml report：{error.message}"]
    except (KeyError, TypeError, AttributeError) as error:
        return [f"process.yaml report：缺少或写错 {error}"]
    if definition is None:
        return []
    problems = []
    for owner, condition in _conditions(definition):
        try:
            compile_expression(condition)
        except FeelSyntaxError as error:
            problems.append(f"process.yaml report {owner}：{error}")
    return problems


def _conditions(definition: ReportDefinition) -> Iterator[tuple[str, str]]:
    found: list[tuple[str, str | None]] = [("base", definition.base)]
    found += [(figure.key, figure.condition) for figure in definition.figures]
    found += [(one.key, text) for one in definition.invariants for text in (one.check, one.each, one.where)]
    found += [(table.key, table.where) for table in definition.tables]
    found += [(one.key, text) for one in definition.lists for text in (one.where, *one.order_by, *one.mark.values())]
    if definition.document is not None:
        found += [("document", section.when) for section in definition.document.sections]
    return ((owner, text) for owner, text in found if text is not None)
