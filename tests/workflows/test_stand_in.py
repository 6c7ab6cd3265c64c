"""The proposer has left: joint proposers, then seconders, then the delegation's head speak for the motion."""

from datetime import date

from sqlalchemy import select

from engine.commands.claim_work_item import claim_work_item
from engine.commands.organisation.people import end_user, lock_user
from models import HistoryEvent, WorkItem, WorkItemState
from tests.workflows.scenario import PROPOSER, Motion, Scenario

FIRST_SECONDER, SECOND_SECONDER, DELEGATION_HEAD = "d0113", "d0114", "d0112"


def _leaves(scenario: Scenario, *people: str, on: date | None = None) -> None:
    for person in people:
        with scenario.engine.unit_of_work(actor="admin") as uow:
            end_user(uow, person, left_on=on)


def _asked(motion: Motion) -> list[str | None]:
    with motion.scenario.engine.reading() as uow:
        found = select(WorkItem.assignee_id).where(
            WorkItem.process_instance_id == motion.id, WorkItem.state == WorkItemState.OPEN
        )
        return list(uow.session.scalars(found))


def test_the_first_seconder_rates_when_the_proposer_has_left_before_the_answer(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("quality")
    _leaves(scenario, PROPOSER)

    # when
    motion.go_on_to("rate")

    # then
    assert _asked(motion) == [FIRST_SECONDER]
    motion.do("rate", by=FIRST_SECONDER)
    assert motion.variables["rating_result"] == "满意"


def test_an_open_rating_goes_to_the_first_seconder_on_the_day_the_proposer_leaves(scenario: Scenario) -> None:
    # given a rating that waits for its proposer, who leaves today
    motion = scenario.motion_at("rate")
    due = motion.due("rate")

    # when
    _leaves(scenario, PROPOSER)

    # then it waits for the seconder, told and with the same deadline, and the case says why
    assert _asked(motion) == [FIRST_SECONDER]
    assert motion.due("rate") == due
    assert motion.notices("assigned") == [FIRST_SECONDER]
    with scenario.engine.reading() as uow:
        kinds = list(
            uow.session.scalars(select(HistoryEvent.kind).where(HistoryEvent.process_instance_id == motion.id))
        )
    assert "work_item.assigned" in kinds


def test_who_leaves_on_a_later_day_is_stood_in_for_from_that_day(scenario: Scenario) -> None:
    motion = scenario.motion_at("rate")
    _leaves(scenario, PROPOSER, on=scenario.clock.now().date().replace(year=2027))  # by then it would be rated
    assert _asked(motion) == [PROPOSER]

    with scenario.engine.unit_of_work(actor="admin") as uow:
        end_user(uow, PROPOSER, left_on=date.fromordinal(uow.today.toordinal() + 2))
    scenario.advance(days=1)
    assert _asked(motion) == [PROPOSER]
    scenario.advance(days=1)
    assert _asked(motion) == [FIRST_SECONDER]


def test_a_locked_account_and_a_seconder_who_has_left_are_passed_over(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("rate")
    _leaves(scenario, FIRST_SECONDER)

    # when
    with scenario.engine.unit_of_work(actor="admin") as uow:
        lock_user(uow, PROPOSER)

    # then
    assert _asked(motion) == [SECOND_SECONDER]


def test_the_delegations_head_rates_when_no_seconder_is_left(scenario: Scenario) -> None:
    # given a motion of somebody else than the head
    motion = scenario.motion_at("rate", proposer="d0102")

    # when
    _leaves(scenario, FIRST_SECONDER, SECOND_SECONDER, "d0102")

    # then it is offered to the head of the delegation
    assert _asked(motion) == [None]
    motion.do("rate", by=DELEGATION_HEAD)
    assert motion.variables["rating_result"] == "满意"


def test_a_returned_motion_is_revised_and_a_refusal_answered_by_the_stand_in(scenario: Scenario) -> None:
    returned = scenario.motion_at("revise", formal_check={"formal_action": "return", "formal_comment": "请补充数据。"})
    refused = scenario.motion_at(
        "appeal",
        decide_filing={"disposition": "not_filed", "reason_code": "already_solved", "reason_text": "此事已经解决。"},
    )

    _leaves(scenario, PROPOSER)

    assert (_asked(returned), _asked(refused)) == ([FIRST_SECONDER], [FIRST_SECONDER])
    refused.do("appeal", {"appeal_action": "accept"}, by=FIRST_SECONDER)
    assert refused.ended_at == "not_filed"


def test_a_claimed_task_of_somebody_who_leaves_is_offered_again(scenario: Scenario) -> None:
    # given a formal check that a clerk has claimed
    motion = scenario.motion_at("formal_check")
    with scenario.engine.reading() as uow:
        item = uow.session.scalars(
            select(WorkItem.id).where(WorkItem.process_instance_id == motion.id, WorkItem.state == WorkItemState.OPEN)
        ).one()
    with scenario.engine.unit_of_work(actor="clerk1") as uow:
        claim_work_item(uow, item, request_id=None)

    # when
    _leaves(scenario, "clerk1")

    # then
    assert _asked(motion) == [None]
