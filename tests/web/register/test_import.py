"""The office brings in a past session in three pages; nobody else can."""

import re
from io import BytesIO

import pytest

from tests.reports.test_archive import GOOD, workbook

UPLOAD = "/register/motion/import"


@pytest.fixture
def clerk(visit):
    return visit("clerk")


def _upload(visitor, *rows, period="4-4"):
    return visitor.client.post(UPLOAD, data={"period": period, "file": (workbook(*rows), "2024.xlsx")})


def _fields(response):
    text = response.get_data(as_text=True)
    token = re.search(r'name="token" value="([^"]+)"', text)
    assert token is not None
    return {"token": token.group(1), "period": "4-4"}


def _columns(response):
    """The proposed column of each field: the selected option, if one is."""
    fields = {}
    for block in response.get_data(as_text=True).split("<select")[1:]:
        name = re.search(r'name="(column-\w+)"', block)
        chosen = re.search(r'value="(\d+)" selected', block.split("</select>")[0])
        if name and chosen:
            fields[name.group(1)] = chosen.group(1)
    return fields


def _check(visitor, uploaded, **extra):
    data = {**_fields(uploaded), **_columns(uploaded), **extra}
    return visitor.client.post(f"{UPLOAD}/check", data=data)


@pytest.mark.both_databases
def test_the_office_imports_after_a_dry_run_without_errors(clerk):
    uploaded = _upload(clerk, *GOOD)
    assert uploaded.status_code == 200

    judged = _check(clerk, uploaded)
    assert "2 件可以导入" in judged.get_data(as_text=True)
    assert "关于修缮篮球场的提案" not in clerk.get("/register/motion").text

    stored = _check(clerk, uploaded, apply="1")
    assert stored.status_code == 303
    page = clerk.get("/register/motion?session=4-4")
    assert "关于修缮篮球场的提案" in page.text
    assert "张某、李某" in page.text


@pytest.mark.both_databases
def test_a_wrong_row_is_named_and_nothing_is_stored(clerk):
    uploaded = _upload(clerk, *GOOD, ("", "关于没有编号的提案", "", "", "立案", "", "", ""))

    judged = _check(clerk, uploaded, apply="1")

    assert judged.status_code == 422
    assert "1 处错误" in judged.get_data(as_text=True)
    assert "关于修缮篮球场的提案" not in clerk.get("/register/motion").text


def test_a_file_that_is_no_workbook_is_refused_at_the_field(clerk):
    page = clerk.client.post(UPLOAD, data={"period": "4-4", "file": (BytesIO(b"text"), "a.xlsx")})

    assert page.status_code == 422
    assert "不是可以读取的 Excel" in page.get_data(as_text=True)


@pytest.mark.both_databases
def test_a_wrong_session_is_refused_at_the_field(clerk):
    uploaded = _upload(clerk, *GOOD)

    judged = _check(clerk, uploaded, period="四届")

    assert judged.status_code == 422
    assert "届次写作 4-4" in judged.get_data(as_text=True)


def test_nobody_else_may_import(visit, clerk):
    assert visit("rep").get(UPLOAD).status == 404
    uploaded = _upload(clerk, *GOOD)
    assert _check(visit("rep"), uploaded, apply="1").status_code == 404
    assert clerk.client.post(f"{UPLOAD}/check", data={"token": "made up", "period": "4-4"}).status_code == 404


def test_the_list_offers_the_import_to_the_office_only(visit, clerk):
    assert "导入往届" in clerk.get("/register/motion").text
    assert "导入往届" not in visit("rep").get("/register/motion").text
