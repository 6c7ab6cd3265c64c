"""Start events whose condition changes by itself: it reads the date, the time or settings. The worker looks at them.

Each waits as a job like a timer's, which keeps whether the condition held when it was looked at last: a case begins
when it *becomes* true, once however many workers there are. Conditions that read variables are looked at by nobody in
between: there are no variables before a case begins (`start_by_conditions`).
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from engine.definitions import deployments
from engine.definitions.deployed import Deployed
from engine.spiff import start_conditions, watched_conditions
from engine.step.advance import begin, failing_as_sentence
from engine.step.environment import StepEnvironment
from engine.step.ids import ordered_id
from engine.step.save import JOB, job_row
from engine.unit_of_work import UnitOfWork
from models import JobKind

BY_THEMSELVES = frozenset({"now", "today", "settings"})  # names whose values change though nobody does anything
PAUSE = timedelta(minutes=1)  # between two looks


def first_looks(uow: UnitOfWork, deployed: Deployed, *, at_once: bool) -> Iterator[dict[str, Any]]:
    """The jobs of a new version.

    Args:
        uow: one transaction.
        deployed: the version.
        at_once: a condition that holds already starts a case; else it must become true anew.
    """
    environment = StepEnvironment(uow, deployed, ordered_id(uow.now), None, None)
    for process_id in deployed.definitions.processes:
        watched = watched_conditions(deployed.definitions, process_id, BY_THEMSELVES)
        held = [] if at_once or not watched else _holding(deployed, process_id, environment)
        for event in watched:
            place = {"key": deployed.key, "deployment": str(deployed.id), "process": process_id}
            yield _row(uow, {**place, "held": event in held}, event, timedelta(0) if at_once else PAUSE)


def is_look(payload: Mapping[str, Any]) -> bool:
    """Whether a job that starts a process is a look at a condition and no timer: only a look keeps what it saw last."""
    return "held" in payload


def look(uow: UnitOfWork, start_event: str, payload: Mapping[str, Any]) -> None:
    """Start a case if the condition holds and did not before; look again, as long as the version is the newest."""
    deployment_id = UUID(payload["deployment"])
    if deployments.latest_id(uow.session, payload["key"]) != deployment_id:
        return
    deployed = uow.engine.deployed(uow.session, deployment_id)
    environment = StepEnvironment(uow, deployed, ordered_id(uow.now), None, None)
    holds = start_event in _holding(deployed, payload["process"], environment)
    if holds and not payload["held"]:
        begin(uow, deployed, payload["process"], {}, business_key=None, start_event=start_event)
    look_later(uow, start_event, {**payload, "held": holds})


def look_later(uow: UnitOfWork, start_event: str, payload: Mapping[str, Any]) -> None:
    """Let a look wait for its next turn."""
    uow.connection.execute(insert(JOB), _row(uow, payload, start_event, PAUSE))


def _holding(deployed: Deployed, process_id: str, environment: StepEnvironment) -> list[str]:
    with failing_as_sentence(environment):
        return start_conditions(deployed.definitions, process_id, {}, environment)


def _row(uow: UnitOfWork, payload: Mapping[str, Any], start_event: str, pause: timedelta) -> dict[str, Any]:
    return {**job_row(uow, JobKind.TIMER, payload, due_at=uow.now + pause), "flow_node_id": start_event}
