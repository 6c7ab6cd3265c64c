"""A whole decision, with all it requires, calls and repeats, has one budget and ends within its time."""

from __future__ import annotations

from decimal import Decimal
from html import escape

import pytest

from engine.dmn import load_decisions
from engine.dmn.session import BUDGET
from engine.feel import Budget
from tests.dmn.models import definitions, input_data, literal, requirements, table
from tests.support.processor import processor_time

CPU_LIMIT = 5 * 0.1  # seconds; a busy machine may take five times as long


def text(feel: str) -> str:
    return f"<literalExpression><text>{escape(feel)}</text></literalExpression>"


def knowledge(body: str) -> str:
    return (
        '<businessKnowledgeModel id="f" name="f"><encapsulatedLogic><formalParameter name="x"/>'
        f"{body}</encapsulatedLogic></businessKnowledgeModel>"
    )


def inner_table(cell: str, columns: int, rows: int) -> str:
    names = [(f"x + {number}", "number") for number in range(columns)]
    file = table(names, [[cell] * columns + ["1"]] * rows, policy="COLLECT").decode()
    return file[file.index("<decisionTable") : file.index("</decision>")]


def looped(body: str, variable: str = "i") -> str:
    return f'<for iteratorVariable="{variable}"><in>{text("[1..100000000]")}</in><return>{body}</return></for>'


def decision(body: str, *, requires: tuple[str, ...] = (), others: str = "") -> bytes:
    return definitions(f'{others}<decision id="d" name="d">{requirements(requires)}{body}</decision>')


CALLS = text("count(for i in 1..100000000 return f(i))")
INVOCATION = f'<invocation>{text("f")}<binding><parameter name="x"/>{text("i")}</binding></invocation>'
SERVICE = (
    '<decisionService id="f" name="f"><outputDecision href="#e"/><inputData href="#x"/></decisionService>'
    + input_data("x")
    + literal("e", "x + 1", requires=["i:x"])
)
HOSTILE = {
    "a table of tests, called over and over": decision(
        CALLS, requires=("k:f",), others=knowledge(inner_table("> 0", 1, 300))
    ),
    "a table of many columns": decision(CALLS, requires=("k:f",), others=knowledge(inner_table("-", 20, 300))),
    "a table of one cell": decision(CALLS, requires=("k:f",), others=knowledge(inner_table("> 0", 1, 1))),
    "knowledge invoked over and over": decision(looped(INVOCATION), requires=("k:f",), others=knowledge(text("x"))),
    "a service called over and over": decision(CALLS, requires=("k:f",), others=SERVICE),
    "a loop in a loop": decision(looped(looped(text("i * j"), "j"))),
    "a context in a loop": decision(
        looped(f'<context><contextEntry><variable name="a"/>{text("i")}</contextEntry></context>')
    ),
    "a relation in a loop": decision(
        looped(f'<relation><column name="a"/><column name="b"/><row>{text("i")}{text("2")}</row></relation>')
    ),
    "a filter in a loop": decision(
        looped(f"<filter><in>{text('[1, 2, 3]')}</in><match>{text('item > 1')}</match></filter>")
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_decision_over_its_budget_ends_with_a_clear_error(case: str) -> None:
    model = load_decisions({"a.dmn": HOSTILE[case]})
    with processor_time() as cost:
        result = model.evaluate("d", {})
    assert cost.seconds < CPU_LIMIT
    assert result.result is None
    assert "budget" in {warning.code for warning in result.warnings if warning.severity == "error"}


def test_a_decision_has_as_many_steps_as_one_expression() -> None:
    assert BUDGET.steps == Budget().steps == 100_000


def test_what_a_decision_requires_shares_its_budget() -> None:
    # given: each of them alone stays within the budget
    share = "count(for i in 1..8000 return i)"
    alone = load_decisions({"a.dmn": definitions(literal("one", share))})
    assert alone.evaluate("one", {}).result == Decimal(8000)
    # when
    names = [f"part{number}" for number in range(12)]
    body = "".join(literal(name, share) for name in names) + literal("all", " + ".join(names), requires=names)
    result = load_decisions({"a.dmn": definitions(body)}).evaluate("all", {})
    # then
    assert result.result is None
    assert result.failed


def test_a_table_of_a_thousand_rows_and_ten_columns_is_within_the_budget() -> None:
    columns = [(f"c{number}", "number") for number in range(10)]
    rows = [["> 0"] * 9 + [str(number), str(number)] for number in range(1_000)]
    model = load_decisions({"a.dmn": table(columns, rows, policy="COLLECT")})
    result = model.evaluate("d", {f"c{number}": Decimal(number + 1) for number in range(10)})
    assert result.result == [Decimal(10)]
