"""The timeline of a case as it is printed: a long one folds, without scripts."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import get_template_attribute
from lxml import html

from web.instances.timeline import Step

BEGAN = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)


def done(number):
    return Step(
        "done", f"代表-{number:02}", "附议", BEGAN + timedelta(hours=number), flow_node_id="second", lasted=timedelta(1)
    )


def current(name="形式审查"):
    return Step("current", "待 校工会办公室", name, BEGAN, flow_node_id="formal_check", lasted=timedelta(hours=2))


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
    assert "更早的 8 步" in fold.xpath("./summary")[0].text_content()
    assert fold.get("open") is None
    assert len(fold.xpath(".//li[contains(@class, 'is-done')]")) == 8


def test_a_short_timeline_does_not_fold(printed):
    tree = printed([*(done(n) for n in range(1, 7)), current()])
    assert tree.xpath("//details") == []
    assert len(shown_at_once(tree)) == 7


def test_everything_that_waits_stays_in_sight(printed):
    tree = printed([*(done(n) for n in range(1, 13)), *(current(f"会签 {n}") for n in range(6))])
    assert sum("会签" in text for text in shown_at_once(tree)) == 6
