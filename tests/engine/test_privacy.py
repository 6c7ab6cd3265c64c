"""Sensitive fields: encrypted at rest, masked for others, gone for ever once the key is destroyed."""

import io
import stat
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update

from engine.bootstrap import Engine
from engine.bpmn.names import SEALED_NAME
from engine.commands.attachments import add_attachment, open_attachment
from engine.commands.cancel_instance import resume_instance, suspend_instance
from engine.commands.erase_personal_data import erase_personal_data
from engine.commands.modify_variables import modify_variables
from engine.commands.save_draft import save_draft
from engine.errors import (
    ConfigurationError,
    ConflictError,
    IntegrityError,
    InvalidInputError,
    NotFoundError,
    StepFailedError,
)
from engine.installation.audit import verify
from engine.queries.instance_page import instance_page
from engine.queries.work_item_page import work_item_page
from engine.rules.masking import MASK
from engine.secrecy.sealing import ERASED
from engine.step.history import read_body
from engine.step.instance import load_instance
from engine.values import loads
from models import ProcessInstance
from models.base import Base
from tests.engine.conftest import Case, Deploy, Start
from tests.support.folders import form, process, write_folder

CANARY = "13912345678"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20

NOTE = (
    '<bpmn:scriptTask id="note" scriptFormat="feel"><bpmn:script>{called_on: date(phone)}</bpmn:script>'
    "</bpmn:scriptTask>"
)
DIAGRAM = process(
    "aid",
    f"""
    <bpmn:startEvent id="begin"/>
    begin -> apply
    <bpmn:userTask id="apply" banli:formKey="apply" banli:assignee="=initiator"/>
    apply -> note
    {NOTE}
    note -> judge
    <bpmn:userTask id="judge" banli:formKey="judge" banli:candidateRole="union_clerk" banli:exclude="=[initiator]"/>
    judge -> done
    <bpmn:endEvent id="done"/>
    """,
)


@pytest.fixture
def aid(tmp_path: Path, deploy: Deploy) -> None:
    """A process with a sensitive phone number that clerks may read and the chair may not."""
    deploy(
        write_folder(
            tmp_path,
            "aid",
            DIAGRAM,
            forms={"apply": form("title!", "phone", "remark"), "judge": form("phone", "decision")},
            sensitive={"phone": {"roles": ["union_clerk"]}},
            facts=["title", "phone", {"variable": "remark", "roles": ["union_clerk"], "initiator": False}],
            visibility=[{"roles": ["chair"]}],
        )
    )


pytestmark = pytest.mark.usefixtures("aid")


@pytest.fixture
def applied(start: Start, engine: Engine) -> Case:
    """A case whose author has given his number, first in a draft."""
    case = start("aid")
    with engine.unit_of_work("rep1") as uow:
        save_draft(uow, case.item("apply").id, {"title": "困难", "phone": CANARY})
    case.complete("apply", {"title": "困难", "phone": CANARY, "remark": "内部"}, by="rep1")
    return case


def test_a_sensitive_value_stands_nowhere_in_the_database(applied: Case, engine: Engine) -> None:
    with engine.unit_of_work("clerk1") as uow:
        save_draft(uow, applied.item("judge").id, {"phone": CANARY})
    with engine.reading() as uow:
        for table in Base.metadata.sorted_tables:
            for row in uow.connection.execute(select(table)):
                assert CANARY not in repr(tuple(row)), table.name
    assert applied.variables["phone"] == CANARY


def test_a_warning_about_a_sensitive_value_says_what_is_wrong_without_it(applied: Case) -> None:
    [warned] = [loads(event.body) for event in applied.history() if event.kind == "expression.warned"]
    assert warned["warnings"] == [{"expression": "{called_on: date(phone)}", "reason": "“…”不是日期"}]


def test_a_step_that_fails_over_a_sensitive_value_is_told_without_it(
    tmp_path: Path, deploy: Deploy, start: Start
) -> None:
    diagram = DIAGRAM.replace('id="aid"', 'id="late"').replace(
        NOTE,
        '<bpmn:intermediateCatchEvent id="note"><bpmn:timerEventDefinition><bpmn:timeDate>=phone</bpmn:timeDate>'
        "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>",
    )
    forms = {"apply": form("phone"), "judge": form("phone", "decision")}
    deploy(write_folder(tmp_path / "late", "late", diagram, forms=forms, sensitive={"phone": {"roles": ["chair"]}}))
    with pytest.raises(StepFailedError, match="算不出定时的时间") as failed:
        start("late").complete("apply", {"phone": CANARY}, by="rep1")
    assert "not an ISO 8601 date" in failed.value.detail
    assert CANARY not in f"{failed.value} {failed.value.detail}"


