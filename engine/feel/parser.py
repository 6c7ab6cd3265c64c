"""Recursive descent with operator precedence: tokens to a syntax tree."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from engine.feel import nodes as n
from engine.feel.errors import FeelSyntaxError
from engine.feel.kinds import MAX_EXPONENT, to_34_digits
from engine.feel.lexer import END, NAME, NAME_SYMBOLS, NUMBER, RESERVED, STRING, SYMBOL, unquote
from engine.feel.scope import Doubts, NameIndex
from engine.feel.type_reader import TypeReader

MAX_NESTING = 200
_MAX_EXPONENT_DIGITS = 9
_MAX_ITERATORS = 16
_OR, _AND, _COMPARISON, _ADDITIVE, _MULTIPLICATIVE, _POWER = 1, 2, 3, 4, 5, 6
_PRECEDENCE = {"+": _ADDITIVE, "-": _ADDITIVE, "*": _MULTIPLICATIVE, "/": _MULTIPLICATIVE, "**": _POWER}
_COMPARISONS = frozenset({"=", "!=", "<", ">", "<=", ">="})
_WORD_OPERATORS = frozenset({"or", "and", "between", "in", "instance"})
_CLOSING = frozenset({",", ")", "]", "}", "=", "!=", "<", ">", "<=", ">=", ":"})
_FOLLOWING_WORDS = frozenset(["or", "and", "between", "in", "instance", "then", "else", "return", "satisfies"])
_PROPERTIES = NameIndex(("time offset", "start included", "end included"))


class Parser(TypeReader):
    """One pass over one text.

    ``known`` are the names of several tokens; ``doubts`` tells afterwards which other names could have mattered.
    """

    def __init__(self, text: str, known: NameIndex, builtins: frozenset[str]) -> None:
        super().__init__(text)
        self.known = known
        self.builtins = builtins
        self.doubts = Doubts()
        self.uses_value = False
        self._depth = 0
        self._filters = 0

    # --- expressions

    def expression(self, minimum: int = _OR) -> n.Node:
        """Parse an expression whose operators bind at least as tightly as ``minimum``."""
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise self.fail(f"嵌套超过 {MAX_NESTING} 层")
        left = self._operators(self._unary(), minimum)
        self._depth -= 1
        return left

    def _operators(self, left: n.Node, minimum: int) -> n.Node:
        while True:
            kind, text = self.kinds[self.index], self.texts[self.index]
            if kind == SYMBOL:
                level = _PRECEDENCE.get(text)
                if level is not None and level >= minimum:
                    left = self._chain(left, level)
                elif text in _COMPARISONS and minimum <= _COMPARISON:
                    left = self._comparison(left, text)
                else:
                    return left
            elif kind == NAME and text in _WORD_OPERATORS:
                after = self._word_operator(left, text, minimum)
                if after is None:
                    return left
                left = after
            else:
                return left

    def _chain(self, first: n.Node, level: int) -> n.Node:
        rest: list[tuple[str, int, n.Node]] = []
        position = self.starts[self.index]
        while self.kinds[self.index] == SYMBOL and _PRECEDENCE.get(self.texts[self.index]) == level:
            operator, at = self.texts[self.index], self.starts[self.index]
            self.index += 1
            rest.append((operator, at, self.expression(level + 1)))
        return n.Chain(position, first, rest)

    def _comparison(self, left: n.Node, operator: str) -> n.Node:
        position = self.starts[self.index]
        self.index += 1
        return n.Comparison(position, operator, left, self.expression(_ADDITIVE))

    def _word_operator(self, left: n.Node, word: str, minimum: int) -> n.Node | None:
        if word in ("or", "and"):
            level = _OR if word == "or" else _AND
            return self._logic(left, word, level) if level >= minimum else None
        if minimum > _COMPARISON:
            return None
        position = self.starts[self.index]
        self.index += 1
        if word == "between":
            low = self.expression(_ADDITIVE)
            self.expect_word("and")
            return n.Between(position, left, low, self.expression(_ADDITIVE))
        if word == "in":
            return n.In(position, left, self._in_tests())
        self.expect_word("of")
        return n.InstanceOf(position, left, self.type())

    def _logic(self, left: n.Node, word: str, level: int) -> n.Node:
        position = self.starts[self.index]
        operands = [left]
        while self.is_word(word):
            self.index += 1
            operands.append(self.expression(level + 1))
        return n.Logic(position, word, operands)

    def _unary(self) -> n.Node:
        if self.is_symbol("-"):
            position = self.starts[self.index]
            self.index += 1
            self._depth += 1
            if self._depth > MAX_NESTING:
                raise self.fail(f"嵌套超过 {MAX_NESTING} 层")
            operand = self._unary()
            self._depth -= 1
            return n.Negation(position, operand)
        return self._postfix(self._primary())

    def _postfix(self, source: n.Node) -> n.Node:
        steps = 0
        while self.kinds[self.index] == SYMBOL:
            symbol, position = self.texts[self.index], self.starts[self.index]
            if symbol == ".":
                self.index += 1
                source = n.Property(position, source, self._property_name())
            elif symbol == "[" and not self._closes_a_range():
                self.index += 1
                self._filters += 1
                source = n.Filter(position, source, self.expression())
                self._filters -= 1
                self.expect("]")
            elif symbol == "(":
                self.index += 1
                source = self._call(source, position)
            else:
                break
            steps += 1
            if steps > MAX_NESTING:
                raise self.fail(f"连续的路径超过 {MAX_NESTING} 段")
        return source

    def _closes_a_range(self) -> bool:
        """Whether this ``[`` ends a range like ``[1..5[``: no expression can begin after it."""
        kind, text = self.kinds[self.index + 1], self.texts[self.index + 1]
        return kind == END or (kind == SYMBOL and text in _CLOSING) or (kind == NAME and text in _FOLLOWING_WORDS)

    def _property_name(self) -> str:
        found = self.known.match(self.texts, self.index) or _PROPERTIES.match(self.texts, self.index)
        if found:
            self.index = found[1]
            return found[0]
        if self.kinds[self.index] != NAME:
            raise self.fail(f"“.”之后应为名称，{self.found()}")
        self._doubt(self.doubts.inner)
        self.index += 1
        return self.texts[self.index - 1]

    def _doubt(self, into: set[str]) -> None:
        following = self.index + 1
        kind = self.kinds[following]
        if kind in (NAME, NUMBER) or (kind == SYMBOL and self.texts[following] in NAME_SYMBOLS):
            into.add(self.texts[self.index])

    # --- primaries

    def _primary(self) -> n.Node:
        kind, text, position = self.kinds[self.index], self.texts[self.index], self.starts[self.index]
        if kind == NAME:
            return self._name_or_keyword(text, position)
        if kind == NUMBER:
            return self._number(position, text)
        if kind == STRING:
            self.index += 1
            return n.Literal(position, unquote(text))
        if kind == SYMBOL:
            parse = _SYMBOL_PRIMARIES.get(text)
            if parse is not None:
                self.index += 1
                return parse(self, position)
        raise self.fail(f"这里应为一个值，{self.found()}")

    def _number(self, position: int, text: str) -> n.Node:
        exponent = text.lower().partition("e")[2].lstrip("+-")
        number = Decimal(text) if len(exponent) <= _MAX_EXPONENT_DIGITS else None
        if number is None or abs(number.adjusted()) > MAX_EXPONENT:
            raise self.fail("数字超出范围")
        self.index += 1
        return n.Literal(position, to_34_digits(number))

    def _name_or_keyword(self, text: str, position: int) -> n.Node:
        found = self.known.match(self.texts, self.index)
        if found and not (found[0] in self.builtins and " and " in found[0] and self.texts[found[1]] != "("):
            self.index = found[1]
            return n.Name(position, found[0])
        keyword = _KEYWORD_PRIMARIES.get(text)
        if keyword is not None and (text != "function" or self.texts[self.index + 1] in ("(", "<")):
            self.index += 1
            return keyword(self, position)
        if text in RESERVED:
            raise self.fail(f"这里应为一个值，却是关键字“{text}”")
        self._doubt(self.doubts.inner if self._filters else self.doubts.outer)
        self.uses_value = self.uses_value or text == "?"
        self.index += 1
        return n.Name(position, text)

    def _at_literal(self, position: int) -> n.Node:
        if self.kinds[self.index] != STRING:
            raise self.fail('“@”之后应为带引号的日期、时间或时长，例如 @"2026-01-01"')
        self.index += 1
        return n.AtLiteral(position, unquote(self.texts[self.index - 1]))

    def _parenthesis(self, position: int) -> n.Node:
        if self.texts[self.index] in _COMPARISONS and self.kinds[self.index] == SYMBOL:
            return self._half_range(position)
        inner = self.expression()
        if self.is_symbol(".."):
            return self._range_after(position, inner, included=False)
        self.expect(")")
        return inner

    def _half_range(self, position: int) -> n.Node:
        operator = self.texts[self.index]
        if operator == "!=":
            raise self.fail("区间不能写成“!=”")
        self.index += 1
        end = self.expression(_ADDITIVE)
        self.expect(")")
        if operator == "=":
            return n.RangeLiteral(position, True, end, end, True)
        included = operator.endswith("=")
        if operator.startswith("<"):
            return n.RangeLiteral(position, False, None, end, included)
        return n.RangeLiteral(position, included, end, None, False)

    def _range_after(self, position: int, start: n.Node, *, included: bool) -> n.Node:
        self.expect("..")
        end = self.expression(_ADDITIVE)
        if self.take("]"):
            return n.RangeLiteral(position, included, start, end, True)
        if self.take(")") or self.take("["):
            return n.RangeLiteral(position, included, start, end, False)
        raise self.fail(f"区间应以 ] 或 ) 结束，{self.found()}")

    def _bracket(self, position: int) -> n.Node:
        if self.take("]"):
            return n.ListLiteral(position, [])
        first = self.expression()
        if self.is_symbol(".."):
            return self._range_after(position, first, included=True)
        items = [first]
        while self.take(","):
            items.append(self.expression())
        self.expect("]")
        return n.ListLiteral(position, items)

    def _open_range(self, position: int) -> n.Node:
        return self._range_after(position, self.expression(_ADDITIVE), included=False)

    def _context(self, position: int) -> n.Node:
        entries: list[tuple[str, n.Node]] = []
        outer = self.known
        self.known = NameIndex(base=outer)
        if not self.take("}"):
            while True:
                key = self._context_key()
                self.expect(":")
                entries.append((key, self.expression()))
                self.known.add(key)  # stays known: a path over this context may follow
                if not self.take(","):
                    break
            self.expect("}")
        return n.ContextLiteral(position, entries)

    def _context_key(self) -> str:
        if self.kinds[self.index] == STRING:
            self.index += 1
            return unquote(self.texts[self.index - 1])
        return self.binding((":",))

    # --- keywords

    def _literal(self, value: bool | None) -> n.Node:
        return n.Literal(self.starts[self.index - 1], value)

    def _if(self, position: int) -> n.Node:
        condition = self.expression()
        self.expect_word("then")
        yes = self.expression()
        self.expect_word("else")
        return n.If(position, condition, yes, self.expression())

    def _for(self, position: int) -> n.Node:
        outer = self.known
        iterators = self._iterators("return")
        body = self.expression()
        self.known = outer
        return n.For(position, iterators, body)

    def _some(self, position: int) -> n.Node:
        return self._quantified(position, some=True)

    def _every(self, position: int) -> n.Node:
        return self._quantified(position, some=False)

    def _quantified(self, position: int, *, some: bool) -> n.Node:
        outer = self.known
        iterators = self._iterators("satisfies")
        body = self.expression()
        self.known = outer
        return n.Quantified(position, some, iterators, body)

    def _iterators(self, closing: str) -> list[n.Iterator]:
        iterators: list[n.Iterator] = []
        while True:
            name = self.binding(("in",))
            self.expect_word("in")
            domain = self.expression()
            end = self.expression() if self.take("..") else None
            iterators.append(n.Iterator(name, domain, end))
            self._bind(name)
            if not self.take(","):
                break
        if len(iterators) > _MAX_ITERATORS:
            raise self.fail(f"循环变量超过 {_MAX_ITERATORS} 个")
        self.expect_word(closing)
        return iterators

    def _bind(self, name: str) -> None:
        self.known = NameIndex((name,), self.known)

    def _function(self, position: int) -> n.Node:
        self.expect("(")
        parameters: list[tuple[str, object]] = []
        while not self.is_symbol(")"):
            name = self.binding((":", ",", ")"))
            parameters.append((name, self.type() if self.take(":") else None))
            if not self.take(","):
                break
        self.expect(")")
        outer = self.known
        if self.is_word("external"):
            self.index += 1
            self.expression()
            return n.FunctionLiteral(position, parameters, None)
        for name, _ in parameters:
            self._bind(name)
        body = self.expression()
        self.known = outer
        return n.FunctionLiteral(position, parameters, body)

    # --- calls

    def _call(self, function: n.Node, position: int) -> n.Node:
        arguments: list[n.Node] = []
        names: list[str] = []
        while not self.is_symbol(")"):
            if self._is_named_argument():
                names.append(self.binding((":",)))
                self.expect(":")
            arguments.append(self.expression())
            if not self.take(","):
                break
        self.expect(")")
        if names and len(names) != len(arguments):
            raise self.fail("参数要么全部写名称，要么都不写")
        builtin = None
        if isinstance(function, n.Name):
            position = function.pos
            builtin = function.name if function.name in self.builtins else None
        return n.Call(position, function, arguments, names or None, builtin)

    def _is_named_argument(self) -> bool:
        index = self.index
        if self.kinds[index] != NAME:
            return False
        while self.kinds[index] in (NAME, NUMBER) or self.texts[index] in NAME_SYMBOLS:
            index += 1
        return self.texts[index] == ":" and self.kinds[index] == SYMBOL

    # --- unary tests

    def _in_tests(self) -> list[n.Test]:
        if not self.is_symbol("("):
            return [self.test(_ADDITIVE)]
        start = self.index
        self.index += 1
        tests = [self.test()]
        if self.is_symbol("..") and tests[0].operator == "in":
            where = self._range_after(self.starts[start], tests[0].operand, included=False)
            return [n.Test(self.starts[start], "in", where, False)]
        while self.take(","):
            tests.append(self.test())
        self.expect(")")
        return tests

    def test(self, minimum: int = _OR) -> n.Test:
        """One unary test; after a bare ``in`` it ends before ``and``, ``or`` and comparisons."""
        position = self.starts[self.index]
        operator = self.texts[self.index]
        if operator in _COMPARISONS and self.kinds[self.index] == SYMBOL:
            self.index += 1
            return n.Test(position, operator, self.expression(_ADDITIVE), False)
        outer, self.uses_value = self.uses_value, False
        operand = self.expression(minimum)
        uses_value, self.uses_value = self.uses_value, outer or self.uses_value
        return n.Test(position, "in", operand, uses_value)

    def unary_tests(self) -> n.UnaryTestList:
        """A whole cell: ``-``, tests, or ``not(tests)``."""
        if self.texts[0] == "-" and self.kinds[1] == END:
            return n.UnaryTestList(0, [], False)
        if self.is_word("not") and self.texts[1] == "(":
            negated = self._negated_tests()
            if negated is not None:
                return negated
        tests = self._tests()
        self.expect_end()
        return n.UnaryTestList(0, tests, False)

    def _tests(self) -> list[n.Test]:
        tests = [self.test()]
        while self.take(","):
            tests.append(self.test())
        return tests

    def _negated_tests(self) -> n.UnaryTestList | None:
        """``not(…)`` around the whole cell; None when it is a call within an expression."""
        self.index = 2
        try:
            tests = self._tests()
            self.expect(")")
            self.expect_end()
        except FeelSyntaxError:
            self.index = 0
            self._depth = 0
            return None
        return n.UnaryTestList(0, tests, True)


_SYMBOL_PRIMARIES: dict[str, Callable[[Parser, int], n.Node]] = {
    "(": Parser._parenthesis,
    "[": Parser._bracket,
    "]": Parser._open_range,
    "{": Parser._context,
    "@": Parser._at_literal,
}
_KEYWORD_PRIMARIES: dict[str, Callable[[Parser, int], n.Node]] = {
    "if": Parser._if,
    "for": Parser._for,
    "some": Parser._some,
    "every": Parser._every,
    "function": Parser._function,
    "true": lambda parser, _: parser._literal(True),
    "false": lambda parser, _: parser._literal(False),
    "null": lambda parser, _: parser._literal(None),
}
