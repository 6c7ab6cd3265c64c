"""Text functions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.feel.builtins import arguments as take
from engine.feel.builtins.registry import ABSENT, builtin
from engine.feel.errors import Refused
from engine.feel.regex import compile_pattern, expand, replacement_parts
from engine.feel.runtime import Run


def _texts(run: Run, *values: Any) -> list[str]:
    texts = [take.text(value) for value in values]
    run.spend_text(sum(len(value) for value in texts))
    return texts


@builtin("substring", ("string", "start position", "length?"))
def substring(run: Run, source: Any, start: Any, length: Any = ABSENT) -> str:
    """Characters from a position, negative from the end."""
    (source,) = _texts(run, source)
    first = take.whole(start)
    if first == 0:
        raise Refused("位置从 1 开始", "arguments")
    index = first - 1 if first > 0 else max(0, len(source) + first)
    if length is ABSENT or length is None:
        return source[index:]
    count = int(take.number(length))
    if count < 1:
        raise Refused("长度至少为 1", "arguments")
    return source[index : index + count]


@builtin("string length", ("string",))
def string_length(run: Run, source: Any) -> Decimal:
    """Number of characters."""
    return Decimal(len(take.text(source)))


@builtin("upper case", ("string",))
def upper_case(run: Run, source: Any) -> str:
    """In capitals."""
    return _texts(run, source)[0].upper()


@builtin("lower case", ("string",))
def lower_case(run: Run, source: Any) -> str:
    """In small letters."""
    return _texts(run, source)[0].lower()


@builtin("substring before", ("string", "match"))
def substring_before(run: Run, source: Any, match: Any) -> str:
    """What stands before the first match, else nothing."""
    source, match = _texts(run, source, match)
    before, found, _ = source.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after", ("string", "match"))
def substring_after(run: Run, source: Any, match: Any) -> str:
    """What stands after the first match, else nothing."""
    source, match = _texts(run, source, match)
    return source.partition(match)[2] if match else source


@builtin("contains", ("string", "match"))
def contains(run: Run, source: Any, match: Any) -> bool:
    """Whether a text occurs in another."""
    source, match = _texts(run, source, match)
    return match in source


@builtin("starts with", ("string", "match"))
def starts_with(run: Run, source: Any, match: Any) -> bool:
    """Whether a text begins with another."""
    source, match = _texts(run, source, match)
    return source.startswith(match)


@builtin("ends with", ("string", "match"))
def ends_with(run: Run, source: Any, match: Any) -> bool:
    """Whether a text ends with another."""
    source, match = _texts(run, source, match)
    return source.endswith(match)


def _flags(flags: Any) -> str:
    return "" if flags is ABSENT or flags is None else take.text(flags)


@builtin("matches", ("input", "pattern", "flags?"))
def matches(run: Run, source: Any, pattern: Any, flags: Any = ABSENT) -> bool:
    """Whether a regular expression occurs in a text."""
    source, pattern = _texts(run, source, pattern)
    found = compile_pattern(pattern, _flags(flags), run, len(source)).search(source)
    return found is not None


@builtin("replace", ("input", "pattern", "replacement", "flags?"))
def replace(run: Run, source: Any, pattern: Any, replacement: Any, flags: Any = ABSENT) -> str:
    """All matches replaced; ``$1`` is a group, ``\\$`` a dollar sign."""
    source, pattern, replacement = _texts(run, source, pattern, replacement)
    options = _flags(flags)
    compiled = compile_pattern(pattern, options, run, len(source))
    if compiled.search("") is not None:
        raise Refused("模式不能匹配空文字", "regex")
    parts = [replacement] if "q" in options else replacement_parts(replacement, compiled.groups)
    pieces: list[str] = []
    end = 0
    for found in compiled.finditer(source):
        pieces.append(source[end : found.start()])
        pieces.append(expand(parts, found))
        run.spend_text(len(pieces[-1]) + 16)
        end = found.end()
    pieces.append(source[end:])
    run.spend_text(sum(len(piece) for piece in pieces))
    return "".join(pieces)


@builtin("split", ("string", "delimiter"))
def split(run: Run, source: Any, delimiter: Any) -> list[str]:
    """The parts between the matches of a regular expression."""
    source, delimiter = _texts(run, source, delimiter)
    compiled = compile_pattern(delimiter, "", run, len(source))
    parts: list[str] = []
    end = 0
    for found in compiled.finditer(source):
        run.spend(1)
        if found.end() > found.start():
            parts.append(source[end : found.start()])
            end = found.end()
    return [*parts, source[end:]]


@builtin("string join", ("list", "delimiter?"), ("list", "delimiter", "prefix", "suffix"))
def string_join(run: Run, source: Any, delimiter: Any = None, prefix: Any = None, suffix: Any = None) -> str:
    """The texts of a list in one, nulls left out."""
    texts = [take.text(item) for item in take.items(source) if item is not None]
    separator, before, after = ("" if part is None else take.text(part) for part in (delimiter, prefix, suffix))
    run.spend(len(texts))
    run.spend_text(sum(map(len, texts)) + len(separator) * len(texts) + len(before) + len(after))
    return before + separator.join(texts) + after
