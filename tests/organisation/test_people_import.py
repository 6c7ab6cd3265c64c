"""Import of people: what is wrong stands beside its row, and nothing is ever half-imported."""

import io
import struct
import zipfile
from datetime import date

import pytest
import xlsxwriter
from click.testing import CliRunner

from engine.cli.people import people as command
from engine.commands.organisation.people_import import apply_people_import
from engine.errors import InvalidInputError
from engine.people_import import ImportOptions, plan_people_import, read_sheet
from engine.people_import.plan import Change
from engine.people_import.sheet import MOST_ROWS
from engine.queries.directory import person_page
from models import Unit, User

TODAY = date(2026, 11, 25)
HEADINGS = ["工号", "姓名", "单位"]


def workbook(rows, *, merged=()):
    """An XLSX file of these rows; ``merged``: ranges (row, column, row, column, text) from 0."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        dates = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, column, value, dates)
                elif value is not None:
                    sheet.write(number, column, value)
        for first_row, first_column, last_row, last_column, text in merged:
            sheet.merge_range(first_row, first_column, last_row, last_column, text)
    return stream.getvalue()


@pytest.fixture
def try_out(engine):
    """Plan an import of rows; the mapping is guessed."""

    def plan(*rows, options=ImportOptions(), **layout):
        sheet = read_sheet(workbook(rows, **layout))
        with engine.reading() as uow:
            return plan_people_import(uow.session, sheet, sheet.guessed_mapping(), options, today=uow.today)

    return plan


@pytest.fixture
def bring_in(engine):
    """Plan and apply in one transaction."""

    def apply(*rows, options=ImportOptions()):
        sheet = read_sheet(workbook(rows))
        with engine.unit_of_work(actor="admin1") as uow:
            plan = plan_people_import(uow.session, sheet, sheet.guessed_mapping(), options, today=uow.today)
            return apply_people_import(uow, plan)

    return apply


def test_people_are_created_with_their_leading_zeros(bring_in, ask):
    result = bring_in(HEADINGS, ["000123", "张 三", "教务处"], ["000124", "李四", None])
    assert result.created == 2
    shown = ask(person_page, "000123", TODAY)
    assert (shown.name, shown.unit_id, shown.can_log_in) == ("张三", "教务处", False)


def test_the_row_of_headings_is_found_below_titles_and_merged_headings(try_out):
    plan = try_out(
        ["2026年教职工名册"],
        [None, "基本信息", None, None],
        [None, "姓名", "所在部门", "来校日期"],
        ["000123", "张三", "教务处", "2020.9"],
        merged=[(0, 0, 0, 3, "2026年教职工名册"), (1, 0, 2, 0, "职工号*"), (1, 1, 1, 3, "基本信息")],
    )
    (line,) = plan.lines
    assert (line.row, line.id, line.name, line.unit, line.joined_on) == (
        4,
        "000123",
        "张三",
        "教务处",
        date(2020, 9, 1),
    )


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([None, "张三", "教务处"], "缺少工号，请补填"),
        (["000123", None, "教务处"], "缺少姓名，请补填"),
        (["000123", "张三", "没有的处"], "系统中没有单位“没有的处”，请先新增单位"),
        (["工 号", "张三", "教务处"], "只能由字母"),
        ([12, "教务处长", "教务处"], "系统中有 0012"),
    ],
)
def test_what_is_wrong_stands_beside_its_row(try_out, row, message):
    plan = try_out(HEADINGS, ["000999", "好人", "教务处"], row)
    (problem,) = plan.problems
    assert problem.row == 3
    assert message in problem.message
    assert not plan.can_apply


def test_a_number_twice_is_refused(try_out):
    plan = try_out(HEADINGS, ["000123", "张三", None], ["000123", "李四", None])
    assert [problem.message for problem in plan.problems] == ["工号 000123 与第 2 行重复，请只保留一行"]


def test_one_wrong_row_keeps_everything_out(bring_in, ask):
    with pytest.raises(InvalidInputError):
        bring_in(HEADINGS, ["000123", "张三", "教务处"], ["000124", None, None])
    assert ask(lambda session: session.get(User, "000123")) is None


def test_a_number_that_excel_stored_as_a_number_is_pointed_out(try_out):
    plan = try_out(HEADINGS, [20180001, "张三", "教务处"])
    assert plan.can_apply
    assert [warning.row for warning in plan.warnings] == [2]
    assert plan.lines[0].id == "20180001"


def test_only_what_differs_is_changed(bring_in, try_out):
    plan = try_out(HEADINGS, ["0012", "教务处长", "学生处"], ["0013", "代表甲", None])
    assert [(line.id, line.change, line.changed_fields) for line in plan.lines] == [
        ("0012", Change.UPDATE, ("unit_id",)),
        ("0013", Change.NONE, ()),
    ]
    assert bring_in(HEADINGS, ["0012", "教务处长", "学生处"], ["0013", "代表甲", None]).changed == 1


def test_leavers_are_ended(bring_in, ask):
    rows = [*HEADINGS, "人员状态", "离职日期"], ["0012", "教务处长", None, "退休", date(2026, 10, 31)]
    assert bring_in(*rows).ended == 1
    assert ask(person_page, "0012", TODAY).left_on == date(2026, 10, 31)


def test_somebody_back_is_reinstated(bring_in, ask):
    bring_in([*HEADINGS, "状态"], ["0012", "教务处长", None, "调出"])
    bring_in([*HEADINGS, "状态"], ["0012", "教务处长", None, "在职"])
    assert ask(person_page, "0012", TODAY).left_on is None


def test_an_unknown_state_is_not_guessed(try_out):
    plan = try_out([*HEADINGS, "状态"], ["0012", "教务处长", None, "神游"])
    assert "不认识的状态" in plan.problems[0].message


def test_a_complete_list_that_misses_too_many_is_refused(try_out):
    listed = [["admin1", "管理员", None], ["0012", "教务处长", None]]
    refused = try_out(HEADINGS, *listed, options=ImportOptions(complete=True))
    assert not refused.can_apply
    accepted = try_out(HEADINGS, *listed, options=ImportOptions(complete=True, accept_many_missing=True))
    assert [user_id for user_id, _ in accepted.missing] == ["0013", "0014", "0015"]
    assert accepted.count(Change.END) == 3


def test_an_import_never_ends_an_administrator(bring_in):
    options = ImportOptions(complete=True, accept_many_missing=True)
    with pytest.raises(InvalidInputError):
        bring_in(HEADINGS, ["0012", "教务处长", None], options=options)


def test_unknown_units_are_created_when_asked_for(bring_in, ask):
    bring_in(HEADINGS, ["000123", "张三", "新设办公室"], options=ImportOptions(create_units=True))
    assert ask(lambda session: session.get(Unit, "新设办公室").name) == "新设办公室"


SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
PEOPLE = [HEADINGS, ["000123", "张三", "教务处"]]


def altered(content, part, old, new):
    """The same workbook with a part of it changed, as no spreadsheet program would write it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == part:
                assert old in data
                data = data.replace(old, new)
            target.writestr(name, data)
    return stream.getvalue()


