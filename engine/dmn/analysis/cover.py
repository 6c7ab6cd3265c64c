"""Which part of a box no rule covers: exact, by splitting column after column."""

from __future__ import annotations

from engine.dmn.analysis.regions import Column

Box = tuple[int, ...]  # per column the regions as bits

_MAX_WORK = 400_000  # visited regions


class TooLargeError(Exception):
    """The table has too many combinations to be sure."""


class Cover:
    """Rules as boxes over the columns; ``rules`` are their numbers, ``masks`` per column the bits of each."""

    def __init__(self, columns: list[Column], masks: list[list[int]], rules: list[int]) -> None:
        self._columns = columns
        self._order = sorted(range(len(columns)), key=lambda at: len(columns[at].regions))
        self._by_region = [self._accepting(columns[at], masks[at], rules) for at in self._order]
        self._rules = sum(1 << rule for rule in rules)
        self._masks = masks
        self._work = 0

    @staticmethod
    def _accepting(column: Column, masks: list[int], rules: list[int]) -> list[int]:
        """Per region the rules that accept it, as bits."""
        return [sum(1 << rule for rule in rules if masks[rule] >> region & 1) for region in range(len(column.regions))]

    def uncovered(self, box: Box) -> list[Box]:
        """The parts of a box that no rule covers, joined to large boxes.

        Raises:
            TooLargeError: after a fixed amount of work.
        """
        ordered = [box[at] for at in self._order]
        self._full = self._covering_rest(ordered)
        self._known: dict[tuple[int, int], tuple[Box, ...]] = {}
        found = self._solve(0, self._rules, ordered)
        restored = [self._restore(part) for part in found]
        return _joined(restored)

    def _covering_rest(self, box: list[int]) -> list[int]:
        """Per position the rules that accept the whole box from there on."""
        rest = [self._rules] * (len(box) + 1)
        for position in range(len(box) - 1, -1, -1):
            masks = self._masks[self._order[position]]
            whole = sum(
                1 << rule for rule in range(len(masks)) if rest[0] >> rule & 1 and box[position] & ~masks[rule] == 0
            )
            rest[position] = rest[position + 1] & whole
        return rest

    def _solve(self, position: int, active: int, box: list[int]) -> tuple[Box, ...]:
        if not active:
            return (tuple(box[position:]),)
        if active & self._full[position]:
            return ()
        known = self._known.get((position, active))
        if known is not None:
            return known
        groups: dict[int, int] = {}
        for region, accepting in enumerate(self._by_region[position]):
            if box[position] >> region & 1:
                self._work += 1
                remaining = active & accepting
                groups[remaining] = groups.get(remaining, 0) | 1 << region
        if self._work > _MAX_WORK:
            raise TooLargeError
        by_rest: dict[Box, int] = {}
        for remaining, regions in groups.items():
            for rest in self._solve(position + 1, remaining, box):
                by_rest[rest] = by_rest.get(rest, 0) | regions
        made = tuple((regions, *rest) for rest, regions in by_rest.items())
        self._known[(position, active)] = made
        return made

    def _restore(self, part: Box) -> Box:
        restored = [0] * len(part)
        for position, at in enumerate(self._order):
            restored[at] = part[position]
        return tuple(restored)


def _joined(boxes: list[Box]) -> list[Box]:
    """Boxes that differ in one column only become one."""
    pending = list(boxes)
    joined = True
    while joined and len(pending) > 1:
        joined = False
        for column in range(len(pending[0])):
            by_others: dict[Box, int] = {}
            for box in pending:
                key = (*box[:column], 0, *box[column + 1 :])
                by_others[key] = by_others.get(key, 0) | box[column]
            if len(by_others) < len(pending):
                pending = [(*key[:column], bits, *key[column + 1 :]) for key, bits in by_others.items()]
                joined = True
    return pending


def intersection(columns: list[Column], first: int, second: int) -> Box | None:
    """What two rules surely both accept."""
    common = tuple(column.certain[first] & column.certain[second] for column in columns)
    return common if all(common) else None
