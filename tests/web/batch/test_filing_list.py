"""The committee's filing list and the chair's gate: each line its own decision."""

import pytest
from sqlalchemy import select

from models import ProcessInstance, WorkItem, WorkItemState
from tests.web.batch.conftest import (
    CHAIR,
    COMMITTEE_HEAD,
    COMMITTEE_MEMBER,
    TITLES,
    line_of,
    outcomes,
    recommended_motion,
    versions,
)

PATH = "/batch/motion/decide_filing"


@pytest.fixture
def app(app_with_list):
    return app_with_list


@pytest.fixture
def filing_list(visit):
    """The list page of the committee's head."""
    return visit(COMMITTEE_HEAD).get(PATH)


def _decisions(app):
    """Decision of every completed work item of the committee's head, by title."""
    with app.extensions["banli"].reading() as uow:
        query = (
            select(ProcessInstance.title, WorkItem.decision)
            .join(WorkItem, WorkItem.process_instance_id == ProcessInstance.id)
            .where(WorkItem.decided_by == COMMITTEE_HEAD, WorkItem.state == WorkItemState.COMPLETED)
        )
        return dict(uow.session.execute(query).all())


def test_the_inbox_leads_to_the_list_on_which_many_are_decided_at_once(visit):
    assert "/batch/" in visit(COMMITTEE_HEAD).get("/inbox").tree.xpath("//main//a/@href")
    assert "/batch/" not in visit("d0101").get("/inbox").tree.xpath("//main//a/@href")


def test_the_list_shows_what_was_recommended_apart_from_what_is_decided(filing_list):
    assert all(title in filing_list.text for title in TITLES)
    (last,) = [node for node in filing_list.tree.xpath("//article") if TITLES[2] in node.text_content()]
    recommended = " ".join(last.xpath(".//div[contains(@class, 'batch-recommended')]")[0].text_content().split())
    assert "转意见建议" in recommended
    assert last.xpath(".//select/option[@selected]") == []


@pytest.mark.both_databases
def test_one_click_takes_every_recommendation_over(app, visit, filing_list):
    done = visit(COMMITTEE_HEAD).post(PATH, {**versions(filing_list), "adopt_all": "1"})

    assert done.status == 200
    assert [ok for ok, _ in outcomes(done)] == [True, True, True]
    assert _decisions(app) == {TITLES[0]: "filed", TITLES[1]: "filed", TITLES[2]: "suggestion"}


@pytest.mark.both_databases
def test_the_same_click_twice_changes_nothing(app, visit, filing_list):
    data = {**versions(filing_list), "adopt_all": "1"}
    visit(COMMITTEE_HEAD).post(PATH, data)
    again = visit(COMMITTEE_HEAD).post(PATH, data)

    assert outcomes(again) == []
    assert len(_decisions(app)) == 3


@pytest.mark.both_databases
def test_a_line_that_fails_stops_no_other_and_keeps_what_was_typed(app, visit, filing_list):
    refused, taken = line_of(filing_list, TITLES[0]), line_of(filing_list, TITLES[1])
    page = visit(COMMITTEE_HEAD).post(
        PATH,
        {
            **versions(filing_list),
            f"mode-{refused}": "own",
            f"decision-{refused}": "returned",
            f"comment-{refused}": "短",
            f"mode-{taken}": "adopt",
        },
    )

    assert [ok for ok, _ in outcomes(page)] == [False, True]
    assert "至少 5 个字" in page.text
    assert page.tree.xpath(f"//input[@name='comment-{refused}']/@value") == ["短"]
    assert _decisions(app) == {TITLES[1]: "filed"}


def test_a_line_with_a_version_that_is_none_is_not_decided_and_says_so(app, visit, filing_list):
    line = line_of(filing_list, TITLES[0])

    page = visit(COMMITTEE_HEAD).post(PATH, {f"version-{line}": "１", "adopt_all": "1"})

    assert [ok for ok, _ in outcomes(page)] == [False]
    assert _decisions(app) == {}


