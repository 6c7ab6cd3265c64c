"""Who may read a case, what operations do to it, and how it is taken back."""

from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from engine.bootstrap import Engine
from engine.commands.add_comment import add_comment
from engine.commands.attachments import add_attachment
from engine.commands.cancel_instance import cancel_instance, resume_instance, suspend_instance
from engine.commands.claim_work_item import claim_work_item
from engine.commands.link_instances import link_instances
from engine.commands.mark_notice_read import mark_notice_read
from engine.commands.modify_variables import modify_variables
from engine.commands.save_draft import save_draft
from engine.commands.withdraw_instance import withdraw_instance
from engine.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    NotPermittedError,
    OperationFailedError,
    SuspendedError,
)
from engine.queries.inbox import InboxFilters, inbox, inbox_counts
from engine.queries.instance_page import instance_page
from engine.queries.notices import notice, notices
from engine.queries.open_list import open_list
from engine.queries.startable import startable_processes
from engine.rules.visibility import may_read
from models import Counter, ProcessInstance, ReportValue
from tests.engine.conftest import PEOPLE, Case, Deploy, Start
from tests.support.fakes import MovableClock
from tests.support.folders import form, process, write_folder

MOTION = process(
    "case",
    """
    <bpmn:startEvent id="begin"/>
    begin -> write
    <bpmn:userTask id="write" banli:formKey="write" banli:assignee="=initiator"/>
    write -> give_number
    <bpmn:serviceTask id="give_number" banli:operation="number.assign">
      <bpmn:extensionElements><banli:parameter name="series" value="=series"/></bpmn:extensionElements>
    </bpmn:serviceTask>
    give_number -> tell
    <bpmn:serviceTask id="tell" banli:operation="notice.send">
      <bpmn:extensionElements>
        <banli:parameter name="template" value="=&quot;numbered&quot;"/><banli:parameter name="to" value="=initiator"/>
        <banli:parameter name="roles" value="=[&quot;unit_officer&quot;]"/><banli:parameter name="units" value="=unit"/>
      </bpmn:extensionElements>
    </bpmn:serviceTask>
    tell -> answer
    <bpmn:userTask id="answer" banli:candidateRole="unit_officer" banli:candidateUnit="=unit" banli:formKey="answer"/>
    answer -> sealing
    <bpmn:exclusiveGateway id="sealing" default="to_end"/>
    <bpmn:sequenceFlow id="to_end" sourceRef="sealing" targetRef="done"/>
    sealing -> seal: secret = "yes"
    <bpmn:serviceTask id="seal" banli:operation="case.seal">
      <bpmn:extensionElements><banli:parameter name="roles" value="=[&quot;chair&quot;]"/></bpmn:extensionElements>
    </bpmn:serviceTask>
    seal -> keep
    <bpmn:userTask id="keep" banli:candidateRole="chair"/>
    keep -> done
    <bpmn:endEvent id="done"/>
    <bpmn:subProcess id="withdrawing" triggeredByEvent="true">
      <bpmn:startEvent id="asked" isInterrupting="true">
        <bpmn:messageEventDefinition messageRef="m_withdraw"/>
      </bpmn:startEvent>
      <bpmn:sequenceFlow id="w1" sourceRef="asked" targetRef="withdrawn"/>
      <bpmn:endEvent id="withdrawn"/>
    </bpmn:subProcess>
    """,
    extra='<bpmn:message id="m_withdraw" name="withdraw"/>',
)
MANIFEST: dict[str, Any] = {
    "visibility": [
        {"roles": ["union_clerk"], "when": "number != null"},
        {"roles": ["unit_officer"], "units": "unit", "when": "number != null"},
    ],
    "numbering": {"motion": {"pattern": "{session_term}{session_meeting:2}{seq:3}", "period": "session_meeting"}},
    "notices": {"numbered": {"title": "已编号 {number}：{title}", "body": "{nothing}{title.__class__}"}},
    "participants": {"seconder": "seconders"},
    "withdraw": {"when": "answer = null"},
    "conversation": {"talk": {"roles": ["unit_officer"]}, "inner": {"roles": ["union_clerk"], "initiator": False}},
    "report": {"period": {"variables": ["session_term", "session_meeting"]}, "variables": ["unit", "number", "late"]},
    "settings": {"rounds": {"default": 2, "type": "number"}},
}
START = {"unit": "教务处", "series": "motion", "session_term": Decimal(4), "session_meeting": Decimal(5)}


