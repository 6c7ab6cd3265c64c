"""A step that nobody may do never waits in silence: the choice is refused where it is made, or there is an incident."""

from datetime import date

import pytest
from sqlalchemy import delete, select, update

from engine.errors import InvalidInputError
from engine.queries.organisation import people_with_role
from models import Incident, RoleAssignment, User
from tests.workflows.scenario import PROPOSER, Motion, Scenario

TEACHING = "教务处"


def _incidents(scenario: Scenario, motion: Motion) -> list[tuple[str | None, str]]:
    with scenario.engine.reading() as uow:
        rows = uow.session.scalars(select(Incident).where(Incident.process_instance_id == motion.id))
        return [(row.flow_node_id, row.message) for row in rows]


def test_a_unit_without_a_head_cannot_be_made_lead(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("routing")
    with scenario.engine.unit_of_work() as uow:
        at_unit = RoleAssignment.unit_id == TEACHING
        uow.session.execute(delete(RoleAssignment).where(RoleAssignment.role == "unit_head", at_unit))

    # when / then it may help, where an officer suffices, but not lead
    assert TEACHING not in motion.offered("routing", "lead_unit")
    assert TEACHING in motion.offered("routing", "co_units")
    with pytest.raises(InvalidInputError) as refused:
        motion.do("routing", lead_unit=TEACHING)
    assert "请另选主办单位" in refused.value.fields["lead_unit"]


def test_the_only_officer_who_is_the_proposers_relative_is_refused_as_handler(scenario: Scenario) -> None:
    # given the other officers have left since the motion was handed over
    motion = scenario.motion_at("name_handler", proposer="d0110")
    others = [person for person in motion.offered("name_handler", "handler") if person != "o0501"]
    with scenario.engine.unit_of_work() as uow:
        uow.session.execute(update(User).where(User.id.in_(others)).values(left_on=date(2026, 1, 1)))

    # when the spouse is named all the same
    with pytest.raises(InvalidInputError) as refused:
        motion.do("name_handler", handler="o0501")

    # then the head reads why, and the case still waits for a choice
    assert "亲属须回避" in refused.value.fields["handler"]
    assert motion.waits_at == ["name_handler"]


def test_when_all_leaders_and_the_chair_are_relatives_of_the_proposer_the_administrator_is_told(
    scenario: Scenario,
) -> None:
    # given
    motion = scenario.motion_at("head_sign")
    with scenario.engine.reading() as uow:
        everybody = people_with_role(uow.session, ["school_leader", "chair"], on=uow.today)
    for leader in everybody:
        scenario.make_relatives(leader, PROPOSER)

    # when
    motion.do("head_sign")

    # then
    assert _incidents(scenario, motion) == [("leader_sign", "没有办理人：办理人表达式为空，或均须回避")]


def test_when_the_head_of_the_committee_is_recused_the_administrator_is_told(scenario: Scenario) -> None:
    # given the only head of the committee is married to the proposer
    motion = scenario.motion_at("recommend")
    with scenario.engine.reading() as uow:
        heads = uow.session.scalars(
            select(RoleAssignment.user_id).where(RoleAssignment.role == "motion_committee_head")
        ).all()
    for head in heads:
        scenario.make_relatives(head, PROPOSER)

    # when
    motion.do("recommend")

    # then
    [(node, message)] = _incidents(scenario, motion)
    assert node == "decide_filing"
    assert "没有人担任（或均须回避）" in message
