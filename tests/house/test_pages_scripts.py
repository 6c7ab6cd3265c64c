"""What the scripts add to a page, on a phone, under the strict Content-Security-Policy."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.house.conftest import Site

pytestmark = pytest.mark.browser


def test_a_draft_is_saved_while_one_types(page: "Page", site: "Site") -> None:
    page.get_by_label("案由").fill("增加食堂座位")
    page.get_by_text("已保存").wait_for()
    assert site.sent_to("draft")[0]["title"] == "增加食堂座位"
    assert page.locator("[name=version]").input_value() == "2"


def test_similar_motions_are_shown_while_one_types(page: "Page") -> None:
    page.get_by_label("案由").type("食")
    page.get_by_text("已有 2 件相似提案").wait_for()


def test_what_htmx_posts_carries_the_token_of_the_page(page: "Page", site: "Site") -> None:
    page.get_by_text("关注").click()
    page.locator("p#follow").wait_for()
    assert site.sent_to("follow")[0]["csrf"] == "token-of-the-page"


def test_rows_of_a_list_stay_numbered_without_a_gap(page: "Page", site: "Site") -> None:
    # given three rows, the most that are allowed
    page.get_by_text("增加一条").click()
    page.get_by_text("增加一条").click()
    for index, text in enumerate(["甲", "乙", "丙"]):
        page.locator(f"[name=suggestions-{index}-text]").fill(text)
    assert page.get_by_text("增加一条").is_hidden()

    # when the middle one is taken away and the form sent
    page.get_by_text("删除").nth(1).click()
    page.get_by_text("提交").click()
    page.locator("#submit").wait_for()

    # then
    sent = site.sent_to("submit")[0]
    assert {key: value for key, value in sent.items() if key.startswith("suggestions")} == {
        "suggestions-0-text": "甲",
        "suggestions-1-text": "丙",
    }
    assert sent["decision"] == "send"


def test_the_last_row_of_a_list_stays(page: "Page") -> None:
    assert page.get_by_text("删除").is_hidden()


def test_a_counter_counts_characters_as_people_do(page: "Page") -> None:
    page.get_by_label("理由").fill("𠮷野家")
    assert page.locator(".character-counter").inner_text() == "3 / 20 字"


def test_a_dangerous_button_asks_first(page: "Page", site: "Site") -> None:
    # when one thinks better of it
    page.get_by_text("撤案", exact=True).click()
    page.get_by_text("确定撤案这件提案？").wait_for()
    page.get_by_text("取消").click()
    assert site.sent_to("submit") == []

    # when one means it
    page.get_by_text("撤案", exact=True).click()
    page.get_by_role("button", name="确定").click()
    page.locator("#submit").wait_for()
    assert [sent["decision"] for sent in site.sent_to("submit")] == ["withdraw"]


def test_a_double_click_sends_once(page: "Page", site: "Site") -> None:
    page.get_by_text("提交").dblclick()
    page.locator("#submit").wait_for()
    assert len(site.sent_to("submit")) == 1


def test_the_actions_are_in_reach_of_the_thumb(page: "Page") -> None:
    page.evaluate("window.scrollTo(0, 0)")
    box = page.get_by_text("提交").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 844
    assert box["height"] >= 44


def test_the_diagram_shows_where_the_case_stands(page: "Page") -> None:
    # given
    page.locator("[data-diagram][data-ready]").wait_for()
    # then the current node is marked, and in the middle of a screen that cannot hold the diagram
    node = page.locator(".djs-shape.is-current .djs-visual > rect").first
    box, frame = node.bounding_box(), page.locator(".diagram").bounding_box()
    assert box is not None
    assert frame is not None
    assert abs(box["x"] + box["width"] / 2 - (frame["x"] + frame["width"] / 2)) < 3
    taken, open_way = (page.locator(f"[data-element-id={flow}] .djs-visual > path") for flow in ("to_review", "to_end"))
    colour = "element => getComputedStyle(element).stroke"
    assert taken.evaluate(colour) != open_way.evaluate(colour)
    # and a tap on it shows its record
    page.locator(".djs-shape.is-current .djs-hit").tap()
    page.locator("li.is-picked").wait_for()


def test_two_fingers_zoom_the_diagram_and_one_moves_it(page: "Page") -> None:
    # given
    diagram = page.locator("[data-diagram][data-ready]")
    diagram.wait_for()
    diagram.scroll_into_view_if_needed()
    node = page.locator("[data-element-id=review] .djs-visual > rect").first
    frame, before = diagram.bounding_box(), node.bounding_box()
    assert frame is not None
    assert before is not None
    x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    fingers = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        touching = [{"x": px, "y": py, "id": number} for number, (px, py) in enumerate(points)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touching})

    # when two fingers part
    touch("touchStart", (x - 40, y), (x + 40, y))
    touch("touchMove", (x - 60, y), (x + 60, y))
    touch("touchEnd")
    # then
    larger = node.bounding_box()
    assert larger is not None
    assert larger["width"] > before["width"] * 1.2

    # when one finger draws it to the left
    touch("touchStart", (x, y))
    touch("touchMove", (x - 50, y))
    touch("touchEnd")
    # then
    moved = node.bounding_box()
    assert moved is not None
    assert moved["x"] == pytest.approx(larger["x"] - 50, abs=3)
