"""Incidents and corrections: an administrator sees what failed and does what is needed; nobody else finds the pages."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from engine.commands.deploy import deploy_folder
from engine.commands.modify_variables import modify_variables
from engine.commands.organisation.roles import revoke_role
from engine.commands.rewind_instance import rewind_instance
from engine.commands.start_instance import start_instance
from engine.installation.audit import verify
from engine.queries.inbox import inbox_counts
from models import HistoryEvent, InstanceParticipant, ProcessInstance, RoleAssignment
from tests.support.folders import process, write_folder
from tests.web.application import CLERK, GOOD_MOTION, running_application


@pytest.fixture
def app(prepared_databases, tmp_path, clock):
    """The office has a motion to check."""
    with running_application(prepared_databases, tmp_path, clock, submitted=True) as application:
        yield application


@pytest.fixture
def engine(app):
    return app.extensions["banli"]


@pytest.fixture
def case(engine) -> UUID:
    with engine.reading() as uow:
        return uow.session.scalars(select(ProcessInstance.id).where(ProcessInstance.process_key == "motion")).one()


@pytest.fixture
def vacancy(engine, case) -> UUID:
    """The office has lost its clerks and the motion comes to the formal check: nobody can do it."""
    with engine.unit_of_work("admin") as uow:
        query = select(RoleAssignment.id).where(RoleAssignment.role == "union_clerk")
        for assignment in list(uow.session.scalars(query)):
            revoke_role(uow, assignment)
    with engine.unit_of_work("admin") as uow:
        rewind_instance(uow, case, "formal_check", reason="重新审查", request_id=None)
    return case


PREPARING = process(
    "preparing",
    """
    <bpmn:startEvent id="begin"/>
    begin -> later
    <bpmn:intermediateCatchEvent id="later" name="一小时之后">
      <bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:intermediateCatchEvent>
    later -> read
    <bpmn:serviceTask id="read" name="读取会议日期" banli:operation="session.read">
      <bpmn:extensionElements><banli:parameter name="session" value="=&quot;4-8&quot;"/></bpmn:extensionElements>
    </bpmn:serviceTask>
    read -> note
    <bpmn:userTask id="note" name="登记会议日期" banli:candidateRole="union_clerk"/>
    note -> done
    <bpmn:endEvent id="done"/>
    """,
)


@pytest.fixture
def failure(engine, clock, tmp_path) -> UUID:
    """An automatic step has failed in the background as often as it was tried: a session is not entered yet."""
    with engine.unit_of_work() as uow:
        deploy_folder(uow, write_folder(tmp_path, "preparing", PREPARING))
    with engine.unit_of_work("d0101") as uow:
        started = start_instance(uow, "preparing", request_id=str(uuid4()))
    for minutes in (60, 1, 5, 30, 120):
        clock.advance(minutes=minutes)
        engine.run_due_jobs()
    return started.instance_id


def kinds(engine, case):
    with engine.reading() as uow:
        query = select(HistoryEvent.kind).where(HistoryEvent.process_instance_id == case).order_by(HistoryEvent.seq)
        return list(uow.session.scalars(query))


def twice(visitor, path, **data):
    """Send a form as an impatient person does."""
    data = {"request_id": str(uuid4()), **data}
    first, second = (visitor.client.post(path, data=data) for _ in range(2))
    return first.status_code, second.status_code


def incident_link(admin):
    return next(link for link in admin.get("/inbox").links() if link.startswith("/admin/incidents/"))


def test_an_incident_is_in_the_administrators_inbox_and_counted(vacancy, admin, engine):
    page = admin.get("/inbox")
    assert "无人办理" in page.text
    with engine.reading("admin") as uow:
        assert inbox_counts(uow).todo == 1
    listed = admin.get("/admin/incidents")
    assert "形式审查" in listed.text
    assert "任命担任此角色的人" in listed.text
    assert "校工会办公室" in admin.get(incident_link(admin)).text


def test_the_administrator_does_not_read_the_motion_on_these_pages(vacancy, admin):
    paths = ("/inbox", "/admin/incidents", incident_link(admin), f"/admin/cases/{vacancy}")
    fields = [f"/admin/cases/{vacancy}/variable?key={key}" for key in ("title", "reason", "phone")]
    for path in (*paths, *fields):
        page = admin.get(path)
        assert page.status == 200, path
        assert not [
            text for key, text in GOOD_MOTION.items() if key in ("title", "reason", "phone") and text in page.text
        ]


def test_for_everybody_else_the_pages_do_not_exist(vacancy, admin, visit):
    link = incident_link(admin)
    paths = [link, "/admin/incidents", f"/admin/cases/{vacancy}", f"/admin/cases/{vacancy}/variable?key=title"]
    for user in ("d0101", CLERK, "auditadmin"):
        assert {visit(user).get(path).status for path in paths} == {404}
        posts = [f"{link}/settle", f"{link}/assign", f"/admin/cases/{vacancy}/cancel", f"/admin/cases/{vacancy}/move"]
        assert {visit(user).post(path, {"reason": "x"}).status for path in posts} == {404}


@pytest.mark.both_databases
def test_the_work_is_given_to_a_person_once(vacancy, admin, visit, engine):
    link = incident_link(admin)
    refused = admin.post(f"{link}/assign", {"user_id": "nobody", "reason": "代办", "request_id": str(uuid4())})
    assert refused.status == 422
    assert refused.errors_at("user_id")
    without_log_in = admin.post(f"{link}/assign", {"user_id": "000001", "reason": "代办", "request_id": str(uuid4())})
    assert without_log_in.errors_at("user_id") == ["此人不能登录，无法办理，请指派其他人"]
    proposer = admin.post(f"{link}/assign", {"user_id": "d0101", "reason": "代办", "request_id": str(uuid4())})
    assert proposer.errors_at("user_id") == ["按回避规定，此人不能办理，请指派其他人"]

    assert twice(admin, f"{link}/assign", user_id="welfare1", reason="办公室暂缺") == (303, 303)
    assert "形式审查" in visit("welfare1").task("形式审查").text
    assert kinds(engine, vacancy).count("work_item.assigned") == 1
    assert "incident.resolved" in kinds(engine, vacancy)
    assert "没有异常事项" in admin.get("/admin/incidents").text
    assert verify(engine).ok


@pytest.mark.both_databases
def test_an_incident_is_settled_once(vacancy, admin, engine):
    link = incident_link(admin)
    assert twice(admin, f"{link}/settle") == (303, 303)
    assert kinds(engine, vacancy).count("incident.resolved") == 1
    assert admin.get(link).status == 404


def test_an_incident_says_why_an_automatic_step_failed(failure, admin):
    page = admin.get(incident_link(admin))
    causes = [" ".join(node.text_content().split()) for node in page.tree.xpath("//main//dd")]
    assert any(cause.startswith("没有找到这次会议，请先登记届次") for cause in causes)


@pytest.mark.both_databases
def test_a_job_that_fails_again_when_retried_is_an_incident_again_at_once(failure, admin, engine):
    link = incident_link(admin)
    assert "正在重试" in admin.post(f"{link}/retry", {"request_id": str(uuid4())}).text
    engine.run_due_jobs()
    assert "自动步骤失败" in admin.get("/admin/incidents").text
    assert incident_link(admin) != link


@pytest.mark.both_databases
def test_a_job_that_is_retried_once_its_cause_is_removed_goes_on(failure, admin, visit, engine):
    link = incident_link(admin)
    admin.post("/admin/congress/sessions", {"term": "4", "meeting": "8", "congress_on": "2027-12-01"})
    assert twice(admin, f"{link}/retry") == (303, 303)
    engine.run_due_jobs()
    assert "没有异常事项" in admin.get("/admin/incidents").text
    assert visit(CLERK).task("登记会议日期")
    assert kinds(engine, failure).count("incident.resolved") == 1
    assert verify(engine).ok


@pytest.mark.both_databases
def test_of_a_failed_job_that_is_waited_for_no_more_nothing_is_left_but_to_say_so(failure, admin, engine):
    with engine.unit_of_work("admin") as uow:
        rewind_instance(uow, failure, "note", reason="日期已另行登记", request_id=None)
    advice = admin.get(incident_link(admin)).tree.xpath("string(//main)")
    assert "事项已经继续或已经结束，标记为已处理即可。" in advice


def test_a_suspended_case_refuses_what_people_do_until_it_is_resumed(case, admin, visit, engine):
    clerk = visit(CLERK)
    task = clerk.task("形式审查")
    assert admin.post(f"/admin/cases/{case}/suspend", {"reason": " "}).status == 422
    assert twice(admin, f"/admin/cases/{case}/suspend", reason="核查") == (303, 303)
    yes = {"complete": "yes", "one_matter": "yes", "in_scope": "yes", "duplicate": "no", "formal_action": "pass"}
    refused = clerk.send(task, **yes)
    assert refused.status == 409
    assert "此事项已暂停，恢复后才能办理" in refused.text
    assert twice(admin, f"/admin/cases/{case}/resume", reason="核查完毕") == (303, 303)
    assert clerk.send(clerk.task("形式审查"), **yes).url == "/inbox"
    assert [kinds(engine, case).count(kind) for kind in ("instance.suspended", "instance.resumed")] == [1, 1]


def test_the_page_of_a_suspended_case_offers_to_cancel_it(case, admin, engine):
    assert twice(admin, f"/admin/cases/{case}/suspend", reason="核查") == (303, 303)
    assert admin.get(f"/admin/cases/{case}").tree.xpath(f"//form[@action='/admin/cases/{case}/cancel']")
    assert twice(admin, f"/admin/cases/{case}/cancel", reason="误建") == (303, 303)
    assert kinds(engine, case).count("instance.cancelled") == 1


@pytest.mark.both_databases
def test_moving_shows_what_closes_and_opens_before_it_is_done(case, admin, visit, engine):
    before = kinds(engine, case)
    page = admin.get(f"/admin/cases/{case}/move?from=formal_check&to=recommend")
    shown = [" ".join(node.text_content().split()) for node in page.tree.xpath("//main//dd")]
    assert shown == ["形式审查", "审查并提出建议"]
    assert kinds(engine, case) == before
    assert visit(CLERK).todo()

    data = {"no": page.tree.xpath("//input[@name='no']/@value")[0], "to": "recommend"}
    assert admin.post(f"/admin/cases/{case}/move", {**data, "reason": ""}).errors_at("reason")
    assert twice(admin, f"/admin/cases/{case}/move", **data, reason="已线下审查") == (303, 303)
    assert visit("c02").task("审查并提出建议")
    assert kinds(engine, case).count("instance.token_moved") == 1


def test_where_a_token_cannot_go_is_said_before(case, admin):
    page = admin.get(f"/admin/cases/{case}/move?from=formal_check&to=second")
    assert page.status == 200
    assert "不能从这里调整到该环节" in page.text
    assert admin.get(f"/admin/cases/{case}/move?from=formal_check&to=nowhere").status == 404
    assert admin.get(f"/admin/cases/{case}/move?from=nowhere&to=recommend").status == 404


@pytest.mark.both_databases
def test_a_case_begins_again_and_is_cancelled(case, admin, visit, engine):
    assert "撰写提案" in admin.get(f"/admin/cases/{case}/rewind?to=draft").text
    assert twice(admin, f"/admin/cases/{case}/rewind", to="draft", reason="内容丢失") == (303, 303)
    assert visit("d0101").task("撰写提案")
    assert twice(admin, f"/admin/cases/{case}/cancel", reason="误提交") == (303, 303)
    assert visit("d0101").todo() == []
    assert "已经结束" in admin.get(f"/admin/cases/{case}").text
    assert kinds(engine, case).count("instance.cancelled") == 1
    timeline = visit("d0101").get(f"/instances/{case}").text
    assert "误提交" in timeline
    assert "内容丢失" in timeline
    assert verify(engine).ok


@pytest.mark.both_databases
def test_one_field_is_corrected_as_its_form_judges_it(case, admin, visit, engine):
    path = f"/admin/cases/{case}/variable"
    wrong = admin.post(path, {"key": "title", "title": "", "reason": "", "request_id": str(uuid4())})
    assert wrong.status == 422
    assert wrong.errors_at("title")
    assert wrong.errors_at("reason")
    title = "关于延长食堂供餐时间的提案"
    assert twice(admin, path, key="title", title=title, reason="提案人来电更正") == (303, 303)
    assert title in visit("d0101").get(f"/instances/{case}").text
    assert kinds(engine, case).count("instance.modified") == 1
    assert admin.get(path + "?key=nothing").status == 404


def test_a_case_is_found_by_its_number(case, admin):
    assert admin.get(f"/admin/cases?q={case}").url == f"/admin/cases/{case}"
    assert "没有找到这个编号" in admin.get("/admin/cases?q=999").text


def correct(admin, case, key, value, reason):
    data = {"key": key, key: value, "reason": reason, "request_id": str(uuid4())}
    return admin.post(f"/admin/cases/{case}/variable", data)


def test_who_filled_in_a_corrected_field_is_told_what_it_was_and_why(case, admin, visit):
    # when
    assert correct(admin, case, "category", "人才培养", "提案人来电更正").status == 200

    # then the notice and the case's record say the same
    told = visit("d0101").get("/notices").text
    assert "类别已更正：" in told
    assert "由“后勤保障”更正为“人才培养”。理由：提案人来电更正" in told
    page = visit("d0101").get(f"/instances/{case}")
    [line] = [" ".join(one.text_content().split()) for one in page.tree.xpath("//li[contains(., '更正：')]")][-1:]
    assert "系统管理员 更正：类别 由“后勤保障”改为“人才培养” 提案人来电更正" in line


def test_what_only_the_committee_sees_is_corrected_without_showing_the_proposer(case, visit, engine):
    with engine.unit_of_work("admin") as uow:
        modify_variables(uow, case, {"recommended_disposition": "suggestion"}, reason="笔误", request_id=None)
    assert "由“—”改为“转意见建议”" in visit("c02").get(f"/instances/{case}").text
    page = visit("d0101").get(f"/instances/{case}").text
    assert "更正数据" in page
    assert "转意见建议" not in page


def test_a_corrected_telephone_number_stands_in_no_notice_and_no_record(case, admin, visit, engine):
    assert correct(admin, case, "phone", "0373-3029111", "号码有误").status == 200
    assert "联系电话已更正" in visit("d0101").get("/notices").text
    assert "由管理员更正。理由：号码有误" in visit("d0101").get("/notices").text
    with engine.reading() as uow:
        bodies = list(uow.session.scalars(select(HistoryEvent.body).where(HistoryEvent.process_instance_id == case)))
    assert not [body for body in bodies if "3029000" in body or "3029111" in body]


def test_a_correction_that_changes_nothing_is_refused(case, admin, engine):
    page = correct(admin, case, "category", "后勤保障", "核对")
    assert page.errors_at("category") == ["与原来的内容相同"]
    assert "instance.modified" not in kinds(engine, case)


def test_fields_stand_under_the_step_that_fills_them_and_people_come_before_the_machinery(case, admin):
    page = admin.get(f"/admin/cases/{case}")
    groups = {
        name: page.tree.xpath(f"//select[@id='{name}']/optgroup/@label") for name in ("choose-key", "choose-to-move")
    }
    assert groups["choose-key"][:2] == ["撰写提案", "代表团审核"]
    assert "答复质量审核" in groups["choose-key"]
    assert groups["choose-to-move"] == ["要人办理的环节", "系统自动进行的步骤"]
    written = page.tree.xpath("//select[@id='choose-key']/optgroup[@label='撰写提案']/option/@value")
    assert {"title", "reason", "category"} <= set(written)
    assert len(page.tree.xpath("//select[@id='choose-key']/option")) == 1  # 请选择


# ---- what a case is called


def test_a_case_without_a_number_is_called_by_when_it_began_where_its_title_is_not_for_one(vacancy, admin):
    for path in ("/inbox", "/admin/incidents", incident_link(admin), f"/admin/cases/{vacancy}"):
        page = admin.get(path)
        assert "未编号的提案（2026年11月25日 09:30 发起）" in page.text, path
        assert GOOD_MOTION["title"] not in page.text
    # pages that change something name it as well, and its identifier still finds it
    assert "未编号的提案" in admin.get(f"/admin/cases/{vacancy}/rewind?to=formal_check").text
    assert "未编号的提案" in admin.get(f"/admin/cases/{vacancy}/variable?key=title").text
    page = admin.get(f"/admin/cases/{vacancy}")
    assert vacancy.hex[-8:] in page.text
    assert admin.get(f"/admin/cases?q={vacancy.hex[-8:]}").url == page.url


def test_a_case_without_a_number_is_called_by_its_title_where_one_may_read_it(engine, vacancy, admin):
    with engine.unit_of_work() as uow:
        uow.session.add(InstanceParticipant(process_instance_id=vacancy, user_id="admin", part="copied", since=uow.now))
    for path in ("/inbox", "/admin/incidents", incident_link(admin), f"/admin/cases/{vacancy}"):
        page = admin.get(path)
        assert page.text.count(GOOD_MOTION["title"]) >= 1, path
        assert "未编号" not in page.text
    assert admin.get(f"/admin/cases/{vacancy}").tree.xpath("//h1")[-1].text_content() == f"提案 {GOOD_MOTION['title']}"


def test_a_case_with_a_number_is_called_by_it(engine, vacancy, admin):
    with engine.unit_of_work() as uow:
        uow.session.get_one(ProcessInstance, vacancy).number = "407001"
    assert "提案 407001" in admin.get(f"/admin/cases/{vacancy}").text
    for path in ("/inbox", "/admin/incidents", incident_link(admin)):
        assert "407001" in admin.get(path).text, path
