"""Decision tables: every hit policy, defaults, types, and what is told when a rule of the table is broken."""

from decimal import Decimal
from typing import Any

import pytest

from engine.dmn import DecisionResult, load_decisions
from tests.dmn.models import table

D = Decimal
BANDS = [["< 5000", '"部长"'], ["[5000..30000)", '"主席"'], [">= 30000", '"主席办公会"']]
NESTED = [["> 0", "1"], ["> 10", "2"], ["> 100", "3"]]


def decide(file: bytes, **inputs: Any) -> DecisionResult:
    return load_decisions({"t.dmn": file}).evaluate("决定", inputs)


@pytest.mark.parametrize(
    ("amount", "who", "rule"),
    [("4999.99", "部长", 1), ("5000", "主席", 2), ("29999.99", "主席", 2), ("30000", "主席办公会", 3)],
)
def test_the_matching_rule_is_told_with_its_annotation(amount: str, who: str, rule: int) -> None:
    result = decide(table([("amount", "number")], BANDS), amount=D(amount))
    assert (result.result, result.matched) == (who, (rule,))
    assert result.annotations == ({"source": f"依据 {rule}"},)
    assert result.inputs == {"amount": D(amount)}
    assert result.warnings == ()


@pytest.mark.parametrize(
    ("policy", "aggregation", "expected", "matched"),
    [
        ("FIRST", "", D(1), (1,)),
        ("COLLECT", "", [D(1), D(2), D(3)], (1, 2, 3)),
        ("COLLECT", "SUM", D(6), (1, 2, 3)),
        ("COLLECT", "MIN", D(1), (1, 2, 3)),
        ("COLLECT", "MAX", D(3), (1, 2, 3)),
        ("COLLECT", "COUNT", D(3), (1, 2, 3)),
        ("RULE ORDER", "", [D(1), D(2), D(3)], (1, 2, 3)),
        ("PRIORITY", "", D(3), (3,)),
        ("OUTPUT ORDER", "", [D(3), D(2), D(1)], (3, 2, 1)),
    ],
)
def test_each_hit_policy_makes_its_result(
    policy: str, aggregation: str, expected: Any, matched: tuple[int, ...]
) -> None:
    file = table([("x", "number")], NESTED, policy=policy, aggregation=aggregation, values="3, 2, 1")
    result = decide(file, x=D(500))
    assert (result.result, result.matched) == (expected, matched)


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY"])
def test_a_violated_policy_is_an_error_and_never_a_silent_first_row(policy: str) -> None:
    result = decide(table([("x", "number")], NESTED, policy=policy), x=D(50))
    assert result.result is None
    assert result.failed
    assert result.matched == (1, 2)
    assert result.warnings[0].code == f"{policy.lower()}-violated"
    assert "第 1、2 行" in result.warnings[0].message


def test_any_accepts_rules_that_agree() -> None:
    result = decide(table([("x", "number")], [["> 0", "1"], ["> 10", "1"]], policy="ANY"), x=D(50))
    assert (result.result, result.matched) == (D(1), (1, 2))


def test_without_a_match_the_default_is_the_result_else_null_with_a_warning() -> None:
    assert decide(table([("x", "number")], NESTED, policy="FIRST", default='"无"'), x=D(-1)).result == "无"
    result = decide(table([("x", "number")], NESTED, policy="FIRST"), x=D(-1))
    assert result.result is None
    assert [warning.code for warning in result.warnings] == ["no-rule"]
    assert not result.failed
    assert decide(table([("x", "number")], NESTED, policy="COLLECT"), x=D(-1)).result == []


def test_several_outputs_are_a_context() -> None:
    result = decide(table([("x", "number")], [["-", "1", '"a"']], outputs=("value", "unit")), x=D(1))
    assert result.result == {"value": D(1), "unit": "a"}


def test_an_input_of_another_type_is_an_error_that_names_the_column() -> None:
    result = decide(table([("x", "number")], NESTED, policy="FIRST"), x="fifty")
    assert result.failed
    assert "“x”" in result.warnings[0].message


def test_a_cell_that_is_no_feel_is_an_error_with_its_position() -> None:
    result = decide(table([("x", "number")], [["> > 1", "1"]]), x=D(5))
    assert result.failed
    assert (result.warnings[0].code, result.warnings[0].position) == ("syntax", 2)


def test_a_variable_that_no_input_data_declares_is_visible() -> None:
    result = decide(table([("x", "number")], [["> limit", '"over"'], ["<= limit", '"under"']]), x=D(5), limit=D(3))
    assert result.result == "over"