@pytest.fixture
def process_case(tmp_path: Path, deploy: Deploy) -> None:
    """A case that gets a number, goes to a unit, and may be sealed or withdrawn."""
    forms = {"write": form("title!"), "answer": form("answer!", "secret")}
    deploy(write_folder(tmp_path, "case", MOTION, forms=forms, **MANIFEST))


pytestmark = pytest.mark.usefixtures("process_case")


def _readers(engine: Engine, case: Case) -> set[str]:
    found = set()
    for person in PEOPLE:
        with engine.reading(person) as uow:
            try:
                instance_page(uow, case.id)
            except NotFoundError:
                continue
            found.add(person)
    return found


def test_numbers_of_a_series_have_no_gaps_and_begin_anew_in_each_period(start: Start) -> None:
    cases = [start("case", variables=START) for _ in range(3)]
    other = start("case", variables={**START, "session_meeting": Decimal(6)})
    for case in [*cases, other]:
        case.complete("write", {"title": "甲"}, by="rep1")
    assert [case.row.number for case in cases] == ["405001", "405002", "405003"]
    assert other.row.number == "406001"
    assert cases[0].row.period == "4-5"


def test_a_step_that_fails_after_its_number_was_given_leaves_no_gap(start: Start, engine: Engine) -> None:
    broken = start("case", variables={key: value for key, value in START.items() if key != "session_term"})
    with pytest.raises(OperationFailedError, match="session_term"):
        broken.complete("write", {"title": "甲"}, by="rep1")
    assert broken.waits_at == {"write"}
    whole = start("case", variables=START)
    whole.complete("write", {"title": "甲"}, by="rep1")
    assert whole.row.number == "405001"
    with engine.reading() as uow:
        assert [counter.value for counter in uow.session.scalars(select(Counter))] == [1]


def test_a_draft_is_read_by_its_author_and_a_numbered_case_by_those_whom_it_concerns(
    start: Start, engine: Engine
) -> None:
    case = start("case", variables=START)
    assert _readers(engine, case) == {"rep1"}
    case.complete("write", {"title": "甲"}, by="rep1")
    assert _readers(engine, case) == {"rep1", "clerk1", "clerk2", "officer_a"}


def test_the_audience_follows_the_variables_of_the_case(start: Start, engine: Engine) -> None:
    case = start("case", variables=START)
    case.complete("write", {"title": "甲"}, by="rep1")
    with engine.unit_of_work("admin1") as uow:
        modify_variables(uow, case.id, {"unit": "后勤处"}, reason="转办", request_id=uuid4().hex)
    # officer_a still has the open task of the former unit; officer_b's unit is now the one concerned
    assert {"officer_a", "officer_b"} <= _readers(engine, case)
    case.complete("answer", {"answer": "已办"}, by="officer_a")
    assert "officer_b" in _readers(engine, case)


def test_a_sealed_case_is_read_by_its_author_and_the_named_role_only(start: Start, engine: Engine) -> None:
    case = start("case", variables={**START, "seconders": ["rep2"]})
    case.complete("write", {"title": "举报"}, by="rep1")
    assert "rep2" in _readers(engine, case)
    case.complete("answer", {"answer": "转", "secret": "yes"}, by="officer_a")
    assert _readers(engine, case) == {"rep1", "chair1"}


def test_a_sealed_case_leaves_the_lists_and_notices_of_those_who_worked_on_it(start: Start, engine: Engine) -> None:
    case = start("case", variables=START)
    case.complete("write", {"title": "举报"}, by="rep1")
    with engine.reading("officer_a") as uow:
        [told] = notices(uow).entries
    case.complete("answer", {"answer": "转", "secret": "yes"}, by="officer_a")
    with engine.reading("officer_a") as uow:
        assert inbox(uow, "done").entries == ()
        assert inbox_counts(uow).done == 0
        assert inbox_counts(uow).notices == notices(uow).unread == 0
        assert notices(uow).entries == ()
        with pytest.raises(NotFoundError):
            notice(uow, told.id)
    with engine.reading("rep1") as uow:
        assert [entry.instance_id for entry in inbox(uow, "done").entries] == [case.id]


def test_participants_of_process_yaml_find_the_case_among_those_copied_to_them(start: Start, engine: Engine) -> None:
    case = start("case", variables={**START, "seconders": ["rep2"]})
    with engine.reading("rep2") as uow:
        assert [entry.instance_id for entry in inbox(uow, "copied").entries] == [case.id]


