"""What the system told somebody of a case counts as read once that person has worked on the case, on whichever page."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from engine.commands.assign_work_item import assign_work_item
from models import Notice, ProcessInstance, WorkItem, WorkItemState
from tests.web.application import CLERK, GOOD_MOTION, OTHER_CLERK, PROPOSER, SECONDER, submitted_motion
from tests.web.batch.conftest import (
    COMMITTEE_HEAD,
    FORMAL_CHECK,
    TITLES,
    line_of,
    recommended_motion,
    start,
    versions,
)

PATH = "/batch/motion/decide_filing"


def tell(app, person, title):
    """Tell a person something about the only case with this title."""
    with app.extensions["banli"].unit_of_work() as uow:
        case = uow.session.scalars(select(ProcessInstance.id).where(ProcessInstance.title == title)).one()
        uow.session.add(
            Notice(
                id=uuid4(), user_id=person, process_instance_id=case, kind="news", title="新情况", created_at=uow.now
            )
        )
    return case


def unread(visit, person):
    """The number at the bell of the menu, and how many cards of the page say that they are new."""
    page = visit(person).get("/notices")
    at_bell = page.tree.xpath("//nav[contains(@class,'bottom-nav')]/a[@href='/notices']/span[@class='dot']")
    cards = page.tree.xpath("//*[contains(@class, 'is-unread')]")
    number = int(at_bell[0].text_content()) if at_bell else 0
    assert number == len(cards)
    assert ("全部标为已读" in page.text) is bool(cards)
    return number


@pytest.mark.both_databases
def test_a_line_decided_on_the_list_page_takes_its_notice_along_and_no_other(app, visit, clock):
    for number, title in enumerate(TITLES[:2]):
        recommended_motion(visit, title, number)
        tell(app, COMMITTEE_HEAD, title)
    before = unread(visit, COMMITTEE_HEAD)
    clock.advance(minutes=1)
    page = visit(COMMITTEE_HEAD).get(PATH)
    line = line_of(page, TITLES[0])

    visit(COMMITTEE_HEAD).post(PATH, {**versions(page), f"mode-{line}": "adopt"})

    assert unread(visit, COMMITTEE_HEAD) == before - 1


def test_seconding_on_the_open_list_takes_the_notice_along(app, visit, clock):
    proposer = visit(PROPOSER)
    proposer.send(
        start(proposer, GOOD_MOTION["title"], 0), **{**GOOD_MOTION, "seconders": None, "open_seconding": "on"}
    )
    tell(app, SECONDER, GOOD_MOTION["title"])
    assert unread(visit, SECONDER) == 1
    clock.advance(minutes=1)
    form = visit(SECONDER).get("/open/").tree.xpath("//article//form")[0]
    fields = {node.get("name"): node.get("value", "") for node in form.xpath(".//input")}

    visit(SECONDER).post(form.get("action"), {**fields, "decision": "accept"})

    assert unread(visit, SECONDER) == 0


def test_the_work_of_a_colleague_does_not_read_for_one(app, visit, clock):
    submitted_motion(visit)
    for clerk in (CLERK, OTHER_CLERK):
        tell(app, clerk, GOOD_MOTION["title"])
    clock.advance(minutes=1)
    clerk = visit(CLERK)
    clerk.send(clerk.task("形式审查"), **FORMAL_CHECK)
    assert (unread(visit, CLERK), unread(visit, OTHER_CLERK)) == (0, 1)


def test_what_is_told_after_the_work_is_new(app, visit, clock):
    submitted_motion(visit)
    clock.advance(minutes=1)
    clerk = visit(CLERK)
    clerk.send(clerk.task("形式审查"), **FORMAL_CHECK)
    tell(app, CLERK, GOOD_MOTION["title"])  # in the same instant, by the step itself
    assert unread(visit, CLERK) == 1
    clock.advance(minutes=1)
    tell(app, CLERK, GOOD_MOTION["title"])
    assert unread(visit, CLERK) == 2


def test_work_that_fell_away_undone_leaves_the_notice_new(app, visit, clock):
    case = submitted_motion(visit)
    with app.extensions["banli"].unit_of_work(actor="admin") as uow:
        item = uow.session.scalars(
            select(WorkItem.id).where(WorkItem.process_instance_id == case, WorkItem.state == WorkItemState.OPEN)
        ).first()
        assign_work_item(uow, item, CLERK, reason="由他办理", request_id="assign")
    told = unread(visit, CLERK)
    assert told
    clock.advance(minutes=1)
    proposer = visit(PROPOSER)
    proposer.post(f"/instances/{case}/withdraw", {"reason": "不再需要", "request_id": "withdraw"})
    assert unread(visit, CLERK) >= told
