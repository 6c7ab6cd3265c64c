"""Deciding, claiming and drafting: once, by those entitled, on a fresh form."""

import threading
from pathlib import Path
from uuid import uuid4

import pytest

from engine.bootstrap import Engine
from engine.commands.add_comment import add_comment
from engine.commands.assign_work_item import assign_work_item
from engine.commands.cancel_instance import cancel_instance
from engine.commands.claim_work_item import claim_work_item
from engine.commands.complete_work_item import complete_work_item
from engine.commands.save_draft import save_draft
from engine.commands.start_instance import start_instance
from engine.commands.unclaim_work_item import unclaim_work_item
from engine.errors import (
    ConflictError,
    EngineError,
    InvalidInputError,
    NotEntitledError,
    NotFoundError,
    NotPermittedError,
    StaleWorkItemError,
)
from engine.queries.inbox import inbox, inbox_counts
from engine.queries.work_item_page import work_item_page
from engine.work_items import can_read
from tests.engine.conftest import Deploy, Start
from tests.support.fakes import MovableClock
from tests.support.folders import form, process, write_folder

TWO_STEPS = process(
    "proposal",
    """
    <bpmn:startEvent id="begin"/>
    begin -> draft
    <bpmn:userTask id="draft" name="起草" banli:formKey="draft" banli:assignee="=initiator"/>
    draft -> check
    <bpmn:userTask id="check" name="审核" banli:formKey="check" banli:candidateRole="union_clerk"
      banli:exclude="=[initiator]"/>
    check -> done
    <bpmn:endEvent id="done"/>
    """,
)


@pytest.fixture
def proposal(tmp_path: Path, deploy: Deploy) -> None:
    """A motion in two steps: its author drafts, a clerk who is no relative checks."""
    deploy(
        write_folder(
            tmp_path,
            "proposal",
            TWO_STEPS,
            forms={"draft": form("title!"), "check": form("decision!")},
            visibility=[{"roles": ["chair"]}],
        )
    )


pytestmark = pytest.mark.usefixtures("proposal")


def test_a_case_runs_from_its_first_step_to_its_end(start: Start) -> None:
    case = start("proposal")
    assert case.waits_at == {"draft"}

    answer = case.complete("draft", {"title": "关于班车的提案"}, by="rep1")

    assert answer.waits_at == {"check"}
    assert case.row.title == "关于班车的提案"
    case.complete("check", {"decision": "pass"}, by="clerk1", opinion="同意")
    assert case.status == "completed"
    assert case.row.end_event_id == "done"
    assert case.kinds == [
        "instance.started",
        "user_task.created",
        "work_item.completed",
        "user_task.created",
        "work_item.completed",
        "instance.ended",
    ]


def test_a_second_click_on_the_same_button_is_the_same_click(start: Start, engine: Engine) -> None:
    case = start("proposal")
    item = case.item("draft")
    answers = []
    for _ in range(2):
        with engine.unit_of_work("rep1") as uow:
            answers.append(complete_work_item(uow, item.id, {"title": "甲"}, request_id="one", expected_version=1))
    assert answers[0] == answers[1]
    assert case.kinds.count("work_item.completed") == 1


def test_starting_twice_with_one_request_starts_one_case(engine: Engine) -> None:
    answers = []
    for _ in range(2):
        with engine.unit_of_work("rep1") as uow:
            answers.append(start_instance(uow, "proposal", request_id="start-1"))
    assert answers[0] == answers[1]
    with engine.reading("rep1") as uow:
        assert inbox(uow, "started").total == 1


def test_a_request_id_of_another_command_is_refused(start: Start) -> None:
    case = start("proposal", request_id="shared")
    with pytest.raises(ConflictError):
        case.complete("draft", {"title": "甲"}, by="rep1", request_id="shared")


def test_a_request_id_that_ended_one_case_is_refused_to_another(start: Start, engine: Engine) -> None:
    one, other = start("proposal"), start("proposal", by="rep2")
    for _ in range(2):  # the second click is the first one again
        with engine.unit_of_work("admin1") as uow:
            cancel_instance(uow, one.id, reason="重复", request_id="shared")
    with pytest.raises(ConflictError, match="已用于其他操作"), engine.unit_of_work("admin1") as uow:
        cancel_instance(uow, other.id, reason="重复", request_id="shared")
    assert (one.status, other.status) == ("cancelled", "active")


