"""The administrators' pages: for administrators they work, for everybody else they do not exist."""

import io
import re
from datetime import date

import pytest
import xlsxwriter

from engine.commands.complete_work_item import complete_work_item
from engine.commands.start_instance import start_instance

OPEN_SEASON = {
    "session_term": 4,
    "session_meeting": 7,
    "congress_on": date(2026, 12, 16),
    "window_opens_on": date(2026, 11, 1),
    "window_closes_on": date(2026, 12, 1),
    "collection_notice": "现开始征集本次会议提案，请各位代表积极提出。",
}

PAGES = (
    "/admin/",
    "/admin/people",
    "/admin/people/new",
    "/admin/people/d0112",
    "/admin/units",
    "/admin/units/new",
    "/admin/units/教务处",
    "/admin/roles",
    "/admin/roles/rep",
    "/admin/congress",
    "/admin/congress/sessions/4-7",
    "/admin/settings",
    "/admin/calendar",
    "/admin/calendar?year=2027",
    "/admin/import",
)
UNKNOWN = (
    "/admin/people/nobody",
    "/admin/units/nowhere",
    "/admin/roles/king",
    "/admin/congress/sessions/9-9",
    "/admin/x",
)


@pytest.mark.parametrize("path", PAGES)
def test_the_system_administrator_opens_every_page(admin, path):
    page = admin.get(path)
    assert page.status == 200
    assert not re.search(r'\sstyle="|<script>|\son\w+="', page.text)


@pytest.mark.parametrize("path", PAGES)
def test_for_everybody_else_the_page_does_not_exist(visit, path):
    page, unknown = visit("d0101").get(path), visit("d0101").get("/nothing/here")
    assert page.status == unknown.status == 404
    assert page.tree.xpath("//main")[0].text_content() == unknown.tree.xpath("//main")[0].text_content()


@pytest.mark.parametrize("path", UNKNOWN)
def test_an_unknown_thing_cannot_be_found(admin, path):
    assert admin.get(path).status == 404


def test_nobody_is_asked_to_log_in(visit):
    assert visit(None).get("/admin/people").url == "/login"


@pytest.mark.parametrize(
    ("user", "opened", "closed"),
    [
        (
            "clerk1",
            ["/admin/", "/admin/congress", "/admin/calendar"],
            ["/admin/people", "/admin/settings", "/admin/trail"],
        ),
        ("secadmin", ["/admin/people", "/admin/people/d0101", "/admin/roles"], ["/admin/units", "/admin/import"]),
        ("auditadmin", ["/admin/", "/admin/trail"], ["/admin/people", "/admin/roles", "/admin/settings"]),
        ("admin", ["/admin/settings"], ["/admin/trail"]),
    ],
)
def test_each_administrator_enters_his_own_part(visit, user, opened, closed):
    visitor = visit(user)
    assert {path: visitor.get(path).status for path in opened} == dict.fromkeys(opened, 200)
    assert {path: visitor.get(path).status for path in closed} == dict.fromkeys(closed, 404)


@pytest.mark.parametrize(
    "path", ["/admin/people/d0102/lock", "/admin/people/d0102/password", "/admin/settings/login.failures"]
)
def test_a_forged_post_finds_nothing(visit, path):
    assert visit("d0101").post(path, {"value": "3"}).status == 404


@pytest.mark.both_databases
def test_people_are_found_by_part_of_name_or_number(admin):
    assert "/admin/people/d0112" in admin.get("/admin/people?q=基础医学院-12").links()
    assert "/admin/people/000777" in admin.get("/admin/people?q=000777").links()
    assert "没有符合条件的人员" in admin.get("/admin/people?q=<script>").text


@pytest.mark.both_databases
def test_a_person_is_added_and_what_was_typed_stays_when_it_is_wrong(admin):
    wrong = admin.post("/admin/people/new", {"id": "d0101", "name": "同号的人"})
    assert wrong.status == 422
    assert wrong.errors_at("id") == ["此工号已有人使用，请核对"]
    assert 'value="同号的人"' in wrong.text
    right = admin.post("/admin/people/new", {"id": "009901", "name": "新同事", "unit_id": "教务处", "language": "en"})
    assert (right.status, right.url) == (200, "/admin/people/009901")
    assert "已新增人员" in right.text


@pytest.mark.both_databases
def test_a_locked_person_is_logged_out(admin, visit):
    person = visit("d0101")
    assert person.get("/inbox").url == "/inbox"
    assert "已由管理员锁定" in admin.post("/admin/people/d0101/lock").text
    assert person.get("/inbox").url == "/login"
    assert "已由管理员锁定" not in admin.post("/admin/people/d0101/unlock").text


