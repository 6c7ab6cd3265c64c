"""One transaction: kept whole or not at all, whoever had a hand in it."""

import traceback
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Table, insert, select
from sqlalchemy.exc import DBAPIError

from engine.bootstrap import Engine
from engine.database.prepared import insert_into
from engine.step.save import HISTORY, ITEM, JOB, job_row
from models import JobKind, User, WorkItemState

CANARY = "110101199003070011"


def test_what_was_written_stays_when_a_session_was_made_and_asked_nothing(engine: Engine) -> None:
    with engine.unit_of_work() as uow:
        uow.connection.execute(insert(JOB), job_row(uow, JobKind.SIGNAL, {}))
        assert uow.session is not None
    with engine.reading() as uow:
        assert uow.connection.execute(select(JOB.c.id)).all()


REFUSED: dict[str, tuple[Table, dict[str, Any]]] = {
    "an event of no case": (
        HISTORY,
        {"process_instance_id": uuid4(), "seq": 1, "kind": CANARY, "body": CANARY, "previous_hash": "", "hash": ""},
    ),
    "an open work item that was decided": (
        ITEM,
        {
            "id": uuid4(),
            "user_task_id": uuid4(),
            "process_instance_id": uuid4(),
            "state": WorkItemState.OPEN,
            "decided_by": CANARY,
            "form_data": CANARY,
            "excluded": "[]",
        },
    ),
}


def _insert(engine: Engine, table: Table, row: dict[str, Any], way: str) -> None:
    with engine.unit_of_work() as uow:
        given = row | {"at" if table is HISTORY else "created_at": uow.now}
        if way == "prepared":
            insert_into(table).run_many(uow.link, [given])
        else:
            uow.session.execute(insert(table), given)


@pytest.mark.parametrize("way", ["prepared", "session"])
@pytest.mark.parametrize("what", REFUSED)
def test_what_the_database_refuses_is_told_without_the_values(engine: Engine, what: str, way: str) -> None:
    table, row = REFUSED[what]
    with pytest.raises(DBAPIError) as refused:
        _insert(engine, table, row, way)
    told = "".join(traceback.format_exception(refused.value))
    assert "constraint" in told
    assert CANARY not in told


@pytest.mark.parametrize("asked", ["session", "connection", "link"])
def test_the_connection_of_one_transaction_serves_the_next_whoever_spoke_through_it(engine: Engine, asked: str) -> None:
    def serving() -> object:
        with engine.unit_of_work() as uow:
            if asked == "session":
                uow.session.get(User, "rep1")
            elif asked == "connection":
                uow.connection.execute(select(User.id)).all()
            return uow.link.alchemy

    assert serving() is serving()
