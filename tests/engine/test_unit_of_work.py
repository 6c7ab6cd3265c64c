"""One transaction: kept whole or not at all, whoever had a hand in it."""

from sqlalchemy import insert, select

from engine.bootstrap import Engine
from engine.step.save import JOB, job_row
from models import JobKind


def test_what_was_written_stays_when_a_session_was_made_and_asked_nothing(engine: Engine) -> None:
    with engine.unit_of_work() as uow:
        uow.connection.execute(insert(JOB), job_row(uow, JobKind.SIGNAL, {}))
        assert uow.session is not None
    with engine.reading() as uow:
        assert uow.connection.execute(select(JOB.c.id)).all()
