"""Arithmetic agrees with Python's decimal and datetime; random expressions never break out."""

import calendar
import os
import statistics
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    localcontext,
)
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from engine.feel import Budget, FeelError, YearsMonthsDuration, compile_unary_tests, evaluate
from engine.feel.temporal import format_temporal, parse_temporal
from tests.feel.expressions import ExpressionSource
from tests.feel.fuzzing import CONTEXT, Fuzzing

numbers = st.decimals(min_value=-(10**15), max_value=10**15, places=4)
days = st.dates(date(1, 1, 1), date(9999, 12, 31))
durations = st.timedeltas(timedelta(days=-400_000), timedelta(days=400_000))
zones = st.sampled_from([UTC, *map(ZoneInfo, ("Asia/Shanghai", "America/New_York", "Europe/Paris", "Asia/Kolkata"))])
WHOLE = os.environ.get("BANLI_TEST_SCALE") == "whole"
EXPRESSIONS_PER_SEED = 4 if WHOLE else 20  # 5,000 and 100 seeds: 20,000 and 2,000 expressions
BUDGET = Budget() if WHOLE else Budget(steps=5_000)


@given(numbers, numbers)
def test_arithmetic_is_that_of_decimal128(a: Decimal, b: Decimal) -> None:
    result = evaluate("[a + b, a - b, a * b, if b != 0 then a / b else 0, a < b, a = b]", {"a": a, "b": b}).result
    with localcontext(prec=34):
        assert result == [a + b, a - b, a * b, a / b if b else 0, a < b, a == b]


@given(numbers, st.integers(-4, 8))
def test_numbers_are_rounded_as_decimal_rounds(a: Decimal, scale: int) -> None:
    names = {
        "decimal": ROUND_HALF_EVEN,
        "floor": ROUND_FLOOR,
        "ceiling": ROUND_CEILING,
        "round up": ROUND_UP,
        "round down": ROUND_DOWN,
        "round half up": ROUND_HALF_UP,
        "round half down": ROUND_HALF_DOWN,
    }
    unit = Decimal(1).scaleb(-scale)
    for name, rounding in names.items():
        wanted = a.quantize(unit, rounding=rounding)
        assert evaluate(f"{name}(a, n)", {"a": a, "n": scale}).result == wanted


@given(numbers, numbers.filter(bool))
def test_a_remainder_has_the_sign_of_the_divisor_and_belongs_to_the_quotient(a: Decimal, b: Decimal) -> None:
    rest = evaluate("modulo(a, b)", {"a": a, "b": b}).result
    with localcontext(prec=60):
        assert 0 <= rest < b if b > 0 else b < rest <= 0
        assert (a - rest) % b == 0


@given(st.decimals(min_value=-1000, max_value=1000, places=3), st.integers(-20, 20))
def test_powers_logarithms_and_roots_are_those_of_decimal128(a: Decimal, exponent: int) -> None:
    result = evaluate("[a ** n, sqrt(abs(a)), exp(a / 100)]", {"a": a, "n": exponent}).result
    with localcontext(prec=34):
        power = None if a == 0 and exponent < 0 else Decimal(1) if exponent == 0 else a**exponent
        assert result == [power, abs(a).sqrt(), (a / 100).exp()]
        if a > 0:
            assert evaluate("log(a)", {"a": a}).result == a.ln()


@given(st.lists(st.decimals(min_value=-(10**9), max_value=10**9, places=2), min_size=2, max_size=20))
def test_statistics_are_those_of_exact_numbers(values: list[Decimal]) -> None:
    text = "[sum(l), min(l), max(l), sort(l), median(l), decimal(mean(l), 9), mode(l)]"
    result = evaluate(text, {"l": values}).result
    exact = [Fraction(value) for value in values]
    assert result[:4] == [sum(values), min(values), max(values), sorted(values)]
    assert Fraction(result[4]) == statistics.median(exact)
    assert abs(Fraction(result[5]) - statistics.mean(exact)) <= Fraction(1, 10**9)
    assert result[6] == sorted(statistics.multimode(values))


