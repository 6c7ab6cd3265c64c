"""A job that has used up its tries: what an administrator can do about it."""

import threading
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from engine.bootstrap import Engine
from engine.commands.cancel_instance import cancel_instance
from engine.commands.modify_variables import modify_variables
from engine.commands.move_token import move_token
from engine.commands.resolve_incident import resolve_incident
from engine.errors import ConflictError, EngineError
from engine.queries.correction import correction
from engine.queries.incidents import open_incidents, standstills
from engine.step.instance import load_instance
from models import Incident
from tests.engine.conftest import Case, Deploy, Start
from tests.support.fakes import MovableClock
from tests.support.folders import process, write_folder

FAILING = process(
    "failing",
    """
    <bpmn:startEvent id="begin"/>
    begin -> pause
    <bpmn:intermediateCatchEvent id="pause">
      <bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:intermediateCatchEvent>
    pause -> which
    <bpmn:exclusiveGateway id="which"/>
    which -> write: way = "on"
    which -> done: way = "off"
    <bpmn:userTask id="write" banli:assignee="=initiator"/>
    write -> done
    <bpmn:endEvent id="done"/>
    """,
)


@pytest.fixture
def failed(start: Start, deploy: Deploy, engine: Engine, clock: MovableClock, tmp_path: Path) -> Case:
    """A case whose timer has used up its tries: behind it there is no way to take."""
    deploy(write_folder(tmp_path, "failing", FAILING))
    case = start("failing")
    clock.advance(days=1)
    for minutes in (0, 1, 5, 30, 120):
        clock.advance(minutes=minutes)
        engine.run_due_jobs()
    return case


def incident_of(engine: Engine) -> UUID:
    with engine.reading() as uow:
        [incident] = open_incidents(uow)
    return incident.id


def test_once_its_variables_are_corrected_a_failed_timer_is_tried_again(failed: Case, engine: Engine) -> None:
    with engine.unit_of_work("admin1") as uow:
        modify_variables(uow, failed.id, {"way": "on"}, reason="补正", request_id=uuid4().hex)
    with engine.unit_of_work("admin1") as uow:
        resolve_incident(uow, incident_of(engine), retry=True)
    engine.run_due_jobs()
    assert failed.waits_at == {"write"}


def test_the_token_that_waits_for_a_failed_timer_can_be_moved_and_its_incident_is_over(
    failed: Case, engine: Engine
) -> None:
    with engine.reading("admin1") as uow:
        [place] = correction(uow, failed.id).waits
        assert len(standstills(uow, failed.id)) == 1
    with engine.unit_of_work("admin1") as uow:
        move_token(uow, failed.id, place.no or 0, "write", reason="继续", request_id=uuid4().hex)
    assert failed.waits_at == {"write"}
    with engine.reading("admin1") as uow:
        assert standstills(uow, failed.id) == ()


@pytest.mark.parametrize("prepared_url", ["postgresql"], indirect=True)  # SQLite's transactions that write are alone
def test_of_two_who_resolve_an_incident_together_one_does(failed: Case, engine: Engine) -> None:
    incident = incident_of(engine)
    with engine.unit_of_work("admin1") as slower:
        seen = slower.session.get_one(Incident, incident)
        assert seen.resolved_at is None
        with engine.unit_of_work("admin1") as quicker:
            resolve_incident(quicker, incident, retry=False)
        with pytest.raises(ConflictError):
            resolve_incident(slower, incident, retry=False)
    assert failed.kinds.count("incident.resolved") == 1


@pytest.mark.parametrize("prepared_url", ["postgresql"], indirect=True)
def test_a_retry_waits_for_who_holds_the_case_before_it_touches_the_job(failed: Case, engine: Engine) -> None:
    incident, answers = incident_of(engine), []

    def retry() -> None:
        try:
            with engine.unit_of_work("admin1") as uow:
                resolve_incident(uow, incident, retry=True)
        except EngineError as error:
            answers.append(error.code)

    other = threading.Thread(target=retry)
    with engine.unit_of_work("admin1") as uow:
        load_instance(uow, failed.id)
        other.start()
        other.join(0.3)  # from here on it waits for this transaction
        cancel_instance(uow, failed.id, reason="终止", request_id=uuid4().hex)
    other.join(20)
    assert answers == ["conflict"]  # not "busy": neither had to be torn out of the other's way
    assert failed.status == "cancelled"