def test_a_notice_reaches_each_person_once_and_fills_in_variables_and_nothing_else(
    start: Start, engine: Engine
) -> None:
    case = start("case", variables=START)
    case.complete("write", {"title": "甲{number}"}, by="rep1")
    for person, count in (("rep1", 1), ("officer_a", 1), ("officer_b", 0)):
        with engine.reading(person) as uow:
            page = notices(uow)
        assert page.total == page.unread == count
    with engine.unit_of_work("rep1") as uow:
        [notice] = notices(uow).entries
        assert (notice.title, notice.body) == ("已编号 405001：甲{number}", "")
        mark_notice_read(uow, notice.id)
        assert notices(uow).unread == 0
    with pytest.raises(NotFoundError), engine.unit_of_work("rep2") as uow:
        mark_notice_read(uow, notice.id)


def test_the_initiator_withdraws_while_the_rule_allows_it(start: Start, engine: Engine) -> None:
    case, late = start("case", variables=START), start("case", variables=START)
    for each in (case, late):
        each.complete("write", {"title": "甲"}, by="rep1")
    with pytest.raises(NotPermittedError), engine.unit_of_work("officer_a") as uow:
        withdraw_instance(uow, case.id, reason="不想办", request_id=uuid4().hex)
    with pytest.raises(NotFoundError), engine.unit_of_work("stranger") as uow:
        withdraw_instance(uow, case.id, reason="不想办", request_id=uuid4().hex)
    with pytest.raises(InvalidInputError), engine.unit_of_work("rep1") as uow:
        withdraw_instance(uow, case.id, reason=" ", request_id=uuid4().hex)

    with engine.unit_of_work("rep1") as uow:
        assert instance_page(uow, case.id).can_withdraw
        withdraw_instance(uow, case.id, reason="另案提出", request_id=uuid4().hex)

    assert case.row.end_event_id == "withdrawn"
    assert case.variables["withdrawal_reason"] == "另案提出"
    assert "instance.withdrawn" in case.kinds
    late.complete("answer", {"answer": "已办", "secret": "yes"}, by="officer_a")
    with pytest.raises(ConflictError), engine.unit_of_work("rep1") as uow:
        withdraw_instance(uow, late.id, reason="后悔", request_id=uuid4().hex)


def test_whoever_withdraws_a_suspended_case_learns_that_it_is_suspended_and_may_later(
    start: Start, engine: Engine
) -> None:
    case = start("case", variables=START)
    case.complete("write", {"title": "甲"}, by="rep1")
    with engine.unit_of_work("admin1") as uow:
        suspend_instance(uow, case.id, reason="核查", request_id=uuid4().hex)
    with pytest.raises(SuspendedError), engine.unit_of_work("rep1") as uow:
        withdraw_instance(uow, case.id, reason="另案提出", request_id=uuid4().hex)
    with engine.unit_of_work("admin1") as uow:
        resume_instance(uow, case.id, reason="核查完毕", request_id=uuid4().hex)
    with engine.unit_of_work("rep1") as uow:
        withdraw_instance(uow, case.id, reason="另案提出", request_id=uuid4().hex)
    assert case.row.end_event_id == "withdrawn"


def test_a_suspended_case_is_cancelled_without_what_fell_due_meanwhile_happening(
    tmp_path: Path, deploy: Deploy, start: Start, engine: Engine, clock: MovableClock
) -> None:
    reminded = process(
        "reminded",
        """
        <bpmn:startEvent id="begin"/>
        begin -> write
        <bpmn:userTask id="write" banli:assignee="=initiator"/>
        <bpmn:boundaryEvent id="late" attachedToRef="write">
          <bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>
        </bpmn:boundaryEvent>
        """,
    )
    deploy(write_folder(tmp_path, "reminded", reminded))
    case = start("reminded")
    with engine.unit_of_work("admin1") as uow:
        suspend_instance(uow, case.id, reason="核查", request_id=uuid4().hex)
    clock.advance(days=2)
    with engine.unit_of_work("admin1") as uow:
        cancel_instance(uow, case.id, reason="误建", request_id=uuid4().hex)
    engine.run_due_jobs()
    assert (case.status, case.waits_at, case.jobs()) == ("cancelled", set(), [])
    assert "timer.fired" not in case.kinds
    with engine.unit_of_work("admin1") as uow, pytest.raises(ConflictError):
        resume_instance(uow, case.id, reason="核查完毕", request_id=uuid4().hex)


