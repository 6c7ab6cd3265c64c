"""Process variables survive the way to the database and back."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import YearsMonthsDuration
from engine.feel.kinds import nearest_number
from engine.values import ValueNotStorableError, as_stored, dumps, from_plain, loads, to_json, to_plain

_texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=8)
_scalars = st.one_of(
    st.none(),
    st.booleans(),
    _texts,
    st.decimals(allow_nan=False, allow_infinity=False).map(nearest_number).filter(Decimal.is_finite),
    st.dates(),
    st.timedeltas(),
)
_keys = st.one_of(_texts, st.sampled_from(["#", "@", "$"]))
values = st.recursive(_scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3))


@given(st.dictionaries(_keys, values, max_size=4))
def test_variables_read_back_as_they_were(variables: dict[str, object]) -> None:
    assert loads(dumps(variables)) == variables


given_by_callers = st.recursive(
    _scalars | st.integers() | st.datetimes(timezones=st.just(UTC)) | st.times(),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner) | st.dictionaries(_keys, inner, max_size=3),
)


@given(given_by_callers)
def test_a_value_as_it_will_be_read_back_is_told_without_storing_it(value: object) -> None:
    told, read = as_stored(value), loads(dumps({"x": value}))["x"]
    assert told == read
    assert repr(told) == repr(read)
    assert not _changeable_in(told) & _changeable_in(value)


def _changeable_in(value: object) -> set[int]:
    if isinstance(value, dict):
        return {id(value)}.union(*(_changeable_in(item) for item in value.values()))
    if isinstance(value, list | tuple):
        return {id(value)}.union(*(_changeable_in(item) for item in value)) if value != () else set()
    return set()


def test_money_keeps_its_places_and_instants_their_zone() -> None:
    variables = {
        "amount": Decimal("12.50"),
        "at": datetime(2026, 1, 1, 9, tzinfo=UTC),
        "time": time(9, 30),
        "since": YearsMonthsDuration(14),
        "count": 3,
    }
    again = loads(dumps(variables))
    assert str(again["amount"]) == "12.50"
    assert again["at"] == variables["at"]
    assert type(again["count"]) is Decimal


def test_data_that_looks_like_a_tag_stays_data() -> None:
    hostile = {"x": {"#": "not a number"}, "y": {"@": "1"}, "z": {"$": {"#": "1"}}}
    assert loads(dumps(hostile)) == hostile


def _circle() -> list[object]:
    inner: list[object] = []
    inner.append(inner)
    return inner


@pytest.mark.parametrize(
    "bad", [Decimal("NaN"), Decimal("Infinity"), 1.5, _circle(), object(), "\ud800", "a\x00b", {1: 2}, {"k": {3, 4}}]
)
def test_what_cannot_be_kept_is_refused(bad: object) -> None:
    with pytest.raises(ValueNotStorableError):
        dumps({"x": bad})


@pytest.mark.parametrize("text", ["[]", "{", '{"x":{"#":"a"}}', '{"x":{"@":"2026-02-30"}}', '{"x":{"#":5}}'])
def test_text_that_we_did_not_write_is_refused(text: str) -> None:
    with pytest.raises(ValueNotStorableError):
        loads(text)


def test_output_has_json_numbers_and_at_literals() -> None:
    value = {"n": Decimal("0.1"), "i": Decimal("5.00"), "d": date(2026, 1, 1), "t": [timedelta(days=1), None, True]}
    assert to_plain(value) == {"n": 0.1, "i": 5, "d": {"@": "2026-01-01"}, "t": [{"@": "P1D"}, None, True]}
    assert to_json(value) == '{"n":0.1,"i":5,"d":{"@":"2026-01-01"},"t":[{"@":"P1D"},null,true]}'
    assert to_json(Decimal("0.1234567890123456789012345678901234")) == "0.1234567890123456789012345678901234"


def test_input_numbers_become_decimal() -> None:
    assert from_plain({"a": 0.1, "b": [1, {"@": "P1D"}]}) == {"a": Decimal("0.1"), "b": [Decimal(1), timedelta(days=1)]}
    with pytest.raises(ValueNotStorableError):
        from_plain({"@": "tomorrow"})


def test_numbers_are_written_so_that_their_digits_come_back() -> None:
    numbers = ["12", "12.50", "0", "1E+30", "0E-7", "-3", "0.0001", "9999999999999999999999999999999999"]
    text = dumps({"n": [Decimal(number) for number in numbers]})
    assert text == '{"n":[12e0,12.50,0e0,1E+30,0E-7,-3e0,0.0001,9999999999999999999999999999999999e0]}'
    assert [str(number) for number in loads(text)["n"]] == numbers


@pytest.mark.parametrize("text", ['{"n":[{"#":"12.50"},{"#":"3"}]}', '{"n":[12.50,3]}', '{ "n" : [12.50 , 3 ] }'])
def test_numbers_as_they_were_written_before_and_as_others_write_them_are_read(text: str) -> None:
    assert loads(text) == {"n": [Decimal("12.50"), Decimal(3)]}
    assert all(type(number) is Decimal for number in loads(text)["n"])


@pytest.mark.parametrize("value", ["a\x00b", "\ud800", ["x\x00"], {"k\x00": "x"}, {1: "x"}])
def test_a_text_that_no_database_takes_is_refused_wherever_it_stands(value: object) -> None:
    with pytest.raises(ValueNotStorableError):
        dumps({"a": value})
    with pytest.raises(ValueNotStorableError):
        dumps(value if isinstance(value, dict) else {"a": value, "b": Decimal(1)})


def test_a_text_that_looks_like_an_escape_is_kept() -> None:
    assert loads(dumps({"a": "\\u0000", "b": '{"#":"1"}', "c": ",12]"})) == {
        "a": "\\u0000",
        "b": '{"#":"1"}',
        "c": ",12]",
    }
