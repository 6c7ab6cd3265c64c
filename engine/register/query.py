"""The register (登记簿): every case that was handed in and that the reader may see, with those of past years."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from engine.errors import NotFoundError
from engine.queries.organisation import has_role
from engine.register.archive import read_archive_definition
from engine.reports.cases import Case
from engine.reports.definition import Column, ReportDefinition, localised, read_column, read_report_definition
from engine.reports.display import Display
from engine.reports.load import archived_case_of, case_of, load_manifest, load_values, period_name, periods
from engine.rules.visibility import may_read
from engine.search import matching
from engine.unit_of_work import UnitOfWork
from engine.values import dumps
from models import ArchivedCase, ArchivedValue, InstanceStatus, ProcessInstance, ReportValue

LARGEST_PAGE = 200  # rows
MOST_EXPORTED = 5000  # rows of a workbook
MOST_OPTIONS = 300  # values of one filter
_NOT_NULL = re.compile(r"\s*(\w+)\s*!=\s*null\s*")
_NULL = dumps({"value": None})

_STATUSES = {
    "running": (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED),
    "completed": (InstanceStatus.COMPLETED, InstanceStatus.TERMINATED),
    "cancelled": (InstanceStatus.CANCELLED, InstanceStatus.FAILED),
}


@dataclass(frozen=True)
class RegisterDefinition:
    """The section ``register`` of a process.yaml, together with what it needs of the report."""

    folder_key: str
    main_process: str
    title: str
    columns: tuple[Column, ...]
    filters: tuple[str, ...]  # contract variables, and "session", "state"
    listed: str | None  # contract variable that only a case that was handed in has set
    archive_roles: tuple[str, ...]  # who sees past years' cases; empty: everybody
    report: ReportDefinition
    manifest: Mapping[str, Any]


@dataclass(frozen=True)
class Filters:
    """What the reader asked for; empty texts ask for nothing."""

    period: str = ""
    state: str = ""
    text: str = ""
    values: Mapping[str, str] = field(default_factory=dict)  # contract variable → value
    sort: str = ""  # variable of a column, with "-" before it from the end; else the newest session, by number

    @property
    def any(self) -> bool:
        """Whether anything was asked for."""
        return bool(self.period or self.state or self.text or any(self.values.values()))


@dataclass(frozen=True)
class RegisterRow:
    """One line; ``instance_id`` is None for a case of a past year, which has no page."""

    case: Case
    period: str
    instance_id: UUID | None
    cells: tuple[str, ...]


@dataclass(frozen=True)
class RegisterPage:
    """One page of the register."""

    definition: RegisterDefinition
    headings: tuple[tuple[str, str], ...]  # (variable, label)
    rows: tuple[RegisterRow, ...]
    total: int
    page: int
    pages: int


def read_register_definition(session: Session, folder_key: str, language: str = "zh") -> RegisterDefinition:
    """Read what the process says about its register.

    Raises:
        NotFoundError: no such process, or it has no register.
    """
    manifest = load_manifest(session, folder_key)
    report, register = read_report_definition(manifest), manifest.get("register")
    if report is None or not register:
        raise NotFoundError
    found = _NOT_NULL.fullmatch(report.base or "")
    archive = read_archive_definition(manifest)
    title = register.get("title") or {"zh": "登记簿", "en": "Register"}
    return RegisterDefinition(
        folder_key=folder_key,
        main_process=str(manifest["main_process"]),
        title=localised(title if isinstance(title, Mapping) else {"zh": str(title)}, language),
        columns=tuple(read_column(column) for column in register.get("columns") or ("number", "title", "state")),
        filters=tuple(register.get("filters") or ("session", "state")),
        listed=register.get("listed") or (found.group(1) if found else None),
        archive_roles=archive.readers if archive else (),
        report=report,
        manifest=manifest,
    )


def register(
    uow: UnitOfWork, folder_key: str, filters: Filters, *, page: int = 1, size: int = 20, language: str = "zh"
) -> RegisterPage:
    """One page of the register, under the one visibility rule.

    Args:
        uow: its actor is the reader.
        folder_key: the process family.
        filters: what to show.
        page: from 1; a page beyond the end is the last one.
        size: rows of a page, at most `LARGEST_PAGE`.
        language: of labels and values.
    """
    size = max(1, min(size, LARGEST_PAGE))
    return _page(uow, read_register_definition(uow.session, folder_key, language), filters, page, size, language)


def export_rows(uow: UnitOfWork, folder_key: str, filters: Filters, *, language: str = "zh") -> RegisterPage:
    """All rows of the register as they go into a workbook; the same rows and rights as the list."""
    definition = read_register_definition(uow.session, folder_key, language)
    return _page(uow, definition, filters, 1, MOST_EXPORTED, language)


def filter_options(
    session: Session, definition: RegisterDefinition, display: Display
) -> dict[str, list[tuple[str, str]]]:
    """The values of each filter with their labels; a filter with none is left out."""
    options: dict[str, list[tuple[str, str]]] = {}
    for name in definition.filters:
        if name == "session":
            options[name] = [
                (period, period_name(session, definition.report, period, display.language))
                for period in periods(session, definition.folder_key)
            ]
        elif name == "state":
            options[name] = [(state, display.value_label("state", state)) for state in (*_STATUSES, "archived")]
        else:
            found = sorted(_known_values(session, definition, name))
            options[name] = [(value, display.value_label(name, value)) for value in found[:MOST_OPTIONS]]
    return {name: choices for name, choices in options.items() if choices}


def _known_values(session: Session, definition: RegisterDefinition, name: str) -> set[str]:
    running = (
        select(ReportValue.text)
        .join(ProcessInstance, ProcessInstance.id == ReportValue.process_instance_id)
        .where(
            ReportValue.name == name,
            ReportValue.text.is_not(None),
            ProcessInstance.folder_key == definition.folder_key,
            ProcessInstance.is_sealed.is_(False),
        )
        .distinct()
    )
    archived = (
        select(ArchivedValue.text)
        .join(ArchivedCase, ArchivedCase.id == ArchivedValue.archived_case_id)
        .where(ArchivedValue.name == name, ArchivedCase.folder_key == definition.folder_key)
        .distinct()
    )
    return {text for query in (running, archived) for text in session.scalars(query) if text}


def _page(
    uow: UnitOfWork, definition: RegisterDefinition, filters: Filters, page: int, size: int, language: str
) -> RegisterPage:
    session = uow.session
    listed = _listed(uow, definition, filters)
    total = session.scalar(select(func.count()).select_from(listed)) or 0
    pages = max(1, -(-total // size))
    page = max(1, min(page, pages))
    by = listed.c.sorted_by.desc() if filters.sort.startswith("-") else listed.c.sorted_by
    ordered = (
        select(listed.c.id, listed.c.is_archived)
        .order_by(listed.c.sorted_by.is_(None), by)  # what has none comes last, whichever way
        .order_by(listed.c.period.desc(), listed.c.number.is_(None), listed.c.number, listed.c.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    display = Display(session, definition.manifest, language)
    rows = _rows(session, definition, session.execute(ordered).all(), display)
    headings = tuple(
        (column.variable, localised(column.label, language) if column.label else display.label(column.variable))
        for column in definition.columns
    )
    return RegisterPage(definition, headings, rows, total, page, pages)


def _listed(uow: UnitOfWork, definition: RegisterDefinition, filters: Filters) -> Subquery:
    """Ids of the cases that match, of both kinds, with what they are ordered by."""
    instances = _instances(uow, definition, filters)
    archived = _archived(uow, definition, filters)
    return union_all(instances, archived).subquery("listed")


def _sort_column(definition: RegisterDefinition, filters: Filters) -> str | None:
    """The variable by which the list is sorted; only what stands in a column, so that the order tells nothing more."""
    wanted = filters.sort.removeprefix("-")
    return wanted if any(column.variable == wanted for column in definition.columns) else None


def _sort_key(variable: str | None) -> Any:
    """What an instance is sorted by; of a sealed case nothing but what its line shows."""
    match variable:
        case None:
            return null()
        case "number":
            return ProcessInstance.number
        case "state":
            return cast(ProcessInstance.status, String)
        case "title":
            key: Any = ProcessInstance.title
        case _:
            value = select(ReportValue.text).where(
                ReportValue.process_instance_id == ProcessInstance.id, ReportValue.name == variable
            )
            key = value.scalar_subquery()
    return case((ProcessInstance.is_sealed.is_(False), key))


def _archived_sort_key(variable: str | None) -> Any:
    match variable:
        case None | "state":
            return null()
        case "number":
            return ArchivedCase.number
        case "title":
            return ArchivedCase.title
        case _:
            value = select(ArchivedValue.text).where(
                ArchivedValue.archived_case_id == ArchivedCase.id, ArchivedValue.name == variable
            )
            return value.scalar_subquery()


def _instances(
    uow: UnitOfWork, definition: RegisterDefinition, filters: Filters
) -> Select[UUID, int, str | None, str | None, str | None]:
    query = select(
        ProcessInstance.id.label("id"),
        literal(0).label("is_archived"),
        ProcessInstance.period.label("period"),
        ProcessInstance.number.label("number"),
        cast(_sort_key(_sort_column(definition, filters)), String).label("sorted_by"),
    ).where(
        ProcessInstance.folder_key == definition.folder_key,
        ProcessInstance.process_key == definition.main_process,
        may_read(uow.holder),
    )
    if definition.listed:
        query = query.where(_value_exists(definition.listed, ReportValue.value != _NULL))
    if filters.period:
        query = query.where(ProcessInstance.period == filters.period)
    if filters.state:
        query = query.where(ProcessInstance.status.in_(_STATUSES.get(filters.state, ())))
    for name, value in filters.values.items():
        if value:
            query = query.where(_value_exists(name, ReportValue.text == value), ProcessInstance.is_sealed.is_(False))
    return query.where(_matches(uow.session, ProcessInstance.id, filters.text))


def _archived(
    uow: UnitOfWork, definition: RegisterDefinition, filters: Filters
) -> Select[UUID, int, str, str, str | None]:
    query = select(
        ArchivedCase.id.label("id"),
        literal(1).label("is_archived"),
        ArchivedCase.period.label("period"),
        ArchivedCase.number.label("number"),
        cast(_archived_sort_key(_sort_column(definition, filters)), String).label("sorted_by"),
    ).where(ArchivedCase.folder_key == definition.folder_key)
    if not may_read_archive(uow, definition) or filters.state not in ("", "archived"):
        return query.where(false())
    if filters.period:
        query = query.where(ArchivedCase.period == filters.period)
    for name, value in filters.values.items():
        if value:
            exists = select(ArchivedValue.name).where(
                ArchivedValue.archived_case_id == ArchivedCase.id,
                ArchivedValue.name == name,
                ArchivedValue.text == value,
            )
            query = query.where(exists.exists())
    return query.where(_matches(uow.session, ArchivedCase.id, filters.text))


def may_read_archive(uow: UnitOfWork, definition: RegisterDefinition) -> bool:
    """Whether the reader may see past years' cases."""
    roles = definition.archive_roles
    return not roles or bool(uow.actor and has_role(uow.session, uow.actor, roles, uow.today))


