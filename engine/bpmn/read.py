"""Read XML that strangers wrote: bounded, without DTD, entities or network."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from lxml import etree

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_DEPTH: Final = 200
MAX_ELEMENTS: Final = 20_000  # BPMN elements that are counted; diagram interchange is not
MAX_TAGS: Final = 400_000  # tags of any kind, diagram interchange included
MAX_ATTRIBUTES: Final = 100  # of one element

_UNMARKED_UTF16: Final = {"<".encode("utf-16-le"): "utf-16-le", "<".encode("utf-16-be"): "utf-16-be"}
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._\-]+)["']""")
# declared encodings that tools write; anything else is refused
_ENCODINGS: Final = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "iso-8859-1",
    "iso8859-1": "iso-8859-1",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "gb18030": "gb18030",
}


class UnreadableError(ValueError):
    """The bytes are not XML that we read; ``line`` counts from 1 where it is known."""

    def __init__(self, message: str, line: int | None = None, code: str = "xml") -> None:
        super().__init__(message)
        self.line = line
        self.code = code


def read_file(path: Path) -> bytes:
    """What a file holds, up to one byte more than we read: enough to refuse it, and one that never ends as well."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def read_xml(data: bytes) -> etree._Element:
    """Parse hostile bytes into a tree.

    Raises:
        UnreadableError: too large or deep, a DOCTYPE, an unknown encoding, or not well-formed.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"the file is larger than {MAX_BYTES // 1024 // 1024} MiB", code="budget")
    text = _decode(data)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise UnreadableError("a document type (DOCTYPE, ENTITY) is not allowed", _line_of(text, "<!"))
    if text.count("<") > MAX_TAGS:
        raise UnreadableError(f"the file has more than {MAX_TAGS} tags", code="budget")
    root = _parse(text)
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableError("a document type is not allowed")
    _check_shape(root)
    return root


def _decode(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _decode_as(data, "utf-16")
    for start, encoding in _UNMARKED_UTF16.items():
        if data.startswith(start):
            return _decode_as(data, encoding)
    data = data.removeprefix(b"\xef\xbb\xbf")
    if b"\x00" in data:
        raise UnreadableError("the file is not text")
    declared = _ENCODING.match(data)
    name = declared.group(1).decode("ascii").lower() if declared else "utf-8"
    if name == "utf-16":  # what is UTF-16 was found above: this was made as a text and stored in the usual way
        name = "utf-8"
    if name not in _ENCODINGS:
        raise UnreadableError(f"the encoding {name} is not read; save the file as UTF-8")
    return _decode_as(data, _ENCODINGS[name])


def _decode_as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableError(f"the bytes are not {encoding}: {error.reason}") from None


def _parse(text: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=False,
        encoding="utf-8",
    )
    body = re.sub(r"^\s*<\?xml[^>]*\?>", lambda m: "\n" * m.group().count("\n"), text, count=1)
    if not body.strip():
        raise UnreadableError("the file is empty", 1)
    try:
        root = etree.fromstring(body.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        if "xcessive depth" in str(error):
            raise UnreadableError(f"nested deeper than {MAX_DEPTH}", error.lineno, code="budget") from None
        raise UnreadableError(f"not well-formed: {str(error)[:200]}", error.lineno) from None
    except (etree.LxmlError, ValueError) as error:
        raise UnreadableError(f"not well-formed: {str(error)[:200]}") from None
    return root


def _check_shape(root: etree._Element) -> None:
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth += 1
        if depth > MAX_DEPTH:
            raise UnreadableError(f"nested deeper than {MAX_DEPTH}", element.sourceline, code="budget")
        if len(element.attrib) > MAX_ATTRIBUTES:
            raise UnreadableError(f"more than {MAX_ATTRIBUTES} attributes", element.sourceline, code="budget")


def _line_of(text: str, needle: str) -> int:
    return text.count("\n", 0, text.find(needle)) + 1
