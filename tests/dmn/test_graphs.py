"""Requirement graphs, boxed expressions, knowledge, services, types, imports, and files that are refused."""

from decimal import Decimal

import pytest

from engine.dmn import DmnError, load_decisions
from engine.dmn.read import NAMESPACES
from tests.dmn.models import NAMESPACE, definitions, input_data, literal, requirements

D = Decimal


def boxed(expression: str, *, requires: tuple[str, ...] = (), others: str = "") -> bytes:
    return definitions(f'{others}<decision id="d" name="d">{requirements(requires)}{expression}</decision>')


def text(feel: str) -> str:
    return f"<literalExpression><text>{feel}</text></literalExpression>"


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_all_five_namespaces_are_read(namespace: str) -> None:
    model = load_decisions({"a.dmn": definitions(literal("总额", "1 + 1"), namespace=namespace)})
    assert model.evaluate("总额", {}).result == D(2)
    assert model.decisions == {"总额": "总额"}


def test_a_decision_uses_the_decisions_it_requires_once_each() -> None:
    body = (
        input_data("unit price", "number")
        + literal("net", "unit price * 2", requires=["i:unit price"])
        + literal("tax", "net * 0.1", requires=["net"])
        + literal("total", "net + tax", requires=["net", "tax"])
    )
    result = load_decisions({"a.dmn": definitions(body)}).evaluate("total", {"unit price": D(50)})
    assert result.result == D(110)
    assert [step.decision_name for step in result.trace] == ["net", "tax", "total"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (
            f'<context><contextEntry><variable name="a"/>{text("2")}</contextEntry>'
            f"<contextEntry>{text('a * 3')}</contextEntry></context>",
            D(6),
        ),
        (f"<list>{text('1')}{text('2')}</list>", [D(1), D(2)]),
        (
            f'<relation><column name="n"/><row>{text("1")}</row><row>{text("2")}</row></relation>',
            [{"n": D(1)}, {"n": D(2)}],
        ),
        (f"<conditional><if>{text('true')}</if><then>{text('1')}</then><else>{text('2')}</else></conditional>", D(1)),
        (f"<filter><in>{text('[1,2,3]')}</in><match>{text('item &gt; 1')}</match></filter>", [D(2), D(3)]),
        (f'<for iteratorVariable="i"><in>{text("1..3")}</in><return>{text("i * i")}</return></for>', None),
        (
            f'<for iteratorVariable="i"><in>{text("[1..3]")}</in><return>{text("i * i")}</return></for>',
            [D(1), D(4), D(9)],
        ),
        (f'<some iteratorVariable="i"><in>{text("[1,2]")}</in><satisfies>{text("i &gt; 1")}</satisfies></some>', True),
        (
            f'<every iteratorVariable="i"><in>{text("[1,2]")}</in><satisfies>{text("i &gt; 1")}</satisfies></every>',
            False,
        ),
        (
            f'<invocation>{text("sum")}<binding><parameter name="list"/>{text("[1,2]")}</binding></invocation>',
            D(3),
        ),
    ],
)
def test_every_boxed_expression_has_its_value(expression: str, expected: object) -> None:
    assert load_decisions({"a.dmn": boxed(expression)}).evaluate("d", {}).result == expected


def test_knowledge_is_a_function_and_may_call_itself() -> None:
    knowledge = (
        '<businessKnowledgeModel id="fact" name="fact"><encapsulatedLogic><formalParameter name="n" typeRef="number"/>'
        f"{text('if n = 0 then 1 else n * fact(n - 1)')}</encapsulatedLogic></businessKnowledgeModel>"
    )
    model = load_decisions({"a.dmn": boxed(text("fact(5)"), requires=("k:fact",), others=knowledge)})
    assert model.evaluate("d", {}).result == D(120)
    deep = load_decisions({"a.dmn": boxed(text("fact(190) / fact(189)"), requires=("k:fact",), others=knowledge)})
    assert deep.evaluate("d", {}).result == D(190)


def test_knowledge_without_end_is_stopped_with_an_error() -> None:
    knowledge = (
        '<businessKnowledgeModel id="f" name="f"><encapsulatedLogic><formalParameter name="n"/>'
        f"{text('f(n + 1)')}</encapsulatedLogic></businessKnowledgeModel>"
    )
    result = load_decisions({"a.dmn": boxed(text("f(1)"), requires=("k:f",), others=knowledge)}).evaluate("d", {})
    assert result.result is None
    assert result.warnings[-1].code == "budget"
    assert result.failed


