"""What FEEL expressions give: one line per construct."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.feel import YearsMonthsDuration, evaluate

D = Decimal
CONTEXT = {
    "amount": D(6000),
    "category": "慰问品",
    "first name": "张三",
    "a-b": D(7),
    "list": [D(1), D(2), D(3)],
    "people": [{"name": "甲", "unit price": D(3)}, {"name": "乙", "unit price": D(5)}],
    "nothing": None,
}

CASES: list[tuple[str, Any]] = [
    # numbers
    ("0.1 + 0.2 = 0.3", True),
    ("1 + 2 * 3 - 4 / 2", D(5)),
    ("2 ** 3 ** 2", D(64)),
    ("-2 ** 2", D(4)),
    (".5 + 1e2", D("100.5")),
    ("1 / 3", D("0.3333333333333333333333333333333333")),
    # logic
    ("true and null", None),
    ("false and null", False),
    ("true or null", True),
    ("false or null", None),
    ("not(null)", None),
    # comparison
    ('amount >= 5000 and category = "慰问品"', True),
    ("amount between 5000 and 6000", True),
    ("amount in (< 5000, > 5999)", True),
    ("amount in [5000..6000)", False),
    ("amount in (5000..6000]", True),
    ("5 in ]1..5[", False),
    ('"a" in ["a", "b"]', True),
    ("null = null", True),
    ("nothing = 1", False),
    # names
    ('first name + "！"', "张三！"),
    ("a-b", D(7)),
    ("people[1].unit price", D(3)),
    # conditions, loops, quantifiers
    ('if amount > 5000 then "主席" else "部长"', "主席"),
    ("for i in 1..3 return i * i", [D(1), D(4), D(9)]),
    ("for i in 3..1 return i", [D(3), D(2), D(1)]),
    ("for i in [1, 2], j in [10, 20] return i + j", [D(11), D(21), D(12), D(22)]),
    ("for i in 1..4 return if i = 1 then 1 else partial[-1] * i", [D(1), D(2), D(6), D(24)]),
    ("some i in list satisfies i > 2", True),
    ("every i in list satisfies i > 2", False),
    # lists, contexts
    ("list[item >= 2]", [D(2), D(3)]),
    ("list[-1]", D(3)),
    ("people[unit price > 4].name", ["乙"]),
    ("[1, [2, 3]][2][1]", D(2)),
    ("{a: 1, b: a + 1}.b", D(2)),
    ('{"两 个": 1}.两 个', D(1)),
    ("sum(people.unit price)", D(8)),
    # functions
    ("{double: function(x) x * 2, r: double(21)}.r", D(42)),
    ("(function(x: number) x + 1)(x: 1)", D(2)),
    ("sort([3, 1, 2], function(a, b) a > b)", [D(3), D(2), D(1)]),
    ('substring(string: "foobar", start position: 3)', "obar"),
    # types
    ("1 instance of number", True),
    ("[1, 2] instance of list<number>", True),
    ("{a: 1} instance of context<a: number>", True),
    ("[1..2] instance of range<number>", True),
    ("(function(a) a) instance of function<number> -> number", True),
    ("null instance of Any", False),
    # temporal
    ('@"2026-01-31" + @"P1M"', date(2026, 2, 28)),
    ('@"2026-03-01" - @"2026-02-01"', timedelta(days=28)),
    ('date and time(@"2026-01-01", time("09:30:00Z"))', datetime(2026, 1, 1, 9, 30, tzinfo=UTC)),
    ('@"23:30:00" + @"PT1H"', time(0, 30)),
    ('years and months duration(@"2020-03-15", @"2026-03-14")', YearsMonthsDuration(71)),
    ('@"P1Y" + @"P2M"', YearsMonthsDuration(14)),
    ('@"P1D" / @"PT1H"', D(24)),
    ('string(@"-P1DT2H")', "-P1DT2H"),
    ('@"2026-01-01T10:00:00@Asia/Shanghai" = @"2026-01-01T02:00:00Z"', True),
    ('@"2026-01-01T10:00:00@Asia/Shanghai".timezone', "Asia/Shanghai"),
    ('day of week(@"2026-01-01")', "Thursday"),
    # text
    ('contains("工会提案", "提案")', True),
    ('replace("abc", "(b)", "[$1]")', "a[b]c"),
    ('matches("工会2026", "^\\w+\\d{4}$")', True),
    ('split("a;b;;c", ";")', ["a", "b", "", "c"]),
    ('string join(["a", null, "b"], "、")', "a、b"),
    ('substring("foobar", -2)', "ar"),
    ('string([1.50, "x", @"P1D"])', '[1.5, "x", P1D]'),
    # numbers of the library
    ("decimal(2.5, 0)", D(2)),
    ("round half up(2.5, 0)", D(3)),
    ("floor(-1.5)", D(-2)),
    ("modulo(-12, 5)", D(3)),
    ('number("1,000.5", ",", ".")', D("1000.5")),
    # lists of the library
    ("append([1], 2)", [D(1), D(2)]),
    ("concatenate([1], [2, 3])", [D(1), D(2), D(3)]),
    ("distinct values([1, 2, 1])", [D(1), D(2)]),
    ("flatten([1, [2, [3]]])", [D(1), D(2), D(3)]),
    ("index of([1, 2, 1], 1)", [D(1), D(3)]),
    ("list replace([1, 2], 2, 9)", [D(1), D(9)]),
    ("median(8, 2, 5, 3, 4)", D(4)),
    ("mode([6, 1, 9, 6, 1])", [D(1), D(6)]),
    ("stddev(2, 4, 7, 5)", D("2.081665999466132735282297706979931")),
    # contexts and ranges of the library
    ('get value({a: {b: 1}}, ["a", "b"])', D(1)),
    ('context put({a: 1}, "b", 2)', {"a": D(1), "b": D(2)}),
    ("context merge([{a: 1}, {a: 2}])", {"a": D(2)}),
    ('context([{key: "a", value: 1}])', {"a": D(1)}),
    ("before([1..5), 5)", True),
    ("overlaps([1..5], [5..8])", True),
    ("includes([1..9], [2..3])", True),
    ('range("[1..5)").end included', False),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_an_expression_has_its_value(text: str, expected: Any) -> None:
    evaluation = evaluate(text, CONTEXT)
    assert evaluation.result == expected
    assert type(evaluation.result) is type(expected)


@pytest.mark.parametrize(
    ("text", "reason", "position"),
    [
        ("nobody + 1", "名称“nobody”不存在", 0),
        ("1 + amount / 0", "除数为零", 11),
        ('1 + "a"', "“+”不能用于数字和文字", 2),
        ('1 < "a"', "“<”不能比较数字和文字", 2),
        ("list[9]", "列表有 3 项，没有第 9 项", 4),
        ("count()", "“count”不接受 0 个参数", 0),
        ("amount.x", "数字没有属性“x”", 6),
        ('@"2026-02-30"', "“2026-02-30”不是日期、时间或时长", 0),
        ('matches("a", "(a")', "“(a”不是可用的正则表达式", 0),
        ("amount(1)", "数字不是函数", 0),
    ],
)
def test_null_by_error_comes_with_place_and_reason(text: str, reason: str, position: int) -> None:
    evaluation = evaluate(text, CONTEXT)
    assert evaluation.result is None
    assert reason in [warning.reason for warning in evaluation.warnings]
    assert position in [warning.position for warning in evaluation.warnings]


def test_a_built_in_wins_before_a_parenthesis_and_the_variable_elsewhere() -> None:
    context = {"count": D(5), "list": [D(1)]}
    assert evaluate("count(list) + count", context).result == D(6)


def test_now_is_what_the_environment_gives() -> None:
    moment = datetime(2026, 1, 1, 9, tzinfo=UTC)
    assert evaluate("now()", {"now": moment}).result == moment
    assert evaluate("today()", {}, now=moment).result == date(2026, 1, 1)
    assert evaluate("now()", {}).result is None


def test_the_same_text_is_read_anew_in_a_scope_with_other_names() -> None:
    assert evaluate("net - tax", {"net": D(5), "tax": D(1)}).result == D(4)
    assert evaluate("net - tax", {"net": D(5), "tax": D(1), "net - tax": D(9)}).result == D(9)
