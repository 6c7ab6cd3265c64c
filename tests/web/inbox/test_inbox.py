"""The inbox, its tabs, search and notices."""

import pytest

from models import InstanceParticipant
from tests.web.application import (
    CLERK,
    GOOD_MOTION,
    OTHER_SECONDER,
    PROPOSER,
    SECONDER,
    instance_of,
    submitted_motion,
)


def tab_counts(page):
    tabs = page.tree.xpath("//*[@class='tab-bar']//a")
    return [" ".join(tab.text_content().split()) for tab in tabs]


def test_an_empty_inbox_says_what_to_do_next(visit):
    page = visit(CLERK).get("/inbox")
    assert "没有待办事项" in page.text
    assert "/start" in page.links()


@pytest.mark.both_databases
def test_a_task_is_in_the_inbox_of_whom_it_waits_for_with_its_count(visit):
    proposer = visit(PROPOSER)
    proposer.send(proposer.start_motion(), **GOOD_MOTION)
    assert tab_counts(visit(SECONDER).get("/inbox"))[0] == "待办 1"
    assert tab_counts(visit(CLERK).get("/inbox"))[0] == "待办"
    assert tab_counts(proposer.get("/inbox"))[1:3] == ["已办 1", "我发起 1"]


@pytest.mark.both_databases
def test_each_tab_lists_its_cases(visit):
    case = submitted_motion(visit)
    assert f"/instances/{case}" in visit(PROPOSER).get("/inbox?tab=started").links()
    assert f"/instances/{case}" in visit(SECONDER).get("/inbox?tab=done").links()
    assert f"/instances/{case}" in visit(SECONDER).get("/inbox?tab=copied").links()


@pytest.mark.both_databases
def test_the_list_is_searched_and_filtered(visit):
    proposer = visit(PROPOSER)
    proposer.send(proposer.start_motion(), **GOOD_MOTION)
    seconder = visit(SECONDER)
    assert len(seconder.todo()) == 1
    assert "关于延长东区食堂" in seconder.get("/inbox?q=食堂").text
    assert "没有符合条件的事项" in seconder.get("/inbox?q=停车").text
    assert "没有符合条件的事项" in seconder.get("/inbox?due=over").text
    assert "关于延长东区食堂" in seconder.get("/inbox?step=附议").text


def test_a_deadline_is_shown_in_words_and_colour(visit, clock):
    proposer = visit(PROPOSER)
    proposer.send(proposer.start_motion(), **GOOD_MOTION)
    seconder = visit(SECONDER)
    assert "due-good" in seconder.get("/inbox").text
    clock.advance(days=3)
    page = visit(SECONDER).get("/inbox")  # the log-in has ended meanwhile
    assert "due-soon" in page.text
    assert "剩 " in page.text


@pytest.mark.parametrize(
    "query",
    [
        "tab=nonsense",
        "page=0",
        "page=-1",
        "page=9999999999999",
        "page=x",
        "due=%00",
        "q=%00%01",
        "q=" + "长" * 500,
        "step='",
    ],
)
def test_a_nonsense_address_of_the_inbox_gives_a_page(visit, query):
    assert visit(PROPOSER).get(f"/inbox?{query}").status == 200


def test_the_menu_is_there_for_everybody_and_says_where_one_is(visit):
    page = visit(PROPOSER).get("/inbox")
    assert page.tree.xpath("//nav[contains(@class,'bottom-nav')]//a[@aria-current='page']/@href") == ["/inbox"]


def test_english_is_one_click_away_and_stays(visit):
    person = visit(PROPOSER)
    page = person.get("/language/en?next=/inbox")
    assert page.url == "/inbox"
    assert page.tree.get("lang") == "en"
    assert person.get("/inbox").tree.get("lang") == "en"
    assert person.get("/language/zh?next=/inbox").tree.get("lang") == "zh-CN"


