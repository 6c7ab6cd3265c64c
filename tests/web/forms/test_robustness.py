"""Whatever is put into a shipped form, it answers; it never breaks."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.forms import Choice, FixedChoices, FormSchema
from engine.forms.convert import RefusedValue, convert
from web.forms import build_view, initial_data

FORMS = sorted((Path(__file__).parents[3] / "workflows").glob("*/forms/*.json"))
SCHEMAS = [FormSchema.load(json.loads(path.read_text(encoding="utf-8"))) for path in FORMS]
LISTS = FixedChoices({"units": [Choice("教务处", "教务处")], "attachments": [Choice("a", "x.pdf")]})
CONTEXT = {
    "today": date(2026, 11, 25),
    "now": datetime(2026, 11, 25, tzinfo=UTC),
    "settings": {"max_extensions": Decimal(1)},
}

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.text(max_size=60),
    st.sampled_from(
        ["", "yes", "return", "not_filed", "2026-11-25", "9" * 400, "\x00", "\ud800", "教务处", "=1/0", "on"]
    ),
    st.dates(),
    st.datetimes(),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.id)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=st.data())
def test_any_input_gets_an_answer(schema, drawn):
    keys = [component.key for component in schema.fields()]
    data = drawn.draw(st.dictionaries(st.sampled_from(keys), values))
    result = schema.parse(data, CONTEXT, LISTS)
    assert set(result.errors) <= set(keys)
    assert set(result.values) <= set(keys)
    view = build_view(schema, data, CONTEXT, LISTS, errors=result.errors)
    assert view.items or view.action


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.id)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(
    names=st.dictionaries(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=3), max_size=8),
    row=st.text(max_size=8),
)
def test_any_names_a_browser_could_post_are_read(schema, names, row):
    names |= {f"suggestions-{row}-suggestion": ["x"], "suggestions-99999-suggestion": ["y"], "suggestions--1-x": ["z"]}
    assert isinstance(schema.read_posted(names), dict)


@given(number=st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12))
def test_a_number_survives_being_shown_and_sent_again(number):
    schema = FormSchema.load({"id": "f", "components": [{"type": "number", "key": "n"}]})
    view = build_view(schema, {"n": number}, {}, LISTS)
    assert schema.parse({"n": view.items[0].value}, {}, LISTS).values == {"n": number}


@given(text=st.text())
def test_a_text_that_is_taken_has_nothing_invisible_and_fits_every_database(text):
    schema = FormSchema.load({"id": "f", "components": [{"type": "textarea", "key": "t"}]})
    component = schema.field("t")
    try:
        taken = convert(component, text)
    except RefusedValue:
        return
    if taken is not None:
        assert "\x00" not in taken
        taken.encode("utf-8")
        assert convert(component, taken) == taken


def test_an_untouched_draft_of_every_form_is_drawn_from_its_defaults():
    for schema in SCHEMAS:
        assert initial_data(schema, None, CONTEXT).keys() == {component.key for component in schema.fields()}
