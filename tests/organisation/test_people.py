"""People, relatives, and the trail of changes."""

from datetime import date

import pytest

from engine.commands.organisation.people import (
    PersonData,
    change_user,
    create_user,
    end_user,
    lock_user,
    reinstate_user,
)
from engine.commands.organisation.relatives import declare_relative, withdraw_relative
from engine.errors import ConflictError, InvalidInputError, NotFoundError
from engine.queries.directory import people_page, person_page
from engine.queries.organisation import relatives_of
from engine.queries.trail import trail_page

TODAY = date(2026, 11, 25)


def test_leading_zeros_belong_to_a_staff_number(as_admin, ask):
    as_admin(create_user, " 000777 ", PersonData(name=" 新教师 ", unit_id="教务处"))
    shown = ask(person_page, "000777", TODAY)
    assert (shown.name, shown.unit_name, shown.can_log_in) == ("新教师", "教务处", False)


@pytest.mark.parametrize(
    ("user_id", "data", "field"),
    [
        ("0012", PersonData(name="又一人"), "id"),
        ("", PersonData(name="某人"), "id"),
        ("工号", PersonData(name="某人"), "id"),
        ("a" * 65, PersonData(name="某人"), "id"),
        ("0099", PersonData(name="  "), "name"),
        ("0099", PersonData(name="长" * 121), "name"),
        ("0099", PersonData(name="某人", unit_id="没有的处"), "unit_id"),
        ("0099", PersonData(name="某人", email="not an address"), "email"),
        ("0099", PersonData(name="某人", language="tlh"), "language"),
    ],
)
def test_wrong_input_is_refused_at_its_field(as_admin, user_id, data, field):
    with pytest.raises(InvalidInputError) as refused:
        as_admin(create_user, user_id, data)
    assert set(refused.value.fields) == {field}


def test_the_trail_tells_what_changed_and_nothing_else(as_admin, ask):
    as_admin(change_user, "0012", PersonData(name="教务处长", unit_id="学生处"))
    (line,) = ask(trail_page, q="0012").lines
    assert (line.kind, line.actor_name) == ("user.changed", "管理员")
    assert (line.before, line.after) == ({"unit_id": "教务处"}, {"unit_id": "学生处"})


def test_saving_without_a_change_leaves_no_trace(as_admin, ask):
    as_admin(change_user, "0012", PersonData(name="教务处长", unit_id="教务处"))
    assert ask(trail_page, q="0012").lines == ()


def test_leavers_are_ended_not_deleted(as_admin, ask):
    as_admin(end_user, "0012", left_on=date(2026, 12, 31))
    assert ask(person_page, "0012", TODAY).left_on == date(2026, 12, 31)
    as_admin(reinstate_user, "0012")
    assert ask(person_page, "0012", TODAY).left_on is None


def test_an_administrator_can_neither_lock_nor_end_himself(as_admin):
    for command in (lock_user, end_user):
        with pytest.raises(ConflictError):
            as_admin(command, "admin1")


def test_who_administers_nothing_finds_nobody(engine):
    with pytest.raises(NotFoundError), engine.unit_of_work(actor="0013") as uow:
        lock_user(uow, "0012")


def test_a_relation_holds_in_both_directions(as_admin, ask):
    as_admin(declare_relative, "0012", "0013", "spouse")
    assert ask(relatives_of, "0012") == {"0013"}
    assert ask(relatives_of, ["0013"]) == {"0012"}
    as_admin(withdraw_relative, "0013", "0012")
    assert ask(relatives_of, ["0012", "0013"]) == frozenset()


def test_nobody_is_ones_own_relative(as_admin):
    with pytest.raises(InvalidInputError):
        as_admin(declare_relative, "0012", "0012", "spouse")


def test_search_takes_signs_of_the_database_as_text(as_admin, ask):
    as_admin(create_user, "p100", PersonData(name="百分%_人"))
    assert [row.id for row in ask(people_page, on=TODAY, q="%_").rows] == ["p100"]
    assert [row.id for row in ask(people_page, on=TODAY, q="P10").rows] == ["p100"]
    assert ask(people_page, on=TODAY, q="'; drop table").total == 0


def test_the_list_shows_who_is_there_and_by_role(as_admin, ask):
    as_admin(end_user, "0013")
    assert "0013" not in {row.id for row in ask(people_page, on=TODAY).rows}
    assert [row.id for row in ask(people_page, on=TODAY, state="left").rows] == ["0013"]
    assert [row.id for row in ask(people_page, on=TODAY, role="unit_head").rows] == ["0012"]