def test_a_request_id_that_decided_a_work_item_is_refused_to_every_other_command(start: Start, engine: Engine) -> None:
    case = start("proposal")
    case.complete("draft", {"title": "甲"}, by="rep1", request_id="shared")
    with pytest.raises(ConflictError), engine.unit_of_work(actor="rep1") as uow:
        add_comment(uow, case.id, "communication", "何时答复？", request_id="shared")
    with pytest.raises(ConflictError), engine.unit_of_work(actor="rep1") as uow:
        start_instance(uow, "proposal", request_id="shared")


def test_what_was_decided_lately_is_found_by_the_index_of_who_decided(start: Start, engine: Engine) -> None:
    case = start("proposal")
    case.complete("draft", {"title": "甲"}, by="rep1", request_id="shared")
    asked = "SELECT id FROM work_item WHERE decided_by = 'rep1' AND ended_at >= '2020-01-01' AND request_id = 'shared'"
    with engine.reading() as uow:
        if uow.connection.dialect.name == "sqlite":
            [plan] = uow.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")
            assert "ix_work_item_decided_by_ended_at" in plan[3]
        assert len(uow.connection.exec_driver_sql(asked).all()) == 1


def test_whoever_sends_a_form_that_was_decided_meanwhile_learns_by_whom_and_nothing_is_written(
    start: Start, engine: Engine, clock: MovableClock
) -> None:
    case = start("proposal", by="rep2")
    case.complete("draft", {"title": "甲"}, by="rep2")
    item = case.item("check")
    case.complete("check", {"decision": "pass"}, by="clerk1")
    before = case.kinds
    clock.advance(minutes=5)

    with pytest.raises(StaleWorkItemError) as refused, engine.unit_of_work("clerk2") as uow:
        complete_work_item(uow, item.id, {"decision": "return"}, request_id=uuid4().hex, expected_version=item.version)

    assert refused.value.by == "clerk1"
    assert "名clerk1" in str(refused.value)
    assert "09:00" in str(refused.value)
    assert case.kinds == before


def test_a_form_rendered_before_a_change_is_stale(start: Start, engine: Engine) -> None:
    case = start("proposal")
    case.complete("draft", {"title": "甲"}, by="rep1")
    item = case.item("check")
    with engine.unit_of_work("clerk1") as uow:
        claim_work_item(uow, item.id, request_id=uuid4().hex)
    with pytest.raises(StaleWorkItemError):
        case.complete("check", {"decision": "pass"}, by="clerk1", expected_version=item.version)


def test_wrong_input_names_the_field_and_writes_nothing(start: Start) -> None:
    case = start("proposal")
    with pytest.raises(InvalidInputError) as refused:
        case.complete("draft", {"title": ""}, by="rep1")
    assert set(refused.value.fields) == {"title"}
    assert case.waits_at == {"draft"}
    assert case.kinds == ["instance.started", "user_task.created"]


def test_a_field_that_the_form_does_not_have_never_becomes_a_variable(start: Start) -> None:
    case = start("proposal")
    case.complete("draft", {"title": "甲", "budget": "1000000", "initiator": "chair1"}, by="rep1")
    assert case.variables == {"title": "甲"}


def test_an_author_never_checks_his_own_case_and_neither_does_a_relative(start: Start, engine: Engine) -> None:
    case = start("proposal", by="rep1")  # clerk2 is married to rep1
    case.complete("draft", {"title": "甲"}, by="rep1")
    with engine.reading("clerk2") as uow:
        assert inbox_counts(uow).todo == 0
    with pytest.raises(EngineError) as refused:
        case.complete("check", {"decision": "pass"}, by="clerk2")
    assert isinstance(refused.value, NotFoundError | NotEntitledError)
    case.complete("check", {"decision": "pass"}, by="clerk1")


def test_a_stranger_learns_nothing_of_a_work_item_and_a_reader_may_not_decide_it(start: Start, engine: Engine) -> None:
    case = start("proposal")
    case.complete("draft", {"title": "甲"}, by="rep1")
    with pytest.raises(NotFoundError):
        case.complete("check", {"decision": "pass"}, by="stranger")
    with pytest.raises(NotEntitledError):
        case.complete("check", {"decision": "pass"}, by="chair1")
    with pytest.raises(NotFoundError), engine.reading("stranger") as uow:
        work_item_page(uow, case.item("check").id)


