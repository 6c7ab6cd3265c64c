"""When people do not agree: refused, appealed, vetoed, objected to until a leader rules, countersigned, withdrawn."""

import pytest

from tests.journey import steps
from tests.journey.people import House, as_text
from tests.journey.steps import motion_at
from tests.journey.taken import takes

pytestmark = pytest.mark.browser

PRESIDIUM_MEMBER = "p01"


@takes("decide_filing", "chair_approve", "appeal", "presidium_review")
def test_a_refused_motion_is_appealed_and_filed_by_the_presidium(house: House) -> None:
    motion = motion_at(house, "decide_filing")
    refused = motion.taken_up_by(steps.COMMITTEE_HEAD, "决定立案")
    refused.choose(reason_code="not_feasible")
    refused.press("不予立案", refused=True)
    assert refused.page.locator("#field-reason_text-error").is_visible()
    refused.write(reason_text="改造经费没有来源，目前不具可操作性。")
    refused.press("不予立案")
    motion.decide_as_recommended(steps.CHAIR, "立案清单审批")

    proposer = motion.taken_up_by(motion.proposer, "不予立案意见")
    assert proposer.reads("改造经费没有来源，目前不具可操作性。")
    proposer.press("申请主席团审定", refused=True)
    assert proposer.page.locator("#field-appeal_reason-error").is_visible()
    proposer.write(appeal_reason="上级已经下达专项经费，具备条件。")
    proposer.picture("appeal")
    proposer.press("申请主席团审定")
    assert proposer.sentence == "“不予立案意见”已提交：申请主席团审定"

    member = motion.taken_up_by(PRESIDIUM_MEMBER, "主席团审定")
    assert member.reads("上级已经下达专项经费，具备条件。")
    assert member.reads("改造经费没有来源，目前不具可操作性。")
    member.write(reason_text="经费已经落实，同意立案。", presidium_on=as_text(house.today))
    member.picture("presidium")
    member.press("立案")

    proposer = motion.opened_by(motion.proposer)
    assert proposer.reads("主席团审定")
    assert proposer.reads("申请主席团审定")
    assert motion.meanwhile.waits_at == ["routing"]


@takes("chair_approve", "decide_filing")
def test_the_chair_vetoes_on_the_list_and_the_committee_makes_it_a_suggestion(house: House) -> None:
    motion = motion_at(house, "chair_approve")
    chair = house.person(steps.CHAIR)
    chair.open("/batch/")
    chair.page.get_by_role("link").filter(has_text="立案清单审批").click()
    motion.choose_on_list(chair, "否决")
    chair.press("提交已选")
    line = motion.line_on_list(chair)
    assert "理由：请填写此项" in line.get_by_role("alert").inner_text()
    motion.choose_on_list(chair, "否决", comment="与上次会议的提案重复，请改为意见建议。")
    chair.picture("chair-veto")
    chair.press("提交已选")
    assert chair.reads("成功 1 件，未成功 0 件")
    assert not chair.has_todo("审批立案清单", motion.title)

    head = motion.taken_up_by(steps.COMMITTEE_HEAD, "决定立案")
    assert head.reads("与上次会议的提案重复，请改为意见建议。")
    head.open("/batch/")
    head.page.get_by_role("link").filter(has_text="立案分理会议清单").click()
    motion.choose_on_list(head, "转为意见建议")
    head.press("提交已选")
    assert head.reads("成功 1 件，未成功 0 件")

    assert motion.meanwhile.variables["disposition"] == "suggestion"
    assert motion.opened_by(motion.proposer).reads("转为意见建议")


