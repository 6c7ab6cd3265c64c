"""Geometry of the small charts: SVG drawn on the server, no script, no inline style."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 380  # units of the drawing; it scales with the page
LABEL_WIDTH = 118
VALUE_WIDTH = 34
LINE = 26
BAR = 16
LABEL_ROOM = 16  # Latin letters of a label that fit; a Chinese character takes the room of two
TREND_WIDTH = 320
TREND_TOP = 22
TREND_BOTTOM = 146


@dataclass(frozen=True)
class Bar:
    """One bar with its label and value."""

    label: str
    full_label: str
    value: int
    x: int
    y: int
    width: int
    url: str


@dataclass(frozen=True)
class Bars:
    """A horizontal bar chart."""

    width: int
    height: int
    bar: int
    items: tuple[Bar, ...]


@dataclass(frozen=True)
class Share:
    """One part of a bar that is the whole."""

    label: str
    value: int
    x: float
    width: float
    tone: int  # class of the colour
    url: str


@dataclass(frozen=True)
class Point:
    """One value of a session."""

    label: str
    text: str
    x: int
    y: int
    height: int


def _fitting(label: str) -> str:
    room = LABEL_ROOM
    for index, character in enumerate(label):
        room -= 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if room < 0:
            return f"{label[: index - 1].rstrip()}…"
    return label


def bars(items: Sequence[tuple[str, int, str]]) -> Bars:
    """A bar for each (label, value, address)."""
    most = max((value for _, value, _ in items), default=0) or 1
    room = WIDTH - LABEL_WIDTH - VALUE_WIDTH
    drawn = tuple(
        Bar(
            label=_fitting(label),
            full_label=label,
            value=value,
            x=LABEL_WIDTH,
            y=index * LINE,
            width=max(round(room * value / most), 2 if value else 0),
            url=url,
        )
        for index, (label, value, url) in enumerate(items)
    )
    return Bars(WIDTH, max(len(items) * LINE, LINE), BAR, drawn)


def share_bar(items: Sequence[tuple[str, int, str]]) -> tuple[Share, ...]:
    """Parts of one bar 100 units wide for each (label, value, address); parts without cases have no width."""
    whole = sum(value for _, value, _ in items) or 1
    parts: list[Share] = []
    x = 0.0
    for tone, (label, value, url) in enumerate(items):
        width = 100 * value / whole
        parts.append(Share(label, value, round(x, 3), round(width, 3), tone % 8, url))
        x += width
    return tuple(parts)


def trend(values: Sequence[tuple[str, int | None, str, str]]) -> tuple[Point, ...]:
    """A column for each session: (label, value or None, printed value, note that is not drawn)."""
    most = max((value for _, value, _, _ in values if value is not None), default=0) or 1
    step = TREND_WIDTH // max(len(values), 1)
    points = []
    for index, (label, value, text, _note) in enumerate(values):
        height = round((TREND_BOTTOM - TREND_TOP) * (value or 0) / most)
        points.append(Point(label, text, index * step + step // 2, TREND_BOTTOM - height, height))
    return tuple(points)
