"""The production runtime with a clock that stands still and nothing stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from engine.bpmn.iso import Span, TimerValueError, parse_instant, parse_span
from engine.simulate.assignment import Assignment, assignment_of
from engine.simulate.environment import SimulationEnvironment
from engine.simulate.files import Files, load_files
from engine.simulate.script import Person
from engine.spiff import Effects, Execution, ExecutionError, OpenedUserTask, Sent, StandIn, Wait
from engine.spiff.subscriptions import KEYLESS, MATCHES_NOTHING, correlation_text
from engine.values import ValueNotStorableError, dumps, from_plain, loads

MAX_FIRED: Final = 10_000  # timers and messages of one action
MAX_HOPS: Final = 200  # messages and signals in a row, each because of the one before


@dataclass(frozen=True, slots=True)
class Task:
    """An active user task."""

    id: str
    name: str | None
    type: str
    instance: int | None
    lane: str | None
    assignee: str | None
    candidates: tuple[str, ...]
    due: datetime | None
    scope: tuple[str, ...]
    no: int
    case: int  # which instance, 0 being the one that was started


@dataclass(frozen=True, slots=True)
class _Sending:
    """A message or signal on its way: which instance threw it, and how many before led to it."""

    sender: int
    sent: Sent
    hops: int


class Simulation:
    """One simulated instance, and those it starts by messages and signals.

    An action that fails raises :class:`ExecutionError` and leaves everything as it was.
    """

    def __init__(
        self,
        files: Files,
        process: str | None = None,
        *,
        now: datetime,
        variables: Mapping[str, Any] | None = None,
        services: Mapping[str, StandIn] | None = None,
        people: Mapping[str, Person] | None = None,
        persist: bool = False,
    ) -> None:
        self.files = files
        self.process = process or files.main_process
        self.environment = SimulationEnvironment(files.definitions, files.decisions, now, services)
        self.people = dict(people or {})
        self.persist = persist
        self.trace: tuple[str, ...] = ()  # of the last action
        self._variables = dict(variables or {})
        self._cases: list[Execution] = []
        self._assignments: dict[tuple[int, int], Assignment] = {}
        self.incident: str | None = None  # code of an action that failed for a reason in the diagram
        self.saved = self.snapshot()

    @classmethod
    def from_files(
        cls,
        paths: Sequence[str | Path],
        process: str | None = None,
        *,
        now: str | datetime = "2030-01-01T09:00:00Z",
        variables: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Simulation:
        """Load files from disk; plain Python values are taken as variables.

        Raises:
            BpmnRefusedError: they cannot be executed.
        """
        files = load_files({str(p): Path(p).read_bytes() for p in paths})
        moment = parse_instant(now) if isinstance(now, str) else now
        given = {k: from_plain(v) if isinstance(v, int | float) else v for k, v in (variables or {}).items()}
        return cls(files, process, now=moment, variables=given, **options)

    # --- actions ------------------------------------------------------------------------------------------------

    def start(
        self, *, message: str | None = None, signal: str | None = None, event: str | None = None, data: Any = None
    ) -> None:
        """Start the instance."""
        if self._cases:
            raise ExecutionError("already-started", "the instance has been started")
        with _Attempt(self):
            case = Execution.start(
                self.files.definitions,
                self.process,
                {**self._variables, **(data or {})},
                self.environment,
                start_event=event,
                message=message,
                signal=signal,
            )
            self._cases.append(case)
            self._follow(0, case.first_effects)

    def complete(
        self, task: str, *, data: Mapping[str, Any] | None = None, instance: int | None = None, who: str | None = None
    ) -> None:
        """Complete an active task, by id or unique name; an enabled ad-hoc activity is started first."""
        with _Attempt(self):
            self._require_started()
            found = self._find(task, instance)
            if found is None and task in self.enabled:
                before = {t.no for t in self.active}
                self._start_enabled(task)
                found = next((t for t in self.active if t.no not in before and t.id == task), None)
                if found is None:
                    return  # an automatic activity has run through
            if found is None:
                raise ExecutionError("not-active", f"the task {task} is not active", task)
            self._check_person(found, who)
            self.environment.actor = who
            self._follow(found.case, self._cases[found.case].complete(found.no, plain(data)))

    def complete_each(self, tasks: Sequence[str], *, data: Mapping[str, Any] | None = None) -> None:
        """Complete several tasks, in the order in which they are active."""
        remaining = list(tasks)
        with _Attempt(self):
            self._require_started()
            while remaining:
                chosen = next((t for t in self.active if t.id in remaining), None)
                if chosen is None:
                    raise ExecutionError("not-active", f"the task {remaining[0]} is not active", remaining[0])
                remaining.remove(chosen.id)
                self._follow(chosen.case, self._cases[chosen.case].complete(chosen.no, plain(data)))

    def message(
        self, name: str, *, data: Mapping[str, Any] | None = None, correlation: Mapping[str, Any] | None = None
    ) -> None:
        """Correlate a message: one receiver, the oldest that waits, or a process that it starts."""
        with _Attempt(self):
            self._require_started()
            for number, case in enumerate(self._cases):
                for wait in case.waits():
                    if wait.kind == "message" and wait.name == name and matches(case, wait, correlation):
                        self._follow(number, case.deliver_message(wait.no, plain(data)))
                        return
            pending: list[_Sending] = []
            if not self._start_by("message", name, plain(data), pending):
                raise ExecutionError("no-receiver", f"nothing waits for the message {name}")
            self._send_on(pending)

    def signal(self, name: str, *, data: Mapping[str, Any] | None = None) -> None:
        """Broadcast a signal; it may reach nobody."""
        with _Attempt(self):
            self._require_started()
            pending: list[_Sending] = []
            self._broadcast(name, plain(data), pending)
            self._send_on(pending)

    def advance(self, duration: str | Span) -> None:
        """Let time pass; every timer that becomes due fires, in order."""
        span = parse_span(duration) if isinstance(duration, str) else duration
        with _Attempt(self):
            until = self._after(span)
            for _ in range(MAX_FIRED):
                due = self._next_timer(until)
                if due is None:
                    self.environment.clock = max(self.environment.clock, until)
                    return
                at, number, no = due
                self.environment.clock = max(self.environment.clock, at)
                self._follow(number, self._cases[number].fire_timer(no))
            raise ExecutionError("budget-exceeded", f"more than {MAX_FIRED} timers fire in this time")

    def set(self, data: Mapping[str, Any]) -> None:
        """Set process variables from outside."""
        with _Attempt(self):
            self._follow(0, self._main().set_variables(plain(data)))

    def cancel(self) -> None:
        """Cancel the instance."""
        with _Attempt(self):
            self._follow(0, self._main().cancel())

    # --- state --------------------------------------------------------------------------------------------------

    @property
    def active(self) -> list[Task]:
        """The open user tasks, oldest first."""
        return [self._task(n, t) for n, case in enumerate(self._cases) if not case.ended for t in case.user_tasks()]

    @property
    def waiting(self) -> list[Wait]:
        """The open subscriptions."""
        return [wait for case in self._cases if not case.ended for wait in case.waits()]

    @property
    def enabled(self) -> list[str]:
        """Activities that ad-hoc sub-processes offer."""
        return [node for case in self._cases if not case.ended for node in case.enabled()]

    @property
    def ended(self) -> bool:
        """True once the instance, and each that it started, has ended."""
        return bool(self._cases) and all(case.ended for case in self._cases)

    @property
    def status(self) -> str:
        """waiting, completed, terminated, cancelled or error."""
        if self.incident is not None:
            return "error"
        main = self._cases[0].ended if self._cases else None
        if main is None or not self.ended:
            return "waiting"
        return main.status

    @property
    def error_code(self) -> str | None:
        """Code of the BPMN error that nobody caught."""
        ended = self._cases[0].ended if self._cases else None
        return ended.error_code if ended else None

    @property
    def error(self) -> str | None:
        """Why the simulation is in error: the failed step's code, or that of a BPMN error that nobody caught."""
        return self.incident or self.error_code

    @property
    def data(self) -> dict[str, Any]:
        """The process variables."""
        return self._cases[0].variables if self._cases else dict(self._variables)

    # --- inside -------------------------------------------------------------------------------------------------

    def _main(self) -> Execution:
        self._require_started()
        return self._cases[0]

    def _require_started(self) -> None:
        if not self._cases:
            raise ExecutionError("not-started", "the instance has not been started")
        if self.ended:
            raise ExecutionError("ended", "the instance has ended")

    def _follow(self, number: int, effects: Effects) -> None:
        """Take over the effects of one step, and send on what it sent."""
        pending: list[_Sending] = []
        self._take(number, effects, pending)
        self._send_on(pending)

    def _send_on(self, pending: list[_Sending]) -> None:
        """Deliver what was sent, and what is sent because of that."""
        for _ in range(MAX_FIRED):
            if not pending:
                return
            sending = pending.pop(0)
            if sending.hops > MAX_HOPS:
                break
            if sending.sent.kind == "signal":
                self._broadcast(sending.sent.name, sending.sent.data, pending, sending)
            else:
                self._route(sending, pending)
        reason = f"more than {MAX_FIRED} messages and signals, or {MAX_HOPS} each because of the one before"
        raise ExecutionError("budget-exceeded", reason)

    def _take(self, number: int, effects: Effects, pending: list[_Sending], cause: _Sending | None = None) -> None:
        self.trace += tuple(effects.trace)
        case = self._cases[number]
        for task in effects.opened:
            case.budget.evaluate(task.flow_node_id)  # whom it waits for, and when it is due
            self._assignments[number, task.no] = assignment_of(self.environment, case, task)
        for closed in effects.closed:
            self._assignments.pop((number, closed.no), None)
        hops = 1 if cause is None else cause.hops + 1
        pending.extend(_Sending(number, sent, hops) for sent in effects.sent)

    def _route(self, sending: _Sending, pending: list[_Sending]) -> None:
        sent, delivered = sending.sent, False
        for number, case in enumerate(list(self._cases)):
            for wait in case.waits() if not case.ended else ():
                if (wait.kind, wait.name, wait.correlation_key) != ("message", sent.name, sent.correlation_key):
                    continue
                if delivered and not sent.broadcast:
                    return
                delivered = True
                self._take(number, case.deliver_message(wait.no, sent.data), pending, sending)
                break
        if not delivered and not self._start_by("message", sent.name, sent.data, pending, sending):
            key = "" if sent.correlation_key in {None, KEYLESS} else f" with the key {sent.correlation_key[:80]}"
            self.environment.warn(
                "no-receiver", f"nobody waits for the message {sent.name}{key} of {sent.flow_node_id}"
            )

    def _broadcast(
        self, name: str, data: Mapping[str, Any], pending: list[_Sending], cause: _Sending | None = None
    ) -> None:
        for number, case in enumerate(list(self._cases)):
            if (cause is None or number != cause.sender) and not case.ended:
                self._take(number, case.deliver_signal(name, data), pending, cause)
        self._start_by("signal", name, data, pending, cause)

    def _start_by(
        self,
        kind: str,
        name: str,
        data: Mapping[str, Any],
        pending: list[_Sending],
        cause: _Sending | None = None,
    ) -> bool:
        """Start the processes of the files that begin by a message or signal.

        Another instance of the simulated process begins only by what an instance has sent, not by what the script does.
        """
        started = False
        for info in self.files.definitions.processes.values():
            if info.started_by(kind, name) is None or (cause is None and info.id == self.process):
                continue
            message, signal = (name, None) if kind == "message" else (None, name)
            case = Execution.start(
                self.files.definitions, info.id, dict(data), self.environment, message=message, signal=signal
            )
            self._cases.append(case)
            self._take(len(self._cases) - 1, case.first_effects, pending, cause)
            started = True
            if kind == "message":  # it has one receiver; a signal starts all it can
                break
        return started

    def _start_enabled(self, node_id: str) -> None:
        for number, case in enumerate(self._cases):
            if not case.ended and node_id in case.enabled():
                self._follow(number, case.start_enabled(node_id))
                return

    def _after(self, span: Span) -> datetime:
        try:
            return span.after(self.environment.clock)
        except TimerValueError as error:
            raise ExecutionError("out-of-range", f"time does not reach so far: {error}") from error

    def _next_timer(self, until: datetime) -> tuple[datetime, int, int] | None:
        due = [
            (wait.due_at, number, wait.no)
            for number, case in enumerate(self._cases)
            if not case.ended
            for wait in case.waits()
            if wait.kind == "timer" and wait.due_at is not None and wait.due_at <= until
        ]
        return min(due) if due else None

    def _find(self, task: str, instance: int | None) -> Task | None:
        active = self.active
        found = [t for t in active if t.id == task]
        if not found:
            named = [t for t in active if t.name == task]
            found = named if len({t.id for t in named}) == 1 else []
        if instance is not None and any(t.instance is not None for t in found):
            found = [t for t in found if t.instance == instance]
        elif instance is not None:
            found = found[instance : instance + 1]
        return found[0] if found else None

    def _check_person(self, task: Task, who: str | None) -> None:
        person = self.people.get(who) if who is not None else None
        if who is None or not self.people:
            return
        assignment = self._assignments.get((task.case, task.no))
        if person is None or (assignment is not None and not assignment.entitles(who, person)):
            raise ExecutionError("not-entitled", f"{who} may not complete {task.id}", task.id)

    def _task(self, number: int, task: OpenedUserTask) -> Task:
        assignment = self._assignments.get((number, task.no))
        if assignment is None:
            assignment = assignment_of(self.environment, self._cases[number], task)
            self._assignments[number, task.no] = assignment
        return Task(
            task.flow_node_id, task.name, task.type, task.loop_counter, task.lane, assignment.assignee,
            assignment.shown, assignment.due, task.scope, task.no, number,
        )  # fmt: skip

    def snapshot(self) -> tuple[Any, ...]:
        """Everything that an action may change, as it would be stored."""
        cases = [(case.state(), dumps(case.variables)) for case in self._cases]
        return cases, self.environment.clock, dict(self._assignments)

    def restore(self, snapshot: tuple[Any, ...]) -> None:
        """Load what was stored."""
        cases, clock, assignments = snapshot
        definitions = self.files.definitions
        self._cases = [Execution.restore(definitions, s, loads(v), self.environment) for s, v in cases]
        self.environment.clock = clock
        self._assignments = dict(assignments)


