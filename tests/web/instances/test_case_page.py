"""The page of a case: what is shown to whom, what people add to it, its paper."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from engine.commands.cancel_instance import suspend_instance
from engine.commands.complete_work_item import complete_work_item
from engine.commands.organisation.roles import revoke_role
from engine.commands.resolve_incident import assign_incident
from engine.commands.rewind_instance import rewind_instance
from engine.commands.start_instance import start_instance
from engine.queries.incidents import open_incidents
from models import RoleAssignment
from tests.web.application import (
    CLERK,
    GOOD_MOTION,
    OUTSIDER,
    PROPOSER,
    SECONDER,
    UPLOAD_LIMIT,
    instance_of,
    pdf,
)

OPEN_SEASON = {
    "session_term": 4,
    "session_meeting": 7,
    "window_opens_on": date(2026, 11, 1),
    "window_closes_on": date(2026, 12, 1),
    "congress_on": date(2026, 12, 16),
    "collection_notice": "现开始征集本次会议提案，请各位代表积极提出。",
}


@pytest.fixture
def case(visit):
    """A motion that waits for the formal check."""
    started = visit(PROPOSER).get("/inbox?tab=started").links()
    return next(UUID(link.rsplit("/", 1)[-1]) for link in started if link.startswith("/instances/"))


@pytest.mark.both_databases
def test_the_page_shows_facts_timeline_and_what_comes(visit, case):
    page = visit(PROPOSER).get(f"/instances/{case}")
    assert page.status == 200
    assert GOOD_MOTION["reason"] in page.text
    states = [item.get("class").split()[-1] for item in page.tree.xpath("//li[contains(@class, 'timeline-item')]")]
    assert "is-done" in states
    assert "is-current" in states
    assert "is-next" in states
    assert states.index("is-current") < states.index("is-next")


@pytest.mark.both_databases
def test_the_diagram_has_the_current_node_and_the_path(visit, case):
    page = visit(PROPOSER).get(f"/instances/{case}")
    node = page.tree.xpath("//*[@data-diagram]")[0]
    assert "formal_check" in node.get("data-current").split()
    assert "draft" in node.get("data-done").split()
    drawn = visit(PROPOSER).get(node.get("data-diagram-url"))
    assert drawn.headers["Content-Type"].startswith("application/xml")
    assert b"formal_check" in drawn.body


def test_the_office_finds_its_task_on_the_page(visit, case):
    assert any(link.startswith("/tasks/") for link in visit(CLERK).get(f"/instances/{case}").links())
    assert not any(link.startswith("/tasks/") for link in visit(PROPOSER).get(f"/instances/{case}").links())


@pytest.mark.parametrize("path", ["", "/print", "/diagram.bpmn"])
def test_a_case_that_is_not_ones_business_looks_like_no_case(visit, case, path):
    stranger = visit(OUTSIDER)
    invented = "00000000-0000-4000-8000-000000000000"
    real, missing = stranger.get(f"/instances/{case}{path}"), stranger.get(f"/instances/{invented}{path}")
    assert real.status == missing.status == 404
    assert real.without_traces == missing.without_traces


@pytest.mark.parametrize("path", ["comments", "attachments", "withdraw"])
def test_nothing_is_added_to_a_case_that_is_not_ones_business(visit, case, path):
    data = {"section": "proposer_unit", "text": "你好", "reason": "不想办了"}
    if path == "attachments":
        data = {"file": pdf()}
    assert visit(OUTSIDER).post(f"/instances/{case}/{path}", data).status == 404


def test_the_phone_number_is_hidden_from_other_representatives(visit, case):
    assert GOOD_MOTION["phone"] in visit(PROPOSER).get(f"/instances/{case}").text
    assert GOOD_MOTION["phone"] in visit(CLERK).get(f"/instances/{case}").text
    assert GOOD_MOTION["phone"] not in visit(SECONDER).get(f"/instances/{case}").text


# ---- attachments


@pytest.mark.both_databases
def test_a_file_is_attached_and_downloaded_as_a_file(visit, case):
    proposer = visit(PROPOSER)
    page = proposer.post(f"/instances/{case}/attachments", {"file": pdf("食堂 现场照片（1）.pdf")})
    assert page.status == 200
    link = page.tree.xpath("//*[@class='attachment']//a/@href")[0]
    file = visit(CLERK).get(link)
    assert file.body == b"%PDF-1.4\n"
    assert file.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Content-Type"] == "application/octet-stream"
    assert visit(OUTSIDER).get(link).status == 404


def test_a_file_is_found_only_under_its_own_case(visit, case):
    proposer = visit(PROPOSER)
    page = proposer.post(f"/instances/{case}/attachments", {"file": pdf()})
    link = page.tree.xpath("//*[@class='attachment']//a/@href")[0]
    other = instance_of(proposer.post("/start/motion", {"request_id": "another"}))
    assert proposer.get(link.replace(str(case), str(other))).status == 404


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (None, "请选择文件"),
        (pdf("run.exe", b"MZ"), "只接受"),
        (pdf("page.pdf", b"<html>"), "文件内容不是 pdf 格式，请检查文件后重新上传"),
        (pdf("big.pdf", b"%PDF-" + b"0" * UPLOAD_LIMIT), ""),
    ],
)
def test_a_file_that_is_not_acceptable_is_refused_with_a_sentence(visit, case, file, sentence):
    refused = visit(PROPOSER).post(f"/instances/{case}/attachments", {"file": file} if file else {})
    assert refused.status == 422
    assert any(sentence in alert for alert in refused.alerts)


# ---- conversation


@pytest.mark.both_databases
def test_proposer_and_office_talk_in_their_section_and_the_committee_in_its_own(visit, case):
    clerk, proposer = visit(CLERK), visit(PROPOSER)
    clerk.post(f"/instances/{case}/comments", {"section": "proposer_unit", "text": "请问食堂是指哪一个？"})
    clerk.post(f"/instances/{case}/comments", {"section": "committee", "text": "此案建议立案"})
    seen = proposer.get(f"/instances/{case}").text
    assert "请问食堂是指哪一个？" in seen
    assert "此案建议立案" not in seen
    assert proposer.post(f"/instances/{case}/comments", {"section": "committee", "text": "我也说一句"}).status == 404
    assert visit(SECONDER).post(f"/instances/{case}/comments", {"section": "proposer_unit", "text": "x"}).status == 404


@pytest.mark.both_databases
@pytest.mark.parametrize("text", ["", "  ", "长" * 2001, "好\x00"])
def test_a_comment_that_is_not_acceptable_keeps_what_was_typed(visit, case, text):
    refused = visit(PROPOSER).post(f"/instances/{case}/comments", {"section": "proposer_unit", "text": text})
    assert refused.status == 422
    assert refused.alerts


# ---- withdrawal


@pytest.mark.both_databases
def test_the_proposer_withdraws_with_a_reason_and_the_record_stays(visit, case):
    proposer = visit(PROPOSER)
    refused = proposer.post(f"/instances/{case}/withdraw", {"reason": " "})
    assert refused.status == 422
    assert any("撤案理由" in alert for alert in refused.alerts)
    done = proposer.post(f"/instances/{case}/withdraw", {"reason": "学校已经解决"})
    assert done.status == 200
    assert "学校已经解决" in done.text
    assert not visit(CLERK).todo()


@pytest.mark.both_databases
def test_nobody_but_the_proposer_withdraws(visit, case):
    assert "/withdraw" not in visit(SECONDER).get(f"/instances/{case}").text
    assert visit(SECONDER).post(f"/instances/{case}/withdraw", {"reason": "不同意"}).status == 404


# ---- paper, start


def test_the_paper_has_the_motion_and_room_for_signatures(visit, case):
    page = visit(PROPOSER).get(f"/instances/{case}/print")
    assert page.status == 200
    assert "教职工代表大会提案表" in page.text
    assert GOOD_MOTION["title"] in page.text
    assert len(page.tree.xpath("//td[@class='signature']")) == 3


def test_whoever_may_start_nothing_is_told_why(visit):
    assert "您目前没有可以发起的事项" in visit(OUTSIDER).get("/start").text


def test_starting_without_the_right_looks_like_no_such_process(visit):
    real = visit(OUTSIDER).post("/start/motion", {"request_id": "a"})
    invented = visit(OUTSIDER).post("/start/nothing", {"request_id": "b"})
    assert real.status == invented.status == 404


@pytest.mark.parametrize("key", ["%00", "motion%00", "..", "a" * 500, "motion'--"])
def test_a_nonsense_process_is_not_found(visit, key):
    assert visit(PROPOSER).post(f"/start/{key}", {"request_id": "\x00", "process_id": "\x00"}).status == 404


@pytest.mark.both_databases
def test_pressing_start_twice_starts_once(visit):
    proposer = visit(PROPOSER)
    first = proposer.post("/start/motion", {"request_id": "once"})
    second = proposer.post("/start/motion", {"request_id": "once"})
    assert first.url == second.url
    assert len(proposer.todo()) == 1


def test_a_draft_waits_on_the_start_page(visit):
    proposer = visit(PROPOSER)
    draft = proposer.start_motion()
    assert draft.url in proposer.get("/start").links()


def test_the_start_page_says_what_each_process_is_for(visit):
    assert "每次会议开启一次" in visit(CLERK).get("/start").text


def test_the_page_of_a_draft_is_called_as_its_title_was_typed_so_far(visit):
    proposer = visit(PROPOSER)
    draft = proposer.start_motion()
    proposer.post(f"{draft.url}/draft", {**draft.values(), "title": "关于延长图书馆开放时间的提案"})
    page = proposer.get(f"/instances/{instance_of(draft)}")
    assert page.tree.xpath("string(//h1)").strip() == "关于延长图书馆开放时间的提案"


def test_the_season_of_a_session_says_what_it_is_and_is_no_motion(app, visit):
    with app.extensions["banli"].unit_of_work(actor=CLERK) as uow:
        season = start_instance(uow, "motion", process_id="season", request_id=None)
        complete_work_item(uow, season.work_item_ids[0], OPEN_SEASON, request_id=None, expected_version=None)
    page = visit(CLERK).get(f"/instances/{season.instance_id}")
    assert "提案征集与办理年度" in page.text
    assert "征集截止" in page.text
    assert "2026年12月1日 24:00）后自动继续" in page.text  # nobody has to do anything before
    assert page.tree.xpath("//li[contains(@class, 'is-next')]")
    assert "只有办理人员可以查看" not in page.text
    assert "提案人与承办单位沟通" not in page.text
    assert "教职工代表大会提案表" not in visit(CLERK).get(f"/instances/{season.instance_id}/print").text


def test_the_reasons_of_decisions_are_told_in_the_language_of_the_page(visit, case):
    clerk = visit(CLERK)
    clerk.get("/language/en?next=/inbox")
    page = clerk.get(f"/instances/{case}")
    assert "Kind of motion" in page.text
    assert "提案方式" not in page.text


def test_the_record_of_a_decision_names_columns_and_values_in_words(visit):
    clerk = visit(CLERK)
    task = clerk.task("形式审查")
    case = clerk.get(f"/instances/{instance_of(task)}").text
    assert "提案方式" in case
    assert "代表个人" in case
    assert "最少附议人数" in case
    assert "min_seconders" not in case
    assert "individual" not in case


def test_the_diagram_is_drawn_with_english_names_on_an_english_page(visit):
    clerk = visit(CLERK)
    address = f"/instances/{instance_of(clerk.task('形式审查'))}/diagram.bpmn"
    chinese = clerk.get(address)
    assert 'name="形式审查"' in chinese.body.decode()
    clerk.get("/language/en")
    english = clerk.get(address).body.decode()
    assert 'name="Formal check"' in english
    assert 'name="Motion committee"' in english
    assert english.count("bpmndi:BPMNShape ") == chinese.body.decode().count("bpmndi:BPMNShape ")


def test_who_reads_a_case_sees_that_it_stands_still_and_who_knows(app, visit, case):
    # given the office has lost its clerks and the motion comes to the formal check
    engine = app.extensions["banli"]
    with engine.unit_of_work("admin") as uow:
        query = select(RoleAssignment.id).where(RoleAssignment.role == "union_clerk")
        for assignment in list(uow.session.scalars(query)):
            revoke_role(uow, assignment)
    with engine.unit_of_work("admin") as uow:
        rewind_instance(uow, case, "formal_check", reason="重新审查", request_id=None)

    # when
    page = visit(PROPOSER).get(f"/instances/{case}")

    # then
    [said] = [" ".join(node.text_content().split()) for node in page.tree.xpath("//main//*[@role='status']")]
    assert said.startswith("停在“形式审查”：无人办理 没有人担任或均须回避：校工会办公室")
    assert "起已在系统管理员（系统管理员）的待办中。" in said
    assert not [link for link in page.links() if link.startswith("/admin/")]

    # when somebody has the work
    with engine.unit_of_work("admin") as uow:
        [incident] = open_incidents(uow)
        assign_incident(uow, incident.id, "welfare1", reason="暂代", request_id=None)

    # then nothing stands still
    assert not visit(PROPOSER).get(f"/instances/{case}").tree.xpath("//main//*[@role='status']")


def test_a_suspended_case_says_who_suspended_it_and_why(app, visit, case):
    # given
    with app.extensions["banli"].unit_of_work("admin") as uow:
        suspend_instance(uow, case, reason="核查附议人", request_id=None)

    # when
    page = visit(PROPOSER).get(f"/instances/{case}")

    # then
    [said] = [" ".join(node.text_content().split()) for node in page.tree.xpath("//main//*[@role='status']")]
    assert "已暂停" in said
    assert "系统管理员" in said
    assert said.endswith("：核查附议人")


@pytest.mark.both_databases
def test_nobody_is_asked_to_work_on_a_suspended_case(app, visit, case):
    # given
    with app.extensions["banli"].unit_of_work("admin") as uow:
        suspend_instance(uow, case, reason="核查附议人", request_id=None)

    # then the clerk sees it in the inbox, on the case and on the task, without a button
    clerk = visit(CLERK)
    assert "已暂停" in clerk.get("/inbox").text
    assert not [link for link in clerk.get(f"/instances/{case}").links() if link.startswith("/tasks/")]
    task = clerk.task("形式审查")
    assert "核查附议人" in task.text
    assert "恢复之后才能提交" in task.text
    assert not [name for name, _value in task.buttons() if name == "formal_action"]