def filled_cell(reference):
    row = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return f'<row r="{row}"><c r="{reference}"><v>1</v></c></row></sheetData>'.encode()


def open_document():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("content.xml", "<x/>")
        archive.writestr("xl/workbook.xml", "<x/>")
    return stream.getvalue()


def bomb():
    return altered(workbook(PEOPLE), SHEET, b"</sheetData>", b" " * 210_000_000 + b"</sheetData>")


def bomb_that_lies():
    """Its list of contents says five kilobytes."""
    content = bomb()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(SHEET).file_size
    return content.replace(struct.pack("<L", size), struct.pack("<L", 5000))


NO_WORKBOOKS = {
    "nothing": lambda: b"",
    "nonsense": lambda: b"PK\x03\x04 nonsense",
    "text": lambda: "工号,姓名".encode(),
    "zeros": lambda: b"\x00" * 100,
    "with a password": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 5000,
    "open document": open_document,
    "bomb": bomb,
    "bomb that lies": bomb_that_lies,
    "cut off": lambda: workbook(PEOPLE)[:-200],
    "broken sheet": lambda: altered(workbook(PEOPLE), SHEET, b"<sheetData>", b"<sheetData"),
    "outer entity": lambda: altered(workbook(PEOPLE), TEXTS, "张三".encode(), b"&file;"),
    "no sheet": lambda: altered(workbook(PEOPLE), "xl/workbook.xml", b"<sheet ", b"<shoot "),
    "far away cell": lambda: altered(workbook(PEOPLE), SHEET, b"</sheetData>", filled_cell("XFD1048576")),
    "cell without end": lambda: altered(workbook(PEOPLE), SHEET, b"</sheetData>", filled_cell("ZZZZZZZZ999999999")),
}


@pytest.mark.parametrize("kind", NO_WORKBOOKS)
def test_a_file_that_is_no_spreadsheet_is_refused(kind):
    with pytest.raises(InvalidInputError) as refused:
        read_sheet(NO_WORKBOOKS[kind]())
    assert set(refused.value.fields) == {"file"}


def test_formats_down_to_the_last_row_do_no_harm():
    """Whoever colours whole columns has a million empty cells."""
    empty = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    sheet = read_sheet(altered(workbook(PEOPLE), SHEET, b"</sheetData>", empty))
    assert len(sheet.rows) == 1


def test_what_cannot_be_seen_is_left_out(try_out):
    plan = try_out(HEADINGS, [" 000123\u200b ", "\ufeff张 三\u3000", "教务处\xa0"])
    (line,) = plan.lines
    assert (line.id, line.name, line.unit) == ("000123", "张三", "教务处")


def test_no_character_comes_in_that_a_database_refuses(engine):
    sheet = read_sheet(altered(workbook(PEOPLE), TEXTS, "张三".encode(), b"a_x0000_b"))
    with engine.unit_of_work(actor="admin1") as uow:
        apply_people_import(
            uow, plan_people_import(uow.session, sheet, sheet.guessed_mapping(), ImportOptions(), today=uow.today)
        )


