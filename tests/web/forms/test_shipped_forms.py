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
