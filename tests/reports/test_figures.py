"""What a session's report counts, and what it may not hide."""

from dataclasses import replace

import pytest

from engine.errors import NotFoundError
from engine.reports.percent import percent
from models import InstanceStatus
from tests.reports.caseload import Motion
from tests.reports.conftest import Office, motions_of_the_year


@pytest.mark.parametrize(
    ("part", "whole", "printed"),
    [
        (57, 57, "100%"),
        (54, 57, "95%"),
        (53, 57, "93%"),
        (1, 8, "13%"),  # 12.5: half up
        (199, 200, "99%"),  # 99.5 would round up; 100% means all
        (0, 5, "0%"),
        (0, 0, None),
    ],
)
def test_a_percentage_is_rounded_half_up_and_says_100_only_for_all(part, whole, printed):
    assert percent(part, whole) == printed


def test_the_year_gives_the_figures_of_the_annual_summary(office: Office):
    # given
    office.stores(*motions_of_the_year())
    # when
    figures = office.report().as_json()
    # then
    assert figures["received"] == 57
    assert figures["dispositions"] == {"filed": 36, "merged": 3, "suggestion": 18, "not_filed": 0, "withdrawn": 0}
    assert (figures["accepted"], figures["answered"], figures["rated"]) == (57, 57, 57)
    assert (figures["answer_rate"], figures["answer_rate_fraction"]) == ("100%", "57/57")
    assert figures["ratings"] == {"满意": 50, "基本满意": 4, "不满意": 3}
    assert (figures["satisfaction"], figures["satisfaction_fraction"]) == ("95%", "54/57")
    assert figures["not_rated"] == 0
    assert figures["invariants_failed"] == []


def test_one_rating_changed_to_dissatisfied_changes_the_satisfaction(office: Office):
    motions = motions_of_the_year()
    position = next(index for index, motion in enumerate(motions) if motion.rating == "满意")
    motions[position] = replace(motions[position], rating="不满意")
    office.stores(*motions)

    figures = office.report().as_json()

    assert (figures["satisfaction"], figures["satisfaction_fraction"]) == ("93%", "53/57")


def test_a_draft_and_another_session_are_not_counted(office: Office):
    office.stores(
        Motion("A", "405001", "关于食堂的提案"),
        Motion("B", None, "关于草稿的提案", disposition=None, variables={"received_at": None}),
        Motion("C", "406001", "关于班车的提案", period="4-6"),
    )

    assert office.report().as_json()["received"] == 1
    assert office.report("4-6").as_json()["received"] == 1


def test_an_accepted_motion_that_was_closed_without_an_answer_breaks_an_invariant(office: Office):
    office.stores(
        Motion("A", "405001", "关于食堂的提案"),
        Motion("B", "405002", "关于班车的提案", rating=None, variables={"answered_at": None, "on_time": None}),
    )

    report = office.report()

    assert report.as_json()["invariants_failed"] == ["answer_final"]
    assert [case.number for case in report.failed[0].cases] == ["405002"]


def test_an_unanswered_motion_that_is_still_running_breaks_none(office: Office):
    office.stores(
        Motion(
            "B",
            "405002",
            "关于班车的提案",
            rating=None,
            status=InstanceStatus.ACTIVE,
            variables={"answered_at": None, "on_time": None},
        )
    )

    assert office.report().as_json()["invariants_failed"] == []
    assert office.report().as_json()["answer_rate"] == "0%"


def test_every_figure_leads_to_its_cases(office: Office):
    office.stores(
        Motion("A", "405001", "甲"),
        Motion("B", "405002", "乙", rating="不满意"),
        Motion("C", None, "丙", disposition="not_filed"),
    )
    report = office.report()

    def ids(key):
        return [case.id for case in report.cases_behind(key).cases]

    assert ids("received") == ["A", "B", "C"]
    assert ids("dispositions.not_filed") == ["C"]
    assert ids("filed") == ["A", "B"]  # the value alone, where one group has it
    assert ids("satisfaction") == ["A"]
    assert ids("satisfaction.base") == ["A", "B"]
    with pytest.raises(KeyError):
        ids("no_such_figure")


def test_a_sealed_case_is_counted_and_its_title_stays_hidden(office: Office):
    office.stores(Motion("X", None, "关于举报的来信", disposition="not_filed", sealed=True))

    (case,) = office.report().cases_behind("not_filed").cases

    assert case.title == "（内容不公开）"


def test_each_unit_gets_its_own_rates(office: Office):
    office.stores(
        Motion("A", "1", "甲", lead_unit="教务处"),
        Motion("B", "2", "乙", lead_unit="教务处", rating="不满意", variables={"on_time": False}),
        Motion("C", "3", "丙", lead_unit="保卫处"),
    )
    report = office.report()
    table = report.table(next(one for one in report.definition.tables if one.key == "by_unit"))

    rows = {row.name: row.cells for row in table.rows}

    assert [row.name for row in table.rows] == ["教务处", "保卫处"]
    assert (rows["教务处"]["on_time_rate"].text, rows["教务处"]["on_time_rate"].note) == ("50%", "1/2")
    assert rows["教务处"]["ratings.不满意"].text == "1"
    assert rows["保卫处"]["satisfaction"].text == "100%"


def test_the_progress_list_shows_what_is_overdue_first(office: Office):
    running = {"status": InstanceStatus.ACTIVE, "rating": None}
    unanswered = {"answered_at": None, "on_time": None}
    office.stores(
        Motion(
            "A",
            "1",
            "将到期",
            **running,
            variables={**unanswered, "answer_due": office.engine.clock.now().replace(year=2099)},
        ),
        Motion("B", "2", "已逾期", **running, variables=unanswered),
    )
    report = office.report()

    ((_, lines),) = report.list(next(one for one in report.definition.lists if one.key == "progress")).groups

    assert [(line.case.title, line.mark) for line in lines] == [("已逾期", "overdue"), ("将到期", "open")]


def test_the_progress_list_tells_what_is_answered_and_what_nobody_has_been_given_yet(office: Office):
    running = {"status": InstanceStatus.ACTIVE, "rating": None}
    nothing = {"answered_at": None, "on_time": None, "answer_due": None}
    office.stores(
        Motion("A", "1", "已答复", **running),
        Motion("B", "2", "随主案", **{**running, "disposition": "merged"}, variables=nothing),
        Motion("C", "3", "待交办", **running, variables=nothing),
    )
    report = office.report()

    ((_, lines),) = report.list(next(one for one in report.definition.lists if one.key == "progress")).groups

    assert [(line.case.title, line.mark) for line in lines] == [
        ("待交办", "unassigned"),
        ("随主案", "with_lead"),
        ("已答复", "answered"),
    ]


def test_motions_that_have_no_unit_yet_stand_after_those_of_the_units(office: Office):
    running = {"status": InstanceStatus.ACTIVE, "rating": None}
    office.stores(
        Motion("A", "1", "未分理", **running, variables={"lead_unit": None}),
        Motion("B", "2", "已分理", **running, lead_unit="校工会"),
    )
    report = office.report()

    listed = report.list(next(one for one in report.definition.lists if one.key == "filing_list"))

    assert [line.case.title for _, lines in listed.groups for line in lines] == ["已分理", "未分理"]


def test_a_session_without_cases_is_named_as_unknown(office: Office):
    office.stores(Motion("A", "1", "甲"))

    with pytest.raises(NotFoundError, match="4-5"):
        office.report("9-9")
