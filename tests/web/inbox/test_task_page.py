"""The page on which a work item is done."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from flask import render_template_string
from werkzeug.datastructures import FileStorage

from tests.web.application import (
    CLERK,
    GOOD_MOTION,
    OTHER_CLERK,
    OTHER_SECONDER,
    OUTSIDER,
    PROPOSER,
    SECONDER,
    UPLOAD_LIMIT,
    Visitor,
    instance_of,
    pdf,
    submitted_motion,
)
from web.forms import Posted
from web.inbox import views


@pytest.fixture
def proposer(visit):
    return visit(PROPOSER)


def test_a_representative_writes_a_motion_without_scripts(proposer):
    draft = proposer.start_motion()
    assert draft.status == 200
    done = proposer.send(draft, **GOOD_MOTION)
    assert done.url == "/inbox"
    assert "“撰写提案”已提交" in done.text


@pytest.mark.both_databases
def test_the_office_decides_by_the_buttons_of_the_form(visit):
    submitted_motion(visit)
    clerk = visit(CLERK)
    page = clerk.task("形式审查")
    assert page.buttons()["formal_action", "pass"] == "通过"
    assert page.buttons()["formal_action", "return"] == "退回修改"
    answers = {"complete": "yes", "one_matter": "yes", "in_scope": "yes", "duplicate": "no"}
    done = clerk.send(page, **answers, formal_action="pass")
    assert done.status == 200
    assert "已提交：通过" in done.text


def test_returning_without_a_reason_is_refused_at_the_reason(visit):
    submitted_motion(visit)
    clerk = visit(CLERK)
    page = clerk.task("形式审查")
    answers = {"complete": "yes", "one_matter": "no", "in_scope": "yes", "duplicate": "no"}
    refused = clerk.send(page, **answers, formal_action="return")
    assert refused.status == 422
    assert refused.errors_at("formal_comment") == ["请填写此项"]
    assert refused.tree.xpath("//*[@name='formal_comment']/@aria-invalid") == ["true"]
    assert refused.values()["one_matter"] == "no"


# ---- bad input


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"title": ""}, "title", "请填写此项"),
        ({"title": "食堂"}, "title", "至少 5 个字，现在是 2 个字"),
        ({"title": "长" * 41}, "title", "最多 40 个字，现在是 41 个字"),
        ({"title": "关于\x00食堂的提案"}, "title", "含有无法显示的字符，请删除后重试"),
        ({"title": "关于\u202e食堂的提案"}, "title", "含有无法显示的字符，请删除后重试"),
        ({"reason": "长" * 30_000}, "reason", "最多 20000 个字，现在是 30000 个字"),
        ({"category": "随便写的"}, "category", "请选择列表中的值"),
        ({"kind": "king"}, "kind", "请选择列表中的值"),
        ({"seconders": ["nobody"]}, "seconders", "请选择列表中的值"),
        ({"seconders": [PROPOSER, SECONDER]}, "seconders", "附议人不能是提案人、联名人或他们的亲属（须回避），请另选"),
        ({"phone": "<script>"}, "phone", "电话号码格式不正确，例如 13800001234 或 0373-3029000"),
        ({"attachments": ["00000000-0000-0000-0000-000000000000"]}, "attachments", "附件不存在或不可用，请重新上传"),
        ({"suggestions-0-suggestion": "  "}, "suggestions", "至少 1 项，现在是 0 项"),
    ],
)
def test_bad_input_is_answered_at_its_field_and_typed_text_stays(proposer, typed, field, sentence):
    draft = proposer.start_motion()
    refused = proposer.send(draft, **{**GOOD_MOTION, "reason": "食堂关门太早，值班人员无处用餐。", **typed})
    assert refused.status == 422
    assert refused.errors_at(field) == [sentence]
    if field != "title":
        assert refused.values()["title"] == GOOD_MOTION["title"]
    if field != "reason":
        assert refused.values()["reason"].strip() == "食堂关门太早，值班人员无处用餐。"


def test_a_wrong_row_of_the_list_is_shown_at_the_row(proposer):
    draft = proposer.start_motion()
    refused = proposer.send(draft, **GOOD_MOTION, **{"suggestions-1-suggestion": "好"})
    assert refused.status == 422
    assert refused.errors_at("suggestions-1-suggestion") == ["至少 4 个字，现在是 1 个字"]


def test_typed_markup_is_shown_as_text(proposer):
    hostile = "<script>alert(1)</script><b>食堂</b>"
    refused = proposer.send(proposer.start_motion(), **{**GOOD_MOTION, "title": hostile, "phone": "x"})
    assert refused.status == 422
    assert refused.values()["title"] == hostile
    assert "<script>alert" not in refused.text


@pytest.mark.both_databases
def test_fields_that_the_form_does_not_have_change_nothing(proposer, visit):
    draft = proposer.start_motion()
    proposer.send(draft, **GOOD_MOTION, disposition="filed", number="405001", initiator="clerk1")
    case = proposer.get(f"/instances/{instance_of(draft)}")
    assert "405001" not in case.text


@pytest.mark.both_databases
@pytest.mark.parametrize("version", ["999", "0", "", "-1", "1.0", "abc", "１", "9" * 40])
def test_a_form_rendered_before_a_change_is_refused_and_nothing_is_written(proposer, version):
    draft = proposer.start_motion()
    stale = proposer.send(draft, **GOOD_MOTION, version=version)
    assert stale.status == 409
    assert any("本次提交未保存" in alert for alert in stale.alerts)
    assert GOOD_MOTION["reason"] in stale.text  # what was typed can be copied
    assert proposer.get(draft.url).status == 200


@pytest.mark.both_databases
def test_a_second_click_is_the_same_click(proposer):
    draft = proposer.start_motion()
    data = {**draft.values(), **GOOD_MOTION}
    first, second = proposer.post(draft.url, data), proposer.post(draft.url, data)
    assert first.status == second.status == 200
    assert first.url == second.url == "/inbox"


@pytest.mark.both_databases
def test_a_task_done_by_another_says_who_and_when(visit):
    submitted_motion(visit)
    quick, slow = visit(CLERK), visit(OTHER_CLERK)
    page, other = quick.task("形式审查"), slow.task("形式审查")
    answers = {"complete": "yes", "one_matter": "yes", "in_scope": "yes", "duplicate": "no", "formal_action": "pass"}
    assert quick.send(page, **answers).status == 200
    late = slow.send(other, **answers)
    assert late.status == 409
    assert any("2026-11-25 09:30" in alert and "未保存" in alert for alert in late.alerts)
    opened = slow.get(other.url)
    assert opened.status == 200
    assert any("办理" in alert for alert in opened.alerts)


# ---- rights


def test_nobody_is_asked_to_log_in_and_finds_nothing(visit):
    assert visit(None).get("/inbox").url == "/login"


@pytest.mark.parametrize("path", ["/tasks/{id}", "/tasks/{id}/fields", "/tasks/{id}/draft", "/tasks/{id}/claim"])
def test_someone_elses_task_looks_like_no_task(visit, proposer, path):
    task = proposer.start_motion().url.rsplit("/", 1)[-1]
    stranger = visit(OUTSIDER)
    method = stranger.get if path == "/tasks/{id}" else stranger.post
    real, invented = method(path.format(id=task)), method(path.format(id="00000000-0000-4000-8000-000000000000"))
    assert real.status == invented.status == 404
    assert real.without_traces == invented.without_traces


def test_who_may_read_the_case_but_not_do_the_task_is_led_to_the_case(visit, proposer):
    case = submitted_motion(visit)
    task = visit(CLERK).task("形式审查").url
    assert proposer.get(task).url == f"/instances/{case}"


# ---- drafts, rows, files, claiming


@pytest.mark.both_databases
def test_a_draft_is_kept_by_the_page_itself(proposer):
    draft = proposer.start_motion()
    answer = proposer.post(f"{draft.url}/draft", {**draft.values(), "title": "关于食堂", "phone": "未填完"})
    assert answer.status == 200
    again = proposer.get(draft.url)
    assert again.values()["title"] == "关于食堂"
    assert again.values()["phone"] == "未填完"
    assert "关于食堂" in proposer.get("/inbox").text


@pytest.mark.both_databases
def test_a_draft_of_nonsense_is_kept_or_refused_but_breaks_nothing(proposer):
    draft = proposer.start_motion()
    assert proposer.post(f"{draft.url}/draft", {"title": "\x00\ufffd" * 50}).status == 200
    assert proposer.post(f"{draft.url}/draft", {"reason": "x" * 201_000}).status == 422
    assert proposer.get(draft.url).status == 200


def test_rows_are_added_and_removed_without_scripts(proposer):
    draft = proposer.start_motion()
    more = proposer.send(draft, **{"suggestions-0-suggestion": "第一条建议", "_add": "suggestions"})
    assert more.status == 200
    assert "suggestions-1-suggestion" in more.values()
    fewer = proposer.send(more, **{"suggestions-1-suggestion": "第二条建议", "_remove": "suggestions-0"})
    assert fewer.values()["suggestions-0-suggestion"].strip() == "第二条建议"


def test_fields_appear_when_what_they_depend_on_is_chosen(proposer):
    draft = proposer.start_motion()
    assert "joint_proposers" not in draft.text
    fragment = proposer.post(f"{draft.url}/fields", {**draft.values(), "kind": "joint"})
    assert 'name="joint_proposers"' in fragment.text
    assert "<html" not in fragment.text


def test_advice_is_given_while_typing_and_hinders_nobody(proposer):
    draft = proposer.start_motion()
    fragment = proposer.post(f"{draft.url}/fields", {**draft.values(), "title": "延长食堂晚间供餐时间"})
    assert "案名宜以" in fragment.text
    assert proposer.send(draft, **{**GOOD_MOTION, "title": "延长食堂晚间供餐时间"}).url == "/inbox"


@pytest.mark.both_databases
def test_a_file_is_uploaded_with_the_form_and_stays_when_the_form_is_refused(proposer):
    draft = proposer.start_motion()
    refused = proposer.send(draft, **{**GOOD_MOTION, "phone": "x"}, attachments=pdf())
    assert refused.status == 422
    assert "现场.pdf" in refused.text
    done = proposer.send(refused, phone="0373-3029000")
    assert done.url == "/inbox"


def test_a_form_with_a_file_that_is_sent_twice_is_sent_once(proposer):
    draft = proposer.start_motion()
    for _ in range(2):
        assert proposer.send(draft, **GOOD_MOTION, attachments=pdf()).url == "/inbox"


def test_a_page_that_was_refused_and_is_sent_again_with_another_file_keeps_that_one(proposer):
    draft = proposer.start_motion()
    proposer.send(draft, **{**GOOD_MOTION, "phone": "x"}, attachments=pdf("甲.pdf"))
    back = proposer.send(draft, **{**GOOD_MOTION, "phone": "x"}, attachments=pdf("乙.pdf"))  # the old page again
    assert back.status == 422
    assert "乙.pdf" in back.text


def test_each_file_of_a_form_has_a_request_of_its_own_however_long_its_field_is_called(monkeypatch):
    requests = []
    monkeypatch.setattr(views, "_upload", lambda *upload: str(requests.append(upload[-1])))
    files = {f"supporting_documents_of_the_{whose}": [FileStorage()] for whose in ("applicant", "family")}
    views._with_uploads(uuid4(), Posted({}, files, request_id=str(uuid4())))
    assert len({request[:64] for request in requests}) == 2


@pytest.mark.parametrize(
    "file",
    [pdf("run.exe", b"MZ"), pdf("fake.pdf", b"MZ not a pdf"), pdf("big.pdf", b"%PDF-" + b"0" * UPLOAD_LIMIT)],
)
def test_a_file_of_the_wrong_kind_or_size_is_refused_at_the_field(proposer, file):
    refused = proposer.send(proposer.start_motion(), **GOOD_MOTION, attachments=file)
    assert refused.status == 422
    assert refused.errors_at("attachments")


@pytest.mark.both_databases
def test_a_task_offered_to_several_is_claimed_and_given_back(visit):
    submitted_motion(visit)
    clerk, other = visit(CLERK), visit(OTHER_CLERK)
    page = clerk.task("形式审查")
    assert "已认领" in clerk.post(f"{page.url}/claim").text
    assert any("认领" in alert for alert in other.get(page.url).alerts)
    assert "已放回" in clerk.post(f"{page.url}/unclaim").text
    assert other.get(page.url).buttons()


def test_the_words_of_a_decision_stand_in_the_timeline(visit):
    case = submitted_motion(visit)
    clerk = visit(CLERK)
    answers = {"complete": "yes", "one_matter": "no", "in_scope": "yes", "duplicate": "no", "formal_action": "return"}
    clerk.send(clerk.task("形式审查"), **answers, formal_comment="一件提案写了两件事，请拆分")
    assert "一件提案写了两件事，请拆分" in visit(PROPOSER).get(f"/instances/{case}").text


def test_a_returned_draft_shows_what_was_written(visit):
    submitted_motion(visit)
    clerk = visit(CLERK)
    answers = {"complete": "yes", "one_matter": "no", "in_scope": "yes", "duplicate": "no", "formal_action": "return"}
    clerk.send(clerk.task("形式审查"), **answers, formal_comment="一件提案写了两件事，请拆分")
    proposer = visit(PROPOSER)
    page = proposer.get(proposer.todo()[0])
    assert page.values()["title"] == GOOD_MOTION["title"]
    assert page.values()["suggestions-0-suggestion"].strip() == GOOD_MOTION["suggestions-0-suggestion"]


def test_declining_needs_a_reason(visit, proposer):
    proposer.send(proposer.start_motion(), **GOOD_MOTION)
    seconder = visit(OTHER_SECONDER)
    refused = seconder.send(seconder.task("附议"), decision="decline")
    assert refused.status == 422
    assert refused.errors_at("decline_reason") == ["请填写此项"]


# ---- protection


def test_a_post_without_the_token_of_its_page_is_refused(app, proposer):
    draft = proposer.start_motion()
    app.config["WTF_CSRF_ENABLED"] = True
    assert proposer.post(draft.url, GOOD_MOTION).status == 400
    page = proposer.get(draft.url)
    assert proposer.send(page, **GOOD_MOTION).url == "/inbox"


def test_pages_carry_the_policy_of_users(proposer):
    page = proposer.get("/inbox")
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_a_browser_keeps_the_icon_for_a_day_and_no_page(visit):
    with visit(None).client.get("/static/icon.svg") as icon:
        assert icon.headers["Cache-Control"] == "public, max-age=86400"
    assert visit(None).get("/static/no-such.svg").headers["Cache-Control"] == "no-store"


def test_a_page_has_no_inline_script_style_or_handler(visit):
    case = submitted_motion(visit)
    clerk = visit(CLERK)
    for page in (clerk.task("形式审查"), clerk.get(f"/instances/{case}"), clerk.get("/inbox"), clerk.get("/start")):
        assert not page.tree.xpath("//script[not(@src)] | //style | //*[@style]")
        assert not page.tree.xpath("//@*[starts-with(name(), 'on')]")


@pytest.mark.parametrize("path", ["/nothing", "/tasks/abc", "/instances/1", "/start/../etc/passwd", "/inbox/%00"])
def test_an_unknown_address_is_not_found(proposer, path):
    assert proposer.get(path).status == 404


def test_a_wrong_method_is_answered_as_such(proposer: Visitor):
    assert proposer.post("/inbox").status == 405


@pytest.mark.parametrize(
    ("errors", "title"),
    [
        ({"": "流程无法继续"}, "未能提交"),
        ({"title": "必填"}, "有 1 处需要修改"),
        ({"": "x", "title": "必填"}, "有 2 处需要修改"),
    ],
)
def test_what_nobody_can_correct_in_the_form_is_not_called_something_to_correct(app, errors, title):
    form = SimpleNamespace(errors=errors, schema=SimpleNamespace(field=lambda _: None))
    drawn = '{% from "macros/forms.html" import form_errors %}{{ form_errors(form) }}'
    with app.test_request_context():
        assert title in render_template_string(drawn, form=form)