def test_only_the_roles_of_process_yaml_start_a_case(start: Start) -> None:
    with pytest.raises(NotPermittedError):
        start("proposal", by="clerk1")


def test_a_claimed_work_item_leaves_the_inbox_of_the_others_until_it_is_given_back(
    start: Start, engine: Engine
) -> None:
    case = start("proposal", by="rep2")
    case.complete("draft", {"title": "甲"}, by="rep2")
    item = case.item("check")

    with engine.unit_of_work("clerk1") as uow:
        claim_work_item(uow, item.id, request_id=uuid4().hex)
    with engine.reading("clerk2") as uow:
        assert inbox(uow).total == 0
    with pytest.raises(StaleWorkItemError, match="认领"), engine.unit_of_work("clerk2") as uow:
        claim_work_item(uow, item.id, request_id=uuid4().hex)

    with engine.unit_of_work("clerk1") as uow:
        unclaim_work_item(uow, item.id, request_id=uuid4().hex)
    with engine.reading("clerk2") as uow:
        assert inbox(uow).total == 1


def test_a_work_item_given_to_one_person_cannot_be_given_back(start: Start, engine: Engine) -> None:
    case = start("proposal")
    with pytest.raises(ConflictError), engine.unit_of_work("rep1") as uow:
        unclaim_work_item(uow, case.item("draft").id, request_id=uuid4().hex)


def test_an_administrator_assigns_a_work_item_but_never_against_recusal(start: Start, engine: Engine) -> None:
    case = start("proposal")
    case.complete("draft", {"title": "甲"}, by="rep1")
    item = case.item("check")
    with pytest.raises(InvalidInputError), engine.unit_of_work("admin1") as uow:
        assign_work_item(uow, item.id, "clerk2", reason="请假", request_id=uuid4().hex)
    with engine.unit_of_work("admin1") as uow:
        assign_work_item(uow, item.id, "chair1", reason="请假", request_id=uuid4().hex)
    case.complete("check", {"decision": "pass"}, by="chair1")
    assert "work_item.assigned" in case.kinds


def test_a_draft_keeps_what_was_typed_without_judging_it_and_fills_the_form_again(start: Start, engine: Engine) -> None:
    case = start("proposal")
    item = case.item("draft")
    with engine.unit_of_work("rep1") as uow:
        version = save_draft(uow, item.id, {"title": "半句", "other": "x"}, expected_version=item.version)
    with engine.reading("rep1") as uow:
        page = work_item_page(uow, item.id)
        assert page.values == {"title": "半句"}
        assert inbox(uow).entries[0].title == "半句"
    case.complete("draft", {"title": "一句"}, by="rep1", expected_version=version)
    assert case.row.title == "一句"


def test_whoever_began_a_draft_takes_part_in_the_case_like_who_claims(start: Start, engine: Engine) -> None:
    case = start("proposal", by="rep2")
    case.complete("draft", {"title": "甲"}, by="rep2")
    item = case.item("check")
    with engine.unit_of_work("clerk1") as uow:
        save_draft(uow, item.id, {"decision": "可"})
    with engine.unit_of_work("admin1") as uow:
        cancel_instance(uow, case.id, reason="终止", request_id=uuid4().hex)
    with engine.reading("clerk1") as uow:
        assert can_read(uow, case.id)
    with engine.reading("clerk2") as uow:
        assert not can_read(uow, case.id)


def test_of_two_people_who_press_the_button_together_one_decides(start: Start, engine: Engine) -> None:
    case = start("proposal", by="rep2")
    case.complete("draft", {"title": "甲"}, by="rep2")
    item = case.item("check")
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def press(person: str) -> None:
        together.wait()
        try:
            with engine.unit_of_work(person) as uow:
                complete_work_item(
                    uow, item.id, {"decision": "pass"}, request_id=uuid4().hex, expected_version=item.version
                )
            outcomes.append("done")
        except StaleWorkItemError as error:
            outcomes.append(f"stale:{error.by}")

    threads = [threading.Thread(target=press, args=(person,)) for person in ("clerk1", "clerk2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(each.partition(":")[0] for each in outcomes) == ["done", "stale"]
    assert case.kinds.count("instance.ended") == 1
