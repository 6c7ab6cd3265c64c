"""A form is refused as a whole, naming each thing that is wrong."""

import pytest

from engine.forms import FormSchema, FormSchemaError


def problems_of(*components, **form):
    with pytest.raises(FormSchemaError) as refused:
        FormSchema.load({"id": "f", "type": "default", "components": list(components), **form})
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize("kind", ["html", "iframe", "expression", "button", "script", "table", 7, None])
def test_a_component_of_an_unknown_type_is_refused_by_name(kind):
    assert any(repr(kind) in problem for problem in problems_of({"type": kind, "key": "a"}))


def test_an_unknown_key_is_refused_by_name():
    assert problems_of({"type": "textfield", "key": "a", "onclick": "x"}) == ["a：不支持的键 'onclick'"]


def test_an_unknown_property_is_refused_by_name():
    found = problems_of({"type": "textfield", "key": "a", "properties": {"sql": "x"}})
    assert found == ["a.properties：不支持的键 'sql'"]


@pytest.mark.parametrize("key", ["request_id", "case_id", "today", "csrf_token", "actor", "settings", "__sealed__"])
def test_a_reserved_name_is_no_field(key):
    assert problems_of({"type": "textfield", "key": key}) == [f"{key}：key {key!r} 是保留名称"]


@pytest.mark.parametrize("key", [None, "", "1a", "a b", "a-b", "a" * 61, 5, "a.b"])
def test_a_field_needs_a_name_that_expressions_can_use(key):
    assert len(problems_of({"type": "textfield", "key": key, "id": "x"})) == 1


def test_two_fields_of_one_name_are_refused():
    field = {"type": "textfield", "key": "a"}
    assert problems_of(field, field) == ["a：key 'a' 重复"]


@pytest.mark.parametrize(
    ("component", "part"),
    [
        ({"conditional": {"hide": "=a = "}}, "a.conditional.hide"),
        ({"properties": {"check": "= ((("}}, "a.properties.check"),
        ({"validate": {"required": "=if"}}, "a.required"),
        ({"readonly": "=]"}, "a.readonly"),
    ],
)
def test_an_expression_that_does_not_parse_is_refused_with_its_place(component, part):
    found = problems_of({"type": "textfield", "key": "a", **component})
    assert len(found) == 1
    assert found[0].startswith(f"{part}：FEEL 表达式有误")


@pytest.mark.parametrize(
    "validate",
    [
        {"minLength": 9, "maxLength": 3},
        {"min": 2, "max": 1},
        {"minLength": -1},
        {"maxLength": "many"},
        {"min": "NaN"},
        {"pattern": "("},
        {"pattern": "(?=a)"},
        {"pattern": "a" * 500},
        {"validationType": "passport"},
        {"required": 3},
    ],
)
def test_bounds_that_make_no_sense_are_refused(validate):
    kind = "number" if "min" in validate else "textfield"
    assert problems_of({"type": kind, "key": "a", "validate": validate})


def test_a_choice_without_options_is_refused():
    assert "缺少选项" in problems_of({"type": "select", "key": "a"})[0]


def test_a_list_in_a_list_is_refused():
    inner = {"type": "dynamiclist", "key": "b", "components": [{"type": "textfield", "key": "c"}]}
    assert any(
        "动态列表内不能有" in one for one in problems_of({"type": "dynamiclist", "key": "a", "components": [inner]})
    )


def test_a_flat_list_has_one_field():
    cells = [{"type": "textfield", "key": "b"}, {"type": "textfield", "key": "c"}]
    found = problems_of({"type": "dynamiclist", "key": "a", "components": cells, "properties": {"flat": True}})
    assert found == ["a：flat 的动态列表只能有一个字段"]


def test_only_one_field_can_be_the_buttons():
    options = [{"value": "x", "label": "X"}]
    fields = [{"type": "radio", "key": key, "values": options, "properties": {"action": True}} for key in "ab"]
    assert problems_of(*fields) == ["f：只能有一个 action 字段"]


def test_all_problems_are_told_at_once():
    assert len(problems_of({"type": "html"}, {"type": "textfield", "key": "1"}, {"type": "select", "key": "s"})) == 3


@pytest.mark.parametrize("document", [None, [], "x", {"components": 3}, {"components": [3]}, {"id": "f"}])
def test_what_is_no_form_at_all_is_refused(document):
    with pytest.raises(FormSchemaError):
        FormSchema.load(document)


def test_a_form_nested_too_deep_is_refused():
    component = {"type": "textfield", "key": "a"}
    for _ in range(6):
        component = {"type": "group", "components": [component]}
    assert any("嵌套" in one for one in problems_of(component))


def test_whoever_is_left_out_by_unit_is_left_out_of_a_list_of_people_only():
    units = {"source": "units", "exclude": "=proposers", "excludeUnits": "=[lead_unit]"}
    assert problems_of({"type": "select", "key": "a", "properties": units}) == ["a：excludeUnits 只能用于人员的选项"]
    alone = {"source": "people:rep", "excludeUnits": "=[lead_unit]"}
    assert problems_of({"type": "select", "key": "a", "properties": alone}) == [
        "a：缺少 properties.exclude：须回避的人"
    ]
