"""Carrying out jobs: claimed with a lease, each done in a transaction of its own, failures tried again or raised."""

import os
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy import ColumnElement, Row, delete, insert, or_, select, update

from engine import step
from engine.commands.correlate_message import correlate_message, deliver
from engine.commands.stand_in import absent_and_waited_for, let_others_stand_in
from engine.errors import BusyError, EngineError, NoSubscriptionError, StepFailedError, SuspendedError
from engine.queries.entitlement import find_subscriptions
from engine.queries.organisation import local_date
from engine.rules.retry import MAX_ATTEMPTS, next_try
from engine.step import starting, watching
from engine.step.advance import without_reserved
from engine.step.history import HistoryEntry
from engine.step.instance import load_instance
from engine.step.save import INCIDENT, JOB, MESSAGE_PLACE, incident_row, job_row
from engine.unit_of_work import UnitOfWork
from engine.values import loads
from models import JobKind, JobState, SubscriptionKind

if TYPE_CHECKING:
    from engine.bootstrap import Engine

log = structlog.get_logger(__name__)
MAX_HOPS = 200  # messages and signals in a row without a person or a timer
# what is no fault of the job, and when it is looked at again
PAUSE: dict[type[Exception], timedelta] = {BusyError: timedelta(minutes=1), SuspendedError: timedelta(minutes=5)}
ROUNDS = 1000  # claims of one call; jobs that make new due jobs for ever end there


@dataclass(frozen=True)
class ClaimedJob:
    """A job that this worker holds until its lease ends."""

    id: UUID
    kind: JobKind
    process_instance_id: UUID | None
    no: int | None
    flow_node_id: str | None
    payload: Mapping[str, Any]
    attempts: int
    owner: str


def run_due_jobs(engine: "Engine", limit: int | None = None) -> int:
    """Carry out due jobs until none is left (or ``limit`` were done); answers how many succeeded."""
    _pass_on_what_waits_for_absent(engine)
    owner = f"{socket.gethostname()[:30]}:{os.getpid()}:{threading.get_ident() % 10**6}:{uuid4().hex[:8]}"
    done = 0
    for _ in range(ROUNDS):
        size = engine.settings.job_batch if limit is None else min(engine.settings.job_batch, limit - done)
        jobs = claim(engine, owner, size) if size > 0 else []
        if not jobs:
            return done
        done += sum(carry_out(engine, job) for job in jobs)
    return done


def _pass_on_what_waits_for_absent(engine: "Engine") -> None:
    """Once a day: some leave on a day that was entered before it came."""
    today = local_date(engine.clock)
    if engine.absences_seen_on == today:
        return
    engine.absences_seen_on = today
    with engine.reading() as uow:
        people = absent_and_waited_for(uow)
    for person in people:
        try:
            with engine.unit_of_work() as uow:
                let_others_stand_in(uow, person)
        except EngineError as error:  # tomorrow again; the jobs must not wait for it
            log.warning("stand_in.failed", person=person, reason=str(error))


def claim(engine: "Engine", owner: str, size: int) -> list[ClaimedJob]:
    """Take due jobs that nobody holds, the longest due first; the attempt counts from now on."""
    with engine.unit_of_work() as uow:
        rows = _worth_a_try(uow, _free_jobs(uow, size))
        if not rows:
            return []
        uow.connection.execute(
            update(JOB)
            .where(JOB.c.id.in_([row.id for row in rows]))
            .values(
                locked_by=owner,
                locked_until=uow.now + timedelta(seconds=engine.settings.job_lease),
                attempts=JOB.c.attempts + 1,
            )
        )
    return [
        ClaimedJob(
            row.id,
            JobKind(row.kind),
            row.process_instance_id,
            row.no,
            row.flow_node_id,
            loads(row.payload),
            row.attempts + 1,
            owner,
        )
        for row in rows
    ]


def _free_jobs(uow: UnitOfWork, size: int) -> Sequence[Row[Any]]:
    free = or_(JOB.c.locked_until.is_(None), JOB.c.locked_until <= uow.now)
    return uow.connection.execute(
        select(JOB)
        .where(JOB.c.state == JobState.WAITING, JOB.c.due_at <= uow.now, free)
        .order_by(JOB.c.due_at, JOB.c.id)
        .limit(size)
        .with_for_update(skip_locked=True)
    ).all()


