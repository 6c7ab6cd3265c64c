"""Patterns with back-references, which RE2 cannot match: a small backtracking machine that pays for every step."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import re2

from engine.feel.errors import Refused
from engine.feel.runtime import Run

_MAX_PROGRAM = 2_000  # instructions
_MAX_DEPTH = 50  # groups in groups
_COUNTS = re.compile(r"\{(\d{1,4})(?:(,)(\d{1,4})?)?\}", re.ASCII)
_QUANTIFIERS = {"*": (0, None), "+": (1, None), "?": (0, 1)}

CHARACTER, SPLIT, JUMP, SAVE, SAME, START, END, MOVED, MATCH = range(9)
Instruction = tuple[int, Any, Any]
#: Translates one character class or escape at a position: RE2's text, what is taken away from it, and where it ends.
ClassReader = Callable[[str, int], tuple[tuple[str, ...], int]]


class Match:
    """What matched, as much of it as the text functions ask for."""

    def __init__(self, text: str, slots: tuple[int, ...], groups: int) -> None:
        self._text = text
        self._slots = slots
        self._groups = groups

    def start(self) -> int:
        """Where it begins."""
        return self._slots[0]

    def end(self) -> int:
        """Where it ends."""
        return self._slots[1]

    def group(self, number: int) -> str | None:
        """The text of a group, 0 for the whole."""
        start, end = self._slots[2 * number : 2 * number + 2]
        return None if start < 0 or end < 0 else self._text[start:end]

    def groups(self) -> tuple[str | None, ...]:
        """The texts of all groups."""
        return tuple(self.group(number) for number in range(1, self._groups + 1))


class Program(NamedTuple):
    """A compiled pattern."""

    instructions: tuple[Instruction, ...]
    groups: int
    slots: int
    folded: bool
    multiline: bool


class Machine:
    """A program together with the evaluation that pays for it; stands in for a compiled RE2 pattern."""

    def __init__(self, program: Program, run: Run) -> None:
        self._program = program
        self._run = run
        self.groups = program.groups
        self.programsize = len(program.instructions)

    def search(self, text: str, start: int = 0) -> Match | None:
        """The first match from a position on."""
        for begin in range(start, len(text) + 1):
            found = self._match(text, begin)
            if found:
                return found
        return None

    def finditer(self, text: str) -> Iterator[Match]:
        """All matches that do not overlap."""
        position = 0
        while position <= len(text):
            found = self.search(text, position)
            if found is None:
                return
            yield found
            position = found.end() + (found.end() == found.start())

    def _match(self, text: str, begin: int) -> Match | None:
        self._run.spend(2)
        pending = [(0, begin, (begin, *(-1,) * (self._program.slots - 1)))]
        while pending:
            pointer, at, slots = pending.pop()
            while True:
                self._run.spend(1)
                code, first, second = self._program.instructions[pointer]
                if code == MATCH:
                    return Match(text, (begin, at, *slots[2:]), self.groups)
                if code == JUMP:
                    pointer = first
                    continue
                if code == SPLIT:
                    pending.append((second, at, slots))
                    pointer = first
                    continue
                if code == SAVE:
                    slots = (*slots[:first], at, *slots[first + 1 :])
                else:
                    reached = self._test(code, first, text, at, slots)
                    if reached < 0:
                        break
                    at = reached
                pointer += 1
        return None

    def _test(self, code: int, operand: Any, text: str, at: int, slots: tuple[int, ...]) -> int:
        """Where an instruction that looks at the text leads to; -1 if it does not fit."""
        if code == CHARACTER:
            return at + 1 if at < len(text) and operand(text[at]) else -1
        if code == SAME:
            return self._same(operand, text, at, slots)
        if code == MOVED:
            return at if slots[operand] != at else -1
        if code == START:
            fits = at == 0 or (self._program.multiline and text[at - 1] == "\n")
        else:
            fits = at == len(text) or (self._program.multiline and text[at] == "\n")
        return at if fits else -1

    def _same(self, group: int, text: str, at: int, slots: tuple[int, ...]) -> int:
        start, end = slots[2 * group : 2 * group + 2]
        wanted = text[start:end] if 0 <= start <= end else ""
        here = text[at : at + len(wanted)]
        self._run.spend(len(wanted) // 64)
        same = here.casefold() == wanted.casefold() if self._program.folded else here == wanted
        return at + len(wanted) if same else -1


class _Compiler:
    """Recursive descent from an XPath pattern to instructions."""

    def __init__(self, pattern: str, flags: str, read_class: ClassReader) -> None:
        self.pattern = pattern
        self.flags = flags
        self.read_class = read_class
        self.index = 0
        self.groups = 0
        self.closed: set[int] = set()
        self.marks = 0
        self.depth = 0

    def program(self) -> Program:
        body = self._alternatives()
        if self.index < len(self.pattern):
            raise self._wrong()
        slots = 2 * (self.groups + 1)
        moved = [
            (code, slots + first if isinstance(first, _Mark) else first, second)
            for code, first, second in [*body, (MATCH, None, None)]
        ]
        return Program(tuple(moved), self.groups, slots + self.marks, "i" in self.flags, "m" in self.flags)

    def _wrong(self) -> Refused:
        return Refused(f"“{self.pattern[:40]}”不是可用的正则表达式", "regex")

    def _peek(self) -> str:
        return self.pattern[self.index : self.index + 1]

    def _alternatives(self) -> list[Instruction]:
        made = self._sequence()
        while self._peek() == "|":
            self.index += 1
            other = self._sequence()
            jump = (JUMP, len(made) + len(other) + 2, None)
            made = [(SPLIT, 1, len(made) + 2), *_moved(made, 1), jump, *_moved(other, len(made) + 2)]
        return made

    def _sequence(self) -> list[Instruction]:
        made: list[Instruction] = []
        while self._peek() not in ("", "|", ")"):
            made += _moved(self._quantified(), len(made))
            if len(made) > _MAX_PROGRAM:
                raise Refused("正则表达式过大", "regex")
        return made

    def _quantified(self) -> list[Instruction]:
        atom = self._atom()
        character = self._peek()
        if character in _QUANTIFIERS and character:
            low, high = _QUANTIFIERS[character]
            self.index += 1
        elif character == "{":
            found = _COUNTS.match(self.pattern, self.index)
            if not found:
                raise self._wrong()
            self.index = found.end()
            low = int(found[1])
            high = (int(found[3]) if found[3] else None) if found[2] else low
        else:
            return atom
        lazy = self._peek() == "?"
        self.index += lazy
        return self._repeated(atom, low, high, lazy=lazy)

    def _repeated(self, atom: list[Instruction], low: int, high: int | None, *, lazy: bool) -> list[Instruction]:
        if high is not None and high < low:
            raise self._wrong()
        if len(atom) * max(low, high or 0, 1) > _MAX_PROGRAM:
            raise Refused("正则表达式过大", "regex")
        made: list[Instruction] = []
        for _ in range(low):
            made += _moved(atom, len(made))
        if high is None:
            mark = _Mark(self.marks)
            self.marks += 1
            loop = [(SAVE, mark, None), *_moved(atom, 2), (MOVED, mark, None), (JUMP, 0, None)]
            return made + _moved([_split(1, len(loop) + 1, lazy=lazy), *loop], len(made))
        rest: list[Instruction] = []
        for _ in range(high - low):
            rest = [_split(1, len(atom) + len(rest) + 1, lazy=lazy), *_moved(atom, 1), *_moved(rest, len(atom) + 1)]
        return made + _moved(rest, len(made))

    def _atom(self) -> list[Instruction]:
        character = self._peek()
        if character == "(":
            return self._group()
        if character == "[" or (character == "\\" and not self.pattern[self.index + 1 : self.index + 2].isdigit()):
            parts, self.index = self.read_class(self.pattern, self.index)
            return [(CHARACTER, _tester("i" in self.flags, *parts), None)]
        self.index += 1
        if character == "\\":
            return [(SAME, self._reference(), None)]
        if character in "*+?{}]":
            raise self._wrong()
        if character in "^$":
            return [(START if character == "^" else END, None, None)]
        if character == ".":
            return [(CHARACTER, _anything if "s" in self.flags else _no_line_end, None)]
        return [(CHARACTER, _tester("i" in self.flags, re2.escape(character)), None)]

    def _group(self) -> list[Instruction]:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise Refused("正则表达式嵌套过深", "regex")
        self.index += 1
        plain = self.pattern[self.index : self.index + 2] == "?:"
        self.index += 2 * plain
        number = 0
        if not plain:
            self.groups += 1
            number = self.groups
        body = self._alternatives()
        if self._peek() != ")":
            raise self._wrong()
        self.index += 1
        self.depth -= 1
        if plain:
            return body
        self.closed.add(number)
        return [(SAVE, 2 * number, None), *_moved(body, 1), (SAVE, 2 * number + 1, None)]

    def _reference(self) -> int:
        """A group's number: as many digits as make one that is closed already."""
        end = self.index + 1
        while self.pattern[end : end + 1].isdigit() and int(self.pattern[self.index : end + 1]) <= self.groups:
            end += 1
        number = int(self.pattern[self.index : end])
        self.index = end
        if number not in self.closed:
            raise Refused(f"正则表达式中没有第 {number} 组", "regex")
        return number


