"""What the engine says and what a process is called, in the language of the page."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask, render_template_string

from engine.errors import StaleWorkItemError, StepFailedError
from engine.forms.messages import message
from engine.sentences import say
from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.web.application import CLERK, NOW, PROPOSER, instance_of, running_application
from web.filters import lasted
from web.i18n import translated, unit_of


@pytest.fixture
def app(prepared_databases: PreparedDatabases, tmp_path: Path) -> Iterator[Flask]:
    with running_application(prepared_databases, tmp_path, MovableClock(NOW), submitted=True) as application:
        yield application


@pytest.fixture
def english_page(app: Flask) -> Iterator[None]:
    with app.test_request_context(headers={"Cookie": "language=en"}):
        yield


def test_an_error_of_a_command_is_said_in_english(english_page):
    error = StaleWorkItemError(by="d0101", at=NOW, name="代表-基础医学院-01", what="认领")
    assert error.message == "此事项已由代表-基础医学院-01于 2026-11-25 01:30 认领，本次提交未保存"
    assert translated(error.message) == (
        "This was claimed by 代表-基础医学院-01 at 2026-11-25 01:30; what you sent was not saved"
    )


def test_a_sentence_inside_a_sentence_is_said_in_english(english_page):
    error = StepFailedError("no-flow", say("决策“{decision}”没有给出期限“{key}”", decision="deadlines", key="x"), None)
    assert translated(error.message) == (
        "The process cannot go on (Diagram: The decision “deadlines” gives no deadline “x”); "
        "what you sent was not saved. Please tell the process owner"
    )


def test_why_a_diagram_cannot_go_on_is_said_in_english(english_page):
    error = StepFailedError("no-flow", say("没有一条路径的条件成立，也没有默认路径"), "which", name="走哪条路")
    assert translated(error.message) == (
        "The process cannot go on (走哪条路: no condition of a path holds, and there is no default path); "
        "what you sent was not saved. Please tell the process owner"
    )


def test_what_people_typed_is_neither_a_template_nor_markup(english_page):
    hostile = "<b>{who}</b> %(n)s %"
    page = render_template_string(
        "{{ sentence | translated }} {{ name | translated }}",
        name=hostile,
        sentence=say("系统中没有单位“{name}”，请先新增单位", name=hostile),
    )
    escaped = "&lt;b&gt;{who}&lt;/b&gt; %(n)s %"
    assert page == f"There is no unit “{escaped}”; add it first {escaped}"


@pytest.mark.parametrize(
    ("said", "english"),
    [
        (message("min_length", n=1, actual=0), "At least 1 character; there are 0"),
        (message("min_length", n=5, actual=1), "At least 5 characters; there are 1"),
        (say("有 {n} 处错误，未导入任何内容", n=1), "1 error; nothing was imported"),
    ],
)
def test_the_engine_says_one_and_many_in_english(english_page, said, english):
    assert translated(said) == english


def test_durations_are_said_for_one_and_many_in_english(english_page):
    assert lasted(timedelta(days=1, hours=2)) == "1 day 2 hours"
    assert lasted(timedelta(hours=1, minutes=1)) == "1 hour 1 minute"
    assert lasted(timedelta(days=3)) == "3 days"


def test_what_a_setting_counts_is_said_for_one_and_many_in_english(english_page):
    assert [unit_of("天", Decimal(n)) for n in (1, 30)] == ["day", "days"]  # of a process folder
    assert [unit_of("分钟", Decimal(n)) for n in (1, 30)] == ["minute", "minutes"]  # our own


def test_a_field_answers_in_english(visit):
    proposer = visit(PROPOSER)
    proposer.get("/language/en")
    page = proposer.start_motion()
    refused = proposer.send(page, title="", reason="")
    assert refused.status == 422
    assert refused.errors_at("title") == ["Please fill this in"]


def test_the_texts_of_a_process_are_said_in_english(visit):
    clerk = visit(CLERK)
    clerk.get("/language/en")
    task = clerk.task("Formal check")
    assert "Check that it is complete, of one matter" in task.text
    assert task.buttons()["formal_action", "return"] == "Return for changes"
    case = clerk.get(f"/instances/{instance_of(task)}")
    assert [" ".join(node.text_content().split()) for node in case.tree.xpath("//dt")][:2] == ["Delegation", "Category"]


def test_a_notice_is_said_in_the_language_of_the_page(visit):
    clerk, proposer = visit(CLERK), visit(PROPOSER)
    answers = {"complete": "yes", "one_matter": "no", "in_scope": "yes", "duplicate": "no"}
    clerk.send(clerk.task("形式审查"), **answers, formal_action="return", formal_comment="一件提案只写一件事")
    assert "提案退回修改：" in proposer.get("/notices").text
    proposer.get("/language/en")
    page = proposer.get("/notices").text
    assert "Returned for revision: 关于延长东区食堂晚间供餐时间的提案" in page
    assert "Please revise and submit it again in time; otherwise it counts as withdrawn. 一件提案只写一件事" in page
