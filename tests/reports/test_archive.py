"""Past years' motions from a workbook: all of them or none, and then they are in the register, the hint, the report."""

from io import BytesIO

import pytest
import xlsxwriter

from engine.errors import InvalidInputError, NotFoundError
from engine.register.archive import DryRun, dry_run, import_archive, propose_mapping, read_archive_definition
from engine.register.query import Filters, register
from engine.register.sheet import Sheet, read_sheet
from engine.reports.load import load_manifest
from engine.search import similar
from tests.reports.caseload import Motion
from tests.reports.conftest import Office

HEADINGS = ("提案编号", "案由", "提案内容", "提案代表", "立案情况", "承办单位", "答复时间", "评价")
GOOD = (
    ("404001", "关于修缮篮球场的提案", "地面开裂", "张某、李某", "立案", "后勤管理处", "2024年5月6日", "满意"),
    ("404002", "关于延长图书馆开放的提案", "", "王某", "转意见建议", "图书馆", "2024-05-07", "不满意"),
)


def workbook(*rows: tuple[str, ...], headings: tuple[str, ...] = HEADINGS) -> BytesIO:
    """A workbook as the office keeps it, with a line of title above the headings."""
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["四届四次提案登记表"])
        for line, row in enumerate((headings, *rows), start=1):
            sheet.write_row(line, 0, row)
    stream.seek(0)
    return stream


def plan(office: Office, sheet: Sheet, period: str = "4-4") -> DryRun:
    """Judge a sheet with the proposed columns."""
    with office.engine.reading() as uow:
        definition = read_archive_definition(load_manifest(uow.session, "motion"))
        return dry_run(uow.session, "motion", period, sheet, propose_mapping(definition, sheet.headings))


def test_columns_are_recognised_by_the_names_that_offices_give_them(office: Office):
    with office.engine.reading() as uow:
        definition = read_archive_definition(load_manifest(uow.session, "motion"))
    sheet = read_sheet(workbook(*GOOD))

    mapping = propose_mapping(definition, sheet.headings)

    assert sheet.headings == HEADINGS
    assert (mapping["number"], mapping["title"], mapping["proposers"], mapping["rating_result"]) == (0, 1, 3, 7)
    assert mapping["category"] is None


def test_imported_motions_are_in_the_register_the_hint_and_the_report_of_their_session(office: Office):
    # when
    with office.engine.unit_of_work("clerk") as uow:
        stored = import_archive(uow, "motion", plan(office, read_sheet(workbook(*GOOD))), file_name="2024.xlsx")
    # then
    assert stored == 2
    with office.engine.reading("nobody") as uow:
        page = register(uow, "motion", Filters(text="篮球场"))
        assert [row.case.number for row in page.rows] == ["404001"]
        assert register(uow, "motion", Filters(values={"lead_unit": "图书馆"})).total == 1
        assert [one.number for one in similar(uow.session, "motion", "关于修缮篮球场地面的提案")] == ["404001"]
    figures = office.report("4-4").as_json()
    assert (figures["received"], figures["answered"], figures["satisfaction_fraction"]) == (2, 2, "1/2")


def test_each_wrong_row_is_named_and_nothing_is_stored(office: Office):
    office.stores(Motion("A", "404009", "关于食堂的提案"))
    sheet = read_sheet(
        workbook(
            *GOOD,
            ("", "关于没有编号的提案", "", "", "立案", "", "", ""),
            ("404003", "关于结果写错的提案", "", "", "通过", "", "2024-02-30", ""),
            ("404001", "关于编号重复的提案", "", "", "立案", "", "", ""),
            ("404009", "关于编号已在系统中的提案", "", "", "立案", "", "", ""),
        )
    )

    judged = plan(office, sheet)

    assert [(error.row, error.label) for error in judged.errors] == [
        (5, "提案编号"),
        (6, "处理结果"),
        (6, "答复日期"),
        (7, "提案编号"),
        (8, "提案编号"),
    ]
    with pytest.raises(InvalidInputError), office.engine.unit_of_work("clerk") as uow:
        import_archive(uow, "motion", judged, file_name="2024.xlsx")
    with office.engine.reading("clerk") as uow:
        assert register(uow, "motion", Filters(period="4-4")).total == 0


