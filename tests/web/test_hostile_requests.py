"""Requests that no browser of ours sends: refused with little work, before anybody has logged in."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.web.application import NOW, PROPOSER, Visitor, running_application
from web.app import MAX_FORM_MEMORY

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def app(prepared_databases: PreparedDatabases, tmp_path: Path) -> Iterator[Flask]:
    """The application with the demo organisation."""
    with running_application(prepared_databases, tmp_path, MovableClock(NOW)) as served:
        yield served


def test_a_form_of_text_alone_is_held_to_the_limit_of_text_not_to_that_of_attachments(app: Flask) -> None:
    # given more text than any page of ours asks for, from somebody who has not logged in
    body = b"login=" + b"%20" * (MAX_FORM_MEMORY // 3 + 1)

    # when
    answer = app.test_client().post("/login", data=body, content_type=FORM)

    # then
    assert answer.status_code == 413
    assert "文字或附件超过了上限" in answer.text


def test_a_form_without_a_length_is_held_to_the_limit_as_well(app: Flask) -> None:
    # given a body that is sent in pieces
    body = b"login=" + b"%20" * (MAX_FORM_MEMORY // 3 + 1)

    # when
    answer = app.test_client().post(
        "/login",
        input_stream=BytesIO(body),
        content_type=FORM,
        environ_overrides={"wsgi.input_terminated": True},
    )

    # then
    assert answer.status_code == 413


def test_the_longest_text_that_people_type_is_read(app: Flask) -> None:
    # given a motion with a reason far longer than allowed
    visitor = Visitor(app, PROPOSER)
    page = visitor.start_motion()

    # when
    answer = visitor.send(page, reason="长" * 50_000)

    # then the message stands at the field, the text is kept
    assert answer.status == 422
    assert "长" * 50_000 in answer.text


@pytest.mark.parametrize("host", ["x" * 300, "a..b", "." * 70])
def test_a_host_that_is_no_name_is_refused_without_a_page(app: Flask, host: str) -> None:
    # when
    answer = app.test_client().get("/login", headers={"Host": host})

    # then
    assert answer.status_code == 400
    assert answer.text == "Bad Request\n"
