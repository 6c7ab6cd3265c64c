"""Units, their successors, and the leaders in charge."""

from datetime import date

import pytest

from engine.commands.organisation.leaders import put_in_charge
from engine.commands.organisation.units import UnitData, change_unit, create_unit, dissolve_unit
from engine.errors import InvalidInputError, NotFoundError
from engine.queries.organisation import (
    current_unit_id,
    home_units_of,
    leader_of,
    people_by_unit,
    people_with_role,
    unit_by_name,
)

TODAY = date(2026, 11, 25)
LAST_DAY = date(2026, 11, 30)
AFTER = date(2026, 12, 1)


def test_people_and_roles_go_over_to_the_successor(as_admin, ask):
    as_admin(dissolve_unit, "教务处", last_day=LAST_DAY, successor_id="学生处")

    assert ask(people_with_role, "unit_head", "教务处", on=LAST_DAY) == ["0012"]
    assert ask(people_with_role, "unit_head", "学生处", on=AFTER) == ["0012"]
    assert ask(home_units_of, ["0012"]) == {"0012": "学生处"}


def test_several_units_are_asked_at_once_what_each_would_answer(as_admin, ask):
    as_admin(dissolve_unit, "教务处", last_day=LAST_DAY, successor_id="学生处")
    for day in (LAST_DAY, AFTER):
        named = ["教务处", "学生处"]
        one_by_one = {unit: frozenset(ask(people_with_role, "unit_head", unit, on=day)) for unit in named}
        assert ask(people_by_unit, ["unit_head"], named, on=day) == one_by_one


def test_asking_for_a_dissolved_units_people_means_the_successors(as_admin, ask):
    as_admin(dissolve_unit, "教务处", last_day=LAST_DAY, successor_id="学生处")
    assert ask(people_with_role, "unit_head", "教务处", on=AFTER) == ["0012"]
    assert ask(current_unit_id, "教务处") == "学生处"


def test_without_a_successor_the_roles_end(as_admin, ask):
    as_admin(dissolve_unit, "教务处", last_day=LAST_DAY, successor_id=None)
    assert ask(people_with_role, "unit_head", on=AFTER) == []


def test_a_unit_cannot_succeed_itself_not_even_round_a_corner(as_admin):
    as_admin(dissolve_unit, "教务处", last_day=LAST_DAY, successor_id="学生处")
    for successor in ("学生处", "教务处"):
        with pytest.raises(InvalidInputError):
            as_admin(dissolve_unit, "学生处", last_day=LAST_DAY, successor_id=successor)


def test_a_renamed_unit_keeps_its_code(as_admin, ask):
    as_admin(change_unit, "教务处", UnitData("本科生院", "department", handles_cases=True))
    found = ask(unit_by_name, "本科生院")
    assert found.id == "教务处"
    assert found.handles_cases


def test_two_living_units_cannot_share_a_name(as_admin):
    with pytest.raises(InvalidInputError) as refused:
        as_admin(create_unit, UnitData("教务处", "department"), code="jwc2")
    assert refused.value.fields == {"name": "已有同名单位，请改用其他名称"}


def test_a_unit_cannot_stand_below_itself(as_admin):
    as_admin(create_unit, UnitData("教务科", "department", parent_id="教务处"))
    with pytest.raises(InvalidInputError) as refused:
        as_admin(change_unit, "教务处", UnitData("教务处", "department", parent_id="教务科"))
    assert "parent_id" in refused.value.fields


def test_an_unknown_unit_cannot_be_found(as_admin):
    with pytest.raises(NotFoundError):
        as_admin(change_unit, "没有", UnitData("没有", "department"))


def test_a_new_leader_in_charge_ends_the_predecessors_charge_the_day_before(as_admin, ask):
    as_admin(put_in_charge, "教务处", "0014", starts_on=date(2026, 1, 1))
    as_admin(put_in_charge, "教务处", "0015", starts_on=AFTER)

    assert ask(leader_of, "教务处", LAST_DAY) == "0014"
    assert ask(leader_of, "教务处", AFTER) == "0015"
    assert ask(leader_of, "教务处", date(2025, 12, 31)) is None


def test_only_a_school_leader_can_be_in_charge(as_admin):
    with pytest.raises(InvalidInputError):
        as_admin(put_in_charge, "教务处", "0012")


def test_the_leader_in_charge_follows_to_the_successor(as_admin, ask):
    as_admin(put_in_charge, "教务处", "0014", starts_on=date(2026, 1, 1))
    as_admin(dissolve_unit, "教务处", last_day=LAST_DAY, successor_id="学生处")
    assert ask(leader_of, "学生处", AFTER) == "0014"
    assert ask(leader_of, "教务处", AFTER) == "0014"
