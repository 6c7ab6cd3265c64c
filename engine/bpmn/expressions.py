"""Which language an expression is written in, and the little of JUEL that we translate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_ISO_DURATION = re.compile(r"P(?=[\dT])(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?", re.ASCII)
_ISO_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d|@[A-Za-z_/]+)?)?", re.ASCII)
_ISO_CYCLE = re.compile(r"R\d*/.+", re.ASCII)
_MEANT_AS_ISO = re.compile(r"[+-]?P[\d.,YMWDTHS]*|R-?\d*/.*|\d{4}-\d.*|\d[\d/.:TWZ+ -]*", re.ASCII)
_MARKED_JUEL = re.compile(r"[$#]\{(.*)\}\Z", re.DOTALL)
_JUEL_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>'[^'\\]*'|"[^"\\]*")|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"""
    r"""|(?P<op>==|!=|<=|>=|&&|\|\||[<>!()]))"""
)
_JUEL_WORDS: Final = {"eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "and": "&&", "or": "||"}
_COMPARISONS: Final = {"==": "=", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_MAX_JUEL_DEPTH: Final = 50
_MAX_JUEL_LENGTH: Final = 10_000  # characters


class ForeignLanguageError(ValueError):
    """An expression in a language that is not executed; the message names it."""


@dataclass(frozen=True, slots=True)
class Translated:
    """A FEEL expression and whether it was translated from another notation."""

    text: str
    translated: bool = False


def is_iso_literal(text: str) -> bool:
    """True for a bare ISO 8601 date, date-time, duration or repeating interval, and for what looks like a wrong one.

    Without the mark of an expression, ``P``, ``2030-1-1`` or ``05/01/2030`` is no name, subtraction or division.
    """
    return bool(_MEANT_AS_ISO.fullmatch(text.strip())) or _is_iso(text)


def _is_iso(text: str) -> bool:
    value = text.strip()
    return bool(_ISO_DURATION.fullmatch(value) or _ISO_INSTANT.fullmatch(value) or _ISO_CYCLE.fullmatch(value))


def is_feel(language: str | None) -> bool:
    """True if a declared expression language is FEEL."""
    return language is not None and "feel" in language.lower()


def to_feel(text: str, *, declared: str | None = None, default: str | None = None) -> Translated:
    """The FEEL text of an expression as it stands in a file, without the leading ``=``.

    Args:
        text: the expression; ``=…`` is FEEL, ``${…}`` is translated if it is simple enough.
        declared: language stated at the expression itself.
        default: ``expressionLanguage`` of the file; it binds only unmarked expressions.

    Raises:
        ForeignLanguageError: it is neither FEEL nor translatable.
    """
    value = text.strip()
    if value.startswith("=") and not value.startswith("=="):
        return Translated(value[1:].strip())
    juel = _MARKED_JUEL.fullmatch(value)
    if juel:
        return Translated(_translate_juel(juel.group(1)), translated=True)
    if "${" in value or "#{" in value:
        raise ForeignLanguageError(f"JUEL text with ${{…}} inside is not translated: {value[:60]}")
    language = declared or default
    if language and not is_feel(language):
        raise ForeignLanguageError(f"expression language {language} is not executed; write FEEL")
    return Translated(value)


def timer_text(text: str, *, declared: str | None = None, default: str | None = None) -> Translated:
    """A timer's value: an ISO literal as it is, anything else as FEEL with a leading ``=``."""
    if is_iso_literal(text):
        return Translated(text.strip())
    feel = to_feel(text, declared=declared, default=default)
    return Translated(feel.text) if _is_iso(feel.text) else Translated("=" + feel.text, feel.translated)


def literal_or_feel(text: str) -> Translated:
    """A vendor's attribute that may hold a literal or ``${…}``: as FEEL, with the mark."""
    value = text.strip()
    if value.startswith(("=", "${", "#{")):
        feel = to_feel(value)
        return Translated("=" + feel.text, feel.translated)
    if "${" in value or "#{" in value:
        raise ForeignLanguageError(f"JUEL text with ${{…}} inside is not translated: {value[:60]}")
    return Translated("=" + quoted(value), True)


def quoted(text: str) -> str:
    """A FEEL string literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _translate_juel(text: str) -> str:
    if len(text) > _MAX_JUEL_LENGTH:
        raise ForeignLanguageError(f"JUEL of more than {_MAX_JUEL_LENGTH} characters is not translated")
    tokens = _juel_tokens(text)
    parser = _Juel(tokens)
    result = parser.disjunction(0)
    if parser.rest():
        raise ForeignLanguageError(f"this JUEL is not translated: {text.strip()[:60]}")
    return result


def _juel_tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    position = 0
    while text[position:].strip():
        match = _JUEL_TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise ForeignLanguageError(f"this JUEL is not translated: {text.strip()[:60]}")
        kind, value = match.lastgroup, match.group(match.lastgroup)
        if kind == "name" and value in _JUEL_WORDS:
            kind, value = "op", _JUEL_WORDS[value]
        elif kind == "name" and value == "not":
            kind, value = "op", "!"
        tokens.append((kind, value))
        position = match.end()
    return tokens


class _Juel:
    """Names, literals, comparisons, ``!``, ``&&``, ``||``: nothing else of JUEL."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def rest(self) -> bool:
        return self._at < len(self._tokens)

    def _take(self, *operators: str) -> str | None:
        if self.rest() and self._tokens[self._at][0] == "op" and self._tokens[self._at][1] in operators:
            self._at += 1
            return self._tokens[self._at - 1][1]
        return None

    def disjunction(self, depth: int) -> str:
        parts = [self._conjunction(depth)]
        while self._take("||"):
            parts.append(self._conjunction(depth))
        return " or ".join(parts)

    def _conjunction(self, depth: int) -> str:
        parts = [self._comparison(depth)]
        while self._take("&&"):
            parts.append(self._comparison(depth))
        return " and ".join(parts)

    def _comparison(self, depth: int) -> str:
        left = self._operand(depth)
        operator = self._take(*_COMPARISONS)
        return f"{left} {_COMPARISONS[operator]} {self._operand(depth)}" if operator else left

    def _operand(self, depth: int) -> str:
        if depth > _MAX_JUEL_DEPTH:
            raise ForeignLanguageError("this JUEL is nested too deeply")
        if self._take("!"):
            return f"not({self._operand(depth + 1)})"
        if self._take("("):
            inner = self.disjunction(depth + 1)
            if not self._take(")"):
                raise ForeignLanguageError("a bracket is not closed")
            return f"({inner})"
        if not self.rest() or self._tokens[self._at][0] == "op":
            raise ForeignLanguageError("a value is missing in a ${…} expression")
        kind, value = self._tokens[self._at]
        self._at += 1
        return quoted(value[1:-1]) if kind == "text" else value
