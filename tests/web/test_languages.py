"""What the engine says and what a process is called, in the language of the page."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, render_template_string

from engine.errors import StaleWorkItemError, StepFailedError
from engine.sentences import say
from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.web.application import NOW, PROPOSER, Visitor, running_application
from web.i18n import translated


@pytest.fixture
def app(prepared_databases: PreparedDatabases, tmp_path: Path) -> Iterator[Flask]:
    with running_application(prepared_databases, tmp_path, MovableClock(NOW), submitted=True) as application:
        yield application


@pytest.fixture
def visit(app: Flask) -> Callable[[str | None], Visitor]:
    return lambda user: Visitor(app, user)


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    with app.test_request_context(headers={"Cookie": "language=en"}):
        yield


def test_an_error_of_a_command_is_said_in_english(english):
    error = StaleWorkItemError(by="d0101", at=NOW, name="代表-基础医学院-01", what="认领")
    assert error.message == "此事项已由代表-基础医学院-01于 2026-11-25 01:30 认领，本次提交未保存"
    assert translated(error.message) == (
        "This was claimed by 代表-基础医学院-01 at 2026-11-25 01:30; what you sent was not saved"
    )


def test_a_sentence_inside_a_sentence_is_said_in_english(english):
    error = StepFailedError("no-flow", say("决策“{decision}”没有给出期限“{key}”", decision="deadlines", key="x"), None)
    assert translated(error.message) == (
        "The process cannot go on (Diagram: The decision “deadlines” gives no deadline “x”); "
        "what you sent was not saved. Please tell the process owner"
    )


def test_what_people_typed_is_neither_a_template_nor_markup(english):
    hostile = "<b>{who}</b> %(n)s %"
    page = render_template_string(
        "{{ sentence | translated }} {{ name | translated }}",
        name=hostile,
        sentence=say("系统中没有单位“{name}”", name=hostile),
    )
    escaped = "&lt;b&gt;{who}&lt;/b&gt; %(n)s %"
    assert page == f"There is no unit “{escaped}” {escaped}"


def test_a_field_answers_in_english(visit):
    proposer = visit(PROPOSER)
    proposer.get("/language/en")
    page = proposer.start_motion()
    refused = proposer.send(page, title="", reason="")
    assert refused.status == 422
    assert refused.errors_at("title") == ["Please fill this in"]
