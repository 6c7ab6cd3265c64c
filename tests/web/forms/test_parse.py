"""What a form says to what people and programs put in."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

TITLE = {
    "type": "textfield",
    "key": "title",
    "label": "案名",
    "validate": {"required": True, "minLength": 5, "maxLength": 40},
}
SUGGESTIONS = {
    "type": "dynamiclist",
    "key": "suggestions",
    "label": "建议措施",
    "properties": {"flat": True},
    "validate": {"minItems": 1, "maxItems": 3},
    "components": [
        {"type": "textarea", "key": "text", "validate": {"required": True, "minLength": 4, "maxLength": 10}}
    ],
}
DECISION = {
    "type": "radio",
    "key": "decision",
    "values": [{"value": "pass", "label": "通过"}, {"value": "return", "label": "退回"}],
    "validate": {"required": True},
}


def test_good_input_gives_values_and_no_errors(judge):
    result = judge(TITLE, data={"title": " 关于延长食堂供餐的提案 "})
    assert result.ok
    assert result.values == {"title": "关于延长食堂供餐的提案"}


@pytest.mark.parametrize("blank", [None, "", "   ", "\u3000\u3000", "\r\n"])
def test_blank_is_not_filled_in(judge, blank):
    assert judge(TITLE, data={"title": blank}).errors == {"title": "请填写此项"}


def test_a_missing_field_is_not_filled_in(judge):
    assert judge(TITLE, data={}).errors == {"title": "请填写此项"}


def test_length_is_counted_in_characters_and_told(judge):
    assert judge(TITLE, data={"title": "太短"}).errors == {"title": "至少 5 个字，现在是 2 个字"}
    assert judge(TITLE, data={"title": "长" * 41}).errors == {"title": "最多 40 个字，现在是 41 个字"}
    assert judge(TITLE, data={"title": "𠮷" * 40}).ok


@pytest.mark.parametrize(
    "hostile", ["关于\x00的提案", "关于\u202e的提案", "关于\ud800的提案", "关于\x1b[31m的提案", "关于\x7f的提案"]
)
def test_characters_that_nobody_sees_are_answered_at_the_field(judge, hostile):
    assert judge(TITLE, data={"title": hostile}).errors == {"title": "含有无法显示的字符，请删除后重试"}


@pytest.mark.parametrize(
    "markup", ["<script>alert(1)</script>", "'; DROP TABLE user; --", "{{ 7*7 }} ${7*7}", "=1+1 公式"]
)
def test_text_that_looks_like_code_is_text(judge, markup):
    assert judge(TITLE, data={"title": markup}).values == {"title": markup}


@pytest.mark.parametrize("value", [["关于食堂的提案"], {"a": 1}, 12, True])
def test_a_text_field_takes_nothing_but_text(judge, value):
    assert judge(TITLE, data={"title": value}).errors == {"title": "此项应为文字"}


def test_unknown_keys_are_ignored(judge):
    result = judge(TITLE, data={"title": "关于食堂的提案", "role": "admin", "disposition": "filed"})
    assert result.values == {"title": "关于食堂的提案"}


def test_more_than_the_whole_input_may_hold_is_refused(judge):
    texts = [{"type": "textarea", "key": f"t{n}"} for n in range(12)]
    result = judge(*texts, data={f"t{n}": "长" * 19_000 for n in range(12)})
    assert list(result.errors.values()) == ["内容过长，无法保存"]


def test_a_long_text_has_an_upper_limit_without_one_in_the_form(judge):
    assert "最多 20000 个字" in judge({"type": "textarea", "key": "t"}, data={"t": "长" * 20_001}).errors["t"]


@pytest.mark.parametrize(
    ("typed", "value"),
    [("12", "12"), ("１２．５", "12.5"), ("1,200.50", "1200.50"), ("-3", "-3"), (7, "7"), (Decimal("0.10"), "0.10")],
)
def test_numbers_are_decimals(judge, typed, value):
    assert judge({"type": "number", "key": "n"}, data={"n": typed}).values == {"n": Decimal(value)}


@pytest.mark.parametrize(
    "typed", ["abc", "1e999", "NaN", "Infinity", "0x10", "1.2.3", "--1", True, [], Decimal("NaN"), 1.5]
)
def test_what_is_no_number_is_refused(judge, typed):
    if typed == []:
        assert judge({"type": "number", "key": "n"}, data={"n": typed}).errors
        return
    assert judge({"type": "number", "key": "n"}, data={"n": typed}).errors == {"n": "请输入数字"}


def test_numbers_have_bounds_and_digits(judge):
    field = {"type": "number", "key": "n", "decimalDigits": 2, "validate": {"min": 0, "max": 100}}
    assert judge(field, data={"n": "-0.01"}).errors == {"n": "不得小于 0"}
    assert judge(field, data={"n": "100.01"}).errors == {"n": "不得大于 100"}
    assert judge(field, data={"n": "1.005"}).errors == {"n": "最多 2 位小数"}
    assert judge(field, data={"n": "9" * 31}).errors == {"n": "数字太长，最多 30 位"}
    assert judge(field, data={"n": "100.00"}).ok


def test_dates_times_and_instants(judge):
    def field(subtype):
        return {"type": "datetime", "key": "d", "subtype": subtype}

    assert judge(field("date"), data={"d": "2026-11-25"}).values == {"d": date(2026, 11, 25)}
    assert judge(field("time"), data={"d": "09:30"}).values == {"d": time(9, 30)}
    local = judge(field("datetime"), data={"d": "2026-11-25T09:30"}).values["d"]
    assert local == datetime(2026, 11, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["2026-02-30", "25.11.2026", "2026-11-25; DROP", "9" * 400, 20261125, "0000-00-00"])
def test_what_is_no_date_is_refused(judge, typed):
    result = judge({"type": "datetime", "key": "d", "subtype": "date"}, data={"d": typed})
    assert result.errors == {"d": "日期格式应为 年-月-日，例如 2026-11-25"}


def test_a_day_that_is_over_is_refused_where_the_form_says_so(judge):
    field = {"type": "datetime", "key": "d", "subtype": "date", "disallowPassedDates": True}
    assert judge(field, data={"d": "2026-11-24"}).errors == {"d": "日期不得早于今天"}
    assert judge(field, data={"d": "2026-11-25"}).ok


def test_only_listed_options_are_taken(judge):
    assert judge(DECISION, data={"decision": "approve"}).errors == {"decision": "请选择列表中的值"}
    assert judge(DECISION, data={"decision": ["pass", "return"]}).errors == {"decision": "此项只能有一个值"}
    assert judge(DECISION, data={"decision": None}).errors == {"decision": "请选择一项"}


def test_options_come_from_a_list_of_the_organisation(judge):
    field = {"type": "taglist", "key": "units", "properties": {"source": "units"}}
    assert judge(field, data={"units": ["后勤管理处", "教务处", "后勤管理处"]}).values == {
        "units": ["后勤管理处", "教务处"]
    }
    assert judge(field, data={"units": ["校长办公室"]}).errors == {"units": "请选择列表中的值"}


def test_options_come_from_a_variable(judge):
    field = {"type": "select", "key": "who", "valuesExpression": "=candidates"}
    assert judge(field, data={"who": "d0102"}, candidates=["d0102"]).ok
    assert not judge(field, data={"who": "d0101"}, candidates=["d0102"]).ok


def test_too_many_options_are_refused(judge):
    field = {"type": "taglist", "key": "who", "properties": {"source": "people:rep", "maxItems": 1}}
    assert judge(field, data={"who": ["d0101", "d0102"]}).errors == {"who": "最多 1 项，现在是 2 项"}


def test_a_required_box_must_be_ticked(judge):
    field = {"type": "checkbox", "key": "agreed", "validate": {"required": True}}
    assert judge(field, data={}).errors == {"agreed": "请勾选此项"}
    assert judge(field, data={"agreed": "on"}).values == {"agreed": True}
    assert judge({"type": "checkbox", "key": "agreed"}, data={}).values == {"agreed": False}


def test_files_are_those_of_the_case_and_of_the_right_kind(judge):
    field = {"type": "filepicker", "key": "files", "multiple": True, "accept": ".jpg,.png"}
    assert judge(field, data={"files": ["a1"]}).values == {"files": ["a1"]}
    assert judge(field, data={"files": ["a2"]}).errors == {"files": "不支持的文件类型，只接受 .jpg、.png"}
    assert judge(field, data={"files": ["b9"]}).errors == {"files": "附件不存在或不可用，请重新上传"}


# ---- lists


def test_a_list_without_rows_is_refused_at_the_list(judge):
    assert judge(SUGGESTIONS, data={"suggestions": ["", "  "]}).errors == {"suggestions": "至少 1 项，现在是 0 项"}
    assert judge(SUGGESTIONS, data={}).errors == {"suggestions": "至少 1 项，现在是 0 项"}


def test_empty_rows_fall_out(judge):
    result = judge(SUGGESTIONS, data={"suggestions": [{"text": "增加窗口"}, {"text": ""}, {"text": "延长时间"}]})
    assert result.values == {"suggestions": ["增加窗口", "延长时间"]}


def test_a_wrong_row_is_named_by_its_number(judge):
    result = judge(SUGGESTIONS, data={"suggestions": ["增加窗口", "好"]})
    assert result.errors == {"suggestions": "第 2 项：至少 4 个字，现在是 1 个字"}


def test_a_list_has_a_limit(judge):
    assert "最多 3 项" in judge(SUGGESTIONS, data={"suggestions": ["增加窗口"] * 4}).errors["suggestions"]


CHOSEN = {"type": "taglist", "key": "suggestions", "properties": {"source": "units", "maxItems": 3}}


@pytest.mark.parametrize("field", [SUGGESTIONS, CHOSEN])
def test_whoever_sends_far_too_much_reads_how_many_this_very_list_may_have(judge, field):
    errors = judge(field, data={"suggestions": ["增加窗口"] * 5000}).errors
    assert errors == {"suggestions": "最多 3 项，现在是 5000 项"}


def test_a_list_without_a_limit_of_its_own_names_the_limit_of_every_list(judge):
    field = {**SUGGESTIONS, "validate": {}}
    assert "最多 50 项" in judge(field, data={"suggestions": ["增加窗口"] * 5000}).errors["suggestions"]


def test_rows_with_several_fields_are_contexts(judge):
    field = {
        "type": "dynamiclist",
        "path": "lines",
        "components": [{"type": "textfield", "key": "what"}, {"type": "number", "key": "n"}],
    }
    result = judge(field, data={"lines": [{"what": "纸", "n": "2"}]})
    assert result.values == {"lines": [{"what": "纸", "n": Decimal(2)}]}
    assert judge(field, data={"lines": [{"what": "纸", "n": "x"}]}).errors == {"lines": "第 1 项：请输入数字"}
    assert judge(field, data={"lines": "纸"}).errors == {"lines": "此项应为若干行"}


# ---- conditions


COMMENT = {
    "type": "textarea",
    "key": "comment",
    "properties": {
        "required": '=decision = "return"',
        "check": '=decision != "return" or string length(comment) >= 5',
        "checkMessage": "退回须写明理由，至少 5 个字",
    },
}


def test_a_field_is_required_while_its_condition_holds(judge):
    assert judge(DECISION, COMMENT, data={"decision": "pass"}).ok
    assert judge(DECISION, COMMENT, data={"decision": "return"}).errors == {"comment": "请填写此项"}
    assert judge(DECISION, COMMENT, data={"decision": "return", "comment": "不行"}).errors == {
        "comment": "退回须写明理由，至少 5 个字"
    }


def test_a_hidden_field_is_not_asked_and_becomes_null(judge):
    merged = {
        "type": "textfield",
        "key": "into",
        "conditional": {"hide": '=decision != "return"'},
        "validate": {"required": True},
    }
    assert judge(DECISION, merged, data={"decision": "pass", "into": "smuggled"}).values == {
        "decision": "pass",
        "into": None,
    }
    assert judge(DECISION, merged, data={"decision": "return"}).errors == {"into": "请填写此项"}


def test_conditions_may_refer_to_fields_that_are_hidden_themselves(judge):
    second = {"type": "textfield", "key": "b", "conditional": {"hide": '=decision = "pass"'}}
    third = {"type": "textfield", "key": "c", "conditional": {"hide": "=b = null"}}
    result = judge(third, second, DECISION, data={"decision": "pass", "b": "x", "c": "y"})
    assert result.values == {"decision": "pass", "b": None, "c": None}


def test_a_group_hides_what_is_in_it(judge):
    group = {
        "type": "group",
        "components": [{"type": "textfield", "key": "a", "validate": {"required": True}}],
        "conditional": {"hide": "=rounds > 0"},
    }
    from decimal import Decimal

    assert judge(group, data={"a": "x"}, rounds=Decimal(1)).values == {"a": None}
    assert judge(group, data={}, rounds=Decimal(0)).errors == {"a": "请填写此项"}


def test_a_condition_with_an_error_counts_as_not_true(judge):
    field = {"type": "textfield", "key": "a", "conditional": {"hide": "=missing.thing > 3"}}
    assert judge(field, data={"a": "x"}).values == {"a": "x"}


def test_a_read_only_field_is_never_taken_from_the_browser(judge):
    field = {"type": "textfield", "key": "title", "readonly": True}
    assert judge(field, data={"title": "changed"}, title="of the case").values == {}


def test_a_computed_field_is_computed(judge):
    total = {"type": "number", "key": "total", "properties": {"computed": "=a * 2"}}
    assert judge({"type": "number", "key": "a"}, total, data={"a": "3", "total": "99"}).values["total"] == Decimal(6)


def test_advice_hinders_nobody(judge):
    field = {**TITLE, "properties": {"warn": '=starts with(title, "关于")', "warnMessage": "案名宜以“关于”开头"}}
    result = judge(field, data={"title": "延长食堂供餐时间"})
    assert result.ok
    assert result.warnings == {"title": "案名宜以“关于”开头"}
    assert judge(field, data={"title": "关于食堂供餐"}).warnings == {}


# ---- named patterns


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (
            "phone",
            ["13800001234", "0373-3029000", "3029000", "+86 13800001234", "0373-3029000-8001"],
            ["123", "电话", "1" * 40],
        ),
        ("mobile", ["13800001234"], ["23800001234", "1380000123"]),
        ("email", ["a.b@xxmu.edu.cn"], ["a@b", "a b@c.cn", "@" * 300]),
        ("id_card", ["11010519491231002X"], ["110105194912310021", "11010519491231002"]),
        ("bank_card", ["6222021234567894"], ["6222021234567890", "x"]),
        ("staff_number", ["d0101"], ["d-01", "d" * 21]),
    ],
)
def test_named_patterns(judge, pattern, good, bad):
    field = {"type": "textfield", "key": "t", "properties": {"pattern": pattern}}
    for text in good:
        assert judge(field, data={"t": text}).ok, text
    for text in bad:
        assert not judge(field, data={"t": text}).ok, text


def test_a_pattern_of_the_form_cannot_hang_the_server(judge):
    field = {"type": "textfield", "key": "t", "validate": {"pattern": "^(a+)+$", "maxLength": 5000}}
    assert judge(field, data={"t": "a" * 4000 + "!"}).errors == {"t": "格式不正确"}
