"""DMN 1.5, chapters 7, 8, 10.4 and 10.5: boxed expressions, types, conversions and services, one small model each."""

from datetime import UTC, date, datetime
from decimal import Decimal
from html import escape
from typing import Any

import pytest

from engine.dmn import DecisionResult, load_decisions
from tests.dmn.models import definitions, input_data, literal, requirements, table

D = Decimal


def feel(text: str, kind: str = "") -> str:
    typed = f' typeRef="{kind}"' if kind else ""
    return f"<literalExpression{typed}><text>{escape(text)}</text></literalExpression>"


def entry(name: str, expression: str, kind: str = "") -> str:
    typed = f' typeRef="{kind}"' if kind else ""
    variable = f'<variable name="{name}"{typed}/>' if name else ""
    return f"<contextEntry>{variable}{expression}</contextEntry>"


def function(body: str, *parameters: tuple[str, str], kind: str = "FEEL") -> str:
    formal = "".join(f'<formalParameter name="{name}" typeRef="{type_}"/>' for name, type_ in parameters)
    return f'<functionDefinition kind="{kind}">{formal}{body}</functionDefinition>'


def binding(name: str, expression: str) -> str:
    return f'<binding><parameter name="{name}"/>{expression}</binding>'


def iterated(kind: str, source: str, body: str) -> str:
    inner = "return" if kind == "for" else "satisfies"
    return f'<{kind} iteratorVariable="i"><in>{feel(source)}</in><{inner}>{feel(body)}</{inner}></{kind}>'


def conditional(condition: str) -> str:
    return f"<conditional><if>{feel(condition)}</if><then>{feel('1')}</then><else>{feel('2')}</else></conditional>"


def filtered(source: str, match: str) -> str:
    return f"<filter><in>{feel(source)}</in><match>{feel(match)}</match></filter>"


def decide(expression: str, *, kind: str = "", others: str = "", requires: tuple[str, ...] = ()) -> DecisionResult:
    typed = f'<variable name="d" typeRef="{kind}"/>' if kind else ""
    body = f'{others}<decision id="d" name="d">{typed}{requirements(requires)}{expression}</decision>'
    return load_decisions({"a.dmn": definitions(body)}).evaluate("d", {})


def item(name: str, kind: str, *, allowed: str = "", constraint: str = "", many: bool = False) -> str:
    made = f"<typeRef>{kind}</typeRef>"
    made += f"<allowedValues><text>{escape(allowed)}</text></allowedValues>" if allowed else ""
    made += f"<typeConstraint><text>{escape(constraint)}</text></typeConstraint>" if constraint else ""
    return f'<itemDefinition name="{name}" isCollection="{str(many).lower()}">{made}</itemDefinition>'