class _Attempt:
    """One action: undone whole if it fails; loaded again after it with ``persist``."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        simulation.trace = ()

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: object) -> None:
        simulation = self._simulation
        if kind is None:
            try:
                simulation.saved = simulation.snapshot()
            except (ValueError, ExecutionError) as unstored:
                simulation.restore(simulation.saved)
                raise _not_storable(unstored) from unstored
            if not simulation.persist:
                return
        simulation.restore(simulation.saved)
        if isinstance(error, ValueNotStorableError):
            raise _not_storable(error) from error


def _not_storable(error: Exception) -> ExecutionError:
    return ExecutionError("value", f"a variable cannot be stored: {error}")


def plain(data: Mapping[str, Any] | None) -> dict[str, Any]:
    """Values from Python code or a script as process variables: numbers become Decimal."""
    if not data:
        return {}
    values = {k: from_plain(v) if isinstance(v, int | float) else v for k, v in data.items()}
    return loads(dumps(values))


def matches(case: Execution, wait: Wait, correlation: Mapping[str, Any] | None) -> bool:
    """Whether a message with this correlation is for this subscription.

    With a key at the subscription the values are compared with it; without one, with the variables of these names.
    """
    if wait.correlation_key == MATCHES_NOTHING:
        return False
    if correlation is None:
        return True
    if wait.correlation_key is not None:
        texts = {correlation_text(dict(correlation)), *(correlation_text(v) for v in correlation.values())}
        return wait.correlation_key in texts
    context = case.context_of(wait)
    return all(context.get(name, value) == value for name, value in correlation.items())
