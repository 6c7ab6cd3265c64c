"""Open bodies of a parallel multi-instance activity, packed: a step unpacks only the page of the one that it touches.

Equal bodies are stored once: each is the number of its shape, its numbers as steps from those before, and what is its
own. Pages of them are compressed, so that ten thousand bodies take a few bytes each.
"""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any, Final

import msgspec

from engine.spiff.bodies import Rows, join, split, waiting_in
from engine.spiff.errors import StateError

PAGE: Final = 64  # bodies
_ENTRIES: Final = 256  # of the index in one page
_SLACK: Final = 1024  # entries that may lead nowhere before the index is written anew
_LEVEL: Final = 3  # of compression: pages are full of repetitions, more effort finds no more
# Its shape; its first number, and what each one after that adds to the one before; what is its own, if it has anything.
_Body = tuple[int, int, list[int], list[Any] | None]


class Frozen:
    """Bodies by loop counter, and which of them holds what waits under a number."""

    __slots__ = ("_open", "_touched", "index", "live", "outside", "pages", "shapes", "signals")

    def __init__(
        self,
        outside: tuple[int, int],
        shapes: list[bytes],
        pages: list[bytes],
        index: Any,
        live: int,
        signals: bool,
    ) -> None:
        self.outside = outside  # numbers of the multi-instance activity and of the scope it stands in
        self.shapes = shapes
        self.pages = pages  # empty where no body is
        self.index = Index(*index)
        self.live = live  # numbers in all bodies
        self.signals = signals  # some body waits for a signal
        self._open: dict[int, dict[int, _Body]] = {}  # pages that have been read: place → body
        self._touched: set[int] = set()

    @classmethod
    def empty(cls, outside: tuple[int, int], total: int) -> Frozen:
        """For this many bodies, none of them here yet."""
        return cls(outside, [], [b""] * (-(-total // PAGE)), ([], [], [], []), 0, False)

    def parts(self) -> tuple[Any, ...]:
        """As it is stored."""
        for number in self._touched:
            self.pages[number] = _pack_page(self._open[number])
        self._touched.clear()
        self._open.clear()
        return self.shapes, self.pages, self.index.parts(), self.live, self.signals

    def bodies(self) -> Iterator[int]:
        """The loop counters of the bodies that are here."""
        for number in range(len(self.pages)):
            yield from [number * PAGE + place for place in sorted(self._page(number))]

    def find(self, number: int) -> int | None:
        """The body in which something with this number waits or has waited.

        The entry before an absent number is taken: parallel user tasks in a body have one entry for all their numbers.
        """
        body = self.index.find(number)
        return body if body is not None and body % PAGE in self._page(body // PAGE) else None

    def take(self, body: int) -> Rows:
        """Remove a body."""
        number, place = divmod(body, PAGE)
        rows = self._rows(body)
        del self._page(number)[place]
        self._touched.add(number)
        self.live -= len(waiting_in(rows))
        return rows

    def put(self, bodies: Iterable[tuple[int, Rows]]) -> None:
        """Add bodies."""
        entries: list[tuple[int, int]] = []
        shapes = {shape: number for number, shape in enumerate(self.shapes)}
        for body, rows in bodies:
            shape, numbers, own = split(rows, body, self.outside)
            if shape not in shapes:
                shapes[shape] = len(shapes)
            number, place = divmod(body, PAGE)
            mine = own if any(value is not None for value in own) else None
            self._page(number)[place] = (shapes[shape], numbers[0], _steps(numbers)[1:], mine)
            self._touched.add(number)
            waiting = waiting_in(rows)
            self.live += len(waiting)
            entries += [(number, body) for number in waiting if not self.index.leads(number, body)]
        grown, self.shapes = len(shapes) > len(self.shapes), list(shapes)
        self.index.add(entries)
        if len(self.index) > 2 * self.live + _SLACK:
            self.index = Index.of((number, body) for body in self.bodies() for number in waiting_in(self._rows(body)))
        if grown and len(shapes) >= PAGE and not len(shapes) & (len(shapes) - 1):  # now and then: a power of two
            self._forget_shapes()

    def _page(self, number: int) -> dict[int, _Body]:
        page = self._open.get(number)
        if page is None:
            page = self._open[number] = _unpack_page(self.pages[number]) if self.pages[number] else {}
        return page

    def _rows(self, body: int) -> Rows:
        shape, first, steps, own = self._page(body // PAGE)[body % PAGE]
        return join(self.shapes[shape], list(accumulate([first, *steps])), own, body, self.outside)

    def _forget_shapes(self) -> None:
        """Let go of shapes that no body has any more."""
        used: dict[int, int] = {}
        for number in range(len(self.pages)):
            page = self._page(number)
            for place, (shape, first, steps, own) in page.items():
                page[place] = (used.setdefault(shape, len(used)), first, steps, own)
            self._touched.add(number)
        self.shapes = [self.shapes[shape] for shape in used]


class Index:
    """Numbers in ascending order, each with the body in which it was given; entries are added, never changed."""

    __slots__ = ("_read", "bodies", "firsts", "numbers", "pages")

    def __init__(
        self,
        firsts: Iterable[int] = (),
        pages: Iterable[bytes] = (),
        numbers: Iterable[int] = (),
        bodies: Iterable[int] = (),
    ) -> None:
        self.firsts = list(firsts)  # the lowest number of each page
        self.pages = list(pages)
        self.numbers = list(numbers)  # the last page, not yet full, lies open
        self.bodies = list(bodies)
        self._read: tuple[int, list[int], list[int]] | None = None  # the page that was read last

    @classmethod
    def of(cls, entries: Iterable[tuple[int, int]]) -> Index:
        """An index of these entries."""
        index = cls()
        index.add(sorted(entries))
        return index

    def parts(self) -> tuple[Any, ...]:
        """As it is stored."""
        return self.firsts, self.pages, self.numbers, self.bodies

    def __len__(self) -> int:
        return len(self.pages) * _ENTRIES + len(self.numbers)

    def find(self, number: int) -> int | None:
        """The body of the last entry whose number is not greater; None if there is none."""
        found = self._last(number)
        return None if found is None else found[1]

    def leads(self, number: int, body: int) -> bool:
        """Whether this very entry is here."""
        return self._last(number) == (number, body)

    def add(self, entries: Iterable[tuple[int, int]]) -> None:
        """Add entries; numbers lower than those here cost a pass over all."""
        new = sorted(entries)
        if new and len(self) and new[0][0] < self._highest():
            new = sorted([*self._all(), *new])
            self.firsts, self.pages, self.numbers, self.bodies, self._read = [], [], [], [], None
        self.numbers += [number for number, _ in new]
        self.bodies += [body for _, body in new]
        while len(self.numbers) >= _ENTRIES:
            full = self.numbers[:_ENTRIES], self.bodies[:_ENTRIES]
            del self.numbers[:_ENTRIES], self.bodies[:_ENTRIES]
            self.firsts.append(full[0][0])
            self.pages.append(_pack([_steps(full[0]), _steps(full[1])]))

    def _last(self, number: int) -> tuple[int, int] | None:
        if self.numbers and number >= self.numbers[0]:
            numbers, bodies = self.numbers, self.bodies
        else:
            page = bisect_right(self.firsts, number) - 1
            if page < 0:
                return None
            numbers, bodies = self._page(page)
        place = bisect_right(numbers, number) - 1
        return numbers[place], bodies[place]

    def _highest(self) -> int:
        return self.numbers[-1] if self.numbers else self._page(len(self.pages) - 1)[0][-1]

    def _all(self) -> Iterator[tuple[int, int]]:
        for page in range(len(self.pages)):
            yield from zip(*self._page(page), strict=True)
        yield from zip(self.numbers, self.bodies, strict=True)

    def _page(self, page: int) -> tuple[list[int], list[int]]:
        if self._read is None or self._read[0] != page:
            numbers, bodies = _unpack(self.pages[page])
            self._read = page, list(accumulate(numbers)), list(accumulate(bodies))
        return self._read[1], self._read[2]


def _pack_page(page: dict[int, _Body]) -> bytes:
    """Bodies as columns; of their numbers only what each adds to the one before, which is alike in all of them."""
    if not page:
        return b""
    places = sorted(page)
    shapes, firsts, steps, own = zip(*(page[place] for place in places), strict=True)
    return _pack([places, shapes, _steps(firsts), steps, own])


def _unpack_page(data: bytes) -> dict[int, _Body]:
    places, shapes, firsts, steps, own = _unpack(data)
    return dict(zip(places, zip(shapes, accumulate(firsts), steps, own, strict=True), strict=True))


def _steps(numbers: Sequence[int]) -> list[int]:
    return [number - before for before, number in zip([0, *numbers], numbers, strict=False)]


def _pack(value: Any) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(value), _LEVEL)


def _unpack(data: bytes) -> Any:
    try:
        return msgspec.msgpack.decode(zlib.decompress(data))
    except (zlib.error, msgspec.MsgspecError) as error:
        raise StateError(f"a page of bodies cannot be unpacked: {error}") from error
