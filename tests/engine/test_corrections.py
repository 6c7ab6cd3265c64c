"""An administrator moves a case to another node or lets it begin again; nobody else may, and the history says so."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from engine.bootstrap import Engine
from engine.commands.move_token import move_token
from engine.commands.rewind_instance import rewind_instance
from engine.errors import InvalidInputError, NotPermittedError, StepFailedError
from engine.queries.instance_page import instance_page
from models import UserTask, waits
from tests.engine.conftest import Case, Start
from tests.engine.test_cases import START, process_case  # noqa: F401  (a fixture)

pytestmark = pytest.mark.usefixtures("process_case")


def _kinds(engine: Engine, case: Case) -> list[str]:
    with engine.reading("rep1") as uow:
        return [entry.kind for entry in instance_page(uow, case.id).timeline]


def _number(engine: Engine, case: Case) -> int:
    with engine.reading() as uow:
        query = select(UserTask.no).where(UserTask.process_instance_id == case.id, waits())
        return uow.session.scalars(query).one()


def test_an_administrator_moves_a_token_and_the_history_says_so(start: Start, engine: Engine) -> None:
    case = start("case", variables=START)
    request, no = uuid4().hex, _number(engine, case)
    for _ in range(2):  # the same request again does nothing
        with engine.unit_of_work("admin1") as uow:
            move_token(uow, case.id, no, "answer", reason="代为提交", request_id=request)
    assert case.waits_at == {"answer"}
    assert _kinds(engine, case).count("instance.token_moved") == 1
    case.complete("answer", {"answer": "已办"}, by="officer_a")
    assert case.status == "completed"


def test_an_administrator_rewinds_a_case(start: Start, engine: Engine) -> None:
    case = start("case", variables=START)
    case.complete("write", {"title": "甲"}, by="rep1")
    with engine.unit_of_work("admin1") as uow:
        rewind_instance(uow, case.id, "write", reason="内容有误", request_id=uuid4().hex)
    assert case.waits_at == {"write"}
    assert "instance.rewound" in _kinds(engine, case)
    case.complete("write", {"title": "乙"}, by="rep1")
    assert case.waits_at == {"answer"}


def test_nobody_else_may_and_a_reason_and_a_target_are_needed(start: Start, engine: Engine) -> None:
    case = start("case", variables=START)
    with pytest.raises(NotPermittedError), engine.unit_of_work("clerk1") as uow:
        rewind_instance(uow, case.id, "write", reason="x", request_id=uuid4().hex)
    with pytest.raises(InvalidInputError), engine.unit_of_work("admin1") as uow:
        rewind_instance(uow, case.id, "write", reason=" ", request_id=uuid4().hex)
    with pytest.raises(StepFailedError), engine.unit_of_work("admin1") as uow:
        move_token(uow, case.id, 1, "nowhere", reason="x", request_id=uuid4().hex)
    assert case.waits_at == {"write"}
