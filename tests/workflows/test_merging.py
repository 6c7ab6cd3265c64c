"""Merged motions before the lead's answer: they can be split off, and the lead's unit reads them while it works."""

import pytest

from engine.batch.open_list import open_cases
from engine.errors import InvalidInputError, NotFoundError, NotPermittedError
from engine.queries.instance_page import instance_page
from engine.queries.organisation import leader_of
from engine.queries.work_item_page import work_item_page
from tests.workflows.scenario import Motion, Scenario

OFFICER = "o0501"  # 教务处


def _merged_into(scenario: Scenario, lead: Motion) -> Motion:
    merged = scenario.motion_at(
        "chair_approve", proposer="d0201", decide_filing={"disposition": "merged", "merged_into": str(lead.id)}
    )
    merged.do("chair_approve")
    return merged


def _is_read_by(scenario: Scenario, person: str, motion: Motion) -> bool:
    with scenario.engine.reading(person) as uow:
        try:
            return instance_page(uow, motion.id).id == motion.id
        except NotFoundError:
            return False


def _unit_of_another_leader(scenario: Scenario, leader: str) -> str:
    with scenario.engine.reading() as uow:
        units = ("财务处", "人事处", "后勤管理处", "保卫处")
        return next(unit for unit in units if leader_of(uow.session, unit, uow.today) != leader)


def _merged_motions_on_page(scenario: Scenario, person: str, motion: Motion) -> str | None:
    with scenario.engine.reading(person) as uow:
        facts = {fact.variable: fact.value for fact in instance_page(uow, motion.id).facts}
    return facts.get("merged_motions")


def test_before_the_lead_is_handed_over_the_committee_splits_a_merge(scenario: Scenario) -> None:
    # given a merged motion with its number, and a lead that is not handed over yet
    lead = scenario.motion_at("endorse")
    merged = _merged_into(scenario, lead)
    assert (merged.waits_at, merged.variables["number"]) == (["split"], "407002")

    # when
    with pytest.raises(InvalidInputError) as refused:
        merged.do("split", {"split_action": "split"})
    merged.do("split", {"split_action": "split", "split_reason": "两件提案不是同一事项。"})

    # then it is decided anew, and the lead has lost it
    assert set(refused.value.fields) == {"split_reason"}
    assert merged.waits_at == ["decide_filing"]
    assert (merged.variables["merged_into"], merged.variables["disposition"]) == (None, None)
    with scenario.engine.reading("clerk1") as uow:
        assert instance_page(uow, lead.id).links == ()
    assert _merged_motions_on_page(scenario, "clerk1", lead) is None

    # when it is filed, it passes the chair once more and keeps its number
    merged.do("decide_filing", disposition="filed")
    merged.do("routing", lead_unit="人事处")
    assert merged.waits_at == ["chair_approve"]
    merged.go_on_to("name_handler")
    assert (merged.variables["number"], merged.variables["lead_unit"]) == ("407002", "人事处")
    assert lead.waits_at == ["endorse"]


def _split_off(scenario: Scenario) -> Motion:
    merged = _merged_into(scenario, scenario.motion_at("endorse"))
    merged.do("split", {"split_action": "split", "split_reason": "两件提案不是同一事项。"})
    return merged


def test_a_split_motion_that_becomes_a_suggestion_keeps_its_running_number_among_the_suggestions(
    scenario: Scenario,
) -> None:
    # given
    motion = _split_off(scenario)

    # when
    motion.do("decide_filing", disposition="suggestion", reason_text="请主办单位研究参考。")
    motion.go_on_to("sign_for")

    # then the series has no gap, and the next number is the next one
    assert motion.variables["number"] == "J407002"
    assert scenario.motion_at("sign_for", proposer="d0301").variables["number"] == "407003"


def test_a_split_motion_that_is_refused_is_not_public_any_more_and_nobody_else_gets_its_number(
    scenario: Scenario,
) -> None:
    # given a motion that every representative reads
    motion = _split_off(scenario)
    assert _is_read_by(scenario, "d0401", motion)

    # when
    motion.do("decide_filing", disposition="not_filed", reason_code="already_solved", reason_text="此事已经解决。")
    motion.do("chair_approve")

    # then
    assert (motion.waits_at, motion.variables["number"]) == (["appeal"], "407002")
    assert not _is_read_by(scenario, "d0401", motion)
    assert scenario.motion_at("sign_for", proposer="d0301").variables["number"] == "407003"


def test_a_split_motion_can_be_merged_again(scenario: Scenario) -> None:
    lead = scenario.motion_at("endorse")
    merged = _merged_into(scenario, lead)
    merged.do("split", {"split_action": "split", "split_reason": "两件提案不是同一事项。"})

    # when
    merged.do("decide_filing", disposition="merged", merged_into=str(lead.id))
    merged.do("chair_approve")
    lead.go_on_to("rate")

    # then
    assert merged.waits_at == ["rate"]


def test_only_the_head_of_the_committee_records_a_split_and_it_is_nobodys_duty(scenario: Scenario) -> None:
    # given
    merged = _merged_into(scenario, scenario.motion_at("endorse"))
    item, head, _ = merged.item("split")

    # then it is offered on the case's page, not in the list of those who look for seconders
    with scenario.engine.reading(head) as uow:
        assert [task.id for task in instance_page(uow, merged.id).my_tasks] == [item]
        assert open_cases(uow) == []
    for other in ("chair", "c02", "d0201", OFFICER):
        with pytest.raises((NotFoundError, NotPermittedError)):
            merged.do("split", {"split_action": "split", "split_reason": "两件提案不是同一事项。"}, by=other)


