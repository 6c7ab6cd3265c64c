"""Text functions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.feel.builtins import arguments as take
from engine.feel.builtins.registry import ABSENT, builtin
from engine.feel.errors import Refused
from engine.feel.regex import compile_pattern, expand, matches_in, replacement_parts
from engine.feel.runtime import Run


def _text(run: Run, value: Any) -> str:
    text = take.text(value)
    run.spend_text(len(text))
    return text


def _pair(run: Run, first: Any, second: Any) -> tuple[str, str]:
    return _text(run, first), _text(run, second)


@builtin("substring", ("string", "start position", "length?"))
def substring(run: Run, source: Any, start: Any, length: Any = ABSENT) -> str:
    """Characters from a position, negative from the end."""
    text = _text(run, source)
    first = take.whole(start)
    if first == 0 or first > len(text):
        raise Refused(f"文字有 {len(text)} 个字符，没有第 {first} 个", "arguments")
    index = first - 1 if first > 0 else max(0, len(text) + first)
    if length is ABSENT or length is None:
        return text[index:]
    count = int(min(take.number(length), len(text)))
    if count < 1:
        raise Refused("长度至少为 1", "arguments")
    return text[index : index + count]


@builtin("string length", ("string",))
def string_length(run: Run, source: Any) -> Decimal:
    """Number of characters."""
    return Decimal(len(take.text(source)))


@builtin("upper case", ("string",))
def upper_case(run: Run, source: Any) -> str:
    """In capitals."""
    return _text(run, source).upper()


@builtin("lower case", ("string",))
def lower_case(run: Run, source: Any) -> str:
    """In small letters."""
    return _text(run, source).lower()


@builtin("substring before", ("string", "match"))
def substring_before(run: Run, source: Any, match: Any) -> str:
    """What stands before the first match, else nothing."""
    text, part = _pair(run, source, match)
    before, found, _ = text.partition(part) if part else ("", "", "")
    return before if found else ""


@builtin("substring after", ("string", "match"))
def substring_after(run: Run, source: Any, match: Any) -> str:
    """What stands after the first match, else nothing."""
    text, part = _pair(run, source, match)
    return text.partition(part)[2] if part else text


@builtin("contains", ("string", "match"))
def contains(run: Run, source: Any, match: Any) -> bool:
    """Whether a text occurs in another."""
    text, part = _pair(run, source, match)
    return part in text


@builtin("starts with", ("string", "match"))
def starts_with(run: Run, source: Any, match: Any) -> bool:
    """Whether a text begins with another."""
    text, part = _pair(run, source, match)
    return text.startswith(part)


@builtin("ends with", ("string", "match"))
def ends_with(run: Run, source: Any, match: Any) -> bool:
    """Whether a text ends with another."""
    text, part = _pair(run, source, match)
    return text.endswith(part)


def _flags(flags: Any) -> str:
    return "" if flags is ABSENT or flags is None else take.text(flags)


@builtin("matches", ("input", "pattern", "flags?"))
def matches(run: Run, source: Any, pattern: Any, flags: Any = ABSENT) -> bool:
    """Whether a regular expression occurs in a text."""
    text, expression = _pair(run, source, pattern)
    return compile_pattern(expression, _flags(flags), run, len(text)).search(text) is not None


def _never_empty(compiled: Any) -> Any:
    """A pattern that divides a text; one that matches the empty text is an error of XPath (FORX0003)."""
    if compiled.search("") is not None:
        raise Refused("模式不能匹配空文字", "regex")
    return compiled


@builtin("replace", ("input", "pattern", "replacement", "flags?"))
def replace(run: Run, source: Any, pattern: Any, replacement: Any, flags: Any = ABSENT) -> str:
    """All matches replaced; ``$1`` is a group, ``\\$`` a dollar sign."""
    text, expression = _pair(run, source, pattern)
    new, options = _text(run, replacement), _flags(flags)
    run.spend(len(new) // 8)
    compiled = _never_empty(compile_pattern(expression, options, run, len(text)))
    parts: list[str | int] = [new] if "q" in options else replacement_parts(new, compiled.groups)
    pieces: list[str] = []
    end = 0
    for found in matches_in(text, compiled, run):
        pieces.append(text[end : found.start()])
        pieces.append(expand(parts, found))
        run.spend_text(len(pieces[-1]) + 16)
        end = found.end()
    pieces.append(text[end:])
    run.spend_text(sum(len(piece) for piece in pieces))
    return "".join(pieces)


@builtin("split", ("string", "delimiter"))
def split(run: Run, source: Any, delimiter: Any) -> list[str]:
    """The parts between the matches of a regular expression."""
    text, expression = _pair(run, source, delimiter)
    compiled = _never_empty(compile_pattern(expression, "", run, len(text)))
    parts: list[str] = []
    end = 0
    for found in matches_in(text, compiled, run):
        parts.append(text[end : found.start()])
        end = found.end()
    return [*parts, text[end:]]


@builtin("string join", ("list", "delimiter?"), ("list", "delimiter", "prefix", "suffix"))
def string_join(run: Run, source: Any, delimiter: Any = None, prefix: Any = None, suffix: Any = None) -> str:
    """The texts of a list in one, nulls left out."""
    separator, before, after = ("" if part is None else take.text(part) for part in (delimiter, prefix, suffix))
    run.spend(len(take.items(source)))
    texts = [take.text(item) for item in take.items(source) if item is not None]
    run.spend_text(sum(map(len, texts)) + len(separator) * len(texts) + len(before) + len(after))
    return before + separator.join(texts) + after
