"""Logging in: failures lock, sessions end, nobody learns who has an account."""

import re

import pytest
from click.testing import CliRunner

from engine.cli.organisation import password as give_password
from engine.commands.access.change_password import change_password, give_initial_password
from engine.commands.access.continue_log_in import continue_log_in
from engine.commands.access.first_start import issue_first_start_token, name_first_administrator
from engine.commands.access.log_in import Origin, log_in
from engine.commands.access.log_out import log_out
from engine.commands.organisation.people import end_user, lock_user, unlock_user
from engine.errors import InvalidInputError, NotFoundError
from engine.queries.organisation import people_with_role
from engine.queries.trail import trail_page
from engine.secrecy.passwords import password_problem, verify_password
from models import LoginSession, User

HOME = Origin("10.0.0.1", "test")


@pytest.fixture
def password(engine):
    """The initial password of 0012."""
    return give_initial_password(engine, "admin1", "0012")


def fail(engine, times, login="0012"):
    for _ in range(times):
        assert log_in(engine, login, "wrong", HOME) is None


def test_the_right_password_opens_a_log_in(engine, password):
    token = log_in(engine, "0012", password, HOME)
    person = continue_log_in(engine, token)
    assert (person.id, person.must_change_password) == ("0012", True)
    assert person.role_ids == {"unit_head"}


def test_the_table_does_not_hold_the_token(engine, password, ask):
    token = log_in(engine, "0012", password, HOME)
    assert ask(lambda session: session.get(LoginSession, token)) is None


def test_five_failures_lock_for_a_quarter_of_an_hour(engine, password, clock):
    fail(engine, 5)
    assert log_in(engine, "0012", password, HOME) is None

    clock.advance(minutes=15, seconds=-1)
    assert log_in(engine, "0012", password, HOME) is None

    clock.advance(seconds=2)
    assert log_in(engine, "0012", password, HOME) is not None


def test_four_failures_and_a_success_begin_the_count_anew(engine, password, clock):
    for _ in range(2):
        fail(engine, 4)
        clock.advance(seconds=1)
        assert log_in(engine, "0012", password, HOME) is not None
        clock.advance(seconds=1)


def test_failures_long_ago_do_not_count(engine, password, clock):
    fail(engine, 4)
    clock.advance(minutes=16)
    fail(engine, 1)
    assert log_in(engine, "0012", password, HOME) is not None


def test_an_unlocked_person_has_all_attempts_again(engine, password, as_admin, clock):
    fail(engine, 5)
    clock.advance(seconds=1)
    as_admin(unlock_user, "0012")
    clock.advance(seconds=1)
    fail(engine, 4)
    assert log_in(engine, "0012", password, HOME) is not None


def test_an_automatic_lock_stands_in_the_trail(engine, password, ask):
    fail(engine, 5)
    assert "user.locked_by_failures" in {line.kind for line in ask(trail_page, q="0012").lines}


@pytest.mark.parametrize("login", ["nobody", "", "0013", "x" * 1000, "0012\x00"])
def test_an_unknown_person_and_one_without_password_get_the_same_no(engine, login):
    if "\x00" in login:
        login = login.replace("\x00", "?")
    assert log_in(engine, login, "whatever", HOME) is None


def test_a_check_without_an_account_takes_a_hash_as_well(monkeypatch):
    checked = []
    monkeypatch.setattr(
        "engine.secrecy.passwords._hasher", type("Spy", (), {"verify": lambda _, *args: checked.append(args)})()
    )
    assert verify_password(None, "whatever") is False
    assert len(checked) == 1


def test_locking_ends_the_log_in_at_once(engine, password, as_admin):
    token = log_in(engine, "0012", password, HOME)
    as_admin(lock_user, "0012")
    assert continue_log_in(engine, token) is None
    as_admin(unlock_user, "0012")
    assert continue_log_in(engine, token) is None  # ended is ended


def test_leaving_ends_the_log_in(engine, password, as_admin):
    token = log_in(engine, "0012", password, HOME)
    as_admin(end_user, "0012")
    assert continue_log_in(engine, token) is None
    assert log_in(engine, "0012", password, HOME) is None


def test_half_an_hour_of_idleness_ends_a_log_in(engine, password, clock):
    token = log_in(engine, "0012", password, HOME)
    clock.advance(minutes=30)
    assert continue_log_in(engine, token) is not None
    clock.advance(minutes=30)
    assert continue_log_in(engine, token) is not None
    clock.advance(minutes=30, seconds=1)
    assert continue_log_in(engine, token) is None


