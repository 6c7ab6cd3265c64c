"""The pure rules, as tables."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.assignment import Assignment, Candidate, Holder, assign, may_handle
from engine.rules.due_dates import DeadlineUnit, compute, end_of_day, local_day
from engine.rules.four_eyes import excluded_by_earlier_steps
from engine.rules.masking import MASK, masked
from engine.rules.numbering import fill, render, seq_of
from engine.rules.retry import next_try
from engine.rules.working_days import Calendar

# 2030: 4 March is a Monday; Tuesday 5 is a holiday, Saturday 9 is worked
CALENDAR = Calendar({date(2030, 3, 5): False, date(2030, 3, 9): True})


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        (date(2030, 3, 4), 0, date(2030, 3, 4)),
        (date(2030, 3, 4), 1, date(2030, 3, 6)),
        (date(2030, 3, 8), 1, date(2030, 3, 9)),
        (date(2030, 3, 9), 1, date(2030, 3, 11)),
        (date(2030, 3, 6), -1, date(2030, 3, 4)),
        (date(2030, 3, 2), 1, date(2030, 3, 4)),
    ],
)
def test_working_days_skip_weekends_and_holidays_and_count_shifted_days(
    start: date, count: int, expected: date
) -> None:
    assert CALENDAR.add_working_days(start, count) == expected


@given(st.dates(date(2029, 1, 1), date(2031, 1, 1)), st.integers(1, 200))
def test_as_many_working_days_lie_between_as_were_added(start: date, count: int) -> None:
    end = CALENDAR.add_working_days(start, count)
    assert CALENDAR.is_working_day(end)
    assert CALENDAR.working_days_between(start, end) == count


def test_a_calendar_of_holidays_only_is_an_error_and_no_hang() -> None:
    class Never(Calendar):
        def is_working_day(self, day: date) -> bool:
            return False

    with pytest.raises(OverflowError):
        Never().add_working_days(date(2030, 1, 1), 1)


@pytest.mark.parametrize(
    ("value", "unit", "anchor", "expected"),
    [
        (15, "CD", datetime(2030, 3, 4, 1, tzinfo=UTC), datetime(2030, 3, 19, 16, tzinfo=UTC)),
        (15, "CD", datetime(2030, 3, 4, 15, 59, tzinfo=UTC), datetime(2030, 3, 19, 16, tzinfo=UTC)),
        (15, "CD", datetime(2030, 3, 4, 16, 1, tzinfo=UTC), datetime(2030, 3, 20, 16, tzinfo=UTC)),
        (3, "WD", datetime(2030, 3, 4, 1, tzinfo=UTC), datetime(2030, 3, 8, 16, tzinfo=UTC)),
        (-3, "CD", end_of_day(date(2030, 3, 19)), end_of_day(date(2030, 3, 16))),
        (2, "H", datetime(2030, 3, 4, 1, tzinfo=UTC), datetime(2030, 3, 4, 3, tzinfo=UTC)),
    ],
)
def test_a_deadline_ends_at_midnight_in_shanghai_and_the_day_of_its_anchor_does_not_count(
    value: int, unit: str, anchor: datetime, expected: datetime
) -> None:
    assert compute("key", Decimal(value), DeadlineUnit(unit), anchor, CALENDAR).due_at == expected


def test_midnight_belongs_to_the_day_that_ends() -> None:
    assert local_day(end_of_day(date(2030, 3, 4))) == date(2030, 3, 4)


def test_half_a_day_is_no_deadline() -> None:
    with pytest.raises(ValueError, match="整数"):
        compute("key", Decimal("1.5"), DeadlineUnit.CALENDAR_DAYS, datetime(2030, 1, 1, tzinfo=UTC), CALENDAR)


@pytest.mark.parametrize(
    ("assignee", "roles", "units", "excluded", "expected"),
    [
        ("a", None, None, (), Assignment("a")),
        ("a", None, None, ("a",), Assignment(None, (), frozenset("a"))),
        ("a", "clerk", None, ("b",), Assignment(None, (Candidate(role="clerk"),), frozenset("ab"))),
        (["a", "c", "a"], None, None, (), Assignment(None, (Candidate("a"), Candidate("c")))),
        (None, ["x", "y"], ["u"], (), Assignment(None, (Candidate(None, "x", "u"), Candidate(None, "y", "u")))),
        (None, "x", [], (), Assignment()),
        (None, None, None, (), Assignment()),
    ],
)
def test_whom_a_task_waits_for(
    assignee: object, roles: object, units: object, excluded: tuple[str, ...], expected: Assignment
) -> None:
    assert assign(assignee, roles, units, excluded, {"b": {"a"}}) == expected


@pytest.mark.parametrize(
    ("assignment", "expected"),
    [
        (Assignment("me"), True),
        (Assignment("you"), False),
        (Assignment("me", excluded=frozenset({"me"})), False),
        (Assignment(None, (Candidate(role="officer"),)), True),
        (Assignment(None, (Candidate(role="officer", unit_id="u"),)), True),
        (Assignment(None, (Candidate(role="officer", unit_id="v"),)), False),
        (Assignment(None, (Candidate(role="clerk", unit_id="v"),)), True),  # held everywhere
        (Assignment(None, (Candidate(user_id="me"),)), True),
        (Assignment(None, (Candidate(user_id="me"),), frozenset({"me"})), False),
        (Assignment("you", (Candidate(user_id="me"),)), False),
        (Assignment(), False),
    ],
)
def test_who_may_handle_a_work_item(assignment: Assignment, expected: bool) -> None:
    me = Holder("me", frozenset({("officer", "u"), ("clerk", None)}))
    assert may_handle(me, assignment) is expected


def test_four_eyes_exclude_whoever_decided_one_of_the_named_steps() -> None:
    deciders = [("draft", "a"), ("check", "b"), ("check", "c")]
    assert excluded_by_earlier_steps("check, sign", deciders) == {"b", "c"}
    assert excluded_by_earlier_steps(None, deciders) == frozenset()


def test_a_number_follows_its_pattern() -> None:
    variables = {"term": Decimal(4), "meeting": Decimal(5), "word": "校工会"}
    assert render("{term}{meeting:2}{seq:3}", 23, variables) == "405023"
    assert render("{term}{meeting:02d}{seq:03d}", 23, variables) == "405023"
    assert render("{word}〔{term}〕{seq}号", 7, variables) == "校工会〔4〕7号"
    with pytest.raises(ValueError, match="year"):
        render("{year}-{seq}", 1, variables)


def test_a_template_reads_contexts_and_nothing_of_python() -> None:
    names = {"case": {"title": "甲"}, "yes": True, "list": ["a", "b"], "amount": Decimal("1E+3")}
    assert fill("{case.title} {yes} {list} {amount} {none}", names) == "甲 是 a、b 1000 "
    assert fill("{case.__class__} {list.__len__} {0} {!r} {{x}}", names) == "  {0} {!r} {}"


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 5), (3, 30), (4, 120), (5, None), (9, None)])
def test_a_failed_job_waits_longer_each_time_and_then_gives_up(attempts: int, minutes: int | None) -> None:
    now = datetime(2030, 1, 1, tzinfo=UTC)
    again = next_try(attempts, now)
    assert (again and (again - now).total_seconds() / 60) == minutes


def test_sensitive_values_are_masked_for_all_but_their_author_and_the_named_roles() -> None:
    values, sensitive = {"phone": "1", "title": "t", "bank": None}, {"phone": ("clerk",), "bank": ("finance",)}
    clerk, other = Holder("c", frozenset({("clerk", None)})), Holder("o")
    assert masked(values, sensitive, other, is_initiator=False) == {**values, "phone": MASK}
    assert masked(values, sensitive, clerk, is_initiator=False) == values
    assert masked(values, sensitive, other, is_initiator=True) == values


@pytest.mark.parametrize(
    ("pattern", "number", "seq"),
    [
        ("{term}{meeting:2}{seq:3}", "405023", 23),
        ("{term}{meeting:2}{seq:3}", "4051023", 1023),
        ("J{term}{meeting:2}{seq:3}", "J405023", 23),
        ("BF-{term}-{seq}号", "BF-4-17号", 17),
        ("{term}{meeting:2}{seq:3}", "J405023", None),
        ("{term}{meeting:2}{seq:3}", "406023", None),
        ("{term}{meeting:2}{seq:3}", "40523", None),
        ("{term}{meeting:2}{seq:3}", "405", None),
        ("{missing}{seq:3}", "405023", None),
        ("{term}", "4", None),
    ],
)
def test_a_running_number_is_found_in_a_number_of_that_pattern_only(pattern: str, number: str, seq: int | None) -> None:
    assert seq_of(pattern, number, {"term": Decimal(4), "meeting": Decimal(5)}) == seq
