"""A task for a role that nobody holds is an incident; one that somebody may do is none."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, event, select, update

from engine.bootstrap import Engine
from models import Incident, RoleAssignment, User
from tests.engine.conftest import Deploy, Start
from tests.support.folders import process, write_folder

FOR_A_ROLE = process(
    "checked",
    """
    <bpmn:startEvent id="begin"/>
    begin -> draft
    <bpmn:userTask id="draft" banli:assignee="=initiator"/>
    draft -> check
    <bpmn:userTask id="check" banli:candidateRole="=[&quot;chair&quot;, &quot;union_clerk&quot;]"/>
    check -> done
    <bpmn:endEvent id="done"/>
    """,
)
ROLES = ("chair", "union_clerk")


def _all_leave(engine: Engine) -> None:
    with engine.unit_of_work() as uow:
        holders = select(RoleAssignment.user_id).where(RoleAssignment.role.in_(ROLES))
        uow.session.execute(update(User).where(User.id.in_(holders)).values(left_on=uow.today))


def _end_today(engine: Engine) -> None:
    with engine.unit_of_work() as uow:
        ended = uow.today - timedelta(days=1)
        uow.session.execute(update(RoleAssignment).where(RoleAssignment.role.in_(ROLES)).values(valid_to=ended))


def _are_taken_away(engine: Engine) -> None:
    with engine.unit_of_work() as uow:
        uow.session.execute(delete(RoleAssignment).where(RoleAssignment.role.in_(ROLES)))


def _all_but_one_leave(engine: Engine) -> None:
    _all_leave(engine)
    with engine.unit_of_work() as uow:
        uow.session.execute(update(User).where(User.id == "clerk2").values(left_on=uow.today + timedelta(days=1)))


def _nothing_changes(engine: Engine) -> None:
    pass


TOLD = "没有人担任（或均须回避）：chair、union_clerk"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_all_leave, [TOLD]),
        (_end_today, [TOLD]),
        (_are_taken_away, [TOLD]),
        (_all_but_one_leave, []),
        (_nothing_changes, []),
    ],
)
def test_the_administrator_is_told_of_a_task_whose_roles_nobody_holds(
    tmp_path: Path, deploy: Deploy, start: Start, engine: Engine, change: Callable[[Engine], None], told: list[str]
) -> None:
    deploy(write_folder(tmp_path, "checked", FOR_A_ROLE))
    case = start("checked")
    change(engine)
    case.complete("draft", {}, by="rep1")

    with engine.reading() as uow:
        incidents = uow.session.scalars(select(Incident).where(Incident.process_instance_id == case.id)).all()
        assert [incident.message for incident in incidents] == told
        assert {incident.flow_node_id for incident in incidents} <= {"check"}
    assert case.waits_at == {"check"}


def test_opening_a_task_for_a_role_does_not_read_who_holds_it(
    tmp_path: Path, deploy: Deploy, start: Start, engine: Engine
) -> None:
    deploy(write_folder(tmp_path, "checked", FOR_A_ROLE))
    case = start("checked")
    read: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT DISTINCT role_assignment.user_id"):
            read.append(statement)

    event.listen(engine.database, "before_cursor_execute", note)
    try:
        case.complete("draft", {}, by="rep1")
    finally:
        event.remove(engine.database, "before_cursor_execute", note)
    assert read == []
