"""How often a page asks the database: as often for fifty cases as for five."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Table, event, insert, select

from models import Base, InstanceParticipant, Notice, ProcessInstance, UserTask, WorkItem
from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.web.application import CLERK, NOW, PROPOSER, SECONDER, Visitor, running_application
from tests.web.batch.conftest import COMMITTEE_MEMBER

CASES = (
    "process_instance",
    "user_task",
    "work_item",
    "work_item_candidate",
    "instance_participant",
    "instance_audience",
    "report_value",
    "notice",
)
MOST = 50  # statements of any page


@pytest.fixture
def app(prepared_databases: PreparedDatabases, tmp_path: Path) -> Iterator[Flask]:
    with running_application(prepared_databases, tmp_path, MovableClock(NOW), submitted=True) as application:
        with application.extensions["banli"].unit_of_work() as uow:
            case = uow.session.scalars(select(ProcessInstance.id)).one()
            uow.session.add_all(
                [
                    InstanceParticipant(process_instance_id=case, user_id=person, part="follower", since=uow.now)
                    for person in (COMMITTEE_MEMBER, SECONDER)
                ]
            )
            uow.session.add(
                Notice(id=uuid4(), user_id=CLERK, process_instance_id=case, kind="news", title="新", created_at=uow.now)
            )
        yield application


def add_copies(app: Flask, number: int) -> None:
    """The same case again, with its tasks and whom they wait for."""
    with app.extensions["banli"].unit_of_work() as uow:
        original = uow.session.scalars(select(ProcessInstance.id).order_by(ProcessInstance.id)).first()
        tables = [Base.metadata.tables[name] for name in CASES]
        rows = {table: _rows_of(uow.session, table, original) for table in tables}
        for _ in range(number):
            renamed: dict[object, UUID] = {}
            for table, found in rows.items():
                for row in found:
                    if "id" in row:
                        renamed[row["id"]] = uuid4()
                    uow.session.execute(insert(table).values({key: _in(renamed, value) for key, value in row.items()}))


def _rows_of(session, table: Table, case: UUID) -> list[dict[str, object]]:
    if table.name == "process_instance":
        condition = table.c.id == case
    elif "process_instance_id" in table.c:
        condition = table.c.process_instance_id == case
    else:
        condition = table.c.work_item_id.in_(select(WorkItem.id).where(WorkItem.process_instance_id == case))
    unique = {"business_key", "number"}  # a copy has none
    found = session.execute(select(table).where(condition)).mappings()
    return [{key: value for key, value in row.items() if key not in unique} for row in found]


def _in(renamed: dict[object, UUID], value: object) -> object:
    return renamed.get(value, value) if isinstance(value, UUID) else value


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """What the database is asked meanwhile, whichever way."""
    sent: list[str] = []

    def trace(connection, _record, _proxy) -> None:
        connection.set_trace_callback(sent.append)

    def rest(connection, _record) -> None:
        connection.set_trace_callback(None)

    database = app.extensions["banli"].database
    event.listen(database, "checkout", trace)
    event.listen(database, "checkin", rest)
    yield sent
    event.remove(database, "checkout", trace)
    event.remove(database, "checkin", rest)


def asked(app: Flask, person: str, path: str) -> int:
    visitor = Visitor(app, person)
    visitor.get(path)  # what is compiled once and kept
    with statements(app) as sent:
        assert visitor.get(path).status == 200
    return len(sent)


PAGES = (
    (CLERK, "/inbox"),
    (SECONDER, "/inbox?tab=done"),
    (PROPOSER, "/inbox?tab=started"),
    (SECONDER, "/inbox?tab=copied"),
    (CLERK, "/notices"),
    (CLERK, "/register/motion?size=100"),
    (COMMITTEE_MEMBER, "/follow/"),
    (CLERK, "/reports/motion/4-7"),
    (CLERK, "/reports/motion/4-7/lists/progress"),
    (CLERK, "/reports/motion/4-7/document"),
    (PROPOSER, "/start"),
    ("admin", "/admin/incidents"),
    ("admin", "/admin/people"),
)


def test_no_page_asks_more_for_fifty_cases_than_for_five(app):
    add_copies(app, 4)
    few = {page: asked(app, *page) for page in PAGES}
    add_copies(app, 45)
    many = {page: asked(app, *page) for page in PAGES}
    assert many == few
    assert max(few.values()) <= MOST


def test_the_page_of_a_case_asks_no_more_for_a_long_history(app):
    with app.extensions["banli"].reading() as uow:
        case = uow.session.scalars(select(ProcessInstance.id)).one()
    path = f"/instances/{case}"
    few = asked(app, CLERK, path)
    with app.extensions["banli"].unit_of_work() as uow:
        task, item = uow.session.execute(
            select(UserTask, WorkItem)
            .join(WorkItem, WorkItem.user_task_id == UserTask.id)
            .where(WorkItem.decided_by.is_not(None))
        ).first()
        tasks, items = UserTask.__table__, WorkItem.__table__
        for number in range(100, 150):
            [old] = uow.session.execute(select(tasks).where(tasks.c.id == task.id)).mappings()
            [done] = uow.session.execute(select(items).where(items.c.id == item.id)).mappings()
            new = uuid4()
            uow.session.execute(insert(tasks).values({**old, "id": new, "no": number}))
            uow.session.execute(insert(items).values({**done, "id": uuid4(), "user_task_id": new}))
    assert asked(app, CLERK, path) == few <= MOST
