"""The report's pages: figures that lead to their cases, for those who may read them."""

import pytest

PAGES = ("", "/lists/filing_list", "/lists/progress", "/cases/rated", "/document")


@pytest.fixture
def clerk(visit):
    return visit("clerk")


def test_the_newest_session_opens_first(clerk):
    assert clerk.get("/reports/").url == "/reports/motion/4-6"


@pytest.mark.both_databases
def test_the_overview_shows_the_figures_of_the_year(clerk):
    page = clerk.get("/reports/motion/4-5")

    cards = {" ".join(node.text_content().split()) for node in page.tree.xpath("//a[contains(@class, 'figure-card')]")}
    assert {"57收到提案", "95%满意率54/57", "100%答复率57/57"} <= cards
    assert page.alerts == []


def test_every_figure_leads_to_as_many_cases_as_it_says(clerk):
    page = clerk.get("/reports/motion/4-5")
    for node in page.tree.xpath("//a[contains(@class, 'figure-card')]"):
        if "is-ratio" in node.get("class"):
            continue
        said = int(node.xpath("./strong")[0].text_content())
        listed = clerk.get(node.get("href")).tree.xpath("//tbody/tr")
        assert len(listed) == said, node.text_content()


@pytest.mark.both_databases
def test_a_figure_of_a_unit_leads_to_that_units_cases(clerk):
    page = clerk.get("/reports/motion/4-5/cases/accepted?table=by_unit&group=教务处")

    assert "教务处 · 应答复" in page.text
    assert len(page.tree.xpath("//tbody/tr")) == 7


@pytest.mark.parametrize("tail", PAGES)
def test_who_may_not_read_reports_finds_nothing(visit, tail):
    assert visit("nobody").get(f"/reports/motion/4-5{tail}").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/reports/lost/4-5",
        "/reports/motion/9-9",
        "/reports/motion/4-5/lists/lost",
        "/reports/motion/4-5/cases/lost",
        "/reports/motion/4-5/cases/received?table=lost&group=x",
        "/reports/motion/4-5/cases/received?table=by_unit&group=lost",
    ],
)
def test_what_is_not_there_is_not_found(clerk, path):
    assert clerk.get(path).status == 404


def test_a_sealed_letter_is_counted_without_its_text(clerk):
    for path in ("", "/cases/received", "/lists/not_filed_list", "/document"):
        page = clerk.get(f"/reports/motion/4-6{path}")
        assert page.status == 200
        assert "关于举报的来信" not in page.text
    assert "（内容不公开）" in clerk.get("/reports/motion/4-6/cases/not_filed").text


@pytest.mark.both_databases
def test_sessions_stand_side_by_side(clerk):
    page = clerk.get("/reports/motion/compare")

    (row,) = [node for node in page.tree.xpath("//tbody/tr") if "满意率" in node.text_content()]
    assert [" ".join(cell.text_content().split()) for cell in row.xpath("./td")] == ["95% 54/57", "100% 1/1"]
    sessions = page.tree.xpath("//*[name()='svg'][1]/*[name()='text'][not(@class)]/text()")
    assert sessions[:2] == ["四届五次", "四届六次"]


def test_the_paper_says_the_figures_in_words_and_numbers_its_sections_without_a_gap(clerk):
    page = clerk.get("/reports/motion/4-5/document")

    assert "本次会议共收到提案57件" in page.text
    assert "满意率95%" in page.text
    headings = [node.text_content() for node in page.tree.xpath("//article//h2")]
    assert [heading[0] for heading in headings] == list("一二三四五六七"[: len(headings)])


def test_a_list_names_only_what_the_reader_may_open(app, clerk):
    from sqlalchemy import delete

    from models import InstanceAudience

    with app.extensions["banli"].unit_of_work() as uow:
        uow.session.execute(delete(InstanceAudience))

    page = clerk.get("/reports/motion/4-5/lists/filing_list")

    assert "关于增加教学楼智慧教室数量并统一设备操作界面的提案" not in page.text
    assert "（无权查看内容）" in page.text