def test_a_formula_counts_with_the_value_it_was_saved_with(engine):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_formula(1, 0, '="000"&"123"', value="000123")
        sheet.write_formula(1, 1, "=Sheet2!A1", value="张三")
        sheet.write_formula(2, 0, "=VLOOKUP(1,A1:A1,2)", value="#N/A")
        sheet.write_formula(2, 1, "=Sheet2!A2", value="李四")
    read = read_sheet(stream.getvalue())
    with engine.reading() as uow:
        plan = plan_people_import(uow.session, read, read.guessed_mapping(), ImportOptions(), today=uow.today)
    assert [(line.id, line.name) for line in plan.lines] == [("000123", "张三")]
    assert [(problem.row, problem.column) for problem in plan.problems] == [(3, "工号")]


def test_merged_cells_among_the_data_are_named_by_row(try_out):
    rows = [[None if 14 <= number <= 16 else f"0001{number:02d}", f"人{number}", "教务处"] for number in range(20)]
    plan = try_out(HEADINGS, *rows, merged=[(15, 0, 17, 0, "000999")])
    assert [(problem.row, problem.column) for problem in plan.problems] == [(17, "工号"), (18, "工号")]


@pytest.mark.parametrize(
    ("joined", "left", "message"),
    [
        ("2020-09-01", "2020-08-31", "离职日期不能早于入职日期"),
        ("2020年13月1日", None, "“2020年13月1日”不是日期，请写成 2020-09-01"),
        ("前年", None, "“前年”不是日期，请写成 2020-09-01"),
        ("20200901", "2021.6.30", None),
    ],
)
def test_dates_written_as_text(try_out, joined, left, message):
    plan = try_out([*HEADINGS, "入职日期", "离职日期"], ["000123", "张三", None, joined, left])
    assert [str(problem.message) for problem in plan.problems] == ([message] if message else [])


def test_a_unit_that_is_no_more_is_not_founded_again(engine, try_out):
    with engine.unit_of_work() as uow:
        uow.session.add(Unit(id="旧处", name="旧处", kind="department", valid_to=date(2025, 1, 1)))
    plan = try_out(HEADINGS, ["000123", "张三", "旧处"], options=ImportOptions(create_units=True))
    assert [str(problem.message) for problem in plan.problems] == ["单位“旧处”已经撤销，请写承接的单位"]


def test_a_trial_says_of_administrators_what_the_import_would_say(try_out, bring_in):
    rows = [*HEADINGS, "状态"], ["admin1", "管理员", None, "退休"]
    assert [str(problem.message) for problem in try_out(*rows).problems] == ["此人是管理员，请先移交其角色"]
    with pytest.raises(InvalidInputError):
        bring_in(*rows)


def test_fifty_thousand_people_are_read_at_once():
    rows = [[f"{number:08d}", "职工", "教务处"] for number in range(MOST_ROWS)]
    assert len(read_sheet(workbook([HEADINGS, *rows])).rows) == MOST_ROWS


def test_more_people_than_that_are_refused(monkeypatch):
    monkeypatch.setattr("engine.people_import.sheet.MOST_ROWS", 3)
    with pytest.raises(InvalidInputError):
        read_sheet(workbook([HEADINGS, *[[f"{number:08d}", "职工", "教务处"] for number in range(4)]]))


def test_a_sheet_without_headings_or_rows_is_refused():
    for rows in ([["工号", "姓名"]], [["只有标题"]], []):
        with pytest.raises(InvalidInputError):
            read_sheet(workbook(rows))


def test_two_columns_cannot_be_the_same_field():
    sheet = read_sheet(workbook([["工号", "姓名", "别名"], ["1", "甲", "乙"]]))
    with pytest.raises(InvalidInputError):
        sheet.columns({"工号": "id", "姓名": "name", "别名": "name"})


def test_the_command_tries_out_and_then_applies(engine, tmp_path, ask):
    file = tmp_path / "people.xlsx"
    file.write_bytes(workbook([["编号", "叫什么"], ["000123", "张三"]]))
    url = engine.settings.database_url
    options = [str(file), "--map", "编号=id", "--map", "叫什么=name", "--database", url]

    tried = CliRunner().invoke(command, options)
    assert (tried.exit_code, "没有写入" in tried.output) == (0, True)
    assert ask(lambda session: session.get(User, "000123")) is None

    applied = CliRunner().invoke(command, [*options, "--apply"])
    assert (applied.exit_code, "新增 1 人" in applied.output) == (0, True)
    assert ask(person_page, "000123", TODAY).name == "张三"


def test_the_command_names_the_wrong_rows_and_exits_with_one(engine, tmp_path):
    file = tmp_path / "people.xlsx"
    file.write_bytes(workbook([HEADINGS, ["000123", None, None]]))
    result = CliRunner().invoke(command, [str(file), "--apply", "--database", engine.settings.database_url])
    assert result.exit_code == 1
    assert "第 2 行  姓名：缺少姓名，请补填" in result.output
