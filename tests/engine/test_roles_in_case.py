"""A right that comes with a role held at a unit ends where that unit has no part in the case."""

import io
from pathlib import Path
from uuid import uuid4

import pytest

from engine.bootstrap import Engine
from engine.commands.add_comment import add_comment
from engine.commands.attachments import add_attachment
from engine.errors import NotPermittedError
from engine.queries.instance_page import InstancePage, instance_page
from engine.rules.masking import MASK
from models import RoleAssignment
from tests.engine.conftest import Case, Deploy, Start
from tests.support.folders import form, process, write_folder

PHONE = "13912345678"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20

DIAGRAM = process(
    "published",
    """
    <bpmn:startEvent id="begin"/>
    begin -> write
    <bpmn:userTask id="write" banli:formKey="write" banli:assignee="=initiator"/>
    write -> answer
    <bpmn:userTask id="answer" banli:formKey="answer" banli:candidateRole="unit_officer" banli:candidateUnit="教务处"/>
    answer -> done
    <bpmn:endEvent id="done"/>
    """,
)


@pytest.fixture
def published(tmp_path: Path, deploy: Deploy, start: Start, engine: Engine) -> Case:
    """A case that all representatives read and 教务处 handles; officer_b of 后勤处 is a representative as well."""
    deploy(
        write_folder(
            tmp_path,
            "published",
            DIAGRAM,
            forms={"write": form("title!", "phone", "hint"), "answer": form("text")},
            sensitive={"phone": {"roles": ["unit_officer"]}},
            facts=["title", "phone", {"variable": "hint", "roles": ["unit_officer"]}],
            visibility=[
                {"roles": ["rep"]},
                {"roles": ["unit_officer"], "units": '"教务处"'},
                {"roles": ["union_clerk"]},
            ],
            conversation={
                "open": {"label": {"zh": "沟通"}, "roles": ["unit_officer"]},
                "committee": {"label": {"zh": "内部"}, "roles": ["union_clerk"], "initiator": False},
            },
        )
    )
    with engine.unit_of_work() as uow:
        uow.session.add(RoleAssignment(user_id="officer_b", role="rep", unit_id=None))
        uow.session.add(RoleAssignment(user_id="rep1", role="union_clerk", unit_id=None))
    case = start("published")
    case.complete("write", {"title": "食堂", "phone": PHONE, "hint": "内部提示"}, by="rep1")
    return case


def _page(engine: Engine, case: Case, person: str) -> InstancePage:
    with engine.reading(person) as uow:
        return instance_page(uow, case.id)


def test_an_officer_of_another_unit_reads_it_as_anybody_does(published: Case, engine: Engine) -> None:
    facts = {
        person: {fact.variable: fact.value for fact in _page(engine, published, person).facts}
        for person in ("officer_a", "officer_b", "rep2")
    }
    assert facts["officer_a"] == {"title": "食堂", "phone": PHONE, "hint": "内部提示"}
    assert facts["officer_b"] == facts["rep2"] == {"title": "食堂", "phone": MASK}


def test_an_officer_of_another_unit_takes_no_part_in_the_conversation(published: Case, engine: Engine) -> None:
    assert [section.key for section in _page(engine, published, "officer_a").sections] == ["open"]
    assert _page(engine, published, "officer_b").sections == ()
    with pytest.raises(NotPermittedError), engine.unit_of_work("officer_b") as uow:
        add_comment(uow, published.id, "open", "我也说一句", request_id=uuid4().hex)


def test_who_began_a_case_stays_out_of_the_internal_talk_about_it_whatever_the_roles(
    published: Case, engine: Engine
) -> None:
    assert [section.key for section in _page(engine, published, "rep1").sections] == ["open"]
    assert [section.key for section in _page(engine, published, "clerk1").sections] == ["committee"]


def test_who_only_reads_a_published_case_adds_no_file_to_it(published: Case, engine: Engine) -> None:
    for person in ("rep1", "officer_a", "clerk1"):
        assert _page(engine, published, person).can_attach
        with engine.unit_of_work(person) as uow:
            add_attachment(uow, "图.png", io.BytesIO(PNG), instance_id=published.id, request_id=uuid4().hex)
    for person in ("rep2", "officer_b"):
        assert not _page(engine, published, person).can_attach
        with pytest.raises(NotPermittedError), engine.unit_of_work(person) as uow:
            add_attachment(uow, "图.png", io.BytesIO(PNG), instance_id=published.id, request_id=uuid4().hex)