def test_after_twelve_hours_even_a_busy_log_in_ends(engine, password, clock):
    token = log_in(engine, "0012", password, HOME)
    for _ in range(35):
        clock.advance(minutes=20)
        assert continue_log_in(engine, token) is not None
    clock.advance(minutes=20)
    assert continue_log_in(engine, token) is None


def test_logging_out_ends_this_log_in_only(engine, password):
    here, there = (log_in(engine, "0012", password, HOME) for _ in range(2))
    with engine.unit_of_work(actor="0012") as uow:
        log_out(uow, here)
    assert continue_log_in(engine, here) is None
    assert continue_log_in(engine, there) is not None


def test_a_new_password_ends_the_other_log_ins(engine, password):
    here, there = (log_in(engine, "0012", password, HOME) for _ in range(2))
    change_password(engine, "0012", current=password, new="green-Bamboo-7", token=here)
    assert continue_log_in(engine, there) is None
    assert continue_log_in(engine, here).must_change_password is False
    assert log_in(engine, "0012", password, HOME) is None
    assert log_in(engine, "0012", "green-Bamboo-7", HOME) is not None


def test_whoever_has_the_server_helps_an_administrator_who_forgot_the_password(engine):
    database = ["--database", engine.settings.database_url]
    answer = CliRunner().invoke(give_password, ["admin1", *database])
    assert answer.exit_code == 0
    given = re.search("初始密码：([a-z0-9]{12})", answer.output)[1]
    assert log_in(engine, "admin1", given, HOME) is not None
    unknown = CliRunner().invoke(give_password, ["nobody", *database])
    assert (unknown.exit_code, "没有工号 nobody" in unknown.output) == (1, True)


def test_guesses_at_the_current_password_lock_the_account(engine, password, clock):
    token = log_in(engine, "0012", password, HOME)
    clock.advance(seconds=1)
    for _ in range(5):
        with pytest.raises(InvalidInputError):
            change_password(engine, "0012", current="wrong", new="quiet-River-9", token=token)
    assert continue_log_in(engine, token) is None


def test_the_current_password_is_asked_for(engine, password):
    with pytest.raises(InvalidInputError) as refused:
        change_password(engine, "0012", current="wrong", new="green-Bamboo-7", token=None)
    assert set(refused.value.fields) == {"current"}


@pytest.mark.parametrize(
    ("password", "accepted"),
    [
        ("green-Bamboo-7", True),
        ("竹子长得很高很高了7", True),
        ("short-1", False),
        ("onlyletterspassword", False),
        ("1234567890", False),
        ("xx-0012-xx-yy", False),
        ("password123", False),
        ("1a1a1a1a1a1a", False),
        ("a1" * 200, False),
    ],
)
def test_what_a_password_must_be(password, accepted):
    assert (password_problem(password, least=10, login="0012", name="教务处长") is None) is accepted


def test_the_first_administrator_is_named_with_the_token_only(empty_engine):
    token = issue_first_start_token(empty_engine)
    given = {"user_id": "000001", "name": "王管理", "password": "green-Bamboo-7"}
    with pytest.raises(InvalidInputError) as refused:
        name_first_administrator(empty_engine, token="guess", **given)
    assert set(refused.value.fields) == {"token"}

    name_first_administrator(empty_engine, token=token, **given)

    assert log_in(empty_engine, "000001", "green-Bamboo-7", HOME) is not None
    with empty_engine.reading() as uow:
        assert people_with_role(uow.session, "admin", on=uow.today) == ["000001"]


def test_a_second_administrator_is_never_named_that_way(empty_engine):
    token = issue_first_start_token(empty_engine)
    given = {"user_id": "000001", "name": "王管理", "password": "green-Bamboo-7"}
    name_first_administrator(empty_engine, token=token, **given)
    assert issue_first_start_token(empty_engine) is None
    with pytest.raises(NotFoundError):
        name_first_administrator(empty_engine, token=token, **{**given, "user_id": "000002"})


def test_a_token_is_void_after_a_day_and_after_the_next_start(empty_engine, clock):
    given = {"user_id": "000001", "name": "王管理", "password": "green-Bamboo-7"}
    old = issue_first_start_token(empty_engine)
    new = issue_first_start_token(empty_engine)
    with pytest.raises(InvalidInputError):
        name_first_administrator(empty_engine, token=old, **given)
    clock.advance(hours=24, seconds=1)
    with pytest.raises(InvalidInputError):
        name_first_administrator(empty_engine, token=new, **given)


def test_a_wrong_first_administrator_leaves_nothing_behind(empty_engine):
    token = issue_first_start_token(empty_engine)
    with pytest.raises(InvalidInputError):
        name_first_administrator(empty_engine, token=token, user_id="工号", name="王", password="green-Bamboo-7")
    with empty_engine.reading() as uow:
        assert uow.session.query(User).count() == 0
