"""Random block-structured diagrams in the notation of ``drawing``."""

from __future__ import annotations

import random
from dataclasses import dataclass

LEAVES = ("user", "user", "manual", "script")
EVENTS = ("late", "reminder", "called_off", "race", "failing")
BLOCKS = (*LEAVES, "exclusive", "parallel", "inclusive", "sub", "times", "sequential", "rework", *EVENTS)
# what stock SpiffWorkflow does rightly: no loop around a parallel join, no variables of its own in a branch
STOCK_BLOCKS = ("user", "user", "manual", "exclusive", "parallel", "sub", "times")


@dataclass
class Generator:
    """Draws blocks in sequence, nested to a depth."""

    dice: random.Random
    blocks: tuple[str, ...] = BLOCKS
    max_depth: int = 3
    number: int = 0

    def name(self, prefix: str) -> str:
        """A fresh id."""
        self.number += 1
        return f"{prefix}{self.number}"

    def drawing(self) -> str:
        """A whole process."""
        lines: list[str] = []
        first, last = self.sequence(lines, 0, "")
        return "\n".join(["start S", "end E", *lines, f"S > {first}", f"{last} > E"])

    def sequence(self, lines: list[str], depth: int, indent: str) -> tuple[str, str]:
        """Some blocks one after the other: the first and the last node."""
        first = last = ""
        for _ in range(self.dice.randint(1, 3 if depth == 0 else 2)):
            start, end = self.block(lines, depth, indent)
            if last:
                lines.append(f"{indent}{last} > {start}")
            first, last = first or start, end
        return first, last

    def block(self, lines: list[str], depth: int, indent: str) -> tuple[str, str]:
        """One block: where it is entered and left."""
        choices = self.blocks if depth < self.max_depth else tuple(b for b in self.blocks if b in LEAVES)
        kind = self.dice.choice(choices)
        if kind in {"exclusive", "inclusive", "parallel"}:
            return self._split(lines, depth, indent, kind)
        if kind == "rework":
            return self._rework(lines, depth, indent)
        if kind == "sub":
            return self._sub(lines, depth, indent)
        if kind in EVENTS:
            return self._events(lines, depth, indent, kind)
        name = self.name(kind[0])
        if kind in {"times", "sequential"}:
            flag = " sequential" if kind == "sequential" else ""
            lines.append(f"{indent}user {name} times={self.dice.randint(1, 3)}{flag}")
        elif kind == "script":
            lines.append(f"{indent}script {name} body=`{{steps: steps + 1}}`")
        else:
            lines.append(f"{indent}{kind} {name}")
        return name, name

    def _split(self, lines: list[str], depth: int, indent: str, kind: str) -> tuple[str, str]:
        split, join = self.name("g"), self.name("g")
        lines += [f"{indent}{kind} {split}", f"{indent}{kind} {join}"]
        for branch in range(self.dice.randint(2, 3)):
            first, last = self.sequence(lines, depth + 1, indent)
            mark = ""
            if kind != "parallel":
                mark = " default" if branch == 0 else f" if `pick = {branch}`"
                if kind == "inclusive" and branch:
                    mark = f" if `pick >= {branch}`"
            lines += [f"{indent}{split} > {first}{mark}", f"{indent}{last} > {join}"]
        return split, join

    def _rework(self, lines: list[str], depth: int, indent: str) -> tuple[str, str]:
        merge, again = self.name("g"), self.name("g")
        lines += [f"{indent}exclusive {merge}", f"{indent}user {again}d", f"{indent}exclusive {again}"]
        first, last = self.sequence(lines, depth + 1, indent)
        lines += [
            f"{indent}{merge} > {first}",
            f"{indent}{last} > {again}d > {again}",
            f"{indent}{again} > {merge} if `again`",
        ]
        after = self.name("m")
        lines += [f"{indent}manual {after}", f"{indent}{again} > {after} default"]
        return merge, after

    def _events(self, lines: list[str], depth: int, indent: str, kind: str) -> tuple[str, str]:
        """Something that may happen meanwhile, and a merge behind it."""
        event, after, merge = self.name("x"), self.name("u"), self.name("g")
        lines += [f"{indent}exclusive {merge}", f"{indent}user {after}"]
        if kind == "race":
            other, start = self.name("x"), self.name("g")
            lines += [f"{indent}events {start}", f"{indent}catch {event} message=m", f"{indent}catch {other} timer=P1D"]
            lines += [f"{indent}{start} > {event} > {after} > {merge}", f"{indent}{start} > {other} > {merge}"]
            return start, merge
        if kind in {"called_off", "failing"}:
            host, _ = self._sub(lines, depth, indent, failing=kind == "failing")
        else:
            host = self.name("u")
            lines.append(f"{indent}user {host}")
        option = {"late": "timer=P2D", "called_off": "message=m", "failing": "error=E"}
        trigger = option.get(kind, "cycle=R2/P1D noninterrupting")
        lines += [f"{indent}boundary {event} on={host} {trigger}", f"{indent}{host} > {merge}"]
        if kind == "reminder":
            lines.append(f"{indent}{event} > {after}")  # ends by itself
        else:
            lines.append(f"{indent}{event} > {after} > {merge}")
        return host, merge

    def _sub(self, lines: list[str], depth: int, indent: str, failing: bool = False) -> tuple[str, str]:
        name, inner = self.name("p"), indent + "  "
        end = " error=E" if failing and self.dice.random() < 0.7 else ""
        lines += [f"{indent}sub {name}", f"{inner}start {name}s", f"{inner}end {name}e{end}"]
        inside: list[str] = []
        first, last = self.sequence(inside, depth + 1, inner)
        lines += [*inside, f"{inner}{name}s > {first}", f"{inner}{last} > {name}e"]
        return name, name
