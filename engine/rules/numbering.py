"""Numbers of a series from a pattern: ``{session_term}{session_meeting:2}{seq:3}`` gives 405023."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.sentences import say

_PLACE = re.compile(r"\{([^\W\d][\w.]*)(?::0?(\d{1,2})d?)?\}")


def render(pattern: str, seq: int, variables: Mapping[str, Any]) -> str:
    """Fill a pattern in.

    Raises:
        ValueError: a named variable has no value.
    """

    def place(match: re.Match[str]) -> str:
        value = seq if match[1] == "seq" else look_up(match[1], variables)
        if value is None:
            raise ValueError(say("编号缺少变量 {name}", name=match[1]))
        return plain(value).zfill(int(match[2] or 0))

    return _PLACE.sub(place, pattern)


def seq_of(pattern: str, number: str, variables: Mapping[str, Any]) -> int | None:
    """The running number in a number that was made of the pattern; None if it was not, or if a variable is missing."""
    before, seq, after = _around_seq(pattern)
    if not seq:
        return None
    try:
        start, end = render(before, 0, variables), render(after, 0, variables)
    except ValueError:
        return None
    digits = number.removeprefix(start).removesuffix(end)
    found = int(digits) if digits.isdecimal() and digits.isascii() else None
    return found if found is not None and render(pattern, found, variables) == number else None


def _around_seq(pattern: str) -> tuple[str, str, str]:
    place = next((match for match in _PLACE.finditer(pattern) if match[1] == "seq"), None)
    if place is None:
        return pattern, "", ""
    return pattern[: place.start()], place[0], pattern[place.end() :]


def fill(template: str, variables: Mapping[str, Any]) -> str:
    """Fill a notice's template in; what has no value becomes nothing."""
    return _PLACE.sub(lambda match: plain(look_up(match[1], variables)), template)


def sentence(template: str, variables: Mapping[str, Any]) -> str:
    """A notice's template filled in; it still knows its template, unless that pads a number."""
    if any(match[2] for match in _PLACE.finditer(template)):
        return fill(template, variables)
    return say(template, **{match[1]: plain(look_up(match[1], variables)) for match in _PLACE.finditer(template)})


def look_up(path: str, variables: Mapping[str, Any]) -> Any:
    """The value at a dotted path of contexts, or None. Never an attribute of an object."""
    value: Any = variables
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def plain(value: Any) -> str:
    """A value as people write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, list | tuple):
        return "、".join(plain(item) for item in value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