@pytest.mark.both_databases
def test_an_administrator_cannot_lock_himself(admin):
    page = admin.post("/admin/people/admin/lock")
    assert page.status == 409
    assert page.alerts == ["不能锁定自己的账号，请由其他管理员操作"]


@pytest.mark.both_databases
def test_a_role_is_granted_and_revoked(admin):
    granted = admin.post("/admin/people/s01/roles", {"role": "unit_officer", "role_unit": "教务处"})
    (revoke,) = [a for a in granted.tree.xpath("//form/@action") if a.endswith("/revoke") and "s01" in a][:1]
    assert "承办人" in granted.text
    assert "角色已收回" in admin.post(revoke).text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"role": "unit_officer", "role_unit": "基础医学院代表团"}, "role_unit"),
        ({"role": "rep", "role_unit": "基础医学院代表团"}, "term"),
        ({"role": ""}, "role"),
        ({"role": "process_owner", "valid_from": "yesterday"}, "valid_from"),
    ],
)
def test_a_role_that_cannot_be_granted_is_refused_at_its_field(admin, typed, field):
    page = admin.post("/admin/people/s01/roles", typed)
    assert page.status == 422
    assert page.errors_at(field)


@pytest.mark.both_databases
def test_a_relative_is_declared_on_both_sides(admin):
    assert "会员-02" in admin.post("/admin/people/s01/relatives", {"relative_id": "s02", "relation": "spouse"}).text
    assert "会员-01" in admin.get("/admin/people/s02").text
    wrong = admin.post("/admin/people/s01/relatives", {"relative_id": "nobody", "relation": "spouse"})
    assert wrong.errors_at("relative_id") == ["没有找到此工号，请核对"]


@pytest.mark.both_databases
def test_a_dissolved_unit_names_its_successor(admin):
    page = admin.post("/admin/units/学生处/dissolve", {"last_day": "2026-11-30", "successor_id": "教务处"})
    assert "由 教务处 承接" in page.text
    assert "负责人-学生处" not in admin.get("/admin/units/教务处").text  # from the first of December on


@pytest.mark.both_databases
def test_a_leader_is_put_in_charge(admin):
    page = admin.post("/admin/units/教务处/leader", {"user_id": "l03"})
    (charge,) = page.tree.xpath("//form[contains(@action, '/leader/')]/..")  # the one that can be ended
    assert "校领导-03" in charge.text_content()


@pytest.mark.both_databases
def test_a_session_is_added_and_changed(admin):
    typed = {"term": "4", "meeting": "8", "opens_on": "2027-03-01", "window_closes_at": "2027-03-31"}
    assert "四届八次" in admin.post("/admin/congress/sessions", typed).text
    changed = admin.post("/admin/congress/sessions/4-8", {"name": "四届八次", "congress_on": "2027-05-01"})
    assert "2027年5月1日" in changed.text
    assert admin.post("/admin/congress/sessions", {"term": "4", "meeting": "viele"}).errors_at("meeting") == [
        "请填写整数"
    ]


@pytest.mark.both_databases
def test_a_setting_shows_its_source_and_who_changed_it(admin):
    page = admin.post("/admin/settings/login.failures", {"value": "4", "source": "校发〔2026〕3号"})
    assert "校发〔2026〕3号" in page.text
    assert "系统管理员 改于" in page.text
    wrong = admin.post("/admin/settings/login.failures", {"value": "hundert", "source": "x"})
    assert (wrong.status, wrong.alerts) == (422, ["请填写数字"])
    assert 'value="hundert"' in wrong.text


@pytest.mark.both_databases
def test_a_day_of_the_calendar_is_set_and_cleared(admin):
    page = admin.post("/admin/calendar/days", {"day": "2026-12-09", "kind": "holiday", "name": "校庆"})
    assert "校庆" in page.text
    assert (
        "校庆" not in admin.post("/admin/calendar/days/2026-12-09/clear").tree.xpath("//ul[@class]")[-1].text_content()
    )


def test_the_missing_year_is_pointed_out(admin):
    assert "还没有 2027 年的节假日与调休" in admin.get("/admin/").text


@pytest.mark.both_databases
def test_the_audit_administrator_reads_what_was_changed(admin, visit):
    admin.post("/admin/people/d0103/lock")
    page = visit("auditadmin").get("/admin/trail?q=d0103")
    assert "锁定账号" in page.text
    assert "系统管理员" in page.text


def test_the_record_of_changes_calls_people_and_settings_by_their_names(admin, visit):
    admin.post("/admin/settings/motion.max_returns", {"value": "3", "source": "主席办公会议"})
    admin.post("/admin/units/教务处/leader", {"user_id": "l03"})
    text = " ".join(visit("auditadmin").get("/admin/trail").tree.xpath("string(//main//tbody)").split())
    assert "最多退回修改次数" in text
    assert "motion.max_returns" not in text
    assert "校领导-03" in text
    assert "工号：l03" not in text


