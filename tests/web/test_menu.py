"""The menu: what a person may open is in it, and nothing else is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from engine.commands.organisation.roles import RoleGrant, grant_role
from engine.demo.directory import SHOWN_LOGINS
from models import InstanceParticipant, ProcessInstance
from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.web.application import CLERK, GOOD_MOTION, OUTSIDER, PROPOSER, Visitor, running_application
from tests.web.batch.conftest import FORMAL_CHECK

NOTHING = "您目前没有可以发起的事项"  # said to a representative whom the list lacks, with whom to ask
PLACES = {"/inbox", "/start", "/open/", "/batch/", "/register/", "/follow/", "/reports/", "/admin/"}


@pytest.fixture
def app(prepared_databases: PreparedDatabases, tmp_path: Path, clock: MovableClock) -> Iterator[Flask]:
    with running_application(prepared_databases, tmp_path, clock, submitted=True) as application:
        yield application


def menu_of(page) -> set[str]:
    """Addresses of the entries, on a phone and on a desk."""
    wide = page.tree.xpath("//nav[contains(@class, 'topnav')]/a/@href")
    narrow = page.tree.xpath("//nav[contains(@class, 'bottom-nav')]//a/@href")
    assert set(wide) == set(narrow) - {"/notices"}
    return set(wide)


def test_of_every_log_in_each_entry_opens_and_no_page_that_opens_lacks_its_entry(app):
    seen = set()
    for login in (*(login for _, login in SHOWN_LOGINS), OUTSIDER):
        person = Visitor(app, login)
        entries = menu_of(person.get("/inbox"))
        opened = {place for place in PLACES if (page := person.get(place)).status == 200 and NOTHING not in page.text}
        assert opened == entries, login
        seen |= entries
    assert seen == PLACES - {"/follow/"}  # nobody follows a motion yet


def test_on_a_phone_every_entry_is_within_the_thumbs_reach(app):
    chair, clerk = (Visitor(app, login).get("/inbox").tree for login in ("vchair1", "clerk1"))
    beside = "//nav[contains(@class, 'bottom-nav')]/a/@href"
    assert chair.xpath(beside) == ["/inbox", "/batch/", "/register/", "/reports/", "/notices"]  # five fit
    assert clerk.xpath(beside) == ["/inbox", "/start", "/register/", "/notices"]
    more = clerk.xpath("//nav[contains(@class, 'bottom-nav')]/details")
    assert [summary.text_content().strip() for summary in more[0].xpath("summary")] == ["更多"]
    assert more[0].xpath(".//a/@href") == ["/reports/", "/admin/"]
    assert chair.xpath("//nav[contains(@class, 'bottom-nav')]/details") == []


def numbers_of(page) -> dict[str, str]:
    """What waits behind the places at the foot of a phone, by address; "" is the place that holds the rest."""
    links = page.tree.xpath("//nav[contains(@class, 'bottom-nav')]//*[self::a or self::summary]")
    found = {link.get("href", ""): link.xpath("string(span[starts-with(@class, 'dot')])") for link in links}
    wide = page.tree.xpath("//nav[contains(@class, 'topnav')]/a")
    assert {link.get("href"): link.xpath("string(span)") for link in wide}.items() <= found.items()
    return {place: number for place, number in found.items() if number}


def test_the_open_list_and_the_list_pages_are_one_tap_from_the_inbox_whatever_else_one_is(app):
    at_foot = "//nav[contains(@class, 'bottom-nav')]/a/@href"
    assert Visitor(app, PROPOSER).get("/inbox").tree.xpath(at_foot) == [
        "/inbox",
        "/open/",
        "/start",
        "/register/",
        "/notices",
    ]
    with app.extensions["banli"].unit_of_work("admin") as uow:
        for role in ("motion_committee", "motion_committee_head"):
            grant_role(uow, RoleGrant(PROPOSER, role, "提案工作委员会", term=4))
    page = Visitor(app, PROPOSER).get("/inbox")
    assert page.tree.xpath(at_foot) == ["/inbox", "/open/", "/batch/", "/notices"]
    assert {"/start", "/register/", "/reports/"} <= menu_of(page)


def test_a_committee_head_who_may_second_nothing_has_no_open_list(app):
    assert "/open/" not in menu_of(Visitor(app, "c01").get("/inbox"))


def test_the_menu_says_how_much_waits_in_each_place(app):
    proposer = Visitor(app, PROPOSER)
    draft = proposer.post("/start/motion", {"request_id": "open"})
    other = {"title": "关于在实验楼增设直饮水机的提案", "seconders": None, "open_seconding": "on"}
    proposer.send(draft, **{**GOOD_MOTION, **other})

    assert numbers_of(Visitor(app, "d0301").get("/inbox")) == {"/open/": "1"}
    assert "/open/" not in numbers_of(proposer.get("/inbox"))  # nobody seconds the own motion
    reader = Visitor(app, "d0301")
    form = reader.get("/open/").tree.xpath("//article//form")[0]
    fields = {node.get("name"): node.get("value", "") for node in form.xpath(".//input")}
    reader.post(form.get("action"), {**fields, "decision": "accept"})
    assert numbers_of(reader.get("/register/")) == {}


def test_the_menu_counts_what_may_be_decided_on_lists_and_what_is_overdue_where_one_follows(app, clock):
    clerk, member = Visitor(app, CLERK), Visitor(app, "c02")
    clerk.send(clerk.task("形式审查"), **FORMAL_CHECK)
    member.send(member.task("审查并提出建议"), recommended_lead_unit="后勤管理处")
    head = numbers_of(Visitor(app, "c01").get("/inbox"))
    assert (head["/inbox"], head["/batch/"]) == ("1", "1")

    with app.extensions["banli"].unit_of_work() as uow:
        case = uow.session.query(ProcessInstance.id).limit(1).scalar()
        uow.session.add(InstanceParticipant(process_instance_id=case, user_id="c02", part="follower", since=uow.now))
    assert "/follow/" not in numbers_of(Visitor(app, "c02").get("/inbox"))
    clock.advance(days=30)
    assert numbers_of(Visitor(app, "c02").get("/inbox"))["/follow/"] == "1"


def test_on_a_phone_the_entry_that_holds_the_page_is_marked(app):
    page = Visitor(app, "clerk1").get("/reports/").tree
    assert page.xpath("//nav[contains(@class, 'bottom-nav')]/details/summary/@aria-current") == ["true"]


def test_who_is_named_to_follow_a_motion_gets_the_entry_with_it(app):
    person = Visitor(app, "c02")
    assert "/follow/" not in menu_of(person.get("/inbox"))
    with app.extensions["banli"].unit_of_work() as uow:
        case = uow.session.query(ProcessInstance.id).limit(1).scalar()
        uow.session.add(InstanceParticipant(process_instance_id=case, user_id="c02", part="follower", since=uow.now))
    assert "/follow/" in menu_of(person.get("/inbox"))
    assert person.get("/follow/").status == 200


def test_an_address_without_right_is_answered_like_one_that_does_not_exist(app):
    person = Visitor(app, PROPOSER)
    missing = person.get("/nowhere")
    for place in ("/batch/", "/follow/", "/reports/", "/admin/", "/batch/motion/decide_filing"):
        answer = person.get(place)
        assert answer.status == 404
        assert answer.without_traces == missing.without_traces.replace("/nowhere", place)


def test_who_may_start_nothing_is_not_sent_in_a_circle(app):
    assert "/start" not in menu_of(Visitor(app, OUTSIDER).get("/inbox"))
    for tab in ("todo", "started"):
        assert "/start" not in Visitor(app, OUTSIDER).get(f"/inbox?tab={tab}").links()
    assert "/start" in Visitor(app, "d0301").get("/inbox").links()