def test_a_decision_service_takes_its_inputs_by_name() -> None:
    service = (
        '<decisionService id="s" name="服务"><outputDecision href="#total"/><encapsulatedDecision href="#net"/>'
        '<inputData href="#x"/></decisionService>'
    )
    body = (
        input_data("x", "number")
        + literal("net", "x * 2", requires=["i:x"])
        + literal("total", "net + 1", requires=["net"])
    )
    model = load_decisions({"a.dmn": definitions(body + service)})
    assert model.evaluate_service("服务", {"x": D(4)}).result == D(9)
    assert model.services == {"s": "服务"}


def test_a_type_checks_allowed_values_and_unpacks_a_list_of_one() -> None:
    kind = (
        '<itemDefinition name="tClass"><typeRef>string</typeRef>'
        '<allowedValues><text>"A","B"</text></allowedValues></itemDefinition>'
    )
    body = kind + input_data("class", "tClass") + literal("d", "class", requires=["i:class"])
    model = load_decisions({"a.dmn": definitions(body)})
    assert model.evaluate("d", {"class": "A"}).result == "A"
    assert model.evaluate("d", {"class": ["B"]}).result == "B"
    wrong = model.evaluate("d", {"class": "C"})
    assert wrong.result is None
    assert wrong.warnings[0].code == "type-mismatch"


def test_a_model_is_imported_under_its_prefix() -> None:
    library = definitions(literal("rate", "0.1"), name="urn:library")
    body = (
        f'<import namespace="urn:library" name="lib" importType="{NAMESPACE}"/>'
        '<decision id="d" name="d"><informationRequirement><requiredDecision href="urn:library#rate"/>'
        f"</informationRequirement>{text('lib.rate * 100')}</decision>"
    )
    model = load_decisions({"a.dmn": definitions(body), "library.dmn": library})
    assert model.evaluate("d", {}).result == D(10)
    with pytest.raises(DmnError) as caught:
        load_decisions({"a.dmn": definitions(body)})
    assert caught.value.code == "missing-import"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"not xml", "xml"),
        (b'<!DOCTYPE x [<!ENTITY e "e">]><definitions/>', "xml"),
        (b'<definitions xmlns="urn:other"/>', "namespace"),
        (definitions(literal("a", "b", requires=["b"]) + literal("b", "a", requires=["a"])), "cycle"),
        (definitions(literal("a", "1") + literal("a", "2")), "duplicate-id"),
        (definitions(literal("a", "1", requires=["nowhere"])), "dangling-ref"),
        (boxed("<decisionTable/>"), "structure"),
        (boxed('<decisionTable hitPolicy="BEST"><output/></decisionTable>'), "structure"),
        (boxed("<decisionTable><input/><output/><rule><inputEntry/></rule></decisionTable>"), "structure"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_code(data: bytes, code: str) -> None:
    with pytest.raises(DmnError) as caught:
        load_decisions({"bad.dmn": data})
    assert caught.value.code == code
    assert caught.value.file == "bad.dmn"


def test_an_unknown_decision_is_named() -> None:
    with pytest.raises(DmnError, match="没有名为“x”的决策"):
        load_decisions({"a.dmn": definitions(literal("a", "1"))}).evaluate("x", {})


def test_a_missing_input_is_null_with_a_warning() -> None:
    body = input_data("x", "number") + literal("d", "if x = null then 1 else 2", requires=["i:x"])
    result = load_decisions({"a.dmn": definitions(body)}).evaluate("d", {})
    assert result.result == D(1)
    assert [warning.code for warning in result.warnings] == ["missing-input"]


def test_a_function_in_a_context_may_be_declared_with_the_type_of_its_result() -> None:
    function = (
        '<functionDefinition><formalParameter name="x" typeRef="number"/>'
        "<literalExpression><text>x * 2</text></literalExpression></functionDefinition>"
    )
    context = (
        f'<context><contextEntry><variable name="double" typeRef="number"/>{function}</contextEntry>'
        "<contextEntry><literalExpression><text>double(21)</text></literalExpression></contextEntry></context>"
    )
    model = load_decisions({"f": definitions(f'<decision id="d" name="d">{context}</decision>')})
    assert model.evaluate("d", {}).result == 42