def test_an_administrator_cancels_with_a_reason_and_nothing_waits_any_more(start: Start, engine: Engine) -> None:
    case = start("case", variables=START)
    with pytest.raises(NotPermittedError), engine.unit_of_work("clerk1") as uow:
        cancel_instance(uow, case.id, reason="误建", request_id=uuid4().hex)
    with engine.unit_of_work("admin1") as uow:
        cancel_instance(uow, case.id, reason="误建", request_id=uuid4().hex)
    assert case.status == "cancelled"
    assert case.waits_at == set()
    with engine.reading("rep1") as uow:
        assert inbox(uow).total == 0


def test_each_section_of_the_conversation_has_its_own_people(start: Start, engine: Engine) -> None:
    case = start("case", variables=START)
    case.complete("write", {"title": "甲"}, by="rep1")
    with engine.unit_of_work("officer_a") as uow:
        add_comment(uow, case.id, "talk", "请问几号方便？", request_id=uuid4().hex)
    with engine.unit_of_work("clerk1") as uow:
        add_comment(uow, case.id, "inner", "先看看", request_id=uuid4().hex)
    with pytest.raises(NotPermittedError), engine.unit_of_work("rep1") as uow:
        add_comment(uow, case.id, "inner", "？", request_id=uuid4().hex)
    seen = {}
    for person in ("rep1", "officer_a", "clerk1"):
        with engine.reading(person) as uow:
            seen[person] = {section.key: len(section.comments) for section in instance_page(uow, case.id).sections}
    assert seen == {"rep1": {"talk": 1}, "officer_a": {"talk": 1}, "clerk1": {"inner": 1}}
    with engine.reading("rep1") as uow:
        assert "新留言" in notices(uow).entries[0].title


def test_the_page_of_a_comment_that_is_sent_again_with_other_words_loses_none_in_silence(
    start: Start, engine: Engine
) -> None:
    case = start("case", variables=START)
    case.complete("write", {"title": "甲"}, by="rep1")
    said = set()
    for _ in range(2):  # the second click is the first one again
        with engine.unit_of_work("officer_a") as uow:
            said.add(add_comment(uow, case.id, "talk", "请问几号方便？", request_id="page"))
    assert len(said) == 1
    with pytest.raises(ConflictError, match="已用于其他操作"), engine.unit_of_work("officer_a") as uow:
        add_comment(uow, case.id, "talk", "地点已改", request_id="page")


def test_the_page_of_a_file_that_is_sent_again_with_another_file_loses_none_in_silence(
    start: Start, engine: Engine
) -> None:
    case = start("case", variables=START)
    case.complete("write", {"title": "甲"}, by="rep1")
    sent = set()
    for _ in range(2):
        with engine.unit_of_work("rep1") as uow:
            sent.add(add_attachment(uow, "图.pdf", BytesIO(b"%PDF-1"), instance_id=case.id, request_id="page"))
    assert len(sent) == 1
    with pytest.raises(ConflictError, match="已用于其他操作"), engine.unit_of_work("rep1") as uow:
        add_attachment(uow, "图.pdf", BytesIO(b"%PDF-2"), instance_id=case.id, request_id="page")


def test_linked_cases_name_only_what_the_reader_may_read(start: Start, engine: Engine) -> None:
    mine, other = start("case", variables=START), start("case", variables=START, by="rep2")
    for case, person in ((mine, "rep1"), (other, "rep2")):
        case.complete("write", {"title": f"{person}的提案"}, by=person)
    with engine.unit_of_work("clerk1") as uow:
        link_instances(uow, mine.id, other.id, "duplicate", request_id=uuid4().hex)
    with engine.reading("rep1") as uow:
        [link] = instance_page(uow, mine.id).links
    assert (link.is_outgoing, link.title, link.may_open) == (True, None, False)
    with engine.reading("clerk1") as uow:
        [link] = instance_page(uow, other.id).links
    assert (link.is_outgoing, link.title, link.may_open) == (False, "rep1的提案", True)


def test_report_values_are_what_the_last_step_left(start: Start, engine: Engine) -> None:
    case = start("case", variables=START)
    case.complete("write", {"title": "甲"}, by="rep1")
    with engine.reading() as uow:
        rows = uow.session.execute(
            select(ReportValue.name, ReportValue.text).where(ReportValue.process_instance_id == case.id)
        )
        assert {row.name: row.text for row in rows} == {"unit": "教务处", "number": "405001"}


