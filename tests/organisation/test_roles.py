"""Who holds which role on which day."""

from datetime import date

import pytest
from sqlalchemy import select

from engine.commands.organisation.congress import save_term
from engine.commands.organisation.people import PersonData, create_user, end_user, lock_user
from engine.commands.organisation.roles import RoleGrant, grant_role, revoke_role
from engine.errors import ConflictError, InvalidInputError, NotFoundError
from engine.queries.organisation import people_with_role, roles_of
from engine.rules.administration import Area, may_administer
from engine.rules.roles import ROLES, clashing_role
from models import RoleAssignment

TODAY = date(2026, 11, 25)


def test_a_role_counts_from_its_first_to_its_last_day(as_admin, ask):
    grant = RoleGrant("0013", "unit_officer", "教务处", valid_from=date(2026, 12, 1), valid_to=date(2026, 12, 31))
    as_admin(grant_role, grant)

    on = {
        day: ask(people_with_role, "unit_officer", "教务处", on=day)
        for day in map(date.fromisoformat, ("2026-11-30", "2026-12-01", "2026-12-31", "2027-01-01"))
    }
    assert list(on.values()) == [[], ["0013"], ["0013"], []]


def test_a_representatives_rights_end_with_the_term(ask):
    assert ask(people_with_role, "rep", on=date(2026, 12, 31)) == ["0013"]
    assert ask(people_with_role, "rep", on=date(2027, 1, 1)) == []


def test_a_postponed_end_of_term_carries_its_roles_along(as_admin, ask):
    as_admin(save_term, 4, date(2022, 1, 1), date(2027, 6, 30))
    assert ask(people_with_role, "rep", on=date(2027, 1, 1)) == ["0013"]


def test_a_role_at_one_unit_does_not_count_at_another(ask):
    assert ask(people_with_role, "unit_head", "教务处", on=TODAY) == ["0012"]
    assert ask(people_with_role, "unit_head", "学生处", on=TODAY) == []
    assert ask(people_with_role, "unit_head", ["学生处", "教务处"], on=TODAY) == ["0012"]


def test_a_role_held_everywhere_counts_at_every_unit(as_admin, ask):
    as_admin(grant_role, RoleGrant("0013", "process_owner"))
    assert ask(people_with_role, "process_owner", "学生处", on=TODAY) == ["0013"]


def test_somebody_who_has_left_holds_no_role(as_admin, ask):
    as_admin(end_user, "0012")
    assert ask(people_with_role, "unit_head", on=TODAY) == []
    assert ask(roles_of, "0012", TODAY) == ()


def test_a_locked_person_keeps_the_role(as_admin, ask):
    as_admin(lock_user, "0012")
    assert ask(people_with_role, "unit_head", on=TODAY) == ["0012"]


@pytest.mark.parametrize("second", ["security_admin", "audit_admin"])
def test_nobody_holds_two_of_the_three_administrators_roles(as_admin, second):
    with pytest.raises(InvalidInputError) as refused:
        as_admin(grant_role, RoleGrant("admin1", second))
    assert "三员不得兼任" in refused.value.fields["role"]


def test_a_role_that_begins_later_clashes_as_well(as_admin):
    as_admin(grant_role, RoleGrant("0013", "audit_admin", valid_from=date(2027, 1, 1)))
    with pytest.raises(InvalidInputError):
        as_admin(grant_role, RoleGrant("0013", "security_admin"))


def test_a_role_needs_a_unit_of_its_kind(as_admin):
    with pytest.raises(InvalidInputError) as refused:
        as_admin(grant_role, RoleGrant("0013", "unit_head", "护理学院代表团"))
    assert "unit_id" in refused.value.fields


def test_the_last_system_administrator_stays(as_admin, ask):
    (assignment,) = ask(lambda session: session.scalars(select(RoleAssignment.id).filter_by(role="admin")).all())
    with pytest.raises(ConflictError):
        as_admin(revoke_role, assignment)


def test_a_revoked_role_was_still_held_yesterday(as_admin, ask):
    (assignment,) = ask(lambda session: session.scalars(select(RoleAssignment.id).filter_by(role="unit_head")).all())
    as_admin(revoke_role, assignment)
    assert ask(people_with_role, "unit_head", on=TODAY) == []
    assert ask(people_with_role, "unit_head", on=date(2026, 11, 24)) == ["0012"]


def test_only_an_administrator_grants_roles(engine):
    with pytest.raises(NotFoundError), engine.unit_of_work(actor="0012") as uow:
        grant_role(uow, RoleGrant("0012", "chair", term=4))


def test_an_unknown_person_cannot_be_found(as_admin):
    with pytest.raises(NotFoundError):
        as_admin(grant_role, RoleGrant("nobody", "process_owner"))


def test_once_appointed_the_security_administrator_alone_grants_administrators_roles(as_admin, engine):
    as_admin(grant_role, RoleGrant("0013", "security_admin"))
    as_admin(create_user, "0020", PersonData(name="新人"))
    with pytest.raises(NotFoundError):
        as_admin(grant_role, RoleGrant("0020", "audit_admin"))
    with engine.unit_of_work(actor="0013") as uow:
        grant_role(uow, RoleGrant("0020", "audit_admin"))


@pytest.mark.parametrize(
    ("area", "held", "appointed", "expected"),
    [
        (Area.PEOPLE, {"admin"}, set(), True),
        (Area.PEOPLE, {"security_admin"}, {"security_admin"}, False),
        (Area.ADMINISTRATORS, {"admin"}, set(), True),
        (Area.ADMINISTRATORS, {"admin"}, {"security_admin"}, False),
        (Area.TRAIL, {"admin"}, {"audit_admin"}, False),
        (Area.TRAIL, {"audit_admin"}, {"audit_admin"}, True),
        (Area.CONGRESS, {"union_clerk"}, set(), True),
        (Area.SETTINGS, {"union_clerk"}, set(), False),
        (Area.LOCKS, {"chair"}, set(), False),
    ],
)
def test_what_each_administrator_may_do(area, held, appointed, expected):
    assert may_administer(area, frozenset(held), frozenset(appointed)) is expected


def test_only_administrators_roles_clash():
    assert clashing_role("rep", {"admin"}) is None
    assert clashing_role("admin", {"rep", "audit_admin"}) == "audit_admin"
    assert {role.id for role in ROLES.values() if role.administrator} == {"admin", "security_admin", "audit_admin"}
