"""Arithmetic agrees with Python's decimal and datetime; random expressions never break out."""

import os
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext

from hypothesis import given
from hypothesis import strategies as st

from engine.feel import Budget, FeelError, YearsMonthsDuration, compile_unary_tests, evaluate
from engine.feel.temporal import format_temporal, parse_temporal
from tests.feel.expressions import ExpressionSource

numbers = st.decimals(min_value=-(10**15), max_value=10**15, places=4)
days = st.dates(date(1, 1, 1), date(9999, 12, 31))
durations = st.timedeltas(timedelta(days=-400_000), timedelta(days=400_000))
WHOLE = os.environ.get("BANLI_TEST_SCALE") == "whole"
EXPRESSIONS_PER_SEED = 4 if WHOLE else 20  # 5,000 and 100 seeds: 20,000 and 2,000 expressions
BUDGET = Budget() if WHOLE else Budget(steps=5_000)
CONTEXT = {"x": Decimal(3), "amount": Decimal(6000), "l": [Decimal(1), {"a": Decimal(1)}], "first name": "张"}


@given(numbers, numbers)
def test_arithmetic_is_that_of_decimal128(a: Decimal, b: Decimal) -> None:
    result = evaluate("[a + b, a - b, a * b, if b != 0 then a / b else 0, a < b, a = b]", {"a": a, "b": b}).result
    with localcontext(prec=34):
        assert result == [a + b, a - b, a * b, a / b if b else 0, a < b, a == b]


@given(numbers)
def test_a_number_survives_its_text(a: Decimal) -> None:
    assert evaluate("number(string(a))", {"a": a}).result == a


@given(days, days)
def test_days_are_subtracted_and_compared_as_in_datetime(a: date, b: date) -> None:
    result = evaluate("[a - b, b + (a - b), a < b, a = b]", {"a": a, "b": b}).result
    assert result == [a - b, a, a < b, a == b]


@given(st.datetimes(datetime(1000, 1, 1), datetime(3000, 1, 1), timezones=st.just(UTC)), durations)  # noqa: DTZ001
def test_an_instant_moves_by_a_duration_and_back(moment: datetime, by: timedelta) -> None:
    result = evaluate("[moment + by, moment + by - by, (moment + by) - moment]", {"moment": moment, "by": by}).result
    if result[0] is not None:
        assert result == [moment + by, moment, by]


@given(durations, durations, st.integers(-1000, 1000))
def test_durations_add_and_multiply_exactly(a: timedelta, b: timedelta, times: int) -> None:
    assert evaluate("[a + b, a * times, -a]", {"a": a, "b": b, "times": times}).result == [a + b, a * times, -a]


@given(st.one_of(days, durations, st.times(), st.integers(-(10**6), 10**6).map(YearsMonthsDuration)))
def test_temporal_text_reads_back(value: object) -> None:
    assert parse_temporal(format_temporal(value)) == value  # type: ignore[arg-type]


@given(st.integers(0, 2**63))
def test_random_expressions_give_a_value_or_a_feel_error(seed: int) -> None:
    source = ExpressionSource(seed)
    for _ in range(EXPRESSIONS_PER_SEED):
        text = source.next()
        with suppress(FeelError):
            evaluate(text, CONTEXT, budget=BUDGET)
        with suppress(FeelError):
            compile_unary_tests(text).test(Decimal(3), CONTEXT, budget=BUDGET)
