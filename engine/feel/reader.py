"""Looking at and consuming tokens, and saying what was expected."""

from __future__ import annotations

from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import END, HINTS, NAME, SYMBOL, tokenize


class TokenReader:
    """The tokens of one text and the place in them."""

    def __init__(self, text: str) -> None:
        tokens = tokenize(text)
        self.text = text
        self.kinds, self.texts, self.starts, self.ends = tokens.kinds, tokens.texts, tokens.starts, tokens.ends
        self.index = 0

    def fail(self, reason: str, index: int | None = None) -> FeelSyntaxError:
        """The error to raise for a token."""
        position = self.starts[self.index if index is None else index]
        return FeelSyntaxError(position, self.text, reason)

    def is_symbol(self, symbol: str) -> bool:
        """Whether the current token is this symbol."""
        return self.texts[self.index] == symbol and self.kinds[self.index] == SYMBOL

    def is_word(self, word: str, ahead: int = 0) -> bool:
        """Whether a coming token is this keyword."""
        index = self.index + ahead
        return index < len(self.texts) and self.texts[index] == word and self.kinds[index] == NAME

    def take(self, symbol: str) -> bool:
        """Consume a symbol if it is there."""
        if self.is_symbol(symbol):
            self.index += 1
            return True
        return False

    def expect(self, symbol: str) -> None:
        """Consume a symbol that must be there."""
        if not self.take(symbol):
            raise self.fail(f"这里应为“{symbol}”，{self.found()}")

    def expect_word(self, word: str) -> None:
        """Consume a keyword that must be there."""
        if not self.is_word(word):
            raise self.fail(f"这里应为“{word}”，{self.found()}")
        self.index += 1

    def expect_end(self) -> None:
        """Refuse anything after the expression."""
        if self.kinds[self.index] != END:
            hint = "，比较请用一个“=”" if self.is_symbol("=") else ""
            raise self.fail(f"表达式到此已结束，{self.found()}{hint}")

    def found(self) -> str:
        """What stands here instead, for a message."""
        if self.kinds[self.index] == END:
            return "却已到结尾"
        text = self.texts[self.index]
        return f"却是“{text}”" + (f"，请用 {HINTS[text]}" if text in HINTS else "")
