"""Motions that wait for the committee's decision on its list page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from engine.bootstrap import open_engine
from engine.settings import Settings
from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.web.application import (
    CLERK,
    GOOD_MOTION,
    NOW,
    OTHER_SECONDER,
    PROPOSER,
    SECONDER,
    Page,
    Visitor,
    prepare_database,
)
from web.app import create_app

COMMITTEE_HEAD, COMMITTEE_MEMBER, CHAIR = "c01", "c02", "chair"
TITLES = ("关于延长东区食堂晚间供餐时间的提案", "关于在实验楼增设直饮水机的提案", "关于调整班车发车时刻的提案")
FORMAL_CHECK = {"complete": "yes", "one_matter": "yes", "in_scope": "yes", "duplicate": "no", "formal_action": "pass"}
Visit = Callable[[str | None], Visitor]


def start(proposer: Visitor, title: str, number: int) -> Page:
    """A draft of its own."""
    return proposer.post("/start/motion", {"request_id": f"start-{number}-{title}"})


def recommended_motion(visit: Visit, title: str, number: int = 0, **answers: str) -> None:
    """A motion that was seconded, checked and recommended; the committee's head has to decide."""
    proposer = visit(PROPOSER)
    proposer.send(start(proposer, title, number), **{**GOOD_MOTION, "title": title})
    for seconder in (SECONDER, OTHER_SECONDER):
        person = visit(seconder)
        person.send(person.task("附议"), decision="accept")
    clerk = visit(CLERK)
    clerk.send(clerk.task("形式审查"), **FORMAL_CHECK)
    member = visit(COMMITTEE_MEMBER)
    member.send(member.task("审查并提出建议"), recommended_lead_unit="后勤管理处", **answers)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the master key of the prepared database lies; its copies need the same one."""
    return tmp_path_factory.mktemp("filing-list")


@pytest.fixture
def app_with_list(
    prepared_databases: PreparedDatabases, shared_folder: Path, clock: MovableClock, database_kind: str
) -> Iterator[Flask]:
    """The application with three recommended motions; the third is recommended as a suggestion."""

    def prepare_list(url: str) -> None:
        prepare_database(url)
        with application_on(url, shared_folder, MovableClock(NOW)) as application:
            for number, title in enumerate(TITLES):
                answers = {"minor": "yes"} if number == 2 else {}
                recommended_motion(lambda user: Visitor(application, user), title, number, **answers)

    with (
        prepared_databases.copy(database_kind, "filing list", prepare_list) as url,
        application_on(url, shared_folder, clock) as application,
    ):
        yield application


@contextmanager
def application_on(url: str, folder: Path, clock: MovableClock) -> Iterator[Flask]:
    """The application on a database that is there."""
    settings = Settings(database_url=url, data_directory=folder, sqlite_synchronous="OFF")
    engine = open_engine(settings=settings, clock=clock, runs_jobs_at_once=True)
    try:
        yield create_app(engine, TESTING=True, WTF_CSRF_ENABLED=False)
    finally:
        engine.close()


def line_of(page: Page, title: str) -> str:
    """Id of the work item of one line."""
    (article,) = [node for node in page.tree.xpath("//article") if title in node.text_content()]
    return str(article.get("id")).removeprefix("line-")


def versions(page: Page) -> dict[str, str]:
    """The hidden fields of the list page."""
    nodes = page.tree.xpath("//main//form//input[@type='hidden']")
    return {node.get("name"): node.get("value", "") for node in nodes}


def outcomes(page: Page) -> list[tuple[bool, str]]:
    """What the page says of each line: done or not, and the words."""
    nodes = page.tree.xpath("//ul[contains(@class, 'outcome-list')]/li")
    return [("is-ok" in node.get("class"), " ".join(node.text_content().split())) for node in nodes]
