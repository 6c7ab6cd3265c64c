"""Random block-structured diagrams in the notation of ``drawing``."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

LEAVES = ("user", "user", "manual", "script")
EVENTS = ("late", "reminder", "called_off", "race", "failing")
INSIDES = ("each", "helped", "undone", "called_out", "offered", "given_up", "conditional")
BLOCKS = (
    *LEAVES, "exclusive", "parallel", "inclusive", "sub", "times", "sequential", "loop", "rework", *EVENTS, *INSIDES
)  # fmt: skip
# what stock SpiffWorkflow does rightly: no loop around a parallel join, no variables of its own in a branch
STOCK_BLOCKS = ("user", "user", "manual", "exclusive", "parallel", "sub", "times")


Inside = Callable[[list[str], int, str], tuple[str, str]]


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
        if kind in INSIDES:
            inside: Inside = getattr(self, f"_{kind}")
            return inside(lines, depth, indent)
        name = self.name(kind[0])
        if kind in {"times", "sequential"}:
            flag = " sequential" if kind == "sequential" else ""
            until = self.dice.choice(["", " until=`nrOfCompletedInstances >= 2`"]) if "loop" in self.blocks else ""
            lines.append(f"{indent}user {name} times={self.dice.randint(1, 3)}{flag}{until}")
        elif kind == "loop":
            lines.append(f"{indent}user {name} loop=`again` maximum=3")
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

    def _sub(
        self, lines: list[str], depth: int, indent: str, *, failing: bool = False, head: str = "sub", options: str = "",
        end: str = "", more: tuple[str, ...] = (),
    ) -> tuple[str, str]:  # fmt: skip
        """A sub-process; ``more`` are lines of its inside in which ``@`` stands for its id."""
        name, inner = self.name("p"), indent + "  "
        if failing and self.dice.random() < 0.7:
            end = " error=E"
        lines += [f"{indent}{head} {name}{options}", f"{inner}start {name}s", f"{inner}end {name}e{end}"]
        inside: list[str] = []
        first, last = self.sequence(inside, depth + 1, inner)
        lines += [*inside, f"{inner}{name}s > {first}", f"{inner}{last} > {name}e"]
        lines += [inner + line.replace("@", name) for line in more]
        return name, name

    def _each(self, lines: list[str], depth: int, indent: str) -> tuple[str, str]:
        """A sub-process for each of some items, one of many of them on ice."""
        flag = self.dice.choice([" sequential", "", ""])
        count = self.dice.choice([1, 2, 3, 20])
        options = f" each=`for i in 1..{count} return i` as=item into=out output=`item`{flag}"
        if count > 3:  # the inside is one task: a deeper one would never end
            name, inner = self.name("p"), indent + "  "
            late = [f"{inner}boundary {name}l on={name}u timer=P1D noninterrupting", f"{inner}{name}l > {name}f"]
            lines += [f"{indent}sub {name}{options}", f"{inner}start {name}s", f"{inner}user {name}u"]
            lines += [f"{inner}end {name}f", *late, f"{inner}{name}s > {name}u"]
            return name, name
        return self._sub(lines, depth, indent, options=options)

    def _helped(self, lines: list[str], depth: int, indent: str) -> tuple[str, str]:
        """A sub-process with an event sub-process inside."""
        flag = self.dice.choice(["", " noninterrupting"])
        trigger = self.dice.choice(["message=m", "signal=n", "timer=P1D", "when=`again`"])
        more = ("event_sub @h", f"  start @x {trigger}{flag}", "  user @b", "  @x > @b")
        return self._sub(lines, depth, indent, more=more)

    def _undone(self, lines: list[str], depth: int, indent: str) -> tuple[str, str]:
        """Two things that are done, and perhaps undone."""
        one, two, throw = self.name("u"), self.name("u"), self.name("t")
        for name in (one, two):
            lines += [f"{indent}user {name}", f"{indent}boundary {name}x on={name} compensate handler={name}h"]
            lines.append(f"{indent}user {name}h compensation")
        lines += [f"{indent}throw {throw} compensate", f"{indent}{one} > {two} > {throw}"]
        return one, throw

    def _called_out(self, lines: list[str], depth: int, indent: str) -> tuple[str, str]:
        """An escalation that is heard around the sub-process, which may go on; or a signal heard at another branch."""
        throw, after = self.name("t"), self.name("u")
        flag = self.dice.choice(["", " noninterrupting"])
        kind = self.dice.choice(["escalation=L", f"signal={throw}"])  # of its own: it must not start itself again
        more = (f"throw {throw} {kind}", f"user {after}", f"@s > {throw} > {after}")
        host, _ = self._sub(lines, depth, indent, more=more)
        event, merge = self.name("x"), self.name("g")
        lines += [f"{indent}boundary {event} on={host} {kind}{flag}", f"{indent}exclusive {merge}"]
        lines += [f"{indent}{host} > {merge}", f"{indent}{event} > {merge}"]
        return host, merge

    def _given_up(self, lines: list[str], depth: int, indent: str) -> tuple[str, str]:
        """A transaction that may be cancelled and is undone then."""
        choose, cancel = self.name("g"), self.name("e")
        more = ("user @d", "boundary @x on=@d compensate handler=@h", "user @h compensation", f"exclusive {choose}",
                f"end {cancel} cancel", "end @f", f"@s > @d > {choose}", f"{choose} > {cancel} if `again`",
                f"{choose} > @f default")  # fmt: skip
        host, _ = self._sub(lines, depth, indent, head="transaction", more=more)
        event, merge = self.name("x"), self.name("g")
        lines += [f"{indent}boundary {event} on={host} cancel", f"{indent}exclusive {merge}"]
        lines += [f"{indent}{host} > {merge}", f"{indent}{event} > {merge}"]
        return host, merge

    def _offered(self, lines: list[str], depth: int, indent: str) -> tuple[str, str]:
        """Tasks to choose from."""
        name, inner = self.name("p"), indent + "  "
        flag = self.dice.choice(["", " sequential", " keep_rest"])
        until = self.dice.choice(["", " until=`again`"])
        lines += [f"{indent}adhoc {name}{flag}{until}", f"{inner}user {name}a", f"{inner}user {name}b"]
        lines += [f"{inner}script {name}c body=`{{steps: steps + 1}}`"]
        after: list[tuple[str, ...]] = [
            (), ("end @e", "@a > @e"), ("throw @t signal=@", "@a > @t"), ("boundary @l on=@b timer=P1D",),
            ("boundary @l on=@b timer=P1D", "user @d", "@l > @d"),
            ("event_sub @h", "  start @x message=m", "  user @g", "  @x > @g"),
        ]  # fmt: skip
        lines += [inner + line.replace("@", name) for line in self.dice.choice(after)]
        return name, name

    def _conditional(self, lines: list[str], depth: int, indent: str) -> tuple[str, str]:
        """Something that happens when an answer says so."""
        host, event, after = self.name("u"), self.name("x"), self.name("u")
        lines += [f"{indent}user {host}", f"{indent}boundary {event} on={host} when=`again` noninterrupting"]
        lines += [f"{indent}user {after}", f"{indent}{event} > {after}"]
        return host, host
