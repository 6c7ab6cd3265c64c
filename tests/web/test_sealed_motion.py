"""A motion that belongs to the discipline inspection is taken out of the process: nobody finds or reads it any more."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from engine.replay.session import replay_files
from models import ProcessInstance
from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.web.application import NOW, Visitor, running_application

DEMO = Path(__file__).resolve().parents[2] / "workflows" / "motion" / "demo"
TITLE, TEXT = "关于举报某工程验收问题的提案", "验收程序存在问题"
PROPOSER, HEAD = "d1994", "c01"  # who wrote it, and who moved it out
OTHERS = [
    "d1984",
    "c02",
    "clerk1",
    "chair",
    "l01",
    "h01",
    "o0101",
    "audit1",
    "owner",
    "admin",
    "secadmin",
    "p01",
    "bc01",
]


@pytest.fixture
def app(prepared_databases: PreparedDatabases, tmp_path: Path) -> Iterator[Flask]:
    with running_application(prepared_databases, tmp_path, MovableClock(NOW)) as application:
        lines = (DEMO / "edge_cases.jsonl").read_text(encoding="utf-8").splitlines()
        file = tmp_path / "sealed.jsonl"
        file.write_text(next(line for line in lines if json.loads(line)["id"] == "X004"), encoding="utf-8")
        replay_files(application.extensions["banli"], "motion", DEMO / "answers.yaml", [file])
        yield application


def address_of(app: Flask) -> str:
    with app.extensions["banli"].reading() as uow:
        case: UUID = uow.session.scalars(select(ProcessInstance.id).where(ProcessInstance.business_key == "X004")).one()
    return f"/instances/{case}"


def test_who_wrote_it_and_who_moved_it_out_still_read_it(app: Flask) -> None:
    for person in (PROPOSER, HEAD):
        assert TEXT in Visitor(app, person).get(address_of(app)).text


def test_nobody_else_reads_or_finds_it(app: Flask) -> None:
    case = address_of(app)
    nowhere = case[:-12] + "000000000000"
    for person in OTHERS:
        visitor = Visitor(app, person)
        for part in ("", "/print", "/diagram.bpmn"):
            assert visitor.get(case + part).status == 404, (person, part)
            assert visitor.get(case + part).without_traces == visitor.get(nowhere + part).without_traces
        for page in (
            f"/register/motion?q={TITLE[:8]}",
            f"/similar?title={TITLE}",
            "/inbox?tab=done",
            "/reports/motion/4-6",
        ):
            text = visitor.get(page).text.replace(f'value="{TITLE[:8]}"', "")
            assert TEXT not in text, (person, page)
            assert TITLE not in text, (person, page)
            assert case not in text, (person, page)
