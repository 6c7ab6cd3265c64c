"""Reads an uploaded workbook into rows of text, bounded in size."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import BinaryIO

from python_calamine import CalamineError, CalamineWorkbook

from engine.errors import InvalidInputError
from engine.sentences import say
from engine.workbooks.uploaded import LARGEST_FILE, UNREADABLE, ensure_harmless

LARGEST_CONTENT = 100 * 1024 * 1024  # bytes unpacked
MOST_ROWS = 5000
MOST_COLUMNS = 100


@dataclass(frozen=True)
class Sheet:
    """The first sheet of a workbook: the row of headings, and every row below it as text."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first_row: int  # number, as the spreadsheet shows it, of the first row below the headings


def read_sheet(stream: BinaryIO) -> Sheet:
    """Read the first sheet; the first row with at least two filled cells is the row of headings.

    Raises:
        InvalidInputError: not a workbook, too large, or empty; under the field ``file``.
    """
    stream.seek(0)
    content = stream.read(LARGEST_FILE + 1)
    ensure_harmless(content, largest_content=LARGEST_CONTENT)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        raw = workbook.get_sheet_by_index(0).to_python(nrows=MOST_ROWS + 50)
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise InvalidInputError({"file": UNREADABLE}) from error
    table = [tuple(cell_text(cell) for cell in row[:MOST_COLUMNS]) for row in raw]
    for index, row in enumerate(table):
        if sum(1 for cell in row if cell) >= 2:
            rows = tuple(table[index + 1 :])
            if len([row for row in rows if any(row)]) > MOST_ROWS:
                raise InvalidInputError({"file": say("一次最多导入 {most} 行，请分批导入", most=MOST_ROWS)})
            return Sheet(row, rows, index + 2)
    raise InvalidInputError({"file": "工作簿的第一张工作表没有标题行，请在数据上方写明列名"})


def cell_text(cell: object) -> str:
    """A cell as a person reads it: 405001 and not 405001.0, dates as 2026-03-01."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()


def find_heading(headings: Sequence[str], names: Sequence[str]) -> int | None:
    """Column whose heading is one of the names, else one that contains one of them; None when there is none."""
    bare = ["".join(heading.split()).lower() for heading in headings]
    wanted = ["".join(name.split()).lower() for name in names if name]
    for name in wanted:
        if name in bare:
            return bare.index(name)
    for name in wanted:
        for index, heading in enumerate(bare):
            if name in heading:
                return index
    return None
