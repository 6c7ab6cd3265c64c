"""Read a spreadsheet of people: find the row of headings, under titles and merged headings, and name the columns."""

import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from engine.errors import InvalidInputError
from engine.sentences import say
from engine.workbooks.uploaded import UNREADABLE, ensure_harmless, refused

MOST_ROWS = 50_000
INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060\ufeff]")  # comes along when pasted
HEADING_ROWS = 12  # headings stand within the first rows, under a title and notes

# what each column of ours is called in lists of personnel offices
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "id": ("工号", ("工号", "职工号", "教工号", "人员编号", "人事编号", "职工编号", "一卡通号", "员工编号")),
    "name": ("姓名", ("姓名", "名字", "职工姓名", "教职工姓名")),
    "unit": ("单位", ("单位", "部门", "所在单位", "所属单位", "所在部门", "所属部门", "工作单位", "二级单位")),
    "email": ("电子邮箱", ("电子邮箱", "邮箱", "电子邮件", "email", "e-mail")),
    "joined_on": ("入职日期", ("入职日期", "入校日期", "来校日期", "到校日期", "入职时间", "来校时间")),
    "left_on": ("离职日期", ("离职日期", "离校日期", "退休日期", "离职时间", "退休时间")),
    "status": ("状态", ("状态", "人员状态", "在职状态", "在岗状态", "当前状态")),
}
_FIELD_OF_HEADING = {name: field for field, (_, names) in FIELDS.items() for name in names}
REQUIRED = ("id", "name")


@dataclass(frozen=True)
class Cell:
    """A cell: its text, and whether the spreadsheet holds it as a number (leading zeros are lost then)."""

    text: str
    is_number: bool = False
    raw: Any = None


@dataclass(frozen=True)
class Sheet:
    """A table of people: headings, and rows with the number they have in the file (from 1)."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]

    def guessed_mapping(self) -> dict[str, str]:
        """Heading → field, as far as headings are known; of two columns for a field, the first."""
        mapping: dict[str, str] = {}
        for heading in self.headings:
            field = _FIELD_OF_HEADING.get(normalise(heading))
            if field and field not in mapping.values():
                mapping[heading] = field
        return mapping

    def columns(self, mapping: Mapping[str, str]) -> dict[str, int]:
        """Field → column index.

        Raises:
            InvalidInputError: by heading: not in the file, or a field that does not exist or is mapped twice.
        """
        errors: dict[str, str] = {}
        columns: dict[str, int] = {}
        for heading, field in mapping.items():
            if heading not in self.headings:
                errors[heading] = "文件中没有此列，请重新选择"
            elif field not in FIELDS:
                errors[heading] = say("没有“{field}”这个字段，可用：{fields}", field=field, fields="、".join(FIELDS))
            elif field in columns:
                errors[heading] = say("“{field}”对应了两列，请只保留一列", field=say(FIELDS[field][0]))
            else:
                columns[field] = self.headings.index(heading)
        for field in REQUIRED:
            if field not in columns and not errors:
                errors[field] = say("没有找到“{field}”列，请指定对应关系", field=say(FIELDS[field][0]))
        if errors:
            raise InvalidInputError(errors)
        return columns


def read_sheet(content: bytes, *, sheet_name: str | None = None) -> Sheet:
    """Read the first (or the named) sheet of an XLSX file.

    Raises:
        InvalidInputError: field ``file``: not an XLSX file, too large, no headings, no rows.
    """
    ensure_harmless(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = workbook.sheet_names
        if not names:
            raise refused("文件中没有工作表，请检查文件")
        if sheet_name is not None and sheet_name not in names:
            raise refused(say("没有名为“{name}”的工作表，文件里有：{names}", name=sheet_name, names="、".join(names)))
        sheet = workbook.get_sheet_by_name(sheet_name or names[0])
        grid = sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS + HEADING_ROWS + 1)
    except CalamineError as error:
        raise refused(UNREADABLE) from error
    return _table(grid, sheet)


def normalise(heading: str) -> str:
    """A heading as it is compared: full width folded, no spaces, stars, colons or remarks in brackets."""
    text = unicodedata.normalize("NFKC", heading).lower()
    text = re.sub(r"\(.*?\)|\[.*?\]", "", text)
    return re.sub(r"[\s*:：]", "", text)


def _table(grid: list[list[Any]], sheet: CalamineSheet) -> Sheet:
    _fill_merged(grid, sheet.merged_cell_ranges or [])
    heading_row = _heading_row(grid)
    headings = _unique([cell_of(value).text for value in grid[heading_row]])
    rows = []
    for index, values in enumerate(grid[heading_row + 1 :], start=heading_row + 2):
        cells = tuple(cell_of(value) for value in values)
        if any(cell.text for cell in cells):
            rows.append((index, cells))
    if not rows:
        raise refused("标题行下面没有数据，请检查文件")
    if len(rows) > MOST_ROWS:
        raise refused(say("超过 {most} 行，请分批导入", most=MOST_ROWS))
    return Sheet(headings, tuple(rows))


def _fill_merged(grid: list[list[Any]], ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """Write a merged heading into each of its cells; merged cells further down are data and stay as they are."""
    for (top, left), (bottom, right) in ranges:
        if top >= min(HEADING_ROWS, len(grid)):
            continue
        for row in range(top, min(bottom + 1, len(grid))):
            for column in range(left, min(right + 1, len(grid[row]))):
                grid[row][column] = grid[top][left]


def _heading_row(grid: list[list[Any]]) -> int:
    """The row with the most known headings; of equal ones the last, below the merged headings of groups."""
    best, best_count = -1, 0
    for index, values in enumerate(grid[:HEADING_ROWS]):
        known = {_FIELD_OF_HEADING.get(normalise(cell_of(value).text)) for value in values} - {None}
        if known and len(known) >= best_count:
            best, best_count = index, len(known)
    if best >= 0:
        return best
    for index, values in enumerate(grid[:HEADING_ROWS]):  # nothing known: the first row with two texts, for --map
        if len({cell_of(value).text for value in values if cell_of(value).text}) >= 2:
            return index
    raise refused("没有找到标题行，请在数据上方写明列名")


def _unique(headings: list[str]) -> tuple[str, ...]:
    """Headings by which a column can be named: an empty one gets its letter, a repeated one a number."""
    seen: dict[str, int] = {}
    named = []
    for index, heading in enumerate(headings):
        name = heading or f"第{index + 1}列"
        seen[name] = seen.get(name, 0) + 1
        named.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return tuple(named)


def cell_of(value: Any) -> Cell:
    """A cell of the grid as text; a whole number without its ".0"."""
    if isinstance(value, bool) or value is None:
        return Cell("" if value is None else str(value), raw=value)
    if isinstance(value, int | float):
        whole = float(value).is_integer()
        return Cell(str(int(value)) if whole else str(value), is_number=True, raw=value)
    text = INVISIBLE.sub("", unicodedata.normalize("NFC", str(value))).replace("\u3000", " ").strip()
    return Cell(re.sub(r"\s*\n\s*", "", text), raw=value)
