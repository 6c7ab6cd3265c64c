"""A leader who has endorsed a motion is asked again only if the routing changed what he or she endorsed."""

from typing import Any

from tests.workflows.scenario import Motion, Scenario

OBJECTION = {"decision": "object", "objection_reason": "不属于本单位职责。", "proposed_unit": "人事处"}


def _endorsed_by(motion: Motion) -> list[str]:
    return [each["person"] for each in motion.variables["endorsements"]]


def _routed_anew(motion: Motion, **routing: Any) -> None:
    motion.do("sign_for", OBJECTION)
    motion.do("routing", **routing)


def _units_of_two_leaders(scenario: Scenario) -> tuple[str, str]:
    units = ("教务处", "财务处", "人事处", "后勤管理处", "保卫处")
    first = scenario.leader_of(units[0])
    return units[0], next(unit for unit in units[1:] if scenario.leader_of(unit) != first)


def test_the_leader_of_a_unit_that_stays_is_not_asked_again(scenario: Scenario) -> None:
    # given a motion that its leader has endorsed
    lead, other = _units_of_two_leaders(scenario)
    motion = scenario.motion_at("sign_for", routing={"lead_unit": lead})
    assert _endorsed_by(motion) == [scenario.leader_of(lead)]

    # when a unit of another leader is to help
    _routed_anew(motion, lead_unit=lead, co_units=[other])

    # then only that leader is asked
    assert motion.waits_at == ["endorse"]
    _, asked, _ = motion.item("endorse")
    assert asked == scenario.leader_of(other)
    motion.do("endorse")
    assert motion.waits_at == ["sign_for", "sign_for"]
    assert _endorsed_by(motion) == [scenario.leader_of(lead), scenario.leader_of(other)]


def test_nobody_is_asked_when_the_routing_comes_to_the_same(scenario: Scenario) -> None:
    motion = scenario.motion_at("sign_for")
    _routed_anew(motion)
    assert motion.waits_at == ["sign_for"]


def test_the_leader_is_asked_again_when_the_unit_changes_or_takes_another_part(scenario: Scenario) -> None:
    # given
    lead, other = _units_of_two_leaders(scenario)
    motion = scenario.motion_at("sign_for", routing={"lead_unit": lead})

    # when the unit only helps now, and another leads
    _routed_anew(motion, lead_unit=other, co_units=[lead])

    # then both are asked
    assert motion.waits_at == ["endorse", "endorse"]


def test_who_endorsed_in_time_is_not_asked_again_because_another_was_late(scenario: Scenario) -> None:
    # given two leaders, one of whom is silent
    lead, other = _units_of_two_leaders(scenario)
    motion = scenario.motion_at("endorse", routing={"lead_unit": lead, "co_units": [other]})
    motion.do("endorse", by=scenario.leader_of(lead))
    scenario.advance(days=8)
    assert motion.variables["endorsement_overdue"] is True

    # when it is routed the same way again
    _routed_anew(motion, lead_unit=lead, co_units=[other])

    # then only the silent one is asked
    assert motion.waits_at == ["endorse"]
    _, asked, _ = motion.item("endorse")
    assert asked == scenario.leader_of(other)