class _Mark(int):
    """A slot of a loop; it lies behind those of the groups."""


def _split(first: int, second: int, *, lazy: bool) -> Instruction:
    return (SPLIT, second, first) if lazy else (SPLIT, first, second)


def _moved(part: list[Instruction], by: int) -> list[Instruction]:
    """Instructions at another place: their jumps lead as far as before."""
    return [
        (code, first + by, second + by if second is not None else None)
        if code in (SPLIT, JUMP)
        else (code, first, second)
        for code, first, second in part
    ]


def _anything(character: str) -> bool:
    return True


def _no_line_end(character: str) -> bool:
    return character not in "\n\r"


def _tester(folded: bool, text: str, *without: str) -> Callable[[str], bool]:
    keep, *drop = (_class_pattern(part, folded) for part in (text, *without))
    if not drop:
        return lambda character: keep.fullmatch(character) is not None
    return lambda character: keep.fullmatch(character) is not None and not any(map(_matching(character), drop))


def _class_pattern(text: str, folded: bool) -> Any:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(("(?i)" if folded else "") + text, options)
    except re2.error as error:
        raise Refused(f"“{text[:40]}”不是可用的正则表达式", "regex") from error


def _matching(character: str) -> Callable[[Any], bool]:
    return lambda pattern: pattern.fullmatch(character) is not None


@lru_cache(maxsize=128)
def compile_program(pattern: str, flags: str, read_class: ClassReader) -> Program:
    """Compile a pattern.

    Raises:
        Refused: it is wrong or too large.
    """
    return _Compiler(pattern, flags, read_class).program()
