"""The demo organisation covers the caseload, without one real person."""

import json
import time
from pathlib import Path

import pytest

from engine.bootstrap import open_engine
from engine.demo import directory as demo_directory
from engine.demo.organisation import build_demo_organisation
from engine.queries.organisation import leader_of, people_with_role, roles_of, unit_by_name
from engine.rules.roles import ROLES, fits_unit
from engine.settings import Settings
from tests.organisation.conftest import NOW, create_tables
from tests.support.fakes import MovableClock

CASELOADS = sorted((Path(__file__).parents[2] / "workflows" / "motion" / "demo").glob("*.jsonl"))
SECONDS = 3  # of processor time


@pytest.fixture(params=["sqlite", "postgresql"])
def demo_engine(request, prepared_databases, clock, tmp_path):
    """An engine on a database that holds the demo organisation."""
    with prepared_databases.copy(request.param, "demo organisation", build_once) as url:
        engine = open_engine(url, clock, Settings(data_directory=tmp_path / "data"))
        yield engine
        engine.close()


def build_once(url):
    create_tables(url)
    engine = open_engine(url, MovableClock(NOW))
    with engine.unit_of_work() as uow:
        build_demo_organisation(uow, password_hash="hash")
    engine.close()


@pytest.fixture
def demo(demo_engine):
    """What building answers; all of it is there already."""
    with demo_engine.unit_of_work() as uow:
        return build_demo_organisation(uow, password_hash="hash")


@pytest.fixture
def today(clock):
    return clock.now().date()


def test_it_is_built_in_seconds(empty_engine):
    started = time.process_time()  # of this process: the machine may be busy with other tests
    with empty_engine.unit_of_work() as uow:
        build_demo_organisation(uow, password_hash="hash")
    assert time.process_time() - started < SECONDS


def test_building_it_again_changes_nothing(demo_engine, demo):
    with demo_engine.unit_of_work() as uow:
        again = build_demo_organisation(uow, password_hash="another")
        assert not uow.session.new
        assert not uow.session.dirty
    assert again == demo


def test_every_name_in_the_caseload_is_there(demo):
    named, units = set(), set()
    for path in CASELOADS:
        for line in path.read_text(encoding="utf-8").splitlines():
            motion = json.loads(line)
            named |= {motion["proposer"], *motion["seconders"]}
            units |= {motion["delegation"], motion["suggested_main_unit"], *motion["suggested_co_units"]}
    assert named <= set(demo.users)
    assert units - {""} <= set(demo.units)


def test_every_handling_unit_has_head_officers_and_a_leader_in_charge(demo_engine, demo, today):
    with demo_engine.reading() as uow:
        for unit in demo_directory.HANDLING_UNITS:
            assert len(people_with_role(uow.session, "unit_head", unit, on=today)) == 1, unit
            assert len(people_with_role(uow.session, "unit_officer", unit, on=today)) == 2, unit
            assert leader_of(uow.session, unit, today) is not None, unit
            assert unit_by_name(uow.session, unit).handles_cases


def test_every_role_the_motions_need_is_held(demo_engine, demo, today):
    with demo_engine.reading() as uow:
        held = {role: len(people_with_role(uow.session, role, on=today)) for role in ROLES}
    assert held["motion_committee"] >= 6
    assert held["motion_committee_head"] == held["chair"] == held["admin"] == held["process_owner"] == 1
    assert held["delegation_head"] == len(demo_directory.DELEGATIONS)
    assert held["member"] >= demo_directory.MEMBERS_WITHOUT_LOGIN
    assert min(held[role] for role in ("presidium", "audit", "union_clerk", "school_leader", "vice_chair")) >= 1


def test_plain_members_cannot_log_in(demo_engine, demo):
    without = [person for person in demo_directory.people() if not person.can_log_in]
    assert len(without) == 1500
    assert all(person.login.isdigit() for person in without)


def test_log_ins_are_stable_and_ascii(demo):
    assert demo.user("代表-基础医学院-01") == "d0101"
    assert demo.user("负责人-教务处") == "h05"
    logins = [person.login for person in demo_directory.people()]
    assert len(logins) == len(set(logins))
    assert all(login.isascii() for login in logins)


def test_every_shown_log_in_holds_what_its_row_says(demo_engine, demo, today):
    with demo_engine.reading() as uow:
        for label, login in demo.logins:
            assert roles_of(uow.session, login, today), label


def test_every_role_of_the_demo_fits_its_unit():
    kinds = {unit.name: unit.kind for unit in demo_directory.units()}
    for person in demo_directory.people():
        for role in person.roles:
            assert fits_unit(role.role, kinds.get(role.unit)), (person.name, role)


def test_the_current_season_is_open_today(demo, today):
    running = demo.sessions["4-7"]
    assert running.opens_on <= today <= running.closes_on
    assert running.opens_at < running.closes_at
