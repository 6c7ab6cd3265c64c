"""Which school leader endorses, rules and signs: who is in charge of the unit on that day, or an alternate."""

from datetime import timedelta

from sqlalchemy import update

from engine.queries.instance_page import instance_page
from engine.queries.organisation import names_of, people_with_role
from models import LeaderCharge
from tests.workflows.scenario import PROPOSER, Motion, Scenario

OBJECTION = {"decision": "object", "objection_reason": "不属于本单位职责。", "proposed_unit": "人事处"}
RULING = {"co_units": [], "ruling_comment": "由该单位主办，不再变更。"}
TEACHING = "教务处"


def _unit_of_another_leader(scenario: Scenario) -> str:
    others = ("财务处", "人事处", "后勤管理处", "保卫处")
    return next(unit for unit in others if scenario.leader_of(unit) != scenario.leader_of(TEACHING))


def _leaders_in_order(scenario: Scenario) -> list[str]:
    with scenario.engine.reading() as uow:
        return people_with_role(uow.session, "school_leader", on=uow.today)


def _asked(motion: Motion, node: str) -> str:
    _, person, _ = motion.item(node)
    return person


def _put_in_charge(scenario: Scenario, unit: str, leader: str) -> None:
    with scenario.engine.unit_of_work() as uow:
        old = LeaderCharge.unit_id == unit, LeaderCharge.valid_to.is_(None)
        uow.session.execute(update(LeaderCharge).where(*old).values(valid_to=uow.today - timedelta(days=1)))
        uow.session.add(LeaderCharge(user_id=leader, unit_id=unit, valid_from=uow.today))


def _recusals(motion: Motion) -> list[tuple[str, str]]:
    with motion.scenario.engine.reading("clerk1") as uow:
        lines = instance_page(uow, motion.id).timeline
        return [(line.detail["who"], line.detail["instead"]) for line in lines if line.kind == "recusal"]


def _names(scenario: Scenario, *people: str) -> tuple[str, ...]:
    with scenario.engine.reading() as uow:
        found = names_of(uow.session, people)
    return tuple(found[person] for person in people)


def test_after_a_ruling_for_a_unit_of_another_leader_that_leader_signs_the_answer(scenario: Scenario) -> None:
    # given a motion whose units object until the leader in charge rules
    scenario.set(max_assignments=1)
    motion = scenario.motion_at("sign_for")
    motion.do("sign_for", OBJECTION)
    ruling = scenario.leader_of(TEACHING)
    assert _asked(motion, "leader_ruling") == ruling

    # when
    other = _unit_of_another_leader(scenario)
    motion.do("leader_ruling", {"lead_unit": other, **RULING})

    # then the case is that leader's from now on, and so is the signature
    assert motion.variables["leader"] == scenario.leader_of(other) != ruling
    motion.go_on_to("name_handler")
    motion.answers["name_handler"] = {"handler": motion.offered("name_handler", "handler")[0]}
    motion.go_on_to("leader_sign")
    assert _asked(motion, "leader_sign") == scenario.leader_of(other)
    assert _recusals(motion) == []


def test_who_is_in_charge_when_the_answer_comes_to_be_signed_signs_it(scenario: Scenario) -> None:
    # given a unit that gets another leader while it works on the answer
    motion = scenario.motion_at("head_sign")
    successor = next(each for each in _leaders_in_order(scenario) if each != scenario.leader_of(TEACHING))
    _put_in_charge(scenario, TEACHING, successor)

    # when
    motion.do("head_sign")

    # then
    assert _asked(motion, "leader_sign") == successor


def test_a_unit_that_nobody_is_in_charge_of_any_more_gets_the_signature_of_an_alternate(scenario: Scenario) -> None:
    motion = scenario.motion_at("head_sign")
    with scenario.engine.unit_of_work() as uow:
        ended = {"valid_to": uow.today - timedelta(days=1)}
        uow.session.execute(update(LeaderCharge).where(LeaderCharge.unit_id == TEACHING).values(ended))

    motion.do("head_sign")

    assert _asked(motion, "leader_sign") == _leaders_in_order(scenario)[0]
    assert _recusals(motion) == []


def test_for_a_leader_who_is_the_proposers_relative_the_next_school_leader_signs(scenario: Scenario) -> None:
    # given
    motion = scenario.motion_at("head_sign")
    recused = scenario.leader_of(TEACHING)
    scenario.make_relatives(recused, PROPOSER)
    alternate = next(each for each in _leaders_in_order(scenario) if each != recused)

    # when
    motion.do("head_sign")

    # then, and the timeline says who stays out and who stands in
    assert _asked(motion, "leader_sign") == alternate
    assert _recusals(motion) == [_names(scenario, recused, alternate)]
    motion.go_on_to("rate")


def test_the_alternate_also_endorses_and_rules(scenario: Scenario) -> None:
    # given
    scenario.set(max_assignments=1)
    motion = scenario.motion_at("chair_approve")
    recused = scenario.leader_of(TEACHING)
    scenario.make_relatives(recused, PROPOSER)
    alternate = next(each for each in _leaders_in_order(scenario) if each != recused)

    # when
    motion.do("chair_approve")

    # then
    assert _asked(motion, "endorse") == alternate
    motion.go_on_to("sign_for")
    motion.do("sign_for", OBJECTION)
    assert _asked(motion, "leader_ruling") == alternate


def test_by_setting_or_when_no_school_leader_is_left_the_chair_signs(scenario: Scenario) -> None:
    # given one motion with the setting, and one with all leaders recused
    by_setting = scenario.motion_at("head_sign")
    recused = scenario.leader_of(TEACHING)
    scenario.make_relatives(recused, PROPOSER)
    all_recused = scenario.motion_at("head_sign", proposer="d0102")
    for leader in _leaders_in_order(scenario):
        scenario.make_relatives(leader, "d0102")

    # when
    all_recused.do("head_sign")
    scenario.set(leader_alternates="chair")
    by_setting.do("head_sign")

    # then
    assert _asked(all_recused, "leader_sign") == _asked(by_setting, "leader_sign") == "chair"