def test_after_the_hand_over_a_merge_is_not_split_any_more(scenario: Scenario) -> None:
    # given
    lead = scenario.motion_at("endorse")
    merged = _merged_into(scenario, lead)

    # when
    lead.go_on_to("sign_for")

    # then
    assert merged.waits_at == []
    lead.go_on_to("rate")
    assert merged.waits_at == ["rate"]


def test_the_page_of_a_merged_motion_tells_what_it_waits_for_and_not_of_the_split_that_did_not_come(
    scenario: Scenario,
) -> None:
    # given
    lead = scenario.motion_at("endorse")
    merged = _merged_into(scenario, lead)
    with scenario.engine.reading("d0201") as uow:
        page = instance_page(uow, merged.id)
    assert page.timeline[-1].name == "等待主案交办（可拆分）"
    assert [step.flow_node_id for step in page.next_steps] == ["rate", "follow_up"]

    # when
    lead.go_on_to("sign_for")

    # then
    with scenario.engine.reading("d0201") as uow:
        page = instance_page(uow, merged.id)
    assert "split" not in [line.flow_node_id for line in page.timeline if line.state in ("current", "cancelled")]


def test_when_the_lead_ends_before_its_hand_over_the_merged_motion_is_decided_anew(scenario: Scenario) -> None:
    lead = scenario.motion_at("endorse")
    merged = _merged_into(scenario, lead)

    # when
    lead.withdraw()

    # then
    assert merged.waits_at == ["decide_filing"]
    assert merged.variables["merged_into"] is None


def test_the_lead_unit_reads_the_merged_motions_from_the_hand_over_on(scenario: Scenario) -> None:
    # given
    lead = scenario.motion_at("endorse")
    merged = _merged_into(scenario, lead)
    assert not _is_read_by(scenario, OFFICER, merged)

    # when
    lead.go_on_to("sign_for")

    # then the page of the lead lists it by number and title, and so does the task
    shown = f"{merged.variables['number']} {merged.variables['title']}"
    assert _is_read_by(scenario, OFFICER, merged)
    assert _merged_motions_on_page(scenario, OFFICER, lead) == shown
    item, _, _ = lead.item("sign_for")
    with scenario.engine.reading(OFFICER) as uow:
        assert shown in [fact.value for fact in work_item_page(uow, item).facts]
    # and the merged motion says which one it follows
    with scenario.engine.reading("d0201") as uow:
        facts = {fact.variable: fact.value for fact in instance_page(uow, merged.id).facts}
    assert str(facts["merged_into"]).startswith(lead.variables["number"])


def test_a_motion_merged_into_one_that_is_handed_over_is_read_by_its_unit_at_once(scenario: Scenario) -> None:
    lead = scenario.motion_at("draft_answer")
    merged = _merged_into(scenario, lead)
    assert merged.waits_at == []
    assert _is_read_by(scenario, OFFICER, merged)


def test_when_the_lead_goes_to_another_unit_the_merged_motion_goes_along(scenario: Scenario) -> None:
    # given
    lead = scenario.motion_at("sign_for")
    merged = _merged_into(scenario, lead)

    # when
    lead.do("sign_for", {"decision": "object", "objection_reason": "不属于本单位职责。", "proposed_unit": "人事处"})
    lead.do("routing", lead_unit="人事处")
    lead.go_on_to("sign_for")

    # then
    _, officer, _ = lead.item("sign_for")
    assert _is_read_by(scenario, officer, merged)
    assert not _is_read_by(scenario, OFFICER, merged)


def test_when_the_lead_is_withdrawn_its_leader_reads_the_merged_motion_no_more(scenario: Scenario) -> None:
    # given a leader in charge who has never acted in the merged motion
    lead = scenario.motion_at("draft_answer")
    merged = _merged_into(scenario, lead)
    leader = lead.variables["leader"]
    assert _is_read_by(scenario, leader, merged)

    # when
    lead.withdraw()

    # then the leader still reads what he or she endorsed, and nothing else
    assert _is_read_by(scenario, leader, lead)
    assert not _is_read_by(scenario, leader, merged)


def test_when_the_lead_goes_to_a_unit_of_another_leader_only_that_one_reads_the_merged_motion(
    scenario: Scenario,
) -> None:
    # given
    lead = scenario.motion_at("sign_for")
    merged = _merged_into(scenario, lead)
    first = lead.variables["leader"]
    assert _is_read_by(scenario, first, merged)

    # when
    lead.do("sign_for", {"decision": "object", "objection_reason": "不属于本单位职责。", "proposed_unit": "后勤管理处"})
    lead.do("routing", lead_unit=_unit_of_another_leader(scenario, first))
    lead.go_on_to("sign_for")

    # then
    assert lead.variables["leader"] != first
    assert _is_read_by(scenario, lead.variables["leader"], merged)
    assert not _is_read_by(scenario, first, merged)


def test_when_the_lead_is_withdrawn_its_unit_reads_the_merged_motion_no_more(scenario: Scenario) -> None:
    lead = scenario.motion_at("draft_answer")
    merged = _merged_into(scenario, lead)

    # when
    lead.withdraw()

    # then
    assert merged.waits_at == ["decide_filing"]
    assert not _is_read_by(scenario, OFFICER, merged)
    # and filed on its own it needs the chair's approval again
    merged.do("decide_filing", disposition="filed")
    merged.do("routing")
    assert merged.waits_at == ["chair_approve"]
