"""How a deadline was computed, in the language of the page."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from engine.queries.due_reasons import DueReason
from engine.rules.due_dates import DeadlineUnit, end_of_day
from tests.web.application import CLERK, submitted_motion
from web.inbox.due import how_computed

MONDAY = datetime(2030, 3, 4, 2, 0, tzinfo=UTC)


@pytest.fixture
def sentences(app):
    def say(reason: DueReason, language: str) -> list[str]:
        with app.test_request_context(headers={"Cookie": f"language={language}"}):
            return how_computed(reason)

    return say


def test_working_days_are_explained_with_what_the_calendar_changed(sentences):
    reason = DueReason(
        Decimal(3),
        DeadlineUnit.WORKING_DAYS,
        anchor=MONDAY,
        due_at=end_of_day(date(2030, 3, 11)),
        holidays=(date(2030, 3, 5), date(2030, 3, 6), date(2030, 3, 7)),
        worked_weekends=(date(2030, 3, 9),),
    )
    assert sentences(reason, "zh") == [
        "自 2030年3月4日 起 3 个工作日，当日不计，截止于 2030年3月11日 24:00。",
        "跳过节假日：2030年3月5日 – 2030年3月7日。",
        "计入调休上班日：2030年3月9日。",
    ]
    assert sentences(reason, "en") == [
        "3 working days after 4 Mar 2030 (that day does not count); due 11 Mar 2030, 24:00.",
        "Public holidays left out: 5 Mar 2030 – 7 Mar 2030.",
        "Weekend days worked in exchange, counted: 9 Mar 2030.",
    ]


@pytest.mark.parametrize(
    ("value", "unit", "chinese", "english"),
    [
        (
            10,
            DeadlineUnit.CALENDAR_DAYS,
            "自 2030年3月4日 起 10 日，当日不计，截止于 2030年3月14日 24:00。",
            "10 calendar days after 4 Mar 2030 (that day does not count); due 14 Mar 2030, 24:00.",
        ),
        (
            -10,
            DeadlineUnit.CALENDAR_DAYS,
            "2030年3月4日 之前 10 日，当日不计，截止于 2030年3月14日 24:00。",
            "10 calendar days before 4 Mar 2030 (that day does not count); due 14 Mar 2030, 24:00.",
        ),
        (
            1,
            DeadlineUnit.WORKING_DAYS,
            "自 2030年3月4日 起 1 个工作日，当日不计，截止于 2030年3月14日 24:00。",
            "1 working day after 4 Mar 2030 (that day does not count); due 14 Mar 2030, 24:00.",
        ),
        (
            12,
            DeadlineUnit.HOURS,
            "自 2030年3月4日 10:00 起 12 小时，截止于 2030年3月14日 24:00。",
            "12 hours from 4 Mar 2030, 10:00; due 14 Mar 2030, 24:00.",
        ),
    ],
)
def test_days_of_the_calendar_and_hours_are_explained(sentences, value, unit, chinese, english):
    reason = DueReason(Decimal(value), unit, anchor=MONDAY, due_at=end_of_day(date(2030, 3, 14)))
    assert sentences(reason, "zh") == [chinese]
    assert sentences(reason, "en") == [english]


def test_a_deadline_that_no_table_gave_is_not_explained(sentences):
    assert sentences(None, "zh") == []


def test_the_page_of_a_task_explains_its_deadline_in_both_languages(visit):
    submitted_motion(visit)
    clerk = visit(CLERK)
    assert "个工作日，当日不计，截止于" in clerk.task("形式审查").text
    clerk.get("/language/en")
    assert "3 working days after 25 Nov 2026" in clerk.task("Formal check").text
