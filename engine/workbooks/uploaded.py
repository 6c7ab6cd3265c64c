"""Uploaded workbooks: refused before the reader sees them when they could exhaust the memory of the server.

The reader lays a sheet out as a full rectangle: two cells far apart, in a file of five kilobytes, are enough to end
the process. So every part of the archive that is XML is looked through first, and only XLSX is let through.
"""

import io
import zipfile
import zlib
from typing import IO

from lxml import etree

from engine.errors import InvalidInputError
from engine.sentences import say

LARGEST_FILE = 10 * 1024 * 1024  # bytes as uploaded
LARGEST_CONTENT = 200 * 1024 * 1024  # bytes unpacked
MOST_CELLS = 3_000_000  # of the rectangle around the filled cells of one sheet
COMPOUND_FILE = b"\xd0\xcf\x11\xe0"  # what a workbook with a password and the old .xls begin with
OTHER_FORMATS = frozenset({"xl/workbook.bin", "content.xml"})  # XLSB and ODS; the reader would take them
UNREADABLE = "文件不是可以读取的 Excel（.xlsx）文件，请另存为 .xlsx 后再导入"


def ensure_harmless(content: bytes, *, largest_content: int = LARGEST_CONTENT) -> None:
    """Refuse what is no XLSX file, or would not fit.

    Args:
        content: the file as uploaded.
        largest_content: bytes once unpacked.

    Raises:
        InvalidInputError: field ``file``.
    """
    if len(content) > LARGEST_FILE:
        raise refused(say("文件超过 {most} MB，请分批导入", most=LARGEST_FILE // 1024 // 1024))
    if content.startswith(COMPOUND_FILE):
        raise refused("文件设有密码，或是旧的 .xls 格式；请取消密码，另存为 .xlsx 后再导入")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _ensure_xlsx(archive, largest_content)
            for entry in archive.infolist():
                with archive.open(entry) as part:
                    _ensure_compact(part, entry.filename)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError) as error:
        raise refused(UNREADABLE) from error  # encrypted parts and unknown compressions are RuntimeErrors


def refused(message: str) -> InvalidInputError:
    """The error at the field of the file."""
    return InvalidInputError({"file": message}, message)


def _ensure_xlsx(archive: zipfile.ZipFile, largest_content: int) -> None:
    names = {entry.filename.replace("\\", "/").lower() for entry in archive.infolist()}
    if "xl/workbook.xml" not in names or names & OTHER_FORMATS:
        raise refused(UNREADABLE)
    if sum(entry.file_size for entry in archive.infolist()) > largest_content:
        raise refused("文件解压后过大")


def _ensure_compact(part: IO[bytes], name: str) -> None:
    """Measure the sheet, if the part is one. Parts that are no XML may only be what no reader takes for a sheet."""
    is_xml = name.lower().endswith((".xml", ".rels"))
    bounds = _Bounds()
    try:
        for event, element in etree.iterparse(
            part, events=("start", "end"), resolve_entities=False, no_network=True, huge_tree=True
        ):
            bounds.meet(event, element)
    except etree.XMLSyntaxError:
        if is_xml or bounds.met_cells:
            raise refused(UNREADABLE) from None
    if bounds.cells > MOST_CELLS:
        template = "表格范围过大（到第 {row} 行第 {column} 列）；请删除数据之外的单元格后再导入"
        raise refused(say(template, row=bounds.last_row, column=bounds.last_column))


class _Bounds:
    """The rectangle around the filled cells of a sheet, followed while its XML is read."""

    def __init__(self) -> None:
        self.first_row = self.first_column = 1 << 40
        self.last_row = self.last_column = 0
        self.met_cells = False
        self._row = self._column = 0

    @property
    def cells(self) -> int:
        """How many cells the rectangle has."""
        if not self.last_row:
            return 0
        return (self.last_row - self.first_row + 1) * (self.last_column - self.first_column + 1)

    def meet(self, event: str, element: "etree._Element") -> None:
        kind = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if event == "start" and kind == "row":
            self._row = _number(element.get("r")) or self._row + 1
            self._column = 0
        elif event == "end" and kind == "c":
            self._place(element.get("r"), filled=len(element) > 0)
        if event == "end" and kind in ("row", "c", "si", "xf"):
            _forget(element)

    def _place(self, reference: str | None, *, filled: bool) -> None:
        self.met_cells = True
        letters = (reference or "").rstrip("0123456789")
        self._column = _column(letters) if letters else self._column + 1
        row = _number((reference or "")[len(letters) :]) or self._row
        if filled:
            self.first_row, self.last_row = min(self.first_row, row), max(self.last_row, row)
            self.first_column = min(self.first_column, self._column)
            self.last_column = max(self.last_column, self._column)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + max(ord(letter) - 64, 0)
    return number


def _forget(element: "etree._Element") -> None:
    """What has been read needs no memory any more."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
