"""Try out an import: what would be created, changed and ended, and what is wrong in which row. Writes nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.people_import.sheet import FIELDS, Cell, Sheet
from engine.queries.organisation import people_with_role, within
from engine.rules.people import EMAIL, NAME_LENGTH, STAFF_NUMBER
from engine.rules.roles import ADMINISTRATOR_ROLES
from engine.sentences import say
from models import Unit, User

LEFT_WORDS = frozenset(
    {
        "离职",
        "退休",
        "离退休",
        "离休",
        "调出",
        "辞职",
        "解聘",
        "去世",
        "病故",
        "死亡",
        "离校",
        "停用",
        "已离职",
        "已退休",
    }
)
WORKING_WORDS = frozenset({"", "在职", "在岗", "正常", "在编", "返聘", "借调", "在校"})
LARGEST_SHARE_MISSING = 0.3  # more people missing from a "complete" list looks like the wrong list
DATE_PATTERNS = (
    re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
    re.compile(r"(\d{4})[-/.年](\d{1,2})月?"),
)


class Change(StrEnum):
    """What an import does with a person."""

    CREATE = "create"
    UPDATE = "update"
    END = "end"
    REINSTATE = "reinstate"
    NONE = "none"


@dataclass(frozen=True)
class ImportOptions:
    """``create_units``: add unknown units as departments. ``complete``: whoever is not in the list has left.

    ``accept_many_missing``: even if that is more than three in ten.
    """

    create_units: bool = False
    complete: bool = False
    accept_many_missing: bool = False


@dataclass(frozen=True)
class RowProblem:
    """A row that cannot be taken; ``row`` counts as in the spreadsheet, 0 stands for the whole file."""

    row: int
    column: str
    message: str


@dataclass(frozen=True)
class PersonLine:
    """One person of the list; a field that has no column is None and stays as it is."""

    row: int
    id: str
    name: str
    unit: str | None = None  # name of the unit as written
    email: str | None = None
    joined_on: date | None = None
    left_on: date | None = None
    change: Change = Change.NONE
    changed_fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportPlan:
    """What the import would do. ``can_apply`` only without a single problem: nothing is ever half-imported."""

    lines: tuple[PersonLine, ...]
    missing: tuple[tuple[str, str], ...]  # (id, name) of those who are not in a complete list
    new_units: tuple[str, ...]
    problems: tuple[RowProblem, ...]
    warnings: tuple[RowProblem, ...]
    ignored_columns: tuple[str, ...]

    @property
    def can_apply(self) -> bool:
        """Whether it may be applied."""
        return not self.problems

    def count(self, change: Change | str) -> int:
        """How many people it does this with; templates say it by its text."""
        found = sum(line.change == change for line in self.lines)
        return found + len(self.missing) if change == Change.END else found


@dataclass
class _Judge:
    """Collects problems while rows are read."""

    users: Mapping[str, User]
    units: Mapping[str, Unit]
    today: date
    options: ImportOptions
    by_number: Mapping[str, str]  # staff number without leading zeros → staff number on record
    dissolved: frozenset[str]  # names of units that are no more
    administrators: frozenset[str]  # whom no list ends
    problems: list[RowProblem] = field(default_factory=list)
    warnings: list[RowProblem] = field(default_factory=list)
    new_units: dict[str, None] = field(default_factory=dict)
    rows_by_id: dict[str, int] = field(default_factory=dict)

    def refuse(self, row: int, column: str, message: str) -> None:
        self.problems.append(RowProblem(row, FIELDS[column][0], message))


def plan_people_import(
    session: Session, sheet: Sheet, mapping: Mapping[str, str], options: ImportOptions, *, today: date
) -> ImportPlan:
    """Work out what an import would do.

    Args:
        session: only read.
        sheet: the table.
        mapping: heading → field, e.g. ``{"姓名": "name"}``.
        options: what to do with unknown units and missing people.
        today: whoever leaves up to this day is ended.

    Raises:
        InvalidInputError: the mapping does not fit the table.
    """
    columns = sheet.columns(mapping)
    users = {user.id: user for user in session.scalars(select(User))}
    units = {
        unit.name: unit for unit in session.scalars(select(Unit).where(within(Unit.valid_from, Unit.valid_to, today)))
    }
    judge = _Judge(
        users,
        units,
        today,
        options,
        by_number={user_id.lstrip("0"): user_id for user_id in users},
        dissolved=frozenset(session.scalars(select(Unit.name))) - set(units),
        administrators=frozenset(people_with_role(session, ADMINISTRATOR_ROLES, on=today)),
    )
    lines = [_line(judge, number, cells, columns) for number, cells in sheet.rows]
    missing = _missing(judge) if options.complete else ()
    return ImportPlan(
        lines=tuple(line for line in lines if line is not None),
        missing=missing,
        new_units=tuple(judge.new_units),
        problems=tuple(judge.problems),
        warnings=tuple(judge.warnings),
        ignored_columns=tuple(heading for heading in sheet.headings if heading not in mapping),
    )


def _line(judge: _Judge, row: int, cells: tuple[Cell, ...], columns: Mapping[str, int]) -> PersonLine | None:
    before = len(judge.problems)
    given = {name: cells[index] if index < len(cells) else Cell("") for name, index in columns.items()}
    person = PersonLine(
        row=row,
        id=_staff_number(judge, row, given["id"]),
        name=_name(judge, row, given["name"]),
        unit=_unit(judge, row, given.get("unit")),
        email=_email(judge, row, given.get("email")),
        joined_on=_date(judge, row, "joined_on", given.get("joined_on")),
        left_on=_left_on(judge, row, given),
    )
    if person.joined_on and person.left_on and person.left_on < person.joined_on:
        judge.refuse(row, "left_on", "离职日期不能早于入职日期")
    if len(judge.problems) > before:
        return None
    return _compared(judge, person)


def _staff_number(judge: _Judge, row: int, cell: Cell) -> str:
    text = cell.text
    if not text:
        judge.refuse(row, "id", "缺少工号，请补填")
    elif not STAFF_NUMBER.fullmatch(text):
        judge.refuse(row, "id", say("工号“{text}”只能由字母、数字、点、横线组成", text=text[:30]))
    elif text in judge.rows_by_id:
        judge.refuse(row, "id", say("工号 {id} 与第 {row} 行重复，请只保留一行", id=text, row=judge.rows_by_id[text]))
    elif cell.is_number and text not in judge.users:
        known = judge.by_number.get(text)
        if known:
            template = "工号在表格中是数字 {text}，前导零可能已丢失；系统中有 {known}，请改为文本"
            judge.refuse(row, "id", say(template, text=text, known=known))
        else:
            doubt = say("工号 {text} 在表格中是数字，请确认没有丢失前导零", text=text)
            judge.warnings.append(RowProblem(row, FIELDS["id"][0], doubt))
    judge.rows_by_id.setdefault(text, row)
    return text


def _name(judge: _Judge, row: int, cell: Cell) -> str:
    name = re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", cell.text)  # 张 三 is 张三
    if not name:
        judge.refuse(row, "name", "缺少姓名，请补填")
    elif len(name) > NAME_LENGTH:
        judge.refuse(row, "name", say("姓名最多 {most} 个字符", most=NAME_LENGTH))
    return name


def _unit(judge: _Judge, row: int, cell: Cell | None) -> str | None:
    if cell is None or not cell.text:
        return None
    if cell.text in judge.units or cell.text in judge.new_units:
        return cell.text
    if cell.text in judge.dissolved:
        judge.refuse(row, "unit", say("单位“{name}”已经撤销，请写承接的单位", name=cell.text[:40]))
        return None
    if judge.options.create_units and len(cell.text) <= NAME_LENGTH:
        judge.new_units[cell.text] = None
        return cell.text
    judge.refuse(row, "unit", say("系统中没有单位“{name}”，请先新增单位", name=cell.text[:40]))
    return None


def _email(judge: _Judge, row: int, cell: Cell | None) -> str | None:
    if cell is None or not cell.text:
        return None
    if not EMAIL.fullmatch(cell.text):
        judge.refuse(row, "email", say("电子邮箱“{text}”格式不正确，请改正", text=cell.text[:40]))
    return cell.text


def _date(judge: _Judge, row: int, column: str, cell: Cell | None) -> date | None:
    if cell is None or not cell.text:
        return None
    day = read_date(cell)
    if day is None:
        judge.refuse(row, column, say("“{text}”不是日期，请写成 2020-09-01", text=cell.text[:20]))
    return day


def read_date(cell: Cell) -> date | None:
    """A date cell, or a text as lists write them: 2020-09-01, 2020/9/1, 20200901, 2020年9月1日, 2020.9."""
    if isinstance(cell.raw, datetime):
        return cell.raw.date()
    if isinstance(cell.raw, date):
        return cell.raw
    for pattern in DATE_PATTERNS:
        match = pattern.fullmatch(cell.text.replace(" ", ""))
        if match:
            year, month, *day = map(int, match.groups())
            try:
                return date(year, month, day[0] if day else 1)
            except ValueError:
                return None
    return None


def _left_on(judge: _Judge, row: int, given: Mapping[str, Cell]) -> date | None:
    left_on = _date(judge, row, "left_on", given.get("left_on"))
    status = given.get("status")
    if status is None or left_on is not None:
        return left_on
    if status.text in LEFT_WORDS:
        return judge.today
    if status.text not in WORKING_WORDS:
        judge.refuse(row, "status", say("不认识的状态“{text}”，请写“在职”或“离职”“退休”等", text=status.text[:20]))
    return None


def _compared(judge: _Judge, person: PersonLine) -> PersonLine:
    """The line with what it changes. A field without a value in the list stays as it is on record."""
    user = judge.users.get(person.id)
    change: Change = Change.CREATE
    changed: tuple[str, ...] = ()
    if user is not None:
        changed = tuple(name for name, new, old in _pairs(judge, person, user) if new is not None and new != old)
        change = _change_of(person, user, changed)
    if change is Change.END and person.id in judge.administrators:
        judge.refuse(person.row, "id", "此人是管理员，请先移交其角色")
    return PersonLine(**{**person.__dict__, "change": change, "changed_fields": changed})


def _change_of(person: PersonLine, user: User, changed: tuple[str, ...]) -> Change:
    if person.left_on is not None:
        return Change.END if user.left_on is None else (Change.UPDATE if changed else Change.NONE)
    if user.left_on is not None:
        return Change.REINSTATE
    return Change.UPDATE if changed else Change.NONE


def _pairs(judge: _Judge, person: PersonLine, user: User) -> list[tuple[str, object, object]]:
    unit = judge.units.get(person.unit) if person.unit else None
    return [
        ("name", person.name, user.name),
        ("unit_id", unit.id if unit else person.unit, user.unit_id),
        ("email", person.email, user.email),
        ("joined_on", person.joined_on, user.joined_on),
    ]


def _missing(judge: _Judge) -> tuple[tuple[str, str], ...]:
    """Who is on record and not in a list said to be complete."""
    present = [user for user in judge.users.values() if user.left_on is None]
    missing = sorted((user.id, user.name) for user in present if user.id not in judge.rows_by_id)
    if present and len(missing) / len(present) > LARGEST_SHARE_MISSING and not judge.options.accept_many_missing:
        template = "名单里没有的在职人员有 {missing} 人（共 {all} 人），将全部停用；请核对名单，确认后再次导入"
        message = say(template, missing=len(missing), all=len(present))
        judge.problems.append(RowProblem(0, "", message))
    if administrators := sorted(judge.administrators & {user_id for user_id, _ in missing}):
        message = say("导入会停用管理员 {ids}，请先移交其角色", ids="、".join(administrators))
        judge.problems.append(RowProblem(0, "", message))
    return tuple(missing)
