"""A choice among many: who stands on the page at once, and who is found by typing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from engine.forms import Choice

LISTED = 100  # options that a page lists whole; a longer list is searched
FOUND = 30  # options that a search shows
Groups = Sequence[tuple[str, Sequence[Choice]]]


@dataclass(frozen=True)
class Picking:
    """What a searched list shows now: what was found, or whom one is likely to want."""

    text: str
    groups: Groups
    more: int = 0  # matches that are not shown
    finds_nothing: bool = False


def picking(options: Sequence[Choice], near: Groups, text: str, chosen: Collection[str]) -> Picking:
    """What stands below the search; what is chosen stands above it."""
    if not text:
        return Picking("", [(heading, [one for one in group if one.value not in chosen]) for heading, group in near])
    words = text.casefold().split()
    found = [option for option in options if all(word in _words_of(option) for word in words)]
    left = [option for option in found if option.value not in chosen]
    return Picking(text, grouped(left[:FOUND]), max(len(left) - FOUND, 0), not found)


def grouped(options: Sequence[Choice]) -> list[tuple[str, list[Choice]]]:
    """Options under their headings, in the order of the list."""
    found: dict[str, list[Choice]] = {}
    for option in options:
        found.setdefault(option.group, []).append(option)
    return list(found.items())


def likely(options: Sequence[Choice], suggested: Mapping[str, Sequence[str]]) -> list[tuple[str, list[Choice]]]:
    """The suggestions of the form that may be chosen at all, each under the first heading that names it."""
    left = {option.value: option for option in options}
    groups = [(heading, [left.pop(one) for one in values if one in left]) for heading, values in suggested.items()]
    return [(heading, group) for heading, group in groups if group]


def _words_of(option: Choice) -> str:
    return f"{option.group} {option.label} {option.value}".casefold()
