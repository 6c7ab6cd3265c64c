"""Lists as workbooks: one sheet of headings and rows, every cell a text."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO

import xlsxwriter

WIDEST = 60  # columns of characters
_WIDTHS = {"title": 46, "text": WIDEST, "reason": WIDEST}
_DEFAULT_WIDTH = 14


def write_workbook(name: str, headings: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]) -> bytes:
    """Write one sheet; every cell is text, so that a title that begins with ``=`` stays a title.

    Args:
        name: of the sheet; what Excel forbids in it is replaced.
        headings: (variable, label) of each column.
        rows: cells as text.
    """
    stream = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(stream, options) as workbook:
        workbook.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})  # the same rows, the same bytes
        sheet = workbook.add_worksheet(_sheet_name(name))
        bold = workbook.add_format({"bold": True, "bg_color": "#E9ECEF", "border": 1})
        plain = workbook.add_format({"text_wrap": True, "valign": "top", "border": 1})
        for column, (variable, label) in enumerate(headings):
            sheet.set_column(column, column, _WIDTHS.get(variable, _DEFAULT_WIDTH))
            sheet.write_string(0, column, label, bold)
        for line, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells):
                sheet.write_string(line, column, cell, plain)
        sheet.freeze_panes(1, 0)
        if rows:
            sheet.autofilter(0, 0, len(rows), max(len(headings) - 1, 0))
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
    return stream.getvalue()


def _sheet_name(name: str) -> str:
    cleaned = "".join("·" if character in "[]:*?/\\'" else character for character in name).strip()
    return cleaned[:31] or "Sheet1"