def test_a_sensitive_value_is_read_by_its_author_and_the_named_roles_only(applied: Case, engine: Engine) -> None:
    seen = {}
    for person in ("rep1", "clerk1", "chair1"):
        with engine.reading(person) as uow:
            seen[person] = {fact.variable: fact.value for fact in instance_page(uow, applied.id).facts}["phone"]
    assert seen == {"rep1": CANARY, "clerk1": CANARY, "chair1": MASK}


CALLBACK = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">
  <inputData id="i" name="phone"><variable name="phone" typeRef="string"/></inputData>
  <decision id="callback" name="callback">
    <variable name="callback"/>
    <informationRequirement id="r"><requiredInput href="#i"/></informationRequirement>
    <literalExpression id="l"><text>{text}</text></literalExpression>
  </decision>
</definitions>
"""


@pytest.mark.parametrize(
    ("text", "result_variable", "whole", "for_others"),
    [
        ("phone", 'banli:resultVariable="callee"', CANARY, MASK),
        ('{callee: phone, by: "voice"}', "", {"callee": CANARY, "by": "voice"}, {"callee": MASK, "by": "voice"}),
        ("phone", f'banli:resultVariable="{SEALED_NAME}"', None, None),  # under that name nothing is kept
    ],
)
def test_what_a_decision_makes_of_a_sensitive_value_is_kept_and_shown_like_the_variable_it_becomes(
    tmp_path: Path,
    deploy: Deploy,
    start: Start,
    engine: Engine,
    text: str,
    result_variable: str,
    whole: object,
    for_others: object,
) -> None:
    decide = f'<bpmn:businessRuleTask id="note" banli:decisionRef="callback" {result_variable}/>'
    deploy(
        write_folder(
            tmp_path / "again",
            "aid",
            DIAGRAM.replace(NOTE, decide),
            forms={"apply": form("phone"), "judge": form("decision")},
            files={"callback.dmn": CALLBACK.format(text=text)},
            sensitive={name: {"roles": ["union_clerk"]} for name in ("phone", "callee")},
            decisions={"callback": {"roles": ["union_clerk", "chair"]}},
            visibility=[{"roles": ["chair"]}],
        )
    )
    case = start("aid")
    case.complete("apply", {"phone": CANARY}, by="rep1")

    with engine.reading() as uow:
        for table in Base.metadata.sorted_tables:
            for row in uow.connection.execute(select(table)):
                assert CANARY not in repr(tuple(row)), table.name
    seen = {}
    for person in ("clerk1", "chair1"):
        with engine.reading(person) as uow:
            [made] = instance_page(uow, case.id).decisions
            seen[person] = made.result
    assert seen == {"clerk1": whole, "chair1": for_others}


def test_a_fact_may_be_kept_from_the_initiator(applied: Case, engine: Engine) -> None:
    readers = set()
    for person in ("rep1", "clerk1", "chair1"):
        with engine.reading(person) as uow:
            if any(fact.variable == "remark" for fact in instance_page(uow, applied.id).facts):
                readers.add(person)
    assert readers == {"clerk1"}


def test_the_form_of_the_next_step_shows_it_to_the_clerk(applied: Case, engine: Engine) -> None:
    with engine.reading("clerk1") as uow:
        assert work_item_page(uow, applied.item("judge").id).values["phone"] == CANARY


def test_destroying_the_key_erases_the_value_everywhere_and_the_history_still_verifies(
    applied: Case, engine: Engine
) -> None:
    with pytest.raises(ConflictError), engine.unit_of_work("admin1") as uow:
        erase_personal_data(uow, applied.id, reason="本人申请", request_id=uuid4().hex)
    applied.complete("judge", {"phone": CANARY, "decision": "pass"}, by="clerk1")
    with engine.unit_of_work("admin1") as uow:
        erase_personal_data(uow, applied.id, reason="本人申请", request_id=uuid4().hex)

    assert applied.variables["phone"] == ERASED
    with engine.reading() as uow:
        sealer = load_instance(uow, applied.id, for_update=False).sealer
    data = [read_body(event.body, event.seq, sealer).get("data") for event in applied.history()]
    assert {"title": "困难", "phone": ERASED, "remark": "内部"} in data
    assert CANARY not in repr(data)
    assert verify(engine).ok


def test_nothing_is_erased_while_a_case_is_suspended(applied: Case, engine: Engine) -> None:
    with engine.unit_of_work("admin1") as uow:
        suspend_instance(uow, applied.id, reason="核查", request_id=uuid4().hex)
    with pytest.raises(ConflictError), engine.unit_of_work("admin1") as uow:
        erase_personal_data(uow, applied.id, reason="x", request_id=uuid4().hex)
    with engine.unit_of_work("admin1") as uow:
        resume_instance(uow, applied.id, reason="核查完毕", request_id=uuid4().hex)
    assert applied.variables["phone"] == CANARY
    applied.complete("judge", {"decision": "yes"}, by="clerk1")


def test_nobody_gives_a_case_a_variable_that_looks_like_what_is_sealed(
    tmp_path: Path, deploy: Deploy, start: Start, applied: Case, engine: Engine
) -> None:
    with engine.unit_of_work("admin1") as uow:
        modify_variables(uow, applied.id, {SEALED_NAME: "x", "remark": "y"}, reason="r", request_id=uuid4().hex)
    assert (applied.variables["phone"], applied.variables["remark"]) == (CANARY, "y")

    writes = DIAGRAM.replace("{called_on: date(phone)}", f"{{{SEALED_NAME}: 1}}")
    folder = write_folder(
        tmp_path / "again",
        "aid",
        writes,
        forms={"apply": form("title"), "judge": form("decision")},
        sensitive={"phone": {"roles": ["union_clerk"]}},
        visibility=[{"roles": ["chair"]}],
    )
    deploy(folder)
    case = start("aid", variables={SEALED_NAME: "x"})
    case.complete("apply", {"title": "t"}, by="rep1")
    assert case.variables == {"title": "t"}
    case.complete("judge", {"decision": "yes"}, by="clerk1")


def test_a_ciphertext_moved_to_another_case_does_not_open(applied: Case, start: Start, engine: Engine) -> None:
    other = start("aid", by="rep2")
    with engine.unit_of_work() as uow:
        stolen = uow.session.scalar(select(ProcessInstance.variables).where(ProcessInstance.id == applied.id))
        uow.session.execute(update(ProcessInstance).where(ProcessInstance.id == other.id).values(variables=stolen))
    with pytest.raises(IntegrityError):
        _ = other.variables


def test_the_master_key_is_for_its_owner_only(applied: Case, engine: Engine) -> None:
    path = engine.settings.key_path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    from engine.adapters.master_key import MasterKeyFile

    with pytest.raises(ConfigurationError, match="644"):
        MasterKeyFile(path).new_key(applied.id)


def test_a_sensitive_attachment_is_opened_by_the_entitled_and_every_opening_is_recorded(
    applied: Case, engine: Engine
) -> None:
    with engine.unit_of_work("rep1") as uow:
        attachment = add_attachment(
            uow, "病历.png", io.BytesIO(PNG), instance_id=applied.id, field_key="phone", request_id=uuid4().hex
        )
    with engine.unit_of_work("clerk1") as uow:
        found, stream = open_attachment(uow, attachment)
        with stream:
            assert stream.read() == PNG
        assert found.name == "病历.png"
    with pytest.raises(NotFoundError), engine.unit_of_work("chair1") as uow:
        open_attachment(uow, attachment)
    assert applied.kinds.count("attachment.opened") == 1
    with engine.reading("chair1") as uow:
        assert instance_page(uow, applied.id).attachments == ()


def test_only_files_that_are_what_their_name_says_are_attached(applied: Case, engine: Engine) -> None:
    for name, content in (("a.exe", b"MZ"), ("a.png", b"<html>"), ("..", PNG), ("a.pdf", PNG)):
        with pytest.raises(InvalidInputError), engine.unit_of_work("rep1") as uow:
            add_attachment(uow, name, io.BytesIO(content), instance_id=applied.id, request_id=uuid4().hex)
    huge = io.BytesIO(PNG + b"0" * engine.settings.upload_limit)
    with pytest.raises(InvalidInputError, match="10 MB"), engine.unit_of_work("rep1") as uow:
        add_attachment(uow, "a.png", huge, instance_id=applied.id, request_id=uuid4().hex)
    assert list(engine.files.root().glob(".incoming-*")) == []
    with pytest.raises(NotFoundError), engine.unit_of_work("stranger") as uow:
        add_attachment(uow, "a.png", io.BytesIO(PNG), instance_id=applied.id, request_id=uuid4().hex)


def test_a_path_in_a_file_name_is_only_its_last_part(applied: Case, engine: Engine) -> None:
    with engine.unit_of_work("rep1") as uow:
        add_attachment(uow, "..\\..\\etc/a\x00b.png", io.BytesIO(PNG), instance_id=applied.id, request_id="f")
    with engine.reading("rep1") as uow:
        assert [each.name for each in instance_page(uow, applied.id).attachments] == ["ab.png"]


def test_foreign_keys_are_checked_on_both_databases(engine: Engine) -> None:
    from sqlalchemy.exc import IntegrityError as Refused

    with pytest.raises(Refused), engine.unit_of_work() as uow:
        uow.connection.execute(text("INSERT INTO counter (series, period, value) VALUES ('a', 'b', -1)"))