def test_the_same_workbook_twice_is_refused(office: Office):
    sheet = read_sheet(workbook(*GOOD))
    with office.engine.unit_of_work("clerk") as uow:
        import_archive(uow, "motion", plan(office, sheet), file_name="2024.xlsx")

    assert [error.message for error in plan(office, sheet).errors] == [
        "编号 404001 已经导入过，请删除此行",
        "编号 404002 已经导入过，请删除此行",
    ]


def test_only_the_office_may_import(office: Office):
    judged = plan(office, read_sheet(workbook(*GOOD)))

    with pytest.raises(NotFoundError), office.engine.unit_of_work("rep") as uow:
        import_archive(uow, "motion", judged, file_name="2024.xlsx")


@pytest.mark.parametrize("period", ["", "四届四次", "4-4-4", "4-4; DROP"])
def test_a_session_is_written_4_4(office: Office, period: str):
    with pytest.raises(InvalidInputError) as refused:
        plan(office, read_sheet(workbook(*GOOD)), period)
    assert "period" in refused.value.fields


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"a,b\n1,2\n"])
def test_what_is_not_a_workbook_is_refused_with_a_sentence(content: bytes):
    with pytest.raises(InvalidInputError) as refused:
        read_sheet(BytesIO(content))
    assert "file" in refused.value.fields


def imported(office: Office, *rows: tuple[str, ...], headings: tuple[str, ...] = HEADINGS, period: str = "4-4") -> None:
    with office.engine.unit_of_work("clerk") as uow:
        sheet = read_sheet(workbook(*rows, headings=headings))
        import_archive(uow, "motion", plan(office, sheet, period), file_name="2024.xlsx")


def test_what_a_workbook_does_not_tell_is_no_zero(office: Office):
    imported(office, *GOOD)
    report = office.report("4-4")
    figures = report.as_json()
    assert (figures["on_time"], figures["on_time_rate"], figures["reanswered"], figures["key_motions"]) == (None,) * 4
    assert figures["classes"] == {"A": None, "B": None, "C": None, "D": None, "未填": None}
    assert (figures["received"], figures["answered"], figures["answer_rate"]) == (2, 2, "100%")
    assert (figures["rated"], figures["ratings"]["满意"], figures["ratings"]["基本满意"]) == (2, 1, 0)
    assert figures["invariants_failed"] == []
    by_unit = report.table(report.definition.tables[0])
    assert {row.cells["on_time_rate"].text for row in by_unit.rows} == {"—"}
    assert {row.cells["classes.A"].text for row in by_unit.rows} == {"—"}


def test_a_workbook_without_ratings_has_no_satisfaction(office: Office):
    imported(office, *(row[:7] for row in GOOD), headings=HEADINGS[:7])
    figures = office.report("4-4").as_json()
    assert (figures["rated"], figures["satisfaction"], figures["not_rated"]) == (None, None, None)
    assert figures["answer_rate"] == "100%"


def test_with_the_day_on_which_answers_were_due_the_rate_is_computed(office: Office):
    rows = ((*GOOD[0], "2024-05-06"), (*GOOD[1], "2024-05-06"))
    imported(office, *rows, headings=(*HEADINGS, "应答复日期"))
    figures = office.report("4-4").as_json()
    assert (figures["on_time"], figures["on_time_rate"], figures["on_time_rate_fraction"]) == (1, "50%", "1/2")


def test_cases_of_a_workbook_do_not_lower_the_rate_of_the_cases_beside_them(office: Office):
    office.stores(Motion("A", "405009", "关于食堂的提案", variables={"on_time": True}))
    imported(office, *GOOD, period="4-5")
    figures = office.report("4-5").as_json()
    assert (figures["answered"], figures["on_time_rate"], figures["on_time_rate_fraction"]) == (3, "100%", "1/1")
