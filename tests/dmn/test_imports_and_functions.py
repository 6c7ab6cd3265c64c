"""Models that import models, and the types of functions."""

from decimal import Decimal
from typing import Any

import pytest

from engine.dmn import load_decisions
from tests.dmn.models import definitions, input_data, literal

_DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
_FUNCTION_OF_A_NUMBER = (
    '<itemDefinition name="tFunction"><functionItem outputTypeRef="number">'
    '<parameters name="a" typeRef="number"/></functionItem></itemDefinition>'
)
_SUCCESSOR = (
    '<businessKnowledgeModel id="successor" name="successor"><variable name="successor" typeRef="{kind}"/>'
    '<encapsulatedLogic><formalParameter name="a" typeRef="number"/>'
    "<literalExpression><text>a + 1</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
)


def _import(prefix: str, namespace: str) -> str:
    return f'<import name="{prefix}" namespace="{namespace}" importType="{_DMN}"/>'


def _requiring(name: str, text: str, *hrefs: str) -> str:
    needs = "".join(
        f'<informationRequirement><requiredDecision href="{href}"/></informationRequirement>' for href in hrefs
    )
    body = f"<literalExpression><text>{text}</text></literalExpression>"
    return f'<decision id="{name}" name="{name}">{needs}{body}</decision>'


def test_one_model_imported_by_two_others_has_the_inputs_of_each() -> None:
    greeting = input_data("name", "string") + literal("greet", '"Hello " + name', requires=["i:name"])
    model = load_decisions(
        {
            "main": definitions(
                _import("B", "urn:b")
                + _import("C", "urn:c")
                + _requiring("both", 'B.b + ", " + C.c', "urn:b#b", "urn:c#c"),
                name="urn:main",
            ),
            "b": definitions(_import("A", "urn:a") + _requiring("b", "A.greet", "urn:a#greet"), name="urn:b"),
            "c": definitions(_import("A", "urn:a") + _requiring("c", "A.greet", "urn:a#greet"), name="urn:c"),
            "a": definitions(greeting, name="urn:a"),
        }
    )
    inputs = {"B": {"A": {"name": "John"}}, "C": {"A": {"name": "Jane"}}}
    assert model.evaluate("both", inputs).result == "Hello John, Hello Jane"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("successor instance of function&lt;number&gt;-&gt;number", True),
        ("successor instance of function&lt;string&gt;-&gt;number", False),
        ("successor instance of function&lt;number, number&gt;-&gt;number", False),
        ("successor(1)", Decimal(2)),
        ("successor([1])", Decimal(2)),
        ('successor("a")', None),
        ("successor(a: 1)", Decimal(2)),
        ("successor(b: 1)", None),
        ("successor()", None),
    ],
)
@pytest.mark.parametrize("kind", ["number", "tFunction"])
def test_knowledge_is_a_function_of_its_parameters(text: str, expected: Any, kind: str) -> None:
    decision = (
        '<decision id="d" name="d"><knowledgeRequirement><requiredKnowledge href="#successor"/></knowledgeRequirement>'
        f"<literalExpression><text>{text}</text></literalExpression></decision>"
    )
    model = load_decisions({"f": definitions(_FUNCTION_OF_A_NUMBER + _SUCCESSOR.format(kind=kind) + decision)})
    assert model.evaluate("d", {}).result == expected


@pytest.mark.parametrize(("text", "fits"), [("function(x) x", True), ("function(x, y) x", False), ("5", False)])
def test_a_result_of_a_function_type_is_a_function_with_such_parameters(text: str, fits: bool) -> None:
    model = load_decisions({"f": definitions(_FUNCTION_OF_A_NUMBER + literal("d", text, kind="tFunction"))})
    assert (model.evaluate("d", {}).result is not None) is fits


def test_a_service_takes_the_inputs_of_an_imported_model_from_under_its_prefix() -> None:
    service = (
        '<decisionService id="s" name="s"><outputDecision href="#d"/><inputData href="urn:a#n"/></decisionService>'
    )
    decision = (
        '<decision id="d" name="d"><informationRequirement><requiredInput href="urn:a#n"/></informationRequirement>'
        "<literalExpression><text>A.n + 1</text></literalExpression></decision>"
    )
    main = definitions(_import("A", "urn:a") + decision + service, name="urn:main")
    model = load_decisions({"main": main, "a": definitions(input_data("n", "number"), name="urn:a")})
    assert model.evaluate_service("s", {"A": {"n": Decimal(1)}}).result == 2
    assert model.evaluate_service("s", {"n": Decimal(1)}).result == 2
