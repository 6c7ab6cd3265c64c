"""The caseload: one case a line of JSON."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.replay.answers import Answers
from engine.replay.errors import ReplayError
from engine.values import from_plain


@dataclass(frozen=True)
class Line:
    """One case to be driven.

    Attributes:
        key: the line's own id; the instance carries it as its business key.
        index: its place among all lines, from 1.
        congress: the congress session it belongs to, "4-5".
        case: the line as FEEL values, names of people replaced by their ids.
        until: the user task at which it stays; None: to the end.
    """

    key: str
    index: int
    congress: str
    case: Mapping[str, Any]
    until: str | None


def read_lines(paths: Iterable[Path], answers: Answers, person: Callable[[str], str | None]) -> list[Line]:
    """Read caseload files.

    Args:
        paths: files of one JSON object a line; empty lines are skipped.
        answers: says which field is the id, which hold people, which names the session.
        person: the id of the person of that name (or of that id), None when there is none.

    Raises:
        ReplayError: a line is no object, has no id or session, names an unknown person, or an id occurs twice.
    """
    lines: list[Line] = []
    known: set[str] = set()
    for place, raw in _objects(paths):
        case = _with_people(raw, answers.people, person, place)
        context = {"case": case}
        key, congress = answers.key.value(context), answers.congress.value(context)
        if not isinstance(key, str) or not isinstance(congress, str):
            raise ReplayError(f"{place}：没有编号或届次")
        if key in known:
            raise ReplayError(f"{place}：编号 {key} 重复")
        known.add(key)
        until = answers.until.value(context) if answers.until else None
        lines.append(Line(key, len(lines) + 1, congress, case, until if isinstance(until, str) else None))
    return lines


def _objects(paths: Iterable[Path]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in paths:
        if not path.is_file():
            raise ReplayError(f"没有文件 {path}")
        for number, text in enumerate(_text_of(path).splitlines(), start=1):
            if not text.strip():
                continue
            place = f"{path.name} 第 {number} 行"
            try:
                raw = json.loads(text)
            except json.JSONDecodeError as error:
                raise ReplayError(f"{place}：不是 JSON（{error.msg}）") from error
            if not isinstance(raw, dict):
                raise ReplayError(f"{place}：应为 JSON 对象")
            yield place, raw


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ReplayError(f"{path.name} 不是 UTF-8 文本") from error


def _with_people(
    raw: dict[str, Any], fields: Iterable[str], person: Callable[[str], str | None], place: str
) -> dict[str, Any]:
    case: dict[str, Any] = {key: from_plain(value) for key, value in raw.items()}
    for field in fields:
        value = case.get(field)
        if value is None:
            continue
        names = value if isinstance(value, list) else [value]
        ids = [person(str(name)) for name in names]
        if None in ids:
            raise ReplayError(f"{place}：没有“{names[ids.index(None)]}”这个人")
        case[field] = ids if isinstance(value, list) else ids[0]
    return case
