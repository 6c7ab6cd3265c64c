"""Paths and filters."""

from __future__ import annotations

from typing import Any

from engine.feel import nodes as n
from engine.feel.compiling.base import MISSING, Closure, Compilation, compiles
from engine.feel.errors import Refused
from engine.feel.kinds import FROM_OUTSIDE, NUMBER, adopt, kind, label
from engine.feel.operators import is_whole
from engine.feel.properties import property_of
from engine.feel.runtime import Frame

Place = tuple[int, str]


@compiles(n.Property)
def path(node: n.Property, compilation: Compilation) -> Closure:
    """``source.name``; over a list, of each of its items."""
    source, wanted, place = compilation.closure(node.source), node.name, compilation.place(node)

    def select(frame: Frame) -> Any:
        subject = source(frame)
        if type(subject) is dict:
            value = subject.get(wanted, MISSING)
            if value is not MISSING:
                return adopt(value) if type(value) in FROM_OUTSIDE else value
        return _select(subject, wanted, frame, place)

    return select


def _select(subject: Any, wanted: str, frame: Frame, place: Place) -> Any:
    if isinstance(subject, list):
        frame.run.spend(1 + len(subject))
        return [_select(item, wanted, frame, place) for item in subject]
    try:
        return property_of(subject, wanted)
    except Refused as refused:
        frame.run.warn(place, refused.reason, refused.code)
        return None


@compiles(n.Filter)
def selection(node: n.Filter, compilation: Compilation) -> Closure:
    """``source[condition]``: the items for which it is true, or the item at a position."""
    source = compilation.closure(node.source)
    condition, size, _ = compilation.measured(node.condition)
    place = compilation.place(node)

    def choose(frame: Frame) -> Any:
        subject = source(frame)
        if subject is None:
            return []
        items = subject if isinstance(subject, list) else [subject]
        run = frame.run
        run.spend(1 + size)
        if not items:
            return _of_nothing(condition, frame)
        first = condition(_item_frame(items[0], frame))
        if kind(first) == NUMBER:
            return _at(items, first, frame, place)
        return _matching(items, first, condition, size, frame, place)

    return choose


def _of_nothing(condition: Closure, frame: Frame) -> Any:
    """A filter of the empty list: null for a position, else empty; what the condition says is no news."""
    kept = list(frame.run.warnings)
    index = kind(condition(_item_frame(None, frame))) == NUMBER
    frame.run.warnings[:] = kept
    return None if index else []


def _matching(items: list[Any], first: Any, condition: Closure, size: int, frame: Frame, place: Place) -> Any:
    chosen = []
    verdict = first
    for position, item in enumerate(items):
        if position:
            frame.run.spend(2 + size)
            verdict = condition(_item_frame(item, frame))
        if verdict is True:
            chosen.append(item)
        elif verdict is not None and verdict is not False and kind(verdict) != NUMBER:
            frame.run.warn(place, f"筛选条件应为布尔值或序号，这里是{label(verdict)}", "type")
            return None
    return chosen


def _at(items: list[Any], position: Any, frame: Frame, place: Place) -> Any:
    if is_whole(position):
        index = int(position)
        if 1 <= index <= len(items):
            return adopt(items[index - 1])
        if -len(items) <= index <= -1:
            return adopt(items[index])
    frame.run.warn(place, f"列表有 {len(items)} 项，没有第 {position} 项")
    return None


def _item_frame(item: Any, frame: Frame) -> Frame:
    inner = Frame({"item": item}, frame, frame.run)
    return Frame(item, inner, frame.run) if isinstance(item, dict) else inner
