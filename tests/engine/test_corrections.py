"""An administrator moves a case to another node or lets it begin again; nobody else may, and the history says so."""

from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from engine.bootstrap import Engine
from engine.commands.modify_variables import modify_variables
from engine.commands.move_token import move_token
from engine.commands.rewind_instance import rewind_instance
from engine.errors import InvalidInputError, NotPermittedError, StepFailedError
from engine.queries.incidents import open_incidents, standstills
from engine.queries.instance_page import instance_page
from models import UserTask, waits
from tests.engine.conftest import Case, Deploy, Start
from tests.engine.test_cases import START, process_case  # noqa: F401  (a fixture)
from tests.spiff.drawing import draw
from tests.support.folders import write_folder

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


def test_a_case_that_nobody_can_continue_any_more_is_told_to_the_administrator(
    start: Start, deploy: Deploy, engine: Engine, tmp_path: Path
) -> None:
    drawing = "start s\nparallel f\nuser a assignee=initiator\nuser b assignee=initiator\nparallel j\nend e\n"
    listening = "event_sub h\n  start m message=withdraw\n  end w\n  m > w\n"  # it brings no token to the join
    deploy(
        write_folder(tmp_path, "fork", draw(f"{drawing}{listening}s > f\nf > a > j\nf > b > j\nj > e", "fork").decode())
    )
    case = start("fork")
    case.complete("b", by="rep1")
    with engine.reading() as uow:
        assert open_incidents(uow) == ()
    with engine.unit_of_work("admin1") as uow:
        move_token(uow, case.id, _number(engine, case), "e", reason="x", request_id=uuid4().hex)
    assert (case.status, case.waits_at) == ("active", set())
    with engine.unit_of_work("admin1") as uow:
        modify_variables(uow, case.id, {"seen": True}, reason="x", request_id=uuid4().hex)
    with engine.reading() as uow:
        assert [(each.code, each.instance_id) for each in open_incidents(uow)] == [("stands-still", case.id)]
    with engine.reading("admin1") as uow:
        assert [each.code for each in standstills(uow, case.id)] == ["stands-still"]
    with engine.unit_of_work("admin1") as uow:
        rewind_instance(uow, case.id, "f", reason="x", request_id=uuid4().hex)
    with engine.reading("admin1") as uow:
        assert standstills(uow, case.id) == ()
    for node in ("a", "b"):
        case.complete(node, by="rep1")
    assert case.status == "completed"
    with engine.reading("admin1") as uow:
        assert standstills(uow, case.id) == ()
