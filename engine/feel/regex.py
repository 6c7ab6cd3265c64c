"""XPath regular expressions on RE2, whose time grows linearly with the text.

Those with back-references, which RE2 does not know, run on a small machine of our own that counts its steps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import re2

from engine.feel.backtracking import Machine, compile_program
from engine.feel.blocks import BLOCKS
from engine.feel.errors import Refused
from engine.feel.runtime import Run

_MAX_PATTERN = 1_000  # characters
_MAX_FLAGS = 10
_MAX_MEMORY = 256 * 1024  # bytes for a compiled pattern; a larger one is refused
_WORK_PER_STEP = 80  # characters of text times instructions of the compiled pattern, at RE2's slowest
_WORK_PER_STEP_AGAIN = 2_000  # the same for each further match of a text
_OWN_MACHINE = "反向引用"  # what RE2 cannot do
_COUNT = re.compile(r"\{\d{1,4}(?:,\d{0,4})?\}", re.ASCII)
_CALL_STEPS = 20  # looking up or compiling a pattern
_MATCH_STEPS = 4
_COUNTED_OUT = 0x250  # Latin characters
_BEYOND = "中"
_CLASSES = {
    "d": r"\p{Nd}",
    "D": r"\P{Nd}",
    "s": r" \t\n\r",
    "w": r"\p{L}\p{M}\p{N}\p{S}",
    "i": r"\p{L}_:",
    "c": r"\p{L}\p{M}\p{Nd}\-._:·",
}
_NEGATED_IN_CLASS = {"S": r"\x{0}-\x{8}\x{B}\x{C}\x{E}-\x{1F}\x{21}-\x{10FFFF}", "W": r"\p{P}\p{Z}\p{C}"}
_ANY = r"[^\n\r]"  # XPath's dot
_NEGATED = {"S": r"[^ \t\n\r]", "W": r"[\p{P}\p{Z}\p{C}]", "I": r"[^\p{L}_:]", "C": r"[^\p{L}\p{M}\p{Nd}\-._:·]"}


def compile_pattern(pattern: str, flags: str, run: Run, text_length: int) -> Any:
    """A pattern ready to search a text of this length, its work paid for.

    Raises:
        Refused: the pattern is wrong, too large, or needs back-references.
    """
    if len(pattern) > _MAX_PATTERN:
        raise Refused(f"正则表达式超过 {_MAX_PATTERN} 个字符", "regex")
    if len(flags) > _MAX_FLAGS or not set(flags) <= set("smixq"):
        raise Refused(f"正则表达式的标志“{flags[:_MAX_FLAGS]}”应取自 s、m、i、x、q", "regex")
    compiled, reason = _compiled(pattern, "".join(sorted(set(flags))))
    if reason == _OWN_MACHINE:
        run.spend(_CALL_STEPS + len(pattern))
        plain = _without_spaces(pattern) if "x" in flags else pattern
        return Machine(compile_program(plain, "".join(sorted(set(flags))), read_class), run)
    if compiled is None:
        raise Refused(reason, "regex")
    run.spend(_CALL_STEPS + compiled.programsize // 4 + text_length * compiled.programsize // _WORK_PER_STEP)
    return compiled


def matches_in(text: str, compiled: Any, run: Run) -> Iterator[Any]:
    """All matches of a text, each one's search of the rest paid for."""
    for found in compiled.finditer(text):
        run.spend(_MATCH_STEPS + (len(text) - found.end()) * compiled.programsize // _WORK_PER_STEP_AGAIN)
        yield found


@lru_cache(maxsize=512)
def _compiled(pattern: str, flags: str) -> tuple[Any, str]:
    prefix = "".join(flag for flag in flags if flag in "smi")
    try:
        translated = re2.escape(pattern) if "q" in flags else Translation(pattern, flags).run()
        return re2.compile((f"(?{prefix})" if prefix else "") + translated, _silent()), ""
    except _WideDifference:
        return None, _OWN_MACHINE
    except Refused as refused:
        return None, refused.reason
    except re2.error:
        return None, f"“{pattern[:40]}”不是可用的正则表达式"


class Translation:
    """One pattern on its way from XPath's syntax to RE2's."""

    def __init__(self, pattern: str, flags: str = "") -> None:
        self.pattern = _without_spaces(pattern) if "x" in flags else pattern
        self.any = "." if "s" in flags else _ANY
        self.exact = "i" in flags  # \\p{Lu} is of capitals, whatever the case of the rest
        self.index = 0
        self.made: list[str] = []

    def run(self) -> str:
        """The pattern in RE2's syntax.

        Raises:
            Refused: something RE2 cannot do.
        """
        while self.index < len(self.pattern):
            character = self.pattern[self.index]
            self.index += 1
            if character == "\\":
                self.made.append(self._escape(in_class=False))
            elif character == "[":
                self.made.append(self._class())
            elif character == "(" and self.pattern[self.index : self.index + 1] == "?":
                self._group()
            elif character == ".":
                self.made.append(self.any)
            elif character in "{]":
                self._count(character)
            else:
                self.made.append(character)
        return "".join(self.made)

    def _group(self) -> None:
        if self.pattern[self.index : self.index + 2] != "?:":
            raise Refused("正则表达式只支持 (…) 与 (?:…) 两种括号", "regex")
        self.index += 2
        self.made.append("(?:")

    def _count(self, character: str) -> None:
        """``{2,3}``; any other brace or bracket must be escaped."""
        found = _COUNT.match(self.pattern, self.index - 1)
        if not found:
            raise Refused(f"正则表达式中的“{character}”应写成“\\{character}”", "regex")
        self.index = found.end()
        self.made.append(found[0])

    def _escape(self, *, in_class: bool) -> str:
        if self.index >= len(self.pattern):
            raise Refused("正则表达式以“\\”结尾", "regex")
        character = self.pattern[self.index]
        self.index += 1
        if character in _CLASSES:
            return _CLASSES[character] if in_class else f"[{_CLASSES[character]}]"
        if character in _NEGATED and not in_class:
            return _NEGATED[character]
        if character in _NEGATED_IN_CLASS:
            return _NEGATED_IN_CLASS[character]
        if character in "pP":
            return self._category(character, in_class=in_class)
        if character.isdigit():
            raise Refused("字符类中不能有反向引用" if in_class else _OWN_MACHINE, "regex")
        if character in "nrt" or character in r"\|.?*+(){}$-[]^":
            return "\\" + character
        raise Refused(f"正则表达式中没有“\\{character}”", "regex")

    def _category(self, letter: str, *, in_class: bool) -> str:
        found = re.compile(r"\{([A-Za-z0-9-]+)\}").match(self.pattern, self.index)
        if not found:
            raise Refused(f"“\\{letter}”之后应为 {{类别}}", "regex")
        self.index = found.end()
        name = found[1]
        if not name.startswith("Is"):
            category = f"\\{letter}{{{name}}}"
            return f"(?-i:{category})" if self.exact and not in_class else category
        block = BLOCKS.get(name[2:])
        if block is None or (in_class and letter == "P"):
            raise Refused(f"正则表达式不支持字符区“{name}”", "regex")
        if in_class:
            return block
        return f"[{'^' if letter == 'P' else ''}{block}]"

    def _class(self) -> str:
        made = ["["]
        if self._next() == "^":
            self.index += 1
            made.append("^")
        first, ranged = len(made), False
        while self.index < len(self.pattern):
            character = self.pattern[self.index]
            self.index += 1
            if character == "]":
                if len(made) == first:
                    raise Refused("正则表达式中的字符类是空的", "regex")
                return "".join(made) + "]"
            if character == "[":
                if made[-1] != "-" or len(made) == first + 1:
                    raise Refused("正则表达式的字符类中“[”应写成“\\[”", "regex")
                return self._difference("".join(made[:-1]) + "]")
            if character == "-" and ranged and self._next() not in ("]", "["):
                raise Refused("正则表达式的字符类中“-”应写成“\\-”", "regex")
            ranged = made[-1] == "-" and len(made) > first + 1 and not ranged
            made.append(self._member(character))
        raise Refused("正则表达式中的“[”没有结束", "regex")

    def _next(self) -> str:
        return self.pattern[self.index : self.index + 1]

    def _member(self, character: str) -> str:
        if character == "\\":
            return self._escape(in_class=True)
        return "\\^" if character == "^" else character

    def _difference(self, minuend: str) -> str:
        """``[a-z-[aeiou]]``: RE2 has no difference, so the members are counted out where they are few."""
        subtrahend = self._class()
        if self._next() != "]":
            raise Refused("正则表达式中的字符类没有结束", "regex")
        self.index += 1
        keep, drop = (re2.compile(part, _silent()) for part in (minuend, subtrahend))
        kept = [chr(code) for code in range(_COUNTED_OUT) if keep.match(chr(code)) and not drop.match(chr(code))]
        if not kept or keep.match(_BEYOND):
            raise _WideDifference((minuend, subtrahend), self.index)
        return "[" + "".join(f"\\x{{{ord(character):X}}}" for character in kept) + "]"


class _WideDifference(Exception):
    """A difference of classes with too many members to write them out."""

    def __init__(self, parts: tuple[str, str], end: int) -> None:
        super().__init__()
        self.parts = parts
        self.end = end


def _silent() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    return options


def read_class(pattern: str, index: int) -> tuple[tuple[str, ...], int]:
    """One character class or escape as RE2 writes it, what is taken away from it, and where it ends.

    Raises:
        Refused: it is none.
    """
    translation = Translation(pattern)
    translation.index = index + 1
    try:
        text = translation._class() if pattern[index] == "[" else translation._escape(in_class=False)
    except _WideDifference as difference:
        return difference.parts, difference.end
    return (text,), translation.index


def _without_spaces(pattern: str) -> str:
    """A pattern without its white space, which counts only within character classes (flag ``x``)."""
    kept: list[str] = []
    depth = 0
    escaped = False
    for character in pattern:
        if character in " \t\n\r" and not depth:
            continue
        kept.append(character)
        if not escaped:
            depth += (character == "[") - (character == "]" and depth > 0)
        escaped = character == "\\" and not escaped
    return "".join(kept)


def replacement_parts(replacement: str, groups: int) -> list[str | int]:
    """A replacement as literal texts and group numbers.

    Raises:
        Refused: a lone backslash or dollar sign.
    """
    parts: list[str | int] = []
    index = 0
    while index < len(replacement):
        character = replacement[index]
        if character == "\\":
            if replacement[index + 1 : index + 2] not in ("\\", "$"):
                raise Refused("替换文字中“\\”之后应为“\\”或“$”", "regex")
            parts.append(replacement[index + 1])
            index += 2
        elif character == "$":
            end = index + 1
            while (
                end < len(replacement)
                and replacement[end] in "0123456789"
                and (end == index + 1 or int(replacement[index + 1 : end + 1]) <= groups)
            ):
                end += 1
            if end == index + 1:
                raise Refused("替换文字中“$”之后应为数字", "regex")
            parts.append(int(replacement[index + 1 : end]))
            index = end
        else:
            parts.append(character)
            index += 1
    return parts


def expand(parts: list[str | int], found: Any) -> str:
    """The replacement of one match."""
    groups = found.groups()
    pieces = []
    for part in parts:
        if isinstance(part, str):
            pieces.append(part)
        elif part == 0:
            pieces.append(found.group(0))
        elif part <= len(groups):
            pieces.append(groups[part - 1] or "")
    return "".join(pieces)