def sheet(rows):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return io.BytesIO(stream.getvalue()), "people.xlsx"


def chosen(page):
    """The address and the fields of the mapping form as they stand."""
    (form,) = [form for form in page.tree.forms if "/admin/import/" in form.action]
    return form.action, dict(form.form_values())


@pytest.mark.both_databases
def test_people_are_imported_after_a_dry_run(admin):
    uploaded = admin.post("/admin/import", {"file": sheet([["职工号", "姓名", "部门"], ["088001", "张三", "教务处"]])})
    address, fields = chosen(uploaded)
    assert fields["column-0"] == "id"

    tried = admin.post(address, {**fields, "do": "try"})
    assert "写入 1 项变化" in tried.text
    assert admin.get("/admin/people/088001").status == 404

    assert "新增 1 人" in admin.post(address, {**fields, "do": "apply"}).text
    assert admin.get("/admin/people/088001").status == 200
    assert admin.post(address, {**fields, "do": "apply"}).status == 404  # the upload is gone


@pytest.mark.both_databases
def test_one_wrong_row_is_named_and_nothing_can_be_written(admin):
    uploaded = admin.post("/admin/import", {"file": sheet([["工号", "姓名"], ["088002", "李四"], ["088003", ""]])})
    address, fields = chosen(uploaded)
    tried = admin.post(address, {**fields, "do": "try"})
    assert "第 3 行 姓名：缺少姓名，请补填" in tried.text
    assert ("do", "apply") not in tried.buttons()
    assert admin.post(address, {**fields, "do": "apply"}).status == 422
    assert admin.get("/admin/people/088002").status == 404


@pytest.mark.parametrize("content", [b"", b"not a spreadsheet"])
def test_a_file_that_is_no_spreadsheet_is_refused(admin, content):
    assert admin.post("/admin/import", {"file": (io.BytesIO(content), "people.xlsx")}).status == 422


def test_an_invented_upload_cannot_be_found(admin):
    for token in ("x", "a" * 32, "..%2f..%2fmaster.key"):
        assert admin.post(f"/admin/import/{token}", {"do": "apply"}).status == 404


@pytest.mark.parametrize("year", [0, 99999])
def test_a_year_that_no_calendar_has_is_an_unknown_address(admin, year):
    assert admin.post(f"/admin/calendar/years/{year}/seed").status == 404


@pytest.mark.both_databases
def test_the_administrator_sees_what_moves_before_the_dates_of_a_running_session_are_saved(admin, app):
    with app.extensions["banli"].unit_of_work(actor="clerk1") as uow:
        season = start_instance(uow, "motion", process_id="season", request_id=None)
    with app.extensions["banli"].unit_of_work(actor="clerk1") as uow:
        complete_work_item(uow, season.work_item_ids[0], OPEN_SEASON, request_id=None, expected_version=None)
    typed = {"name": "四届七次", "opens_on": "2026-11-01", "window_closes_at": "2026-12-20"}
    page = admin.post("/admin/congress/sessions/4-7", typed)
    assert "还没有保存" in page.alerts[0]
    assert "1 个流程随之调整：等待的定时 1 个" in page.alerts[0]
    assert "2026年12月20日" not in admin.get("/admin/congress").text
    # another day than the one that was agreed to is shown again
    other = {**typed, "window_closes_at": "2026-11-20", "agreed": "2026-11-01|2026-12-20|"}
    page = admin.post("/admin/congress/sessions/4-7", other)
    assert "征集随即截止" in page.alerts[0]
    agreed = page.tree.xpath("//input[@name='agreed']/@value")[0]
    assert "2026年11月20日" in admin.post("/admin/congress/sessions/4-7", {**other, "agreed": agreed}).text


def test_a_choice_takes_only_what_it_offers(admin):
    key = "motion.no_feedback_counts_as"
    assert admin.post(f"/admin/settings/{key}", {"value": "satisfied"}).status == 200
    page = admin.post(f"/admin/settings/{key}", {"value": "happy"})
    assert (page.status, page.alerts) == (422, ["请选择：未反馈、视为满意"])
    options = page.tree.xpath(f"//select[@id='value-{key}']/option/text()")
    assert options == ["未反馈", "视为满意"]


def test_settings_of_the_reports_and_of_similar_motions_are_on_the_page(admin):
    text = admin.get("/admin/settings").text
    assert "满意率以哪些提案为基数" in text
    assert admin.post("/admin/settings/motion.similar_threshold", {"value": "1.5"}).alerts == ["不能大于 1"]
