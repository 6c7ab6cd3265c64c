"""Two motions, or three in a row, are merged into each other in the same instant: one is, the other is told at once."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from engine.bootstrap import Engine, open_engine
from engine.commands import complete_work_item as completing
from engine.commands.modify_variables import modify_variables
from engine.errors import InvalidInputError, OperationFailedError
from engine.settings import Settings
from models import InstanceLink
from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.workflows.conftest import prepare_demo
from tests.workflows.scenario import Motion, Scenario


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(
    request: pytest.FixtureRequest, clock: MovableClock, prepared_databases: PreparedDatabases, tmp_path: Path
) -> Iterator[Engine]:
    """An engine on either database."""
    with prepared_databases.copy(request.param, "workflows", prepare_demo) as url:
        opened = open_engine(settings=Settings(database_url=url, data_directory=tmp_path), clock=clock)
        yield opened
        opened.close()


def _at_once(*works: Callable[[], None]) -> list[BaseException]:
    """Do all of them at the same time; what they raised, in no order."""
    failures: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def _links(scenario: Scenario) -> list[tuple[object, object]]:
    with scenario.engine.reading() as uow:
        rows = uow.session.execute(select(InstanceLink.source_id, InstanceLink.target_id))
        return [(row.source_id, row.target_id) for row in rows]


def _decided_in_the_same_instant(monkeypatch: pytest.MonkeyPatch, scenario: Scenario) -> None:
    """Nobody judges a form before both have opened their case; one alone on SQLite, which lets in one writer."""
    together = Barrier(2)
    judged = completing.judged

    def wait_for_each_other(uow, item, data):
        if scenario.engine.database.dialect.name == "postgresql":
            together.wait(timeout=30)
        return judged(uow, item, data)

    monkeypatch.setattr(completing, "judged", wait_for_each_other)


def _merge(scenario: Scenario, motion: Motion, lead: Motion) -> Callable[[], None]:
    item, actor, _ = motion.item("decide_filing")

    def work() -> None:
        def decide(uow):
            data = {"disposition": "merged", "merged_into": str(lead.id)}
            completing.complete_work_item(uow, item, data, request_id=None, expected_version=None)

        scenario.engine.transact(decide, actor=actor)

    return work


def test_of_two_motions_merged_into_each_other_at_once_one_is_and_the_field_of_the_other_says_why_not(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    first = scenario.motion_at("decide_filing")
    second = scenario.motion_at("decide_filing", proposer="d0201")
    works = _merge(scenario, first, second), _merge(scenario, second, first)

    # when the committee decides both in the same instant
    _decided_in_the_same_instant(monkeypatch, scenario)
    [refused] = _at_once(*works)

    # then
    assert isinstance(refused, InvalidInputError)
    assert set(refused.fields) == {"merged_into"}
    merged = sorted(motion.variables["merged_into"] or "" for motion in (first, second))
    assert merged[0] == ""
    assert merged[1] in (str(first.id), str(second.id))
    assert sorted([*first.waits_at, *second.waits_at]) == ["chair_approve", "decide_filing"]


def test_no_chain_is_made_by_merging_a_motion_and_its_lead_at_once(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    first, second, third = (
        scenario.motion_at("decide_filing", proposer=proposer) for proposer in ("d0101", "d0201", "d0301")
    )
    works = _merge(scenario, first, second), _merge(scenario, second, third)

    # when
    _decided_in_the_same_instant(monkeypatch, scenario)
    [refused] = _at_once(*works)

    # then
    assert isinstance(refused, InvalidInputError)
    assert [first.variables["merged_into"], second.variables["merged_into"]].count(None) == 1


def test_two_that_were_written_to_follow_each_other_are_never_both_linked(scenario: Scenario) -> None:
    # given two motions before the chair, of which an administrator has made each the other's lead, past the form
    first, second = (
        scenario.motion_at("chair_approve", proposer=proposer, decide_filing={"disposition": "filed"})
        for proposer in ("d0101", "d0201")
    )
    for motion, lead in ((first, second), (second, first)):
        with scenario.engine.unit_of_work(actor="admin") as uow:
            data = {"disposition": "merged", "merged_into": str(lead.id)}
            modify_variables(uow, motion.id, data, reason="并案登记有误。", request_id=None)

    # when the chair approves both in the same instant
    def approve(motion: Motion) -> Callable[[], None]:
        item, actor, usual = motion.item("chair_approve")

        def decide(uow):
            completing.complete_work_item(uow, item, usual, request_id=None, expected_version=None)

        return lambda: scenario.engine.transact(decide, actor=actor)

    [refused] = _at_once(approve(first), approve(second))

    # then one follows the other, and the other's case is as it was
    assert isinstance(refused, OperationFailedError)
    assert len(_links(scenario)) == 1
    assert sorted([*first.waits_at, *second.waits_at]) == ["chair_approve", "split"]