def _value_exists(name: str, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    found = select(ReportValue.name).where(
        and_(ReportValue.process_instance_id == ProcessInstance.id, ReportValue.name == name, condition)
    )
    return found.exists()


def _matches(session: Session, column: Any, text: str) -> ColumnElement[bool]:
    if not text.strip():
        return literal(1) == literal(1)
    ids = matching(session, text)
    return false() if ids is None else column.in_(ids)


def _rows(
    session: Session, definition: RegisterDefinition, found: Sequence[Any], display: Display
) -> tuple[RegisterRow, ...]:
    running = [row.id for row in found if not row.is_archived]
    past = [row.id for row in found if row.is_archived]
    instances = _by_id(session, ProcessInstance, running)
    archived = _by_id(session, ArchivedCase, past)
    values = load_values(session, running)
    cases: list[tuple[Case, str]] = []
    for row in found:
        if row.is_archived:
            past_case = archived[row.id]
            cases.append((archived_case_of(past_case, definition.report), past_case.period))
        else:
            instance = instances[row.id]
            case = case_of(instance, values.get(row.id, {}), definition.report)
            cases.append((case, instance.period or ""))
    display.prefetch((case for case, _ in cases), (column.variable for column in definition.columns))
    return tuple(
        RegisterRow(case, period, case.instance_id, _cells(definition, case, period, display)) for case, period in cases
    )


def _by_id(session: Session, model: Any, ids: Sequence[UUID]) -> dict[UUID, Any]:
    rows: dict[UUID, Any] = {}
    for start in range(0, len(ids), 500):
        found = session.scalars(select(model).where(model.id.in_(ids[start : start + 500])))
        rows.update({row.id: row for row in found})
    return rows


def _cells(definition: RegisterDefinition, case: Case, period: str, display: Display) -> tuple[str, ...]:
    """A sealed case shows its number, its state and nothing of what it is about."""
    cells = []
    for column in definition.columns:
        if column.variable == "period":
            cells.append(period)
        elif case.sealed and column.variable not in ("number", "state", "title", "id"):
            cells.append("")
        elif case.sealed and column.variable == "title":
            cells.append(display.hidden_title)
        else:
            cells.append(display.cell(case, column.variable))
    return tuple(cells)