def structure(name: str, *components: tuple[str, str], many: bool = False) -> str:
    made = "".join(
        f'<itemComponent name="{part}"><typeRef>{kind}</typeRef></itemComponent>' for part, kind in components
    )
    return f'<itemDefinition name="{name}" isCollection="{str(many).lower()}">{made}</itemDefinition>'


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # conditional: only true takes the first branch; null takes the second, anything else is an error
        (conditional("1 = 1"), D(1)),
        (conditional("false"), D(2)),
        (conditional("null"), D(2)),
        (conditional('"yes"'), None),
        # filter: conditions, positions, entries of contexts, one value as a list of one
        (filtered("[1,2,3]", "item > 1"), [D(2), D(3)]),
        (filtered("[{a:1},{a:2}]", "a = 2"), [{"a": D(2)}]),
        (filtered("[1,2,3]", "-1"), D(3)),
        (filtered("[1,2,3]", "4"), None),
        (filtered("5", "item = 5"), [D(5)]),
        (filtered("[]", "true"), []),
        (filtered("null", "true"), None),
        (filtered("[1]", '"a"'), None),
        (filtered("[1, null]", "item > 0"), [D(1)]),
        # iterators
        (iterated("for", "[1,2]", "i * i"), [D(1), D(4)]),
        (iterated("for", "[1..3]", "i"), [D(1), D(2), D(3)]),
        (iterated("for", "[1,2,3]", "count(partial)"), [D(0), D(1), D(2)]),
        (iterated("for", "7", "i + 1"), [D(8)]),
        (iterated("for", "[]", "i"), []),
        (iterated("for", "null", "i"), None),
        (iterated("some", "[1,2]", "i > 1"), True),
        (iterated("some", "[]", "true"), False),
        (iterated("some", "[1, null]", "i > 1"), None),
        (iterated("every", "[1,2]", "i > 1"), False),
        (iterated("every", "[]", "false"), True),
        (iterated("every", "[1, null]", "i > 0"), None),
        (iterated("every", "[1]", '"a"'), None),
        # context: rows see those before them; the row without a name is the result
        (f"<context>{entry('a', feel('1'))}{entry('b', feel('a + 1'))}</context>", {"a": D(1), "b": D(2)}),
        (f"<context>{entry('unit price', feel('2'))}{entry('', feel('unit price * 3'))}</context>", D(6)),
        (f"<context>{entry('a', feel('[1]'), 'number')}</context>", {"a": D(1)}),
        (f"<context>{entry('a', feel('1'), 'string')}</context>", {"a": None}),
        ("<context/>", {}),
        # list and relation
        (f"<list>{feel('1')}{feel('null')}<list>{feel('2')}</list></list>", [D(1), None, [D(2)]]),
        ("<list/>", []),
        (
            f'<relation><column name="n" typeRef="number"/><column name="t"/><row>{feel("1")}{feel("null")}</row>'
            f"<row>{feel('[2]')}{feel(chr(34) + 'x' + chr(34))}</row></relation>",
            [{"n": D(1), "t": None}, {"n": D(2), "t": "x"}],
        ),
        # functions and invocations
        (f"<invocation>{function(feel('n + 1'), ('n', 'number'))}{binding('n', feel('1'))}</invocation>", D(2)),
        (f"<invocation>{function(feel('n + 1'), ('n', 'number'))}{binding('n', feel('[1]'))}</invocation>", D(2)),
        (f"<invocation>{function(feel('n'), ('n', 'number'))}{binding('n', feel(chr(34) * 2))}</invocation>", None),
        (f"<invocation>{function(feel('n = null'), ('n', 'number'))}</invocation>", True),
        (f"<invocation>{function(feel('1'), ('n', 'number'))}{binding('m', feel('1'))}</invocation>", None),
        (f"<invocation>{feel('5')}{binding('n', feel('1'))}</invocation>", None),
        (f"<invocation>{feel('substring')}{binding('string', feel(chr(34) + 'abc' + chr(34)))}</invocation>", None),
        (f"<context>{entry('f', function(feel('x'), kind='Java'))}{entry('', feel('f'))}</context>", None),
        (f"<context>{entry('f', function(feel('x'), kind='PMML'))}{entry('', feel('f'))}</context>", None),
    ],
)
def test_every_boxed_expression_gives_what_the_specification_says(expression: str, expected: Any) -> None:
    assert decide(expression).result == expected


def test_an_iterator_goes_over_ten_thousand_items() -> None:
    assert decide(iterated("for", "[1..10000]", "i"), kind="Any").result[-1] == D(10_000)
    stopped = decide(iterated("some", "[1..999999999]", "false"))
    assert (stopped.result, stopped.warnings[-1].code) == (None, "budget")


@pytest.mark.parametrize(
    "expression",
    [
        conditional('"yes"'),
        filtered("[1]", '"a"'),
        iterated("every", "[1]", '"a"'),
        f"<invocation>{feel('5')}{binding('n', feel('1'))}</invocation>",
        f"<context>{entry('a', feel('1'), 'string')}</context>",
        f"<context>{entry('f', function(feel('x'), kind='Java'))}</context>",
    ],
)
def test_what_is_wrong_with_a_boxed_expression_is_told(expression: str) -> None:
    assert decide(expression).warnings


