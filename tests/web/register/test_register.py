"""The register shows what the reader may read, on the page and in the workbook alike."""

from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

PATH = "/register/motion"


def _titles(page):
    return [" ".join(cell.text_content().split()) for cell in page.tree.xpath("//td[contains(@class, 'col-title')]")]


def _sheet(page):
    return CalamineWorkbook.from_filelike(BytesIO(page.body)).get_sheet_by_index(0).to_python()


@pytest.mark.both_databases
def test_the_office_sees_what_was_handed_in_and_nothing_of_a_sealed_letter(visit):
    page = visit("clerk").get("/register/")

    assert _titles(page) == [
        "关于校园班车的提案",
        "关于提高教工食堂菜品质量的提案",
        "=1+1 关于电梯的提案",
        "（内容不公开）",
    ]
    assert "关于举报的来信" not in page.text
    assert "关于草稿的提案" not in page.text


def test_in_english_a_sealed_letter_is_named_in_english(visit):
    office = visit("clerk")
    office.get("/language/en?next=/")
    assert _titles(office.get("/register/"))[-1] == "(not public)"


def test_who_may_read_no_motion_sees_an_empty_register(visit):
    page = visit("nobody").get(PATH)

    assert page.status == 200
    assert _titles(page) == []


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("session=4-6", 1),
        ("category=后勤保障", 2),
        ("category=后勤保障&session=4-5", 1),
        ("disposition=suggestion", 1),
        ("disposition=not_filed", 0),  # a filter must not tell what a sealed letter is
        ("q=食堂", 1),
        ("q=窗口", 1),
        ("q=405002", 1),
        ("q=举报", 0),
        ("q=，", 0),
        ("state=running", 0),
        ("state=nonsense", 0),
        ("page=99", 4),
        ("page=x&size=7", 4),
    ],
)
def test_filters_narrow_the_list(visit, query, count):
    assert len(_titles(visit("clerk").get(f"{PATH}?{query}"))) == count


@pytest.mark.both_databases
@pytest.mark.parametrize("column", ["title", "category", "lead_unit", "number"])
def test_the_list_is_sorted_by_a_column_from_either_end_and_what_has_no_value_comes_last(visit, column):
    clerk = visit("clerk")

    def cells(sort):
        page = clerk.get(f"{PATH}?sort={sort}")
        found = page.tree.xpath(f"//td[contains(@class, 'col-{column}')]")
        texts = [" ".join(cell.text_content().split()) for cell in found]
        return [text for text in texts if text and text != "（内容不公开）"], texts

    (forth, shown), (back, _) = cells(column), cells(f"-{column}")
    assert len(forth) > 1
    assert back == forth[::-1] or sorted(back) == sorted(forth)  # equal ones stay in their order
    assert forth == sorted(forth)
    assert all(not text or text == "（内容不公开）" for text in shown[len(forth) :])


def test_the_heading_of_a_sorted_column_sorts_from_the_other_end(visit):
    page = visit("clerk").get(f"{PATH}?sort=title&size=50")
    (heading,) = page.tree.xpath("//th[@aria-sort='ascending']/a")
    assert "sort=-title" in heading.get("href")
    assert "size=50" in heading.get("href")


def test_a_sort_by_something_that_is_no_column_is_ignored(visit):
    clerk = visit("clerk")
    assert _titles(clerk.get(f"{PATH}?sort=phone")) == _titles(clerk.get(PATH))


@pytest.mark.both_databases
def test_the_workbook_has_the_rows_of_the_list_and_no_formula(visit):
    rows = _sheet(visit("clerk").get(f"{PATH}/export.xlsx?session=4-5"))

    assert rows[0][:2] == ["编号", "案名"]
    assert [row[1] for row in rows[1:]] == ["关于提高教工食堂菜品质量的提案", "=1+1 关于电梯的提案", "（内容不公开）"]


def test_the_workbook_has_the_rights_of_the_list(visit):
    assert len(_sheet(visit("nobody").get(f"{PATH}/export.xlsx"))) == 1
    assert visit(None).get(f"{PATH}/export.xlsx").url != f"{PATH}/export.xlsx"  # sent to the log-in


def test_an_unknown_register_is_not_found(visit):
    assert visit("clerk").get("/register/lost").status == 404


def test_the_page_speaks_english(visit):
    clerk = visit("clerk")
    clerk.client.set_cookie("language", "en")

    page = clerk.get(PATH)

    assert "Disposition" in page.text
    assert "Filed" in page.text


# ---- the hint


@pytest.mark.both_databases
def test_the_hint_names_title_number_and_session(visit):
    page = visit("rep").get("/similar?process=motion&title=关于提高教工食堂菜品的提案")

    assert "关于提高教工食堂菜品质量的提案" in page.text
    assert "405001" in page.text
    assert "四届五次" in page.text


def test_the_hint_is_empty_without_a_similar_motion(visit):
    assert visit("rep").get("/similar?process=motion&title=关于设立学科门类的提案").text.strip() == ""
    assert visit("rep").get("/similar?title=&exclude=nonsense").text.strip() == ""


def test_a_case_that_the_reader_may_not_open_is_named_without_a_link(visit):
    title = "关于提高教工食堂菜品的提案"

    assert "/instances/" not in visit("rep").get(f"/similar?title={title}").text
    assert "/instances/" in visit("clerk").get(f"/similar?title={title}").text