@pytest.mark.parametrize("target", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"])
def test_the_language_switch_leads_nowhere_else(visit, target):
    assert visit(PROPOSER).client.get("/language/en", query_string={"next": target}).location == "/"


@pytest.mark.both_databases
def test_notices_are_read_one_by_one_and_all_at_once(visit):
    case = submitted_motion(visit)
    clerk = visit(CLERK)
    answers = {"complete": "yes", "one_matter": "no", "in_scope": "yes", "duplicate": "no", "formal_action": "return"}
    clerk.send(clerk.task("形式审查"), **answers, formal_comment="一件提案写了两件事，请拆分")
    proposer = visit(PROPOSER)
    page = proposer.get("/notices")
    assert "提案退回修改" in page.text
    notice = page.tree.xpath("//form[starts-with(@action, '/notices/')]/@action")
    opened = proposer.post(next(one for one in notice if one != "/notices/read"))
    assert opened.url == f"/instances/{case}"
    assert "全部标为已读" not in proposer.post("/notices/read").text


def test_someone_elses_notice_is_not_found(visit):
    proposer = visit(PROPOSER)
    proposer.send(proposer.start_motion(), **GOOD_MOTION)
    invented = "00000000-0000-4000-8000-000000000000"
    assert visit(OTHER_SECONDER).post(f"/notices/{invented}").status == 404


def test_a_page_without_built_scripts_still_works(app, visit):
    manifest = app.jinja_env.globals["asset"]
    app.jinja_env.globals["asset"] = lambda name: f"<!-- {name} -->"
    try:
        proposer = visit(PROPOSER)
        draft = proposer.start_motion()
        assert instance_of(draft)
    finally:
        app.jinja_env.globals["asset"] = manifest


def cards(page):
    """The cards of a list, each as one line of text."""
    return [" ".join(card.text_content().split()) for card in page.tree.xpath("//*[@class='case-list']/li")]


@pytest.mark.both_databases
def test_a_case_in_which_a_person_did_several_steps_is_listed_once_with_the_latest(visit, clock):
    case = submitted_motion(visit)
    clerk = visit(CLERK)
    answers = {"complete": "yes", "one_matter": "no", "in_scope": "yes", "duplicate": "no", "formal_action": "return"}
    clerk.send(clerk.task("形式审查"), **answers, formal_comment="一件提案写了两件事，请拆分")
    clock.advance(minutes=5)
    proposer = visit(PROPOSER)
    proposer.send(proposer.task("修改提案"))

    done = proposer.get("/inbox?tab=done")
    assert [link for link in done.links() if link.startswith("/instances/")] == [f"/instances/{case}"]
    (card,) = cards(done)
    assert "修改提案" in card
    assert "您办理了 2 个环节" in card
    assert tab_counts(done)[1] == "已办 1"
    # one step alone needs no count
    assert "您办了" not in clerk.get("/inbox?tab=done").text


@pytest.mark.both_databases
def test_a_case_is_found_by_each_step_that_a_person_did_in_it(visit):
    submitted_motion(visit)
    clerk = visit(CLERK)
    answers = {"complete": "yes", "one_matter": "no", "in_scope": "yes", "duplicate": "no", "formal_action": "return"}
    clerk.send(clerk.task("形式审查"), **answers, formal_comment="一件提案写了两件事，请拆分")
    proposer = visit(PROPOSER)
    proposer.send(proposer.task("修改提案"))
    assert len(cards(proposer.get("/inbox?tab=done&step=撰写提案"))) == 1
    assert "没有符合条件的事项" in proposer.get("/inbox?tab=done&step=形式审查").text


@pytest.mark.both_databases
def test_who_takes_part_in_several_ways_has_one_copy(app, visit):
    case = submitted_motion(visit)
    with app.extensions["banli"].unit_of_work() as uow:
        for part in ("copied", "follower"):
            uow.session.add(InstanceParticipant(process_instance_id=case, user_id=SECONDER, part=part, since=uow.now))
    copied = visit(SECONDER).get("/inbox?tab=copied")
    assert len(cards(copied)) == 1
    assert tab_counts(copied)[3] == "抄送 1"


@pytest.mark.both_databases
def test_what_one_has_begun_says_where_it_stands(visit, clock):
    submitted_motion(visit)
    clock.advance(minutes=1)
    proposer = visit(PROPOSER)
    proposer.start_motion()
    draft, motion = cards(proposer.get("/inbox?tab=started"))
    assert "撰写提案" in draft
    assert "形式审查" in motion


def test_a_draft_in_the_list_of_what_one_has_begun_has_the_title_typed_so_far(visit):
    proposer = visit(PROPOSER)
    draft = proposer.start_motion()
    proposer.post(f"{draft.url}/draft", {**draft.values(), "title": "关于延长图书馆开放时间的提案"})
    assert "关于延长图书馆开放时间的提案" in proposer.get("/inbox?tab=started").text


@pytest.mark.both_databases
def test_who_has_done_the_work_need_not_read_the_notice_of_it(visit, clock):
    # given a motion that was returned, with a notice to its proposer
    submitted_motion(visit)
    clerk = visit(CLERK)
    answers = {"complete": "yes", "one_matter": "no", "in_scope": "yes", "duplicate": "no", "formal_action": "return"}
    clerk.send(clerk.task("形式审查"), **answers, formal_comment="一件提案写了两件事，请拆分")
    proposer = visit(PROPOSER)
    assert "提案退回修改" in unread(proposer)

    # when the proposer revises it from the inbox, without opening the notice
    clock.advance(minutes=5)
    proposer.send(proposer.task("修改提案"))

    # then
    assert "提案退回修改" not in unread(proposer)


def unread(visitor) -> str:
    cards = visitor.get("/notices").tree.xpath("//button[contains(@class, 'is-unread')]")
    return " ".join(card.text_content() for card in cards)