def test_the_committee_may_decide_otherwise_than_recommended(app, visit, filing_list):
    line = line_of(filing_list, TITLES[2])
    data = {**versions(filing_list), f"mode-{line}": "own", f"decision-{line}": "filed"}

    visit(COMMITTEE_HEAD).post(PATH, data)

    assert _decisions(app) == {TITLES[2]: "filed"}


def test_own_decision_without_a_choice_is_refused(visit, filing_list):
    line = line_of(filing_list, TITLES[0])

    page = visit(COMMITTEE_HEAD).post(PATH, {**versions(filing_list), f"mode-{line}": "own"})

    assert page.status == 422
    assert "请选择一项决定" in page.text


@pytest.mark.both_databases
def test_a_motion_that_came_after_the_page_was_shown_is_not_decided_unseen(app, visit, filing_list):
    recommended_motion(visit, "关于延长体育馆开放时间的提案", 9)

    visit(COMMITTEE_HEAD).post(PATH, {**versions(filing_list), "adopt_all": "1"})

    assert "关于延长体育馆开放时间的提案" not in _decisions(app)


def test_who_has_nothing_to_decide_there_sees_an_empty_page(visit, filing_list):
    page = visit(CHAIR).get(PATH)  # has a list page of another step

    assert page.status == 200
    assert not any(title in page.text for title in TITLES)
    assert visit(COMMITTEE_MEMBER).get(PATH).status == 404
    assert TITLES[0] not in visit("s01").post(PATH, {**versions(filing_list), "adopt_all": "1"}).text


def test_a_step_without_a_list_page_is_not_found(visit):
    assert visit(COMMITTEE_HEAD).get("/batch/motion/rate").status == 404
    assert visit(COMMITTEE_HEAD).get("/batch/unknown/rate").status == 404


def test_the_overview_counts_what_waits(visit, filing_list):
    page = visit(COMMITTEE_HEAD).get("/batch/")

    assert "立案分理会议清单" in page.text
    assert "3 件" in page.text


@pytest.mark.both_databases
def test_the_chair_vetoes_one_line_with_a_reason_and_approves_the_others(app, visit, filing_list):
    # given
    visit(COMMITTEE_HEAD).post(PATH, {**versions(filing_list), "adopt_all": "1"})
    clerk = visit("clerk1")
    for _ in TITLES:
        clerk.send(clerk.task("分理"), lead_unit="后勤管理处", follower=COMMITTEE_MEMBER, category="后勤保障")
    gate = visit(CHAIR).get("/batch/motion/chair_approve")
    vetoed = line_of(gate, TITLES[0])
    approved = [line_of(gate, title) for title in TITLES[1:]]
    # when
    page = visit(CHAIR).post(
        "/batch/motion/chair_approve",
        {
            **versions(gate),
            f"mode-{vetoed}": "own",
            f"decision-{vetoed}": "veto",
            f"comment-{vetoed}": "应先征求后勤管理处意见",
            **{f"mode-{line}": "adopt" for line in approved},
        },
    )
    # then
    assert [ok for ok, _ in outcomes(page)] == [True, True, True]
    assert TITLES[0] in visit(COMMITTEE_HEAD).get(PATH).text
    with app.extensions["banli"].reading() as uow:
        numbers = dict(uow.session.execute(select(ProcessInstance.title, ProcessInstance.number)).all())
    assert numbers[TITLES[0]] is None
    assert all(numbers[title] for title in TITLES[1:])


def test_a_list_longer_than_the_page_says_how_many_are_shown_and_how_many_follow(visit, filing_list, monkeypatch):
    monkeypatch.setattr("engine.batch.query.MOST_LINES", 2)
    head = visit(COMMITTEE_HEAD)
    page = head.get(PATH)
    assert "待办 3 件" in page.text
    assert "本页列出前 2 件；办完后列出其余 1 件。" in page.text

    done = head.post(PATH, {**versions(page), "adopt_all": "1"})

    assert [ok for ok, _ in outcomes(done)] == [True, True]
    assert "待办 1 件" in done.text
    assert "办完后列出其余" not in done.text
