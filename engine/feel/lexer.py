"""Text to tokens. Whether several tokens form one name is the parser's business, it knows the scope."""

from __future__ import annotations

import re
from functools import lru_cache

from engine.feel.errors import FeelSyntaxError

MAX_TEXT = 16_384  # characters; reading so many takes less than 100 ms

NAME, NUMBER, STRING, SYMBOL, END = "name", "number", "string", "symbol", "end"

_BEYOND_BASIC_PLANE = "\U00010000-\U000effff"
_NAME_START = rf"(?:[^\W\d]|[?{_BEYOND_BASIC_PLANE}])"
_NAME_PART = rf"[\w?\u00b7\u200c\u200d\u2070-\u218f\ufe0f{_BEYOND_BASIC_PLANE}]"
_TOKEN = re.compile(
    rf"""(?P<skip>(?:[\s\u180e\ufeff]|//[^\n]*|/\*.*?\*/)+)
    |(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<string>"(?:\\.|[^"\\])*")
    |(?P<name>{_NAME_START}{_NAME_PART}*)
    |(?P<symbol>\*\*|<=|>=|!=|\.\.|->|[-+*/=<>()\[\]{{}},:.@'’])""",
    re.VERBOSE | re.DOTALL,
)
_FULL_WIDTH = str.maketrans("，；：（）［］｛｝＋－×÷＝＜＞．", ",;:()[]{}+-*/=<>.")
#: What to write instead of a symbol that is none.
HINTS = {"≥": ">=", "≤": "<=", "≠": "!=", "“": '"', "”": '"', "‘": '"', "’": '"', "&": "and", "|": "or", "!": "not(…)"}

#: Characters besides letters and digits that a name of the scope may contain.
NAME_SYMBOLS = frozenset("+-*/.'’") | {"**", ".."}

#: Words that are no names by themselves.
RESERVED = frozenset(
    {
        *("if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "and", "or", "between"),
        *("instance", "function", "external", "true", "false", "null"),
    }
)


class Tokens:
    """The tokens of one text as parallel lists; the last one is the end."""

    __slots__ = ("ends", "kinds", "starts", "texts")

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.texts: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []

    def append(self, kind: str, text: str, start: int, end: int) -> None:
        """Add one token."""
        self.kinds.append(kind)
        self.texts.append(text)
        self.starts.append(start)
        self.ends.append(end)


def tokenize(text: str) -> Tokens:
    """Split a text into tokens.

    Raises:
        FeelSyntaxError: a character that no token starts with, or a text that is too long.
    """
    if len(text) > MAX_TEXT:
        raise FeelSyntaxError(MAX_TEXT, text[:80], f"表达式超过 {MAX_TEXT} 个字符")
    tokens = Tokens()
    position = 0
    match = _TOKEN.match
    while found := match(text, position):
        kind = found.lastgroup
        if kind != "skip":
            tokens.append(kind or "", found[0], position, found.end())
        position = found.end()
    if position < len(text):
        raise FeelSyntaxError(position, text, _unexpected(text[position]))
    tokens.append(END, "", position, position)
    return tokens


def _unexpected(character: str) -> str:
    if character == '"':
        return "字符串缺少结束的引号"
    ascii_form = character.translate(_FULL_WIDTH)
    if ascii_form != character:
        return f"全角符号“{character}”请改用半角“{ascii_form}”"
    if character in HINTS:
        return f"不认识的符号“{character}”，请用 {HINTS[character]}"
    return f"不认识的符号“{character}”"


@lru_cache(maxsize=8192)
def name_parts(name: str) -> tuple[str, ...]:
    """The tokens of a name of the scope; empty when no expression can mention it."""
    try:
        tokens = tokenize(name)
    except FeelSyntaxError:
        return ()
    if not tokens.kinds or tokens.kinds[0] != NAME:
        return ()
    return tuple(tokens.texts[:-1])


_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'"}


def unquote(token: str) -> str:
    """The value of a string token."""
    body = token[1:-1]
    if "\\" not in body:
        return body
    value = _ESCAPE.sub(_unescape, body)
    if any("\ud800" <= character <= "\udfff" for character in value):
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _unescape(found: re.Match[str]) -> str:
    code = found[1]
    if code[0] in "uU" and len(code) > 1:
        number = int(code[1:], 16)
        return chr(number) if number <= 0x10FFFF else "�"
    return _SIMPLE_ESCAPES.get(code, "\\" + code)