def test_the_case_page_shows_the_way_taken_and_what_may_come(start: Start, engine: Engine, clock: MovableClock) -> None:
    case = start("case", variables=START)
    clock.advance(hours=2)
    case.complete("write", {"title": "甲"}, by="rep1", opinion="附图")
    with engine.reading("rep1") as uow:
        page = instance_page(uow, case.id)
    assert {"begin", "write", "give_number", "tell"} <= set(page.done_ids)
    assert page.current_ids == ("answer",)
    assert [step.flow_node_id for step in page.next_steps] == ["keep"]
    done = next(line for line in page.timeline if line.state == "done")
    assert (done.flow_node_id, done.actor_name, done.opinion) == ("write", "名rep1", "附图")
    assert done.lasted is not None
    assert done.lasted.total_seconds() == 7200
    assert page.timeline[-1].waiting_for == ("教务处 承办人",)


def test_the_inbox_filters_and_finds(start: Start, engine: Engine) -> None:
    for title in ("关于班车的提案", "关于食堂的提案"):
        start("case", variables=START).complete("write", {"title": title}, by="rep1")
    with engine.reading("officer_a") as uow:
        assert inbox(uow).total == 2
        assert [entry.title for entry in inbox(uow, q="班车").entries] == ["关于班车的提案"]
        assert inbox(uow, q="名rep1").total == 2
        assert inbox(uow, q="%").total == 0
        assert inbox(uow, filters=InboxFilters(step="answer")).total == 2
        assert inbox(uow, filters=InboxFilters(due="over")).total == 0
        assert len(inbox(uow, size=1, page=99).entries) == 1


def test_only_what_a_person_may_start_is_offered(engine: Engine) -> None:
    with engine.reading("rep1") as uow:
        assert [each.key for each in startable_processes(uow)] == ["case"]
    with engine.reading("clerk1") as uow:
        assert startable_processes(uow) == ()


def test_a_task_of_the_open_list_is_not_in_the_inbox(
    tmp_path: Path, deploy: Deploy, start: Start, engine: Engine
) -> None:
    diagram = process(
        "seconding",
        """
        <bpmn:startEvent id="begin"/>
        begin -> second
        <bpmn:userTask id="second" banli:candidateRole="rep" banli:exclude="=[initiator]" banli:open="true"/>
        second -> done
        <bpmn:endEvent id="done"/>
        """,
    )
    deploy(write_folder(tmp_path, "seconding", diagram))
    case = start("seconding")
    with engine.reading("rep2") as uow:
        assert inbox(uow).total == 0
        [task], total = open_list(uow)
        assert (task.instance_id, total) == (case.id, 1)
    with engine.reading("rep1") as uow:
        assert open_list(uow) == ([], 0)
    # and nobody can take it for oneself, past the page: the others could not second any more
    with pytest.raises(ConflictError, match="不需认领"), engine.unit_of_work("rep2") as uow:
        claim_work_item(uow, task.work_item_id, request_id=uuid4().hex)
    with pytest.raises(ConflictError, match="不保存草稿"), engine.unit_of_work("rep2") as uow:
        save_draft(uow, task.work_item_id, {})
    case.complete("second", by="rep2")
    assert case.status == "completed"


@given(st.lists(st.sampled_from(["write", "answer", "seal", "withdraw"]), min_size=1, max_size=6), st.booleans())
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_list_of_cases_and_the_page_of_a_case_follow_one_rule(
    start: Start, engine: Engine, steps: list[str], seconded: bool
) -> None:
    case = start("case", variables={**START, "seconders": ["rep2"] if seconded else []})
    for step in steps:
        waits = case.waits_at
        if step == "write" and "write" in waits:
            case.complete("write", {"title": "甲"}, by="rep1")
        elif step in ("answer", "seal") and "answer" in waits:
            case.complete("answer", {"answer": "办", "secret": "yes" if step == "seal" else ""}, by="officer_a")
        elif step == "withdraw" and waits == {"answer"}:
            with engine.unit_of_work("rep1") as uow:
                withdraw_instance(uow, case.id, reason="撤", request_id=uuid4().hex)
    listed = set()
    for person in PEOPLE:
        with engine.reading(person) as uow:
            query = select(ProcessInstance.id).where(ProcessInstance.id == case.id, may_read(uow.holder))
            if uow.session.scalar(query) is not None:
                listed.add(person)
    assert listed == _readers(engine, case)
    assert "stranger" not in listed
    assert "rep1" in listed