TYPES = (
    item("tClass", "string", allowed='"A","B"')
    + item("tClasses", "string", allowed='"A","B"', many=True)
    + item("tThree", "number", constraint="count(?) <= 3", many=True)
    + item("tShort", "string", constraint="string length(?) < 4")
    + item("tDays", "date", many=True)
    + item("tNested", "tClasses", many=True)
    + item("tAlias", "tClass")
    + structure("tMotion", ("title", "string"), ("class", "tClass"))
    + structure("tMotions", ("title", "string"), many=True)
)
MOTION = {"title": "停车", "class": "A"}


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("number", "1", D(1)),
        ("number", '"1"', None),
        ("number", "[1]", D(1)),
        ("number", "[1,2]", None),
        ("number", "null", None),
        ("feel:number", "1", D(1)),
        ("Any", "[1]", [D(1)]),
        ("date and time", '@"2026-01-01"', datetime(2026, 1, 1, tzinfo=UTC)),
        ("dateTime", '@"2026-01-01"', datetime(2026, 1, 1, tzinfo=UTC)),
        ("date", '@"2026-01-01T00:00:00Z"', None),
        ("days and time duration", '@"P1Y"', None),
        ("tClass", '"A"', "A"),
        ("tClass", '"C"', None),
        ("tClass", '["A"]', "A"),
        ("tClass", "null", None),
        ("tAlias", '"C"', None),
        ("tClasses", '["A","B"]', ["A", "B"]),
        ("tClasses", '["A","C"]', None),
        ("tClasses", '"A"', ["A"]),
        ("tClasses", "[]", []),
        ("tThree", "[1,2,3]", [D(1), D(2), D(3)]),
        ("tThree", "[1,2,3,4]", None),
        ("tShort", '"abc"', "abc"),
        ("tShort", '"abcd"', None),
        ("tDays", '[@"2026-01-01"]', [date(2026, 1, 1)]),
        ("tDays", '["2026-01-01"]', None),
        ("tNested", '[["A"],["B"]]', [["A"], ["B"]]),
        ("tMotion", '{title: "停车", class: "A"}', MOTION),
        ("tMotion", '[{title: "停车", class: "A"}]', MOTION),
        ("tMotion", '{title: "停车", class: "C"}', None),
        ("tMotion", '{title: "停车"}', None),
        ("tMotion", '{title: "停车", class: null}', {"title": "停车", "class": None}),
        ("tMotions", '[{title: "停车"}]', [{"title": "停车"}]),
        ("tMotions", '{title: "停车"}', [{"title": "停车"}]),
        ("tMotions", "[1]", None),
        ("tUnknown", "1", D(1)),
    ],
)
def test_a_result_is_converted_to_its_type_or_null(kind: str, text: str, expected: Any) -> None:
    result = decide(feel(text), kind=kind, others=TYPES)
    assert result.result == expected
    assert type(result.result) is type(expected)
    assert result.failed is (expected is None and text != "null")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"A" instance of tClass', True),
        ('"C" instance of tClass', False),
        ('["A"] instance of tClass', False),
        ('["A"] instance of tClasses', True),
        ('"A" instance of tClasses', False),
        ('{title: "停车", class: "A"} instance of tMotion', True),
        ('{title: "停车"} instance of tMotion', False),
        ("null instance of tClass", False),
        ('["A"] instance of list<tClass>', True),
        ('(function(x: tClass) x)("A")', "A"),
        ('(function(x: tClass) x)("C")', None),
    ],
)
def test_an_item_definition_is_a_type_of_expressions(text: str, expected: Any) -> None:
    assert decide(feel(text), others=TYPES).result == expected


KNOWLEDGE = (
    '<businessKnowledgeModel id="rate" name="rate"><variable name="rate" typeRef="number"/><encapsulatedLogic>'
    '<formalParameter name="amount" typeRef="number"/><formalParameter name="on" typeRef="date and time"/>'
    f"{feel('if on = null then amount else amount * on.year')}</encapsulatedLogic></businessKnowledgeModel>"
)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("rate(1, null)", D(1)),
        ("rate([2], null)", D(2)),
        ('rate(1, @"2026-01-01")', D(2026)),
        ("rate(on: null, amount: 3)", D(3)),
        ('rate("1", null)', None),
        ("rate(1)", None),
        ("rate(1, null, 2)", None),
        ("rate(amount: 1, other: 2)", None),
    ],
)
def test_arguments_of_knowledge_are_converted_to_their_types(call: str, expected: Any) -> None:
    result = decide(feel(call), others=KNOWLEDGE, requires=("k:rate",))
    assert result.result == expected
    assert bool(result.warnings) is (expected is None)


SERVICE = (
    '<decisionService id="s" name="service"><outputDecision href="#total"/><encapsulatedDecision href="#net"/>'
    '<inputDecision href="#factor"/><inputData href="#x"/></decisionService>'
    '<decisionService id="both" name="both"><outputDecision href="#total"/><outputDecision href="#net"/>'
    '<inputDecision href="#factor"/><inputData href="#x"/></decisionService>'
)
GRAPH = (
    input_data("x", "number")
    + literal("factor", "100", kind="number")
    + literal("net", "x * 2", requires=["i:x"])
    + literal("total", "net * factor", requires=["net", "factor"])
)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("service(1, 3)", D(6)),
        ("service(x: 1, factor: 3)", D(6)),
        ("service([1], 3)", D(6)),
        ("service(null, 3)", None),
        ('service("a", 3)', None),
        ("service(1)", None),
        ("both(1, 3)", {"total": D(6), "net": D(2)}),
        ("both(1, 3).net", D(2)),
    ],
)
def test_a_decision_service_is_a_function_of_its_input_data_then_its_input_decisions(call: str, expected: Any) -> None:
    assert decide(feel(call), others=GRAPH + SERVICE, requires=("k:s", "k:both")).result == expected


