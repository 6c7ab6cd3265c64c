"""Past years' cases from a workbook: mapping, dry run with errors by row, all or nothing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import InvalidInputError, NotFoundError
from engine.feel import compile_expression
from engine.queries.organisation import has_role, local_date
from engine.register.sheet import Sheet, find_heading
from engine.reports.definition import ReportDefinition, Text, read_report_definition, text_of
from engine.reports.load import load_manifest
from engine.search import index_archived_case
from engine.sentences import say
from engine.values import Value, dumps
from models import AdministrationEvent, ArchivedCase, ArchivedValue, ProcessInstance

if TYPE_CHECKING:
    from engine.unit_of_work import UnitOfWork

PERIOD = re.compile(r"[0-9]{1,3}-[0-9]{1,3}")
LONGEST_TITLE = 500
LONGEST_NUMBER = 64
LONGEST_VALUE = 2000
LONGEST_FILTERED = 255
LONGEST_TEXT = 20_000
COLUMNS_OF_ROW = ("number", "title", "text")  # fields that are columns of the archive; the others are variables
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T].*)?")


@dataclass(frozen=True)
class ArchiveField:
    """A field that a column of the workbook may fill."""

    key: str
    label: Text
    aliases: tuple[str, ...] = ()
    required: bool = False
    type: str = "text"  # text | date | number | list
    values: Mapping[str, str] = field(default_factory=dict)  # as written in the workbook → value of the variable


@dataclass(frozen=True)
class ArchiveDefinition:
    """The section ``archive`` of a process.yaml."""

    fields: tuple[ArchiveField, ...]
    defaults: Mapping[str, str]  # variable → FEEL over the row's variables
    roles: tuple[str, ...]  # who may import
    readers: tuple[str, ...] = ()  # who sees the cases; empty: everybody who is logged in


@dataclass(frozen=True)
class RowError:
    """What is wrong with one row; ``row`` as the spreadsheet numbers it."""

    row: int
    label: str
    message: str


@dataclass(frozen=True)
class ArchivedRow:
    """One row that can be stored."""

    row: int
    number: str
    title: str
    text: str
    variables: Mapping[str, Value]


@dataclass(frozen=True)
class DryRun:
    """What an import would do."""

    period: str
    rows: tuple[ArchivedRow, ...]
    errors: tuple[RowError, ...]


def read_archive_definition(manifest: Mapping[str, Any]) -> ArchiveDefinition | None:
    """Read the section ``archive``; None when past cases of this process cannot be brought in."""
    archive = manifest.get("archive")
    if not archive:
        return None
    fields = tuple(
        ArchiveField(
            key=str(item["key"]),
            label=text_of(item.get("label"), str(item["key"])),
            aliases=tuple(str(alias) for alias in item.get("aliases") or ()),
            required=bool(item.get("required", item["key"] in ("number", "title"))),
            type=str(item.get("type", "text")),
            values={str(written): str(value) for written, value in (item.get("values") or {}).items()},
        )
        for item in archive.get("fields") or ()
    )
    defaults = {str(name): str(expression) for name, expression in (archive.get("defaults") or {}).items()}
    roles = tuple(archive.get("roles") or ("union_clerk",))
    return ArchiveDefinition(fields, defaults, roles, tuple(archive.get("readers") or ()))


def propose_mapping(definition: ArchiveDefinition, headings: Sequence[str]) -> dict[str, int | None]:
    """The column that each field probably stands in."""
    return {one.key: find_heading(headings, (*one.label.values(), *one.aliases, one.key)) for one in definition.fields}


def dry_run(
    session: Session,
    folder_key: str,
    period: str,
    sheet: Sheet,
    mapping: Mapping[str, int | None],
) -> DryRun:
    """Judge every row and write nothing.

    Raises:
        InvalidInputError: the session is not like ``4-4``, or a required field has no column.
        NotFoundError: the process has no archive.
    """
    manifest = load_manifest(session, folder_key)
    definition, report = read_archive_definition(manifest), read_report_definition(manifest)
    if definition is None or report is None:
        raise NotFoundError
    _judge_mapping(definition, period, mapping)
    known = _known_numbers(session, folder_key)
    rows: list[ArchivedRow] = []
    errors: list[RowError] = []
    for offset, cells in enumerate(sheet.rows):
        if not any(cells):
            continue
        row_number = sheet.first_row + offset
        row, wrong = _read_row(definition, report, period, row_number, cells, mapping)
        errors.extend(wrong)
        if row is None:
            continue
        if row.number in known:
            errors.append(
                RowError(
                    row_number,
                    _label(definition, "number"),
                    say("编号 {number} {reason}", number=row.number, reason=known[row.number]),
                )
            )
        else:
            known[row.number] = say("与第 {row} 行重复，请只保留一行", row=row_number)
            rows.append(row)
    if not rows and not errors:
        errors.append(RowError(sheet.first_row, "", "标题行下面没有数据，请检查文件"))
    return DryRun(period, tuple(rows), tuple(errors))


def import_archive(uow: "UnitOfWork", folder_key: str, plan: DryRun, *, file_name: str) -> int:
    """Store the rows of a dry run without errors, all of them or none.

    Returns:
        How many cases were stored.

    Raises:
        InvalidInputError: the dry run found errors.
        NotFoundError: the person may not import.
    """
    ensure_may_import(uow.session, folder_key, uow.actor, local_date(uow.clock))
    if plan.errors:
        raise InvalidInputError({"": say("有 {n} 处错误，未导入任何内容", n=len(plan.errors))})
    now = uow.clock.now()
    for row in plan.rows:
        stored = ArchivedCase(
            id=uuid4(),
            folder_key=folder_key,
            period=plan.period,
            number=row.number,
            title=row.title,
            text=row.text,
            variables=dumps(dict(row.variables)),
            imported_at=now,
            imported_by=uow.actor,
            file_name=file_name[:255],
        )
        uow.session.add(stored)
        uow.session.flush()
        uow.session.add_all(_plain_values(stored.id, row.variables))
        index_archived_case(uow.session, stored)
    after = {"session": plan.period, "cases": len(plan.rows), "file": file_name[:255]}
    event = AdministrationEvent(
        at=now, actor_id=uow.actor, kind="archive.imported", subject=folder_key, before=None, after=after
    )
    uow.session.add(event)
    uow.session.flush()
    return len(plan.rows)


def _plain_values(case_id: UUID, variables: Mapping[str, Value]) -> list[ArchivedValue]:
    """The variables that a filter can ask for: texts, numbers, dates that are not too long."""
    texts = {name: str(value) for name, value in variables.items() if isinstance(value, str | Decimal | date) and value}
    return [
        ArchivedValue(archived_case_id=case_id, name=name, text=text)
        for name, text in texts.items()
        if len(text) <= LONGEST_FILTERED
    ]


def ensure_may_import(session: Session, folder_key: str, viewer: str | None, on: date) -> ArchiveDefinition:
    """The archive definition, for those who may import; the command line (no viewer) may.

    Raises:
        NotFoundError: no right, no such process or no archive: indistinguishable.
    """
    definition = read_archive_definition(load_manifest(session, folder_key))
    if definition is None or (viewer is not None and not has_role(session, viewer, definition.roles, on)):
        raise NotFoundError
    return definition


def _judge_mapping(definition: ArchiveDefinition, period: str, mapping: Mapping[str, int | None]) -> None:
    wrong: dict[str, str] = {
        one.key: say("请选择“{field}”所在的列", field=say(text_of(one.label).get("zh", one.key)))
        for one in definition.fields
        if one.required and mapping.get(one.key) is None
    }
    if not PERIOD.fullmatch(period):
        wrong["period"] = "届次写作 4-4，表示四届四次"
    if wrong:
        raise InvalidInputError(wrong)


def _known_numbers(session: Session, folder_key: str) -> dict[str, str]:
    running = select(ProcessInstance.number).where(ProcessInstance.folder_key == folder_key)
    archived = select(ArchivedCase.number).where(ArchivedCase.folder_key == folder_key)
    known: dict[str, str] = {number: "已是系统中的提案，请删除此行" for number in session.scalars(running) if number}
    known.update(dict.fromkeys(session.scalars(archived), "已经导入过，请删除此行"))
    return known


def _read_row(
    definition: ArchiveDefinition,
    report: ReportDefinition,
    period: str,
    row_number: int,
    cells: Sequence[str],
    mapping: Mapping[str, int | None],
) -> tuple[ArchivedRow | None, list[RowError]]:
    values: dict[str, Value] = {}
    errors = []
    for one in definition.fields:
        column = mapping.get(one.key)
        written = cells[column] if column is not None and column < len(cells) else ""
        try:
            values[one.key] = _read_cell(one, written)
        except ValueError as error:
            errors.append(RowError(row_number, one.label.get("zh", one.key), error.args[0]))
    if errors:
        return None, errors
    number, title, text = (str(values.pop(name, None) or "") for name in COLUMNS_OF_ROW)
    for variable, part in zip(report.period_variables, period.split("-"), strict=False):
        values[variable] = Decimal(part)
    for variable, expression in definition.defaults.items():
        if values.get(variable) is None:
            values[variable] = compile_expression(expression).evaluate(values).result
    return ArchivedRow(row_number, number, title, text, values), []


def _read_cell(one: ArchiveField, written: str) -> Value:
    if not written:
        if one.required:
            raise ValueError("必填")
        return [] if one.type == "list" else None
    longest = {"number": LONGEST_NUMBER, "title": LONGEST_TITLE, "text": LONGEST_TEXT}.get(one.key, LONGEST_VALUE)
    if len(written) > longest:
        raise ValueError(say("超过 {most} 个字，请缩短", most=longest))
    if one.values:
        return _declared(one, written)
    if one.type == "date":
        return _date(written)
    if one.type == "number":
        try:
            return Decimal(written)
        except InvalidOperation:
            raise ValueError(say("“{text}”不是数字，请填写数字", text=written)) from None
    if one.type == "list":
        return [part for part in re.split(r"[、,，;；\s]+", written) if part]
    return written


def _declared(one: ArchiveField, written: str) -> str:
    if written in one.values:
        return one.values[written]
    if written in one.values.values():
        return written
    raise ValueError(say("“{text}”不是可用的值，请填写：{values}", text=written, values="、".join(one.values)))


def _date(written: str) -> date:
    match = _DATE.fullmatch(written)
    if match is None:
        raise ValueError(say("“{text}”不是日期，请写作 2025-03-01", text=written))
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        raise ValueError(say("“{text}”不是存在的日期，请核对", text=written)) from None


def _label(definition: ArchiveDefinition, key: str) -> str:
    return next((one.label.get("zh", key) for one in definition.fields if one.key == key), key)
