"""Syntax errors say where and what; validation finds names before anything runs."""

import pytest

from engine.feel import FeelSyntaxError, compile_expression, compile_unary_tests, strip_marker, validate


@pytest.mark.parametrize(
    ("text", "position", "part"),
    [
        ("1 +", 3, "已到结尾"),
        ("a == 1", 3, "="),
        ("“a”", 0, "请用"),
        ("f（1）", 1, "全角"),
        ('"abc', 0, "引号"),
        ("if a then 1", 11, "else"),
        ("[1, 2", 5, "]"),
        ("(" * 201 + "1" + ")" * 201, 200, "200 层"),
        ("", 0, "应为一个值"),
    ],
)
def test_a_syntax_error_names_its_position(text: str, position: int, part: str) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(text).evaluate({})
    assert caught.value.position == position
    assert part in caught.value.reason


def test_an_unknown_name_is_found_with_the_nearest_known_one() -> None:
    problems = validate('amont >= 5000 and contains(title, "x")', {"amount", "title"})
    assert [(problem.code, problem.position, problem.suggestion) for problem in problems] == [
        ("unknown-name", 0, "amount")
    ]


def test_names_bound_inside_an_expression_are_known() -> None:
    text = "for i in xs return {k: i, j: k} in some r in xs satisfies (function(q) q + r)(1)"
    assert validate(text, {"xs"}) == []


def test_a_cell_of_a_table_is_validated_as_unary_tests() -> None:
    assert validate("[5000..30000), > 100000", set(), unary=True) == []
    assert validate("< limit", set(), unary=True)[0].code == "unknown-name"


def test_the_editors_marker_is_stripped() -> None:
    assert strip_marker(" = a + 1") == "a + 1"
    assert strip_marker("a = 1") == "a = 1"


@pytest.mark.parametrize(
    ("cell", "value", "passes"),
    [
        ("-", None, True),
        ("[5000..30000)", 5000, True),
        ("[5000..30000)", 30000, False),
        ('"A", "B"', "B", True),
        ('not("A", "B")', "B", False),
        ("> 5, < 2", 3, False),
        ('contains(?, "工会")', "校工会", True),
        ("? > 5 and ? < 9", 7, True),
        ("< 5", None, None),
        ("limit", 7, True),
        ("null", None, True),
    ],
)
def test_a_cell_accepts_a_value(cell: str, value: object, passes: bool | None) -> None:
    assert compile_unary_tests(cell).test(value, {"limit": 7}).result is passes