@given(numbers)
def test_a_number_survives_its_text(a: Decimal) -> None:
    assert evaluate("number(string(a))", {"a": a}).result == a


@given(days, days)
def test_days_are_subtracted_and_compared_as_in_datetime(a: date, b: date) -> None:
    result = evaluate("[a - b, b + (a - b), a < b, a = b]", {"a": a, "b": b}).result
    assert result == [a - b, a, a < b, a == b]


@example(datetime(1000, 1, 1, tzinfo=UTC), timedelta(days=-364878))  # before the first year that Python knows
@given(st.datetimes(datetime(1000, 1, 1), datetime(3000, 1, 1), timezones=st.just(UTC)), durations)  # noqa: DTZ001
def test_an_instant_moves_by_a_duration_and_back(moment: datetime, by: timedelta) -> None:
    result = evaluate("[moment + by, moment + by - by, (moment + by) - moment]", {"moment": moment, "by": by}).result
    if result[0] is not None:
        try:
            moved = moment + by
        except OverflowError:
            moved = result[0]
        assert result == [moved, moment, by]


@given(
    st.datetimes(datetime(1000, 1, 1), datetime(3000, 1, 1), timezones=zones),  # noqa: DTZ001
    st.datetimes(datetime(1000, 1, 1), datetime(3000, 1, 1), timezones=zones),  # noqa: DTZ001
)
def test_instants_in_any_zone_are_compared_and_subtracted_as_in_utc(a: datetime, b: datetime) -> None:
    result = evaluate("[a < b, a <= b, a = b, a - b]", {"a": a, "b": b}).result
    first, second = a.astimezone(UTC), b.astimezone(UTC)
    assert result == [first < second, first <= second, first == second, first - second]


@given(st.times(), durations)
def test_a_time_of_day_moves_round_the_clock(moment: time, by: timedelta) -> None:
    start = datetime(2000, 1, 1)  # noqa: DTZ001
    moved = (datetime.combine(start, moment) + by % timedelta(days=1)).time()
    assert evaluate("[t + by, t - -by]", {"t": moment, "by": by}).result == [moved, moved]


@given(days, days)
def test_whole_months_between_two_days_lead_from_one_to_before_the_other(a: date, b: date) -> None:
    start, end = sorted((a, b))
    text = '{m: years and months duration(a, b), r: [a + m <= b, b < a + m + @"P1M" or (a + m + @"P1M").day < a.day]}.r'
    assert evaluate(text, {"a": start, "b": end}).result == [True, True]


@given(days, st.integers(-500, 500))
def test_months_are_added_to_the_calendar_and_the_day_cut_to_the_month(day: date, months: int) -> None:
    index = day.year * 12 + day.month - 1 + months
    moved = evaluate("day + m", {"day": day, "m": YearsMonthsDuration(months)}).result
    assert (moved.year, moved.month) == (index // 12, index % 12 + 1)
    assert moved.day == min(day.day, calendar.monthrange(2000 + moved.year % 400, moved.month)[1])


@given(days)
def test_a_day_knows_its_week_and_its_place_in_the_year(day: date) -> None:
    text = "[day of year(d), week of year(d), d.weekday, last day of month(d), day of week(d)]"
    _, week, weekday = day.isocalendar()
    assert evaluate(text, {"d": day}).result == [
        day.timetuple().tm_yday,
        week,
        weekday,
        calendar.monthrange(day.year, day.month)[1],
        calendar.day_name[weekday - 1],
    ]


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


def test_fuzzing_with_the_whole_budget_finds_nothing() -> None:
    fuzzing = Fuzzing()
    fuzzing.run(200, seed=7)
    assert fuzzing.findings == []
    assert sum(fuzzing.outcomes.values()) == 400
