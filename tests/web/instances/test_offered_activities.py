"""The page of a case offers what an ad-hoc sub-process leaves to people to begin."""

from pathlib import Path
from uuid import UUID

import pytest

from engine.commands.deploy import deploy_folder
from engine.commands.start_instance import start_instance
from tests.support.folders import process, write_folder
from tests.web.application import CLERK, OUTSIDER, PROPOSER

INQUIRY = process(
    "inquiry",
    """
    <bpmn:startEvent id="begin"/>
    begin -> look
    <bpmn:adHocSubProcess id="look">
      <bpmn:userTask id="visit" name="走访" banli:candidateRole="union_clerk"/>
      <bpmn:userTask id="talk/1" name="谈话" banli:candidateRole="union_clerk"/>
      <bpmn:completionCondition>=nrOfCompletedInstances = 9</bpmn:completionCondition>
    </bpmn:adHocSubProcess>
    """,
)


@pytest.fixture
def inquiry(app, tmp_path: Path) -> UUID:
    """An inquiry in which nobody does anything yet."""
    engine = app.extensions["banli"]
    visibility = [{"roles": ["union_clerk", "rep"]}]
    with engine.unit_of_work("admin") as uow:
        deploy_folder(uow, write_folder(tmp_path, "inquiry", INQUIRY, visibility=visibility))
    with engine.unit_of_work(PROPOSER) as uow:
        return start_instance(uow, "inquiry", request_id=None).instance_id


def test_a_clerk_begins_what_is_needed_and_comes_to_its_task(visit, inquiry):
    clerk = visit(CLERK)
    page = clerk.get(f"/instances/{inquiry}")
    [card] = page.tree.xpath("//*[@id='offered']")
    assert [button.text_content() for button in card.xpath(".//button")] == ["开始：走访", "开始：谈话"]
    form = card.xpath(".//form")[0]
    data = {field.get("name"): field.get("value") for field in form.xpath(".//input")}

    begun = clerk.post(form.get("action"), data)
    again = clerk.post(form.get("action"), data)  # a second click

    assert begun.status == again.status == 200
    assert "走访" in begun.tree.xpath("string(//h1)")
    assert clerk.get(f"/instances/{inquiry}").text.count("办理：走访") == 1
    assert any("开始：走访" in line for line in clerk.get(f"/instances/{inquiry}").tree.xpath("//ol//text()"))


def test_an_activity_is_begun_however_a_tool_has_made_up_its_id(visit, inquiry):
    clerk = visit(CLERK)
    form = clerk.get(f"/instances/{inquiry}").tree.xpath("//*[@id='offered']//form")[1]
    data = {field.get("name"): field.get("value") for field in form.xpath(".//input")}
    assert "谈话" in clerk.post(form.get("action"), data).tree.xpath("string(//h1)")


def test_who_may_only_read_the_case_is_offered_nothing(visit, inquiry):
    reader = visit(PROPOSER)
    assert not reader.get(f"/instances/{inquiry}").tree.xpath("//*[@id='offered']")
    wanted = {"activity": "visit", "request_id": "mine"}
    assert reader.post(f"/instances/{inquiry}/activities", wanted).status == 409
    assert visit(OUTSIDER).post(f"/instances/{inquiry}/activities", wanted).status == 404
