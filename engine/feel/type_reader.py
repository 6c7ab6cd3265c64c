"""New names and types as they are written."""

from __future__ import annotations

from engine.feel.lexer import NAME, NAME_SYMBOLS, NUMBER, RESERVED, SYMBOL
from engine.feel.reader import TokenReader
from engine.feel.scope import canonical
from engine.feel.types import TYPE_NAMES, Type

_TYPE_STOPS = RESERVED | {"of"}


class TypeReader(TokenReader):
    """Reads the parts of a text that bind names or name types."""

    def binding(self, stops: tuple[str, ...]) -> str:
        """A new name: all tokens up to a stop symbol or keyword."""
        first = self.index
        if self.kinds[first] != NAME or self.texts[first] in stops:
            raise self.fail(f"这里应为名称，{self.found()}")
        while True:
            self.index += 1
            kind, text = self.kinds[self.index], self.texts[self.index]
            if text in stops or kind not in (NAME, NUMBER, SYMBOL) or (kind == SYMBOL and text not in NAME_SYMBOLS):
                break
        return canonical(self.text[self.starts[first] : self.ends[self.index - 1]])

    def type(self) -> Type:
        """Parse a type after ``instance of`` or a parameter."""
        word, generic = self.texts[self.index], self.texts[self.index + 1 : self.index + 2] == ["<"]
        if generic and word in ("list", "range"):
            self.index += 2
            inner = self.type()
            self.expect(">")
            return Type(word, (inner,))
        if generic and word == "context":
            return self._context_type()
        if generic and word == "function":
            return self._function_type()
        return Type(self._type_name())

    def _context_type(self) -> Type:
        self.index += 2
        names: list[str] = []
        types: list[Type] = []
        while not names or not self.is_symbol(">"):
            names.append(self.binding((":",)))
            self.expect(":")
            types.append(self.type())
            if not self.take(","):
                break
        self.expect(">")
        return Type("context", tuple(types), tuple(names))

    def _function_type(self) -> Type:
        self.index += 2
        types: list[Type] = []
        while not self.is_symbol(">"):
            types.append(self.type())
            if not self.take(","):
                break
        self.expect(">")
        self.expect("->")
        return Type("function", (*types, self.type()))

    def _type_name(self) -> str:
        found = TYPE_NAMES.match(self.texts, self.index)
        if found:
            self.index = found[1]
            return found[0]
        first = self.index
        if self.kinds[first] != NAME:
            raise self.fail(f"这里应为类型名称，{self.found()}")
        self.index += 1
        while (self.kinds[self.index] == NAME and self.texts[self.index] not in _TYPE_STOPS) or self.is_symbol("."):
            self.index += 1
        return canonical(self.text[self.starts[first] : self.ends[self.index - 1]])
