"""Every form that is shipped fits the profile and can be drawn."""

import json
from pathlib import Path

import pytest

from engine.forms import FormSchema, NoChoices
from web.forms import build_view, initial_data

FORMS = sorted((Path(__file__).parents[3] / "workflows").glob("*/forms/*.json"))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_a_shipped_form_is_accepted_and_can_be_drawn(path):
    schema = FormSchema.load(json.loads(path.read_text(encoding="utf-8")))
    view = build_view(schema, initial_data(schema, None, {}), {}, NoChoices())
    assert view.items or view.action


def test_recommended_co_units_stand_in_the_form_that_names_the_units():
    routing = next(path for path in FORMS if path.stem == "routing")
    schema = FormSchema.load(json.loads(routing.read_text(encoding="utf-8")))
    case = {"lead_unit": None, "co_units": [], "recommended_lead_unit": "教务处", "recommended_co_units": ["财务处"]}
    shown = initial_data(schema, None, case)
    assert (shown["lead_unit"], shown["co_units"]) == ("教务处", ["财务处"])


@pytest.mark.parametrize(
    ("form", "text"),
    [("work_report", "report_text"), ("excellent", "excellent_comment"), ("open_season", "collection_notice")],
)
def test_a_long_text_that_was_returned_stands_in_the_form_again(form, text):
    path = next(path for path in FORMS if path.stem == form)
    schema = FormSchema.load(json.loads(path.read_text(encoding="utf-8")))
    assert initial_data(schema, None, {text: "本年度提案工作按期完成。"})[text] == "本年度提案工作按期完成。"
