"""Congress, settings and the working calendar."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from engine.commands.organisation.calendar import clear_calendar_day, seed_year, set_calendar_day
from engine.commands.organisation.congress import SessionData, chinese_number, create_session, save_term
from engine.commands.organisation.settings import change_setting
from engine.errors import ConflictError, InvalidInputError, NotFoundError
from engine.queries.congress import congress_session, congress_terms
from engine.queries.settings import declared_settings, log_in_rules, setting_lines
from engine.queries.working_days import calendar_year, missing_year
from engine.rules.announced_days import announced_days
from models import Deployment


def test_a_session_is_named_as_people_say_it(as_admin, ask):
    assert as_admin(create_session, SessionData(4, 12)) == "4-12"
    assert ask(congress_session, "4-12").name == "四届十二次"


@pytest.mark.parametrize(("number", "text"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (99, "九十九")])
def test_chinese_numerals(number, text):
    assert chinese_number(number) == text


def test_a_window_closes_after_it_opens(as_admin):
    opens, closes = datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    with pytest.raises(InvalidInputError) as refused:
        as_admin(create_session, SessionData(4, 7, window_opens_at=opens, window_closes_at=closes))
    assert set(refused.value.fields) == {"window_closes_at"}


def test_the_congress_meets_within_its_term(as_admin):
    with pytest.raises(InvalidInputError) as refused:
        as_admin(create_session, SessionData(4, 7, congress_on=date(2030, 1, 1)))
    assert set(refused.value.fields) == {"congress_on"}


def test_terms_do_not_overlap(as_admin, ask):
    with pytest.raises(InvalidInputError):
        as_admin(save_term, 5, date(2026, 12, 31), date(2031, 12, 30))
    as_admin(save_term, 5, date(2027, 1, 1), date(2031, 12, 31))
    terms = {entry.term: (entry.starts_on, entry.ends_on) for entry in ask(congress_terms)}
    assert terms[4][1] == date(2026, 12, 31)
    assert terms[5] == (date(2027, 1, 1), date(2031, 12, 31))


def test_a_setting_says_who_changed_it_and_why(as_admin, ask):
    assert as_admin(change_setting, "login.failures", " 3 ", source="校网络安全办法") == Decimal(3)
    (line,) = [line for line in ask(setting_lines) if line.declaration.key == "login.failures"]
    assert (line.value, line.source, line.changed_by, line.is_default) == (3, "校网络安全办法", "管理员", False)
    assert ask(log_in_rules).failures == 3


@pytest.mark.parametrize("typed", ["", "many", "0", "1000", "NaN", "1e99999999"])
def test_a_value_out_of_bounds_is_refused(as_admin, typed):
    with pytest.raises(InvalidInputError) as refused:
        as_admin(change_setting, "login.failures", typed)
    assert set(refused.value.fields) == {"value"}


def test_a_setting_that_nothing_declares_cannot_be_found(as_admin):
    with pytest.raises(NotFoundError):
        as_admin(change_setting, "motion.unheard_of", "1")


def test_a_deployed_process_declares_its_settings(as_admin, ask, engine):
    manifest = {
        "name": {"zh": "提案"},
        "settings": {
            "max_rounds": {"default": 2, "type": "number", "label": {"zh": "最多办理几轮"}, "source": "提案办法"},
            "no_rating_counts": {"default": False, "label": {"zh": "未反馈视为满意"}},
        },
    }
    with engine.unit_of_work() as uow:
        for version in (1, 2):
            names = list(manifest["settings"])[:version]
            settings = {name: manifest["settings"][name] for name in names}
            uow.session.add(
                Deployment(
                    key="motion",
                    version=version,
                    sha256=f"{version}" * 64,
                    deployed_at=uow.now,
                    manifest={**manifest, "settings": settings},
                )
            )
    declared = ask(declared_settings)
    assert declared["motion.max_rounds"].default == Decimal(2)
    assert declared["motion.no_rating_counts"].kind == "bool"
    assert as_admin(change_setting, "motion.no_rating_counts", "true") is True
    for typed in ("-1", "1e99"):  # a process that names no bounds
        with pytest.raises(InvalidInputError):
            as_admin(change_setting, "motion.max_rounds", typed)


def test_a_year_is_seeded_with_its_holidays_and_shifted_working_days(as_admin, ask):
    as_admin(seed_year, 2026)
    days = {line.day: line.kind for line in ask(calendar_year, 2026).days}
    assert days[date(2026, 10, 1)] == "holiday"
    assert days[date(2026, 10, 10)] == "working"  # a Saturday
    assert date(2026, 10, 3) not in days  # a Saturday anyway


def test_a_year_whose_swaps_are_not_announced_is_not_half_seeded(as_admin):
    assert announced_days(2030) == ()
    with pytest.raises(ConflictError):
        as_admin(seed_year, 2030)


def test_seeding_never_overwrites_what_the_institution_edited(as_admin, ask):
    as_admin(set_calendar_day, date(2026, 9, 1), "holiday", "校庆")
    with pytest.raises(ConflictError):
        as_admin(seed_year, 2026)
    as_admin(clear_calendar_day, date(2026, 9, 1))
    as_admin(seed_year, 2026)


def test_the_missing_year_is_named(as_admin, ask):
    assert ask(missing_year, date(2026, 10, 31)) == 2026
    as_admin(seed_year, 2026)
    assert ask(missing_year, date(2026, 10, 31)) is None
    assert ask(missing_year, date(2026, 11, 1)) == 2027
