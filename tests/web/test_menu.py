"""The menu: what a person may open is in it, and nothing else is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from engine.demo.directory import SHOWN_LOGINS
from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.web.application import NOW, OUTSIDER, PROPOSER, Visitor, running_application

NOTHING = "您目前没有可以发起的事项"  # said to a representative whom the list lacks, with whom to ask
PLACES = {"/inbox", "/start", "/open/", "/batch/", "/register/", "/follow/", "/reports/", "/admin/"}


@pytest.fixture
def app(prepared_databases: PreparedDatabases, tmp_path: Path) -> Iterator[Flask]:
    with running_application(prepared_databases, tmp_path, MovableClock(NOW), submitted=True) as application:
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
    assert chair.xpath(beside) == ["/inbox", "/register/", "/notices", "/batch/", "/reports/"]  # five fit
    assert clerk.xpath(beside) == ["/inbox", "/start", "/register/", "/notices"]
    more = clerk.xpath("//nav[contains(@class, 'bottom-nav')]/details")
    assert [summary.text_content().strip() for summary in more[0].xpath("summary")] == ["更多"]
    assert more[0].xpath(".//a/@href") == ["/reports/", "/admin/"]
    assert chair.xpath("//nav[contains(@class, 'bottom-nav')]/details") == []


def test_on_a_phone_the_entry_that_holds_the_page_is_marked(app):
    page = Visitor(app, "clerk1").get("/reports/").tree
    assert page.xpath("//nav[contains(@class, 'bottom-nav')]/details/summary/@aria-current") == ["true"]


def test_who_is_named_to_follow_a_motion_gets_the_entry_with_it(app):
    from models import InstanceParticipant, ProcessInstance

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