def test_a_service_called_from_outside_takes_its_input_decisions_as_given() -> None:
    model = load_decisions({"a.dmn": definitions(GRAPH + SERVICE)})
    assert model.evaluate_service("service", {"x": D(1), "factor": D(5)}).result == D(10)
    assert model.evaluate("total", {"x": D(1)}).result == D(200)


@pytest.mark.parametrize(
    ("policy", "aggregation", "rows", "expected"),
    [
        ("COLLECT", "SUM", [["> 0", '@"P1D"'], ["> 1", '@"P2D"']], "P3D"),
        ("COLLECT", "MAX", [["> 0", '"a"'], ["> 1", '"b"']], "b"),
        ("COLLECT", "SUM", [["> 0", "1"], ["> 1", '"b"']], None),
        ("COLLECT", "COUNT", [["> 0", "1"], ["> 1", "1"]], D(2)),
        ("COLLECT", "COUNT", [["< 0", "1"]], D(0)),
        ("COLLECT", "MIN", [["< 0", "1"]], None),
        ("RULE ORDER", "", [["> 1", "2"], ["> 0", "1"]], [D(2), D(1)]),
        ("OUTPUT ORDER", "", [["< 0", "1"]], []),
        ("UNIQUE", "", [["not(1, 2)", "1"], ["1, 2", "2"]], D(1)),
        ("UNIQUE", "", [["null", "1"], ["not(null)", "2"]], D(2)),
        ("UNIQUE", "", [["? * 2 > 9", "1"], ["? * 2 <= 9", "2"]], D(1)),
        ("UNIQUE", "", [["[1,2,5]", "1"]], D(1)),
        ("FIRST", "", [["(< 5)", "1"], ["-", "x + 1"]], D(6)),
    ],
)
def test_a_table_makes_its_result_by_its_policy(
    policy: str, aggregation: str, rows: list[list[str]], expected: Any
) -> None:
    model = load_decisions({"t.dmn": table([("x", "number")], rows, policy=policy, aggregation=aggregation)})
    result = model.evaluate("d", {"x": D(5)}).result
    assert result == expected or str(result).startswith("3 days")


def test_the_order_of_a_types_allowed_values_is_the_priority_where_the_column_has_none() -> None:
    body = item("tLevel", "string", allowed='"high","low"') + (
        '<decision id="d" name="d"><decisionTable hitPolicy="PRIORITY"><output name="r" typeRef="tLevel"/>'
        '<rule><outputEntry><text>"low"</text></outputEntry></rule>'
        '<rule><outputEntry><text>"high"</text></outputEntry></rule></decisionTable></decision>'
    )
    result = load_decisions({"a.dmn": definitions(body)}).evaluate("d", {})
    assert (result.result, result.matched) == ("high", (2,))


def test_default_outputs_are_taken_together_and_typed() -> None:
    columns = "".join(
        f'<output name="{name}" typeRef="{kind}"><defaultOutputEntry><text>{escape(text)}</text></defaultOutputEntry>'
        "</output>"
        for name, kind, text in (("value", "number", "10"), ("unit", "string", '"WD"'), ("wrong", "number", '"x"'))
    )
    result = decide(
        f"<decisionTable><input><inputExpression><text>1</text></inputExpression></input>{columns}</decisionTable>"
    )
    assert result.result == {"value": D(10), "unit": "WD", "wrong": None}


def test_an_input_outside_of_its_allowed_values_is_an_error() -> None:
    body = (
        '<decision id="d" name="d"><decisionTable><input><inputExpression><text>x</text></inputExpression>'
        "<inputValues><text>1, 2</text></inputValues></input><output/>"
        "<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>5</text></outputEntry></rule>"
        "</decisionTable></decision>"
    )
    model = load_decisions({"a.dmn": definitions(body)})
    assert model.evaluate("d", {"x": D(1)}).result == D(5)
    wrong = model.evaluate("d", {"x": D(3)})
    assert (wrong.result, wrong.warnings[0].code) == (None, "input-value")
