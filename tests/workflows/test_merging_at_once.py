"""On PostgreSQL: the lead moves on in the very instant in which a merged motion reads how far it is."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from sqlalchemy import make_url

from engine.bootstrap import Engine, open_engine
from engine.operations import registry
from engine.operations.registry import OperationCall
from engine.settings import Settings
from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.workflows.conftest import prepare_demo
from tests.workflows.scenario import Motion, Scenario

OBJECTION = {"decision": "object", "objection_reason": "不属于本单位职责。", "proposed_unit": "人事处"}
STILL_BUSY = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def engine(clock: MovableClock, prepared_databases: PreparedDatabases, tmp_path: Path) -> Iterator[Engine]:
    """An engine on PostgreSQL, where transactions run beside each other."""
    with prepared_databases.copy("postgresql", "workflows", prepare_demo) as url:
        opened = open_engine(settings=Settings(database_url=url, data_directory=tmp_path), clock=clock)
        yield opened
        opened.close()


class Meanwhile:
    """Does something in a transaction of its own right after a motion has read its lead, and once only."""

    def __init__(self, engine: Engine, reader: Motion, work: Callable[[], None]) -> None:
        self.url = make_url(engine.settings.database_url).set(drivername="postgresql")
        self.reader = reader
        self.failures: list[BaseException] = []
        self.thread = Thread(target=self._run, args=(work,))
        self.read = registry._OPERATIONS["case.read"]

    def __call__(self, call: OperationCall):
        answer = self.read(call)
        if call.environment.instance_id == self.reader.id and self.thread.ident is None:
            self.thread.start()
            self._wait_until_it_is_done_or_waits_for_us()
        return answer

    def end(self) -> None:
        self.thread.join()
        assert self.failures == []

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            self.failures.append(error)

    def _wait_until_it_is_done_or_waits_for_us(self) -> None:
        with psycopg.connect(self.url.render_as_string(hide_password=False), autocommit=True) as connection:
            while self.thread.is_alive():
                self.thread.join(0.05)
                if connection.execute(STILL_BUSY).fetchone() != (0,):
                    return


def _meanwhile(
    monkeypatch: pytest.MonkeyPatch, scenario: Scenario, reader: Motion, work: Callable[[], None]
) -> Meanwhile:
    hook = Meanwhile(scenario.engine, reader, work)
    monkeypatch.setitem(registry._OPERATIONS, "case.read", hook)
    return hook


def _before_the_chair(scenario: Scenario, lead: Motion) -> Motion:
    return scenario.motion_at(
        "chair_approve", proposer="d0201", decide_filing={"disposition": "merged", "merged_into": str(lead.id)}
    )


def test_a_lead_that_is_handed_over_while_the_merge_is_saved_is_not_missed(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a lead that waits for its leader, and a motion that the chair has to merge into it
    lead = scenario.motion_at("endorse")
    merged = _before_the_chair(scenario, lead)

    # when both press at once: the lead is handed over when the merged motion has just read that it is not
    hook = _meanwhile(monkeypatch, scenario, merged, lambda: lead.do("endorse"))
    merged.do("chair_approve")
    hook.end()
    scenario.run_due_jobs()

    # then the merged motion has gone along
    assert (lead.waits_at, merged.waits_at) == (["sign_for"], [])
    assert merged.variables["lead_unit"] == lead.variables["lead_unit"] == "教务处"


def test_a_lead_that_goes_to_another_unit_while_its_hand_over_is_noted_is_not_missed(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    lead = scenario.motion_at("endorse")
    merged = _before_the_chair(scenario, lead)
    merged.do("chair_approve")

    # when the unit objects, and another gets the lead, while the merged motion notes the first hand-over
    def hand_over_again() -> None:
        lead.do("sign_for", OBJECTION)
        lead.do("routing", lead_unit="人事处")
        lead.go_on_to("sign_for")

    hook = _meanwhile(monkeypatch, scenario, merged, hand_over_again)
    lead.do("endorse")
    hook.end()
    scenario.run_due_jobs()

    # then
    assert merged.variables["lead_unit"] == lead.variables["lead_unit"] == "人事处"
