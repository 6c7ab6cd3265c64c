"""What is wrong, or worth knowing, about a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from lxml import etree

Severity = Literal["error", "warning", "info"]
_SHOWN: Final = 1_000  # characters of an id or a message: a thousand problems may be those of one long id
_LAST_LINE: Final = 65_535  # the parser counts no further: what comes after has this line as well


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding, with the place where it stands."""

    code: str  # stable, see docs/bpmn.md
    severity: Severity
    message: str
    element: str | None = None
    type: str | None = None
    line: int | None = None
    file: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The object of INTERFACES, as plain JSON values."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "element": self.element,
            "type": self.type,
            "line": self.line,
            "file": self.file or "",
        }


class BpmnRefusedError(Exception):
    """The files cannot be executed as drawn; ``problems`` says where and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        errors = [p for p in self.problems if p.severity == "error"]
        super().__init__("; ".join(p.message for p in errors[:5]) or "the files cannot be executed")


class Findings:
    """Collects the problems of one file; never more than ``LIMIT`` errors and as many warnings."""

    LIMIT = 1_000

    def __init__(self, file: str) -> None:
        self.file = file
        self.items: list[Problem] = []
        self._found: Counter[Severity] = Counter()

    def error(self, code: str, message: str, element: etree._Element | None = None) -> None:
        """Record why the file cannot be executed."""
        self._add(code, "error", message, element)

    def warning(self, code: str, message: str, element: etree._Element | None = None) -> None:
        """Record what is ignored, implied or translated."""
        self._add(code, "warning", message, element)

    def _add(self, code: str, severity: Severity, message: str, element: etree._Element | None) -> None:
        self._found[severity] += 1
        if self._found[severity] > self.LIMIT + 1:
            return
        if self._found[severity] > self.LIMIT:
            self.items.append(Problem("not-listed", severity, f"there are more than {self.LIMIT}", file=self.file))
            return
        name, kind, line = (None, None, None) if element is None else _place(element)
        self.items.append(Problem(code, severity, message[:_SHOWN], name, kind, line, self.file))

    @property
    def executable(self) -> bool:
        """True if nothing found is an error."""
        return not any(p.severity == "error" for p in self.items)


def _place(element: etree._Element) -> tuple[str | None, str | None, int | None]:
    """Id of the element or of the nearest owner that has one, its type and line."""
    owner: etree._Element | None = element
    while owner is not None and owner.get("id") is None:
        owner = owner.getparent()
    kind = str(element.tag).rpartition("}")[2][:_SHOWN] if isinstance(element.tag, str) else None
    return (None if owner is None else str(owner.get("id"))[:_SHOWN]), kind, line_of(element)


def line_of(element: etree._Element) -> int | None:
    """Line of an element in its file, from 1; of one that we made, of what it was put into. None if it is unknown."""
    lines: list[Any] = [element.sourceline, *(owner.sourceline for owner in element.iterancestors())]
    line: int = next((line for line in lines if line is not None), _LAST_LINE)
    return line if line < _LAST_LINE else None
