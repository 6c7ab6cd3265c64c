"""The timeline and the facts of a case as they are printed: long ones fold, without scripts."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from flask import get_template_attribute
from lxml import html

from engine.queries.cases import FactValue

BEGAN = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)


def step(state, who, what, at, **more):
    """A line as the page gets it."""
    rest = {"outcome": None, "tone": "green", "opinion": None, "late": False, "due_at": None}
    return SimpleNamespace(state=state, who=who, what=what, at=at, **rest, **more)


def done(number):
    at = BEGAN + timedelta(hours=number)
    return step("done", f"代表-{number:02}", "附议", at, flow_node_id="second", lasted=timedelta(1))


def current(name="形式审查"):
    return step("current", "待 校工会办公室", name, BEGAN, flow_node_id="formal_check", lasted=timedelta(hours=2))


@pytest.fixture
def printed(app):
    def print_it(steps, next_steps=()):
        with app.test_request_context():
            return html.fromstring(str(get_template_attribute("macros/case.html", "timeline")(steps, next_steps)))

    return print_it


def shown_at_once(tree):
    items = tree.xpath("//li[contains(@class, 'timeline-item') and not(ancestor::details)]")
    return [" ".join(item.text_content().split()) for item in items]


def test_of_a_long_timeline_the_last_steps_and_what_waits_are_open_the_earlier_ones_behind_one_line(printed):
    tree = printed([*(done(n) for n in range(1, 13)), current()], [{"name": "分理", "lane": "校工会办公室"}])

    open_ = shown_at_once(tree)
    assert [text.split()[0] for text in open_] == ["代表-09", "代表-10", "代表-11", "代表-12", "待", "分理"]
    (fold,) = tree.xpath("//details")
    assert "更早的 8 个环节" in fold.xpath("./summary")[0].text_content()
    assert fold.get("open") is None
    assert len(fold.xpath(".//li[contains(@class, 'is-done')]")) == 8


def test_a_short_timeline_does_not_fold(printed):
    tree = printed([*(done(n) for n in range(1, 7)), current()])
    assert tree.xpath("//details") == []
    assert len(shown_at_once(tree)) == 7


def test_everything_that_waits_stays_in_sight(printed):
    tree = printed([*(done(n) for n in range(1, 13)), *(current(f"会签 {n}") for n in range(6))])
    assert sum("会签" in text for text in shown_at_once(tree)) == 6


def facts(app, number, **how):
    with app.test_request_context():
        lines = [FactValue(f"v{n}", f"事实{n}", f"值{n}", False, "text") for n in range(number)]
        return html.fromstring(f"<div>{get_template_attribute('macros/case.html', 'facts')(lines, **how)}</div>")


def test_on_the_page_of_a_task_many_facts_fold_so_that_the_form_is_near(app):
    tree = facts(app, 12, text_first=True)
    (fold,) = tree.xpath("//details")
    assert "其余 7 项" in fold.text_content()
    in_sight = [node.text_content() for node in tree.xpath("//dt[not(ancestor::details)]")]
    assert in_sight == [f"事实{n}" for n in range(7, 12)]  # the newest: what the case is about now
    assert len(tree.xpath("//dt")) == 12


@pytest.mark.parametrize(("number", "how"), [(8, {"text_first": True}), (12, {})])
def test_few_facts_and_those_on_the_page_of_a_case_do_not_fold(app, number, how):
    assert facts(app, number, **how).xpath("//details") == []