@takes("sign_for", "leader_ruling")
def test_the_leader_in_charge_rules_after_the_third_objection(house: House) -> None:
    motion = motion_at(house, "sign_for")
    for _ in range(2):
        motion.meanwhile.go_on_to("sign_for")
        motion.meanwhile.do("sign_for", decision="object", objection_reason="不属于我处职责。", proposed_unit="财务处")
    motion.meanwhile.go_on_to("sign_for")
    motion.object(steps.OFFICER, better=steps.WRONG_UNIT)

    leader = motion.taken_up_by(steps.LEADER, "裁定承办单位")
    assert leader.reads("教室设备改造不属于我处职责。")
    leader.choose(lead_unit=steps.CO_UNIT)
    leader.pick("co_units", steps.CO_UNIT)
    leader.write(ruling_comment="由信息化管理中心牵头，教务处配合。")
    leader.press("裁定", refused=True)
    assert leader.page.locator("#field-co_units-error").is_visible()
    leader.drop("co_units", steps.CO_UNIT)
    leader.pick("co_units", steps.LEAD_UNIT)
    leader.picture("leader-ruling")
    leader.press("裁定")

    # the ruling is final: the unit that got it can only sign
    officer = motion.taken_up_by(steps.CO_OFFICER, "签收")
    assert officer.reads("由信息化管理中心牵头，教务处配合。")
    officer.press("签收")
    assert motion.meanwhile.variables["lead_unit"] == steps.CO_UNIT


@takes("countersign_strict")
def test_all_units_countersign_before_the_answer_where_the_rule_is_strict(house: House) -> None:
    house.scenario.set(strict_countersign=True)
    motion = motion_at(house, "countersign_strict", routing={"co_units": [steps.CO_UNIT]})
    handler = house.person(steps.OFFICER)
    assert not handler.has_todo("办理并起草答复", motion.title)

    officer = motion.taken_up_by(steps.CO_OFFICER, "会签")
    officer.choose(stance="partly")
    officer.write(opinion_text="先联网二十间。")
    officer.press("会签", refused=True)
    assert officer.page.locator("#field-co_finish_date-error").is_visible()
    officer.write(co_finish_date=as_text(house.today))
    officer.picture("countersign-strict")
    officer.press("会签")

    handler = motion.taken_up_by(steps.OFFICER, "办理并起草答复")
    assert handler.reads("先联网二十间。")


@takes("split")
def test_the_committee_splits_a_merge_before_the_lead_is_handed_over(house: House) -> None:
    lead = motion_at(house, "routing")
    merged = motion_at(
        house,
        "split",
        proposer=steps.OTHER_PROPOSER,
        decide_filing={"disposition": "merged", "merged_into": str(lead.case_id)},
    )
    head = house.person(steps.COMMITTEE_HEAD)
    assert not head.has_todo("等待主案交办（可拆分）", merged.title)
    head.open(merged.addresses["case"])
    assert head.reads(lead.title)
    head.follow("等待主案交办（可拆分）")
    head.press("拆分，恢复单独办理", refused=True)
    assert head.page.locator("#field-split_reason-error").is_visible()
    head.write(split_reason="两件提案不是同一事项。")
    head.picture("split")
    head.press("拆分，恢复单独办理")

    assert merged.opened_by(merged.proposer).reads("两件提案不是同一事项。")
    assert head.has_todo("决定立案", merged.title)


@takes()
def test_the_proposer_withdraws_with_a_reason_and_the_unit_is_told(house: House) -> None:
    motion = motion_at(house, "draft_answer")
    officer = house.person(steps.OFFICER)
    assert officer.has_todo("办理并起草答复", motion.title)

    proposer = motion.opened_by(motion.proposer)
    proposer.page.locator("#withdraw summary").click()
    proposer.press("确认撤案", asked=True)
    assert proposer.page.locator("#withdraw-error").is_visible()
    proposer.page.fill("#withdraw-reason", "学校已经安排改造，不必再办理。")
    proposer.picture("withdraw")
    proposer.press("确认撤案", asked=True)

    proposer.open(motion.addresses["case"])
    assert proposer.reads("学校已经安排改造，不必再办理。")
    assert proposer.page.locator("#withdraw").count() == 0
    assert not officer.has_todo("办理并起草答复", motion.title)
    officer.open("/notices")
    assert officer.reads(motion.title)
