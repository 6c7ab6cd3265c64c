"""The follower urges at most once a day; representatives second what is on the open list."""

import pytest
from sqlalchemy import select

from models import HistoryEvent, InstanceParticipant, Notice, ProcessInstance, WorkItem
from tests.web.application import CLERK, GOOD_MOTION, PROPOSER, SECONDER, submitted_motion
from tests.web.batch.conftest import COMMITTEE_MEMBER, FORMAL_CHECK, start


@pytest.fixture
def followed(app, visit):
    """A motion in the formal check that a committee member follows."""
    case = submitted_motion(visit)
    with app.extensions["banli"].unit_of_work() as uow:
        uow.session.add(
            InstanceParticipant(process_instance_id=case, user_id=COMMITTEE_MEMBER, part="follower", since=uow.now)
        )
    return case


def _urged(app, case):
    with app.extensions["banli"].reading() as uow:
        query = select(HistoryEvent.actor_id).where(
            HistoryEvent.process_instance_id == case, HistoryEvent.kind == "instance.urged"
        )
        return list(uow.session.scalars(query))


def test_the_follower_sees_where_the_motion_stands_and_whom_it_waits_for(visit, followed):
    page = visit(COMMITTEE_MEMBER).get("/follow/")

    assert GOOD_MOTION["title"] in page.text
    assert "形式审查" in page.text
    assert GOOD_MOTION["title"] not in visit("c03").get("/follow/").text


@pytest.mark.both_databases
def test_urging_is_recorded_and_those_who_must_act_are_told(app, visit, followed):
    page = visit(COMMITTEE_MEMBER).post(f"/follow/{followed}/urge", {"request_id": "a"})

    assert "已催办" in page.text
    assert _urged(app, followed) == [COMMITTEE_MEMBER]
    with app.extensions["banli"].reading() as uow:
        told = set(uow.session.scalars(select(Notice.user_id).where(Notice.kind == "urge")))
    assert {"clerk1", "clerk2"} <= told


@pytest.mark.both_databases
def test_the_same_motion_is_urged_once_a_day(app, visit, clock, followed):
    follower = visit(COMMITTEE_MEMBER)
    follower.post(f"/follow/{followed}/urge", {"request_id": "a"})
    again = follower.post(f"/follow/{followed}/urge", {"request_id": "b"})
    assert "每天只能催办一次" in again.text
    assert len(_urged(app, followed)) == 1

    clock.advance(days=1)
    visit(COMMITTEE_MEMBER).post(f"/follow/{followed}/urge", {"request_id": "c"})

    assert len(_urged(app, followed)) == 2


def test_a_follower_for_whom_the_motion_waits_is_led_to_the_task(visit, followed):
    clerk, follower = visit(CLERK), visit(COMMITTEE_MEMBER)
    before = [link for link in follower.get("/follow/").links() if link.startswith("/tasks/")]
    clerk.send(clerk.task("形式审查"), **FORMAL_CHECK)

    page = follower.get("/follow/")

    assert before == []
    assert follower.task("审查并提出建议").url in page.links()


def test_who_does_not_follow_a_motion_cannot_urge(app, visit, followed):
    assert visit("clerk1").post(f"/follow/{followed}/urge", {"request_id": "a"}).status == 404
    assert _urged(app, followed) == []


# ---- the open list


@pytest.fixture
def looks_for_seconders(visit):
    """A motion with no seconder yet, on the open list."""
    proposer = visit(PROPOSER)
    typed = {**GOOD_MOTION, "seconders": None, "open_seconding": "on"}
    assert proposer.send(start(proposer, GOOD_MOTION["title"], 0), **typed).url == "/inbox"


def _accepted(app):
    with app.extensions["banli"].reading() as uow:
        query = select(InstanceParticipant.user_id).where(InstanceParticipant.part == "seconder")
        return sorted(uow.session.scalars(query))


@pytest.mark.both_databases
def test_a_representative_reads_and_seconds_a_motion_of_the_open_list(app, visit, looks_for_seconders):
    for user in (SECONDER, "d0112"):
        page = visit(user).get("/open/")
        assert GOOD_MOTION["reason"] in page.text
        form = page.tree.xpath("//article//form")[0]
        fields = {node.get("name"): node.get("value", "") for node in form.xpath(".//input")}
        done = visit(user).post(form.get("action"), {**fields, "decision": "accept"})
        assert "已附议" in done.text

    assert _accepted(app) == ["d0112", SECONDER]
    with app.extensions["banli"].reading() as uow:
        (instance,) = uow.session.scalars(select(ProcessInstance)).all()
        assert instance.title == GOOD_MOTION["title"]


@pytest.mark.both_databases
def test_nobody_takes_a_motion_of_the_open_list_for_himself(visit, looks_for_seconders):
    representative = visit(SECONDER)
    case = next(link for link in representative.get("/open/").links() if link.startswith("/instances/"))
    task = next(link for link in representative.get(case).links() if link.startswith("/tasks/"))
    page = representative.get(task)
    assert page.status == 200
    assert "认领" not in page.text


def test_the_proposer_does_not_find_the_own_motion_on_the_open_list(visit, looks_for_seconders):
    assert GOOD_MOTION["title"] not in visit(PROPOSER).get("/open/").text


def test_a_member_who_is_no_representative_sees_nothing(visit, looks_for_seconders):
    assert GOOD_MOTION["title"] not in visit("s01").get("/open/").text


def test_the_hint_at_similar_motions_leaves_out_the_one_that_is_being_revised(app, visit):
    case = submitted_motion(visit)
    other = visit("d0301").post("/start/motion", {"request_id": "other"})
    similar_to = {"title": GOOD_MOTION["title"]}

    hint = visit("d0301").post("/similar", similar_to, headers={"HX-Current-URL": f"http://localhost{other.url}"})
    assert str(case) in hint.text or GOOD_MOTION["title"] in hint.text

    with app.extensions["banli"].reading() as uow:
        own = uow.session.scalars(select(WorkItem.id).where(WorkItem.process_instance_id == case)).first()
    hint = visit(PROPOSER).post("/similar", similar_to, headers={"HX-Current-URL": f"http://localhost/tasks/{own}"})
    assert GOOD_MOTION["title"] not in hint.text
