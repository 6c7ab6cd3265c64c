"""What starts a process by itself: timers, armed by its deployment, and signals. Each start is a job of its own.

The job goes in the transaction of the start, so that a start happens once however often a worker is interrupted. Only
the newest version of a folder starts: its deployment takes the old version's timers away, and a job of an old one that
slipped through does nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, insert, select, update

from engine.bpmn.iso import Due, next_repetition
from engine.definitions import deployments
from engine.definitions.deployed import Deployed
from engine.queries.processes import newest_deployments
from engine.rules.due_dates import compute_again
from engine.rules.working_days import Calendar
from engine.spiff import StartTimer, start_conditions, start_timers
from engine.step.advance import begin, failing_as_sentence
from engine.step.environment import StepEnvironment
from engine.step.ids import ordered_id
from engine.step.instance import INSTANCE
from engine.step.retime import Moves
from engine.step.save import JOB, SUBSCRIPTION, job_row
from engine.step.watching import first_looks, is_look, look_later
from engine.unit_of_work import UnitOfWork
from engine.values import dumps, loads
from models import JobKind, JobState, SubscriptionKind

FIRST_VERSION = 1
_ARMED = and_(JOB.c.kind == JobKind.TIMER, JOB.c.process_instance_id.is_(None))


def arm(uow: UnitOfWork, deployed: Deployed, *, again: bool = False) -> None:
    """Let the timers of a new version wait, instead of those of the version before, and what is watched for it.

    A date that has passed starts at once with the first version of a folder and never with a later one, nor when it is
    armed ``again``; a cycle that began in the past goes on with its next instant.

    Raises:
        StepFailedError: the expression of a timer gives no time; ``element`` is the start event.
    """
    _disarm(uow, deployed.key)
    begins_late = deployed.version == FIRST_VERSION and not again
    rows = list(first_looks(uow, deployed, at_once=begins_late))
    environment = StepEnvironment(uow, deployed, ordered_id(uow.now), None, None)
    for process_id in deployed.definitions.processes:
        with failing_as_sentence(environment):
            timers = start_timers(deployed.definitions, process_id, environment)
        for timer in timers:
            turn, due = _first(timer, uow.now)
            if due is None or (due.at <= uow.now and not begins_late):
                continue
            place = {"key": deployed.key, "deployment": str(deployed.id), "process": process_id}
            rhythm = {"turn": turn, "cycle": due.cycle, "anchor": due.anchor}
            reason = environment.pending.timer_reason(due.at)
            rows.append(_row(uow, {**place, **rhythm, **reason}, timer.start_event, due.at))
    if rows:
        uow.connection.execute(insert(JOB), rows)


def _disarm(uow: UnitOfWork, key: str) -> None:
    armed = uow.connection.execute(select(JOB.c.id, JOB.c.payload).where(_ARMED))
    gone = [row.id for row in armed if loads(row.payload)["key"] == key]
    if gone:
        uow.connection.execute(delete(JOB).where(JOB.c.id.in_(gone)))


def _first(timer: StartTimer, now: datetime) -> tuple[int, Due | None]:
    """Which repetition is the first to come, and when; a cycle may have begun long ago."""
    due = timer.due
    if due.at > now or due.cycle is None or due.anchor is None:
        return 0, due
    return next_repetition(due.cycle, due.anchor, 0, now) or (0, None)


def follow_calendar(uow: UnitOfWork, calendar: Calendar) -> Moves:
    """Move the armed timers whose deadline counts working days; one whose new instant has passed starts at once."""
    moves = Moves()
    waiting = select(JOB.c.id, JOB.c.due_at, JOB.c.payload).where(_ARMED, JOB.c.state == JobState.WAITING)
    for row in uow.connection.execute(waiting.order_by(JOB.c.id)).all():
        payload = loads(row.payload)
        deadline = compute_again(payload.get("deadline"), calendar)
        if deadline is None or deadline.due_at == row.due_at:
            continue
        kept = dumps({**payload, "deadline": deadline.reason()})
        # a worker that holds the job finds that it holds it no more, and leaves it
        moved = {"due_at": deadline.due_at, "payload": kept, "locked_by": None, "locked_until": None}
        uow.connection.execute(update(JOB).where(JOB.c.id == row.id).values(moved))
        moves += Moves(timers=1, due_now=int(deadline.due_at <= uow.now))
    if moves.due_now:
        uow.jobs_are_due()
    return moves


def _row(uow: UnitOfWork, payload: Mapping[str, Any], start_event: str, due_at: datetime) -> dict[str, Any]:
    return {**job_row(uow, JobKind.TIMER, payload, due_at=due_at), "flow_node_id": start_event}


def start_by_timer(uow: UnitOfWork, start_event: str, payload: Mapping[str, Any]) -> None:
    """Start what a timer starts, and let it wait for its next instant; instants that were missed are passed over."""
    deployment_id = UUID(payload["deployment"])
    if deployments.latest_id(uow.session, payload["key"]) != deployment_id:
        return
    deployed = uow.engine.deployed(uow.session, deployment_id)
    begin(uow, deployed, payload["process"], {}, business_key=None, start_event=start_event)
    wait_again(uow, start_event, payload)


def wait_again(uow: UnitOfWork, start_event: str, payload: Mapping[str, Any]) -> None:
    """Let what starts a process wait for its next instant, if there is one: after a start, or after one that failed."""
    if is_look(payload):
        look_later(uow, start_event, payload)
        return
    if payload["cycle"] is None:
        return
    found = next_repetition(payload["cycle"], payload["anchor"], int(payload["turn"]), uow.now)
    if found is not None:
        turn, due = found
        again = {**payload, "turn": turn, "cycle": due.cycle}
        uow.connection.execute(insert(JOB), _row(uow, again, start_event, due.at))


def started_by_signal(uow: UnitOfWork, name: str) -> Iterator[dict[str, str]]:
    """Where a signal starts an instance: once in each process of the newest deployments that is drawn so.

    Not where an instance has begun with another trigger of that start event, all of which must happen, and waits there.
    """
    begun = _begun_and_waiting(uow, name)
    for deployed in newest_deployments(uow):
        for process in deployed.definitions.processes.values():
            node = process.started_by("signal", name)
            if node is not None and (process.id, node) not in begun:
                yield {"key": deployed.key, "process": process.id}


def _begun_and_waiting(uow: UnitOfWork, name: str) -> set[tuple[str, str]]:
    waiting = (
        select(INSTANCE.c.process_key, SUBSCRIPTION.c.flow_node_id)
        .join(INSTANCE, INSTANCE.c.id == SUBSCRIPTION.c.process_instance_id)
        .where(SUBSCRIPTION.c.kind == SubscriptionKind.SIGNAL, SUBSCRIPTION.c.name == name)
        .distinct()
    )
    return {(row.process_key, row.flow_node_id) for row in uow.connection.execute(waiting)}


def start_by_signal(uow: UnitOfWork, name: str, place: Mapping[str, str], data: Mapping[str, Any]) -> None:
    """Start what a signal starts, in the version that is the newest now; nothing if that one no longer does."""
    deployed = uow.engine.latest(uow.session, place["key"])
    process = deployed.definitions.processes.get(place["process"])
    if process is not None and process.started_by("signal", name) is not None:
        begin(uow, deployed, process.id, data, business_key=None, signal=name)


def start_by_conditions(uow: UnitOfWork, variables: Mapping[str, Any]) -> list[UUID]:
    """Start an instance at each start event whose condition holds with these variables, in the newest versions."""
    started = []
    for deployed in newest_deployments(uow):
        environment = StepEnvironment(uow, deployed, ordered_id(uow.now), None, None)
        for process in deployed.definitions.processes.values():
            if all(trigger.kind != "conditional" for trigger in process.start_triggers):
                continue
            with failing_as_sentence(environment):
                events = start_conditions(deployed.definitions, process.id, variables, environment)
            for event in events:
                result = begin(uow, deployed, process.id, variables, business_key=None, start_event=event)
                started.append(result.instance_id)
    return started