def _worth_a_try(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """A job whose lease ended may have killed its worker: it is tried alone, and given up like any that fails."""
    lost = [row for row in rows if row.locked_by is not None]
    for row in lost:
        if row.attempts >= MAX_ATTEMPTS:
            text = "执行它的进程一再中断，没有留下原因"
            _give_up(uow, row.id, row.process_instance_id, row.flow_node_id, "worker-lost", text)
    suspects = [row for row in lost if row.attempts < MAX_ATTEMPTS]
    return suspects[:1] or [row for row in rows if row.locked_by is None]


def carry_out(engine: "Engine", job: ClaimedJob) -> bool:
    """Do one job; False if it failed, or if its lease ended and another worker has it now."""
    try:
        if job.kind is JobKind.MAIL:
            return _send_mail(engine, job)
        with engine.unit_of_work() as uow:
            if job.process_instance_id is not None:
                load_instance(uow, job.process_instance_id)  # lock order everywhere: the instance, then its jobs
            fenced = uow.connection.execute(delete(JOB).where(*_held(job)))
            if fenced.rowcount != 1:
                return False
            _follow(uow, job)
            _HANDLERS[job.kind](uow, job)
    except Exception as error:
        try:
            if type(error) in PAUSE:
                _put_off(engine, job, error)
            else:
                log.warning(
                    "job_failed", job=str(job.id), kind=job.kind.value, attempts=job.attempts, error=_told(error)
                )
                _record_failure(engine, job, error)
        except BusyError:  # its lease ends by itself
            log.warning("job_failure_not_recorded", job=str(job.id))
        return False
    return True


def _follow(uow: UnitOfWork, job: ClaimedJob) -> None:
    """Processes that start or wake each other by messages and signals, for ever, are stopped like any endless loop."""
    uow.hops = int(job.payload.get("hops", 0))
    if uow.hops > MAX_HOPS:
        reason = f"more than {MAX_HOPS} messages and signals, each because of the one before"
        raise StepFailedError("budget-exceeded", reason, job.flow_node_id)


def _put_off(engine: "Engine", job: ClaimedJob, error: Exception) -> None:
    """Let a job wait that has done nothing wrong: the try does not count, and it stays due since when it was."""
    with engine.unit_of_work() as uow:
        was_resumed = isinstance(error, SuspendedError) and _is_active_now(uow, job)
        pause = timedelta(0) if was_resumed else PAUSE[type(error)]
        later = {"locked_by": None, "locked_until": uow.now + pause, "attempts": JOB.c.attempts - 1}
        uow.connection.execute(update(JOB).where(*_held(job)).values(later))


def _is_active_now(uow: UnitOfWork, job: ClaimedJob) -> bool:
    """Whether its case has been resumed meanwhile; a resumption yet to come waits for this one and frees the job."""
    return job.process_instance_id is not None and load_instance(uow, job.process_instance_id).is_active


def _held(job: ClaimedJob) -> tuple[ColumnElement[bool], ...]:
    return JOB.c.id == job.id, JOB.c.locked_by == job.owner


def _record_failure(engine: "Engine", job: ClaimedJob, error: Exception) -> None:
    with engine.unit_of_work() as uow:
        again = next_try(job.attempts, uow.now)
        text = _told(error)
        changed = uow.connection.execute(
            update(JOB)
            .where(*_held(job))
            .values(
                locked_by=None,
                locked_until=None,
                last_error=text,
                due_at=again or JOB.c.due_at,
                retries_left=JOB.c.retries_left - 1 if again else 0,
            )
        )
        if changed.rowcount == 1 and again is None:
            code = error.code if isinstance(error, EngineError) else "job-failed"
            _give_up(uow, job.id, job.process_instance_id, job.flow_node_id, code, text)


def _told(error: Exception) -> str:
    """A failure as whoever runs the system reads it."""
    said = error.detail if isinstance(error, StepFailedError) else error
    place = f" {error.element}" if isinstance(error, StepFailedError) and error.element else ""
    return f"{type(error).__name__}{place}: {said}"[:2000]


def _give_up(
    uow: UnitOfWork, job_id: UUID, instance_id: UUID | None, flow_node_id: str | None, code: str, text: str
) -> None:
    """No more tries: a person decides."""
    failed = {"state": JobState.FAILED, "locked_by": None, "locked_until": None, "retries_left": 0, "last_error": text}
    uow.connection.execute(update(JOB).where(JOB.c.id == job_id).values(failed))
    uow.connection.execute(insert(INCIDENT), incident_row(uow, instance_id, code, text, flow_node_id, job_id))


def _fire_timer(uow: UnitOfWork, job: ClaimedJob) -> None:
    if job.process_instance_id is None:  # it starts a process
        assert job.flow_node_id is not None
        start = watching.look if watching.is_look(job.payload) else starting.start_by_timer
        start(uow, job.flow_node_id, job.payload)
        return
    assert job.no is not None
    no = job.no
    instance = load_instance(uow, job.process_instance_id)
    entry = HistoryEntry("timer.fired", job.flow_node_id, {"no": str(no)})
    step.advance(uow, instance, lambda execution: execution.fire_timer(no), [entry])


def _deliver_message(uow: UnitOfWork, job: ClaimedJob) -> None:
    payload = job.payload
    if job.process_instance_id is not None:  # one copy of a broadcast
        try:
            deliver(uow, job.process_instance_id, int(payload["no"]), payload["name"], _data(uow, payload))
        except NoSubscriptionError:
            log.info("broadcast_receiver_gone", instance=str(job.process_instance_id))
        return
    if payload["broadcast"]:
        _fan_out(uow, JobKind.MESSAGE, payload)
        return
    correlate_message(uow, payload["name"], payload["key"], _data(uow, payload), request_id=None)


def _deliver_signal(uow: UnitOfWork, job: ClaimedJob) -> None:
    name, data = job.payload["name"], without_reserved(_data(uow, job.payload))
    if (place := job.payload.get("start")) is not None:
        starting.start_by_signal(uow, name, place, data)
        return
    if job.process_instance_id is None:
        _fan_out(uow, JobKind.SIGNAL, job.payload)
        return
    instance = load_instance(uow, job.process_instance_id)
    if instance.has_ended:
        return
    entry = HistoryEntry("signal.received", body={"name": name}, data=data)
    step.advance(uow, instance, lambda execution: execution.deliver_signal(name, data), [entry])


def _fan_out(uow: UnitOfWork, kind: JobKind, payload: Mapping[str, Any]) -> None:
    """One job for each receiver: each gets its copy exactly once, and a slow one holds nobody up."""
    if kind is JobKind.MESSAGE:
        found = find_subscriptions(uow, SubscriptionKind.MESSAGE, payload["name"], payload["key"])
    else:  # an instance hears a signal once, wherever it waits for it; the sender has heard it already
        waiting = find_subscriptions(uow, SubscriptionKind.SIGNAL, payload["name"], None)
        found = list({instance: (instance, no) for instance, no in waiting}.values())
    rows = []
    for instance_id, no in found:
        if kind is JobKind.SIGNAL and str(instance_id) == payload.get("sender"):
            continue
        copy = {"name": payload["name"], "data": payload["data"], "sender": payload["sender"], "no": str(no)}
        rows.append(job_row(uow, kind, copy, instance_id=instance_id))
    if kind is JobKind.SIGNAL:
        copy = {"name": payload["name"], "data": payload["data"], "sender": payload["sender"]}
        places = starting.started_by_signal(uow, payload["name"])
        rows += [job_row(uow, kind, {**copy, "start": place}) for place in places]
    if rows:
        uow.connection.execute(insert(JOB), rows)


def _send_mail(engine: "Engine", job: ClaimedJob) -> bool:
    """Send with no transaction open: a slow server locks nobody out, and what was sent twice has the same key."""
    payload = job.payload
    engine.mailer.send(payload["to"], payload["subject"], payload["body"], idempotency_key=str(job.id))
    with engine.unit_of_work() as uow:
        sent = uow.connection.execute(delete(JOB).where(*_held(job)))
    return sent.rowcount == 1


def _data(uow: UnitOfWork, payload: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, opened with the sender's key."""
    if payload.get("sender") is None:
        return loads(payload["data"])
    sender = load_instance(uow, UUID(payload["sender"]), for_update=False)
    return sender.sealer.open(payload["data"], MESSAGE_PLACE)


_HANDLERS: dict[JobKind, Callable[[UnitOfWork, ClaimedJob], None]] = {
    JobKind.TIMER: _fire_timer,
    JobKind.MESSAGE: _deliver_message,
    JobKind.SIGNAL: _deliver_signal,
}
