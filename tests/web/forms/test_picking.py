"""A choice among many people: those one is likely to want first, everybody else by a search."""

import json

import pytest

from engine.forms import Choice, FixedChoices, FormSchema, FormSchemaError
from engine.forms.resolve import suggested_of
from web.forms import build_view
from web.forms.picking import FOUND, LISTED

PEOPLE = [Choice(f"p{n:04}", f"人员{n:04}", "教务处" if n % 2 else "财务处") for n in range(LISTED + 50)]
FIELD = {
    "type": "taglist",
    "key": "people",
    "label": "参加人",
    "properties": {
        "source": "people",
        "suggest": [
            {"label": "提案人", "values": "=flatten([proposers, handler])"},
            {"label": "承办单位", "source": "people_at:unit_head.units"},
        ],
    },
}


def schema(**properties):
    changed = {**FIELD, "properties": {**FIELD["properties"], **properties}}
    return FormSchema.load({"id": "meeting", "type": "default", "components": [changed]})


def view(context=None, *, people=PEOPLE, chosen=(), find=""):
    lists = {"people": people, "people_at:unit_head.units": [PEOPLE[3], PEOPLE[4]]}
    form = build_view(schema(), {"people": list(chosen)}, context or {}, FixedChoices(lists), finds={"people": find})
    return form.items[0]


def shown(item):
    return {heading: [option.value for option in group] for heading, group in item.picking.groups}


def test_those_whom_the_form_suggests_stand_first_each_once_and_nobody_else():
    item = view({"proposers": ["p0003", "p0001"], "handler": "gone"})
    assert shown(item) == {"提案人": ["p0003", "p0001"], "承办单位": ["p0004"]}


def test_without_anybody_to_suggest_one_only_searches():
    assert shown(view()) == {"承办单位": ["p0003", "p0004"]}
    assert view({"proposers": [None]}).picking.finds_nothing is False


@pytest.mark.parametrize("text", ["人员0007", "P0007", "教务 0007", "  0007 "])
def test_people_are_found_by_name_unit_or_staff_number(text):
    assert shown(view(find=text.strip())) == {"教务处": ["p0007"]}


def test_whoever_is_chosen_is_not_offered_again_but_counts_as_found():
    item = view({"proposers": ["p0001"]}, chosen=["p0001", "p0003"])
    assert shown(item)["承办单位"] == ["p0004"]
    assert [option.value for option in item.chosen] == ["p0001", "p0003"]
    assert view(chosen=["p0007"], find="0007").picking.finds_nothing is False
    assert view(find="没有这个人").picking.finds_nothing is True


def test_a_search_that_finds_too_many_shows_the_first_and_says_how_many_more():
    item = view(find="人员")
    assert sum(len(group) for group in shown(item).values()) == FOUND
    assert item.picking.more == len(PEOPLE) - FOUND


def test_a_list_that_fits_on_the_page_stands_there_whole():
    assert view(people=PEOPLE[:LISTED]).picking is None


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"suggest": "提案人"}, "suggest"),
        ({"suggest": [{"label": "提案人"}]}, "suggest"),
        ({"suggest": [{"label": "提案人", "values": "=a", "source": "people"}]}, "suggest"),
        ({"suggest": [{"label": "提案人", "values": "=(("}]}, "FEEL"),
        ({"suggest": [{"label": "提案人", "source": "!"}]}, "列表名称"),
        ({"source": None}, "suggest 只能用于"),
    ],
)
def test_a_suggestion_that_cannot_be_carried_out_is_refused(properties, reason):
    with pytest.raises(FormSchemaError, match=reason):
        schema(**properties)


def test_the_shipped_meeting_suggests_both_sides_and_those_who_watch():
    with open("workflows/motion/forms/face_to_face.json", encoding="utf-8") as file:
        component = FormSchema.load(json.load(file)).field("face_people")
    names = {"proposers": ["d1"], "accepted": ["d2", "d3"], "handler": "o1", "follower": "c2", "leader": None}
    lists = FixedChoices({"people_at:unit_head,unit_officer.units": [Choice("h1", "负责人")]})
    assert list(suggested_of(component, names, lists).values()) == [["d1", "d2", "d3"], ["o1", "c2"], ["h1"]]
