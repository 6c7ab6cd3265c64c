"""Taking a step: run the instance to its next wait states, then write it."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select

from engine.bpmn.names import PROVIDED_NAMES, SEALED_NAME
from engine.definitions.deployed import Deployed
from engine.errors import ConflictError, SuspendedError
from engine.secrecy.sealing import Sealer
from engine.spiff import Execution, ExecutionError
from engine.step.audience import review
from engine.step.environment import StepEnvironment
from engine.step.failure import step_failed
from engine.step.history import ChainHead, HistoryEntry
from engine.step.ids import id_text, ordered_id
from engine.step.instance import LoadedInstance
from engine.step.opening import Opening, resolve
from engine.step.save import TASK, Step, report_standstill, write_step
from engine.unit_of_work import UnitOfWork
from engine.values import ValueNotStorableError
from models import InstanceKey, InstanceStatus

if TYPE_CHECKING:
    from engine.spiff import Effects

KEY = InstanceKey.__table__
_RESERVED = PROVIDED_NAMES | {SEALED_NAME}
_FAILURES = (ExecutionError, ValueNotStorableError)
NOWHERE: frozenset[str] = frozenset()
NOTHING_OPENED: tuple[Sequence[Opening], Sequence[Opening]] = ((), ())


class StepResult(Struct, frozen=True):
    """What a step led to."""

    instance_id: UUID
    work_item_ids: tuple[UUID, ...]  # opened by this step
    waits_at: frozenset[str]  # flow node ids opened by this step; empty once it has ended
    ended: bool
    variables: Mapping[str, Any]


def begin(
    uow: UnitOfWork,
    deployed: Deployed,
    process_id: str,
    variables: Mapping[str, Any],
    *,
    business_key: str | None,
    start_event: str | None = None,
    message: str | None = None,
    signal: str | None = None,
) -> StepResult:
    """Start an instance and run it to its first wait states."""
    instance_id = ordered_id(uow.now)
    key, wrapped = uow.engine.keys.new_key(instance_id) if deployed.manifest.sensitive else (None, None)
    sealer = Sealer(instance_id, key, deployed.manifest.sensitive)
    environment = StepEnvironment(uow, deployed, instance_id, business_key, uow.actor)
    with failing_as_sentence(environment):
        execution = Execution.start(
            deployed.definitions,
            process_id,
            without_reserved(variables),
            environment,
            start_event=start_event,
            message=message,
            signal=signal,
        )
    instance = LoadedInstance(
        id=instance_id,
        deployed=deployed,
        process_key=process_id,
        status=InstanceStatus.ACTIVE,
        version=0,
        business_key=business_key,
        started_by=uow.actor,
        is_sealed=False,
        variables={},
        variables_text="{}",
        state=b"",
        sealer=sealer,
        head=ChainHead(),
    )
    cause = {"message": message, "signal": signal, "start_event": start_event}
    started = HistoryEntry(
        "instance.started",
        body={
            "process": process_id,
            "version": deployed.version,
            "business_key": business_key,
            **{kind: name for kind, name in cause.items() if name is not None},
        },
        data=variables,
        actor_id=uow.actor,
    )
    if uow.actor:
        environment.pending.participants.append((uow.actor, "initiator"))
    with failing_as_sentence(environment):
        result = finish(uow, instance, environment, execution, execution.first_effects, [started], before=None)
    if wrapped is not None:
        uow.connection.execute(KEY.insert(), {"process_instance_id": instance_id, "wrapped_key": wrapped})
    return result


def advance(
    uow: UnitOfWork,
    instance: LoadedInstance,
    action: Callable[[Execution], "Effects"],
    entries: Sequence[HistoryEntry],
    *,
    though_suspended: bool = False,
) -> StepResult:
    """Restore an instance, do one thing to it, run it to its next wait states and write it.

    Args:
        uow: one transaction; the instance's row is locked in it.
        instance: as loaded; it may not be used for a second step.
        action: ``complete``, ``fire_timer``, ``deliver_message`` … of the runtime.
        entries: what happened, as the history records it; consequences are added here.
        though_suspended: what ends a case need not wait until it is resumed.

    Raises:
        ConflictError: the instance has ended.
        SuspendedError: it is suspended.
        BusyError: another transaction was quicker; nothing may be kept of this one.
    """
    if not instance.is_active and not (though_suspended and instance.is_suspended):
        raise SuspendedError if instance.is_suspended else ConflictError("此事项已结束，不能再操作")
    environment = StepEnvironment(uow, instance.deployed, instance.id, instance.business_key, instance.started_by)
    before = instance.variables
    try:  # quicker than the context manager
        execution = _take_up(instance, dict(before), environment)
        effects = action(execution)
        return finish(uow, instance, environment, execution, effects, entries, before=before)
    except _FAILURES as error:
        raise step_failed(error, environment) from None


def _take_up(instance: LoadedInstance, variables: dict[str, Any], environment: StepEnvironment) -> Execution:
    """The execution of a loaded instance: the one that this process has kept of its last step, or loaded."""
    definitions = instance.deployed.definitions
    kept = environment.uow.engine.kept.take_execution(instance.id, instance.state, definitions)
    if kept is None:
        return Execution.restore(definitions, instance.sealer.open_state(instance.state), variables, environment)
    kept.resume(variables, environment)
    return kept


def _keep(uow: UnitOfWork, step: Step, execution: Execution) -> None:
    """Keep what the next step would load, without anything that is stored encrypted.

    It may be kept before the transaction ends: it serves only him who reads these very bytes from the database.
    """
    instance, kept = step.instance, uow.engine.kept
    if step.effects.ended is not None:
        kept.forget(instance.id)
        return
    secret = bool(instance.sealer.sensitive)
    variables = step.hidden if step.hidden is not None or secret else step.variables
    keepable = not (secret and execution.holds_values()) and execution.put_down()
    run = execution if keepable else None
    kept.keep(instance.id, step.stored_variables, variables, step.stored_state, run)


class failing_as_sentence:  # noqa: N801 - used like a function
    """A diagram that cannot go on is told in words."""

    def __init__(self, environment: StepEnvironment) -> None:
        self._environment = environment

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, _FAILURES):
            raise step_failed(error, self._environment) from None


def without_reserved(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Variables from outside never hide the names that the engine provides, nor what is sealed."""
    return {name: value for name, value in variables.items() if name not in _RESERVED}


def finish(
    uow: UnitOfWork,
    instance: LoadedInstance,
    environment: StepEnvironment,
    execution: Execution,
    effects: "Effects",
    entries: Sequence[HistoryEntry],
    *,
    before: Mapping[str, Any] | None,
) -> StepResult:
    """Write what the runtime did, with its consequences."""
    variables = execution.variables
    openings, shown = _opened(environment, execution, effects) if effects.opened else NOTHING_OPENED
    review(environment, instance.process_key, before, variables)
    first = _with_outcome(entries[0], effects, shown)
    step = Step(
        instance=instance,
        effects=effects,
        variables_before=before,
        variables=variables,
        state=execution.state(),
        openings=openings,
        shown=shown,
        entries=[first, *entries[1:], *consequences(environment, effects, openings)],
        pending=environment.asked,
    )
    write_step(uow, step)
    uow.expire()
    if uow.engine.kept.limit:
        _keep(uow, step, execution)
    items: tuple[UUID, ...] = ()
    waits_at = NOWHERE
    if shown:
        items = tuple([opening.item_id for opening in shown])
        waits_at = frozenset([opening.task.flow_node_id for opening in shown])
    elif execution.stands_still():
        report_standstill(uow, instance.id)
    return StepResult(instance.id, items, waits_at, effects.ended is not None, variables)


def _opened(
    environment: StepEnvironment, execution: Execution, effects: "Effects"
) -> tuple[Sequence[Opening], Sequence[Opening]]:
    """What was opened, and what of it anybody gets to see."""
    openings, variables = [], execution.variables
    for task in effects.opened:
        execution.budget.evaluate(task.flow_node_id)  # whom it waits for, and when it is due
        openings.append(resolve(environment, task, variables))
    _make_candidates_participants(environment, openings)
    gone = {task.no for task in effects.closed}
    return openings, [opening for opening in openings if opening.task.no not in gone]


def _make_candidates_participants(environment: StepEnvironment, openings: Sequence[Opening]) -> None:
    """Whom a task was offered by name may go on reading the case; holders of a role may while it is open."""
    for opening in openings:
        assignment = opening.assignment
        named = [candidate.user_id for candidate in assignment.candidates if candidate.user_id]
        if assignment.assignee_id:
            named.append(assignment.assignee_id)
        others = [(person, "handler") for person in named if person != environment.initiator]
        if others:
            environment.pending.participants.extend(others)


def _with_outcome(entry: HistoryEntry, effects: "Effects", shown: Sequence[Opening]) -> HistoryEntry:
    """The first entry of a step carries the way the tokens took and the work items it led to."""
    body = {**entry.body, "trace": effects.trace}
    if shown:
        body["opened"] = [[opening.task.flow_node_id, id_text(opening.item_id)] for opening in shown]
    if effects.ended:
        body["ended"] = True
    return HistoryEntry(
        entry.kind, entry.flow_node_id, body, entry.data, entry.actor_id, entry.on_behalf_of_id, entry.role
    )


def consequences(environment: StepEnvironment, effects: "Effects", openings: Sequence[Opening]) -> list[HistoryEntry]:
    """What the flow did by itself in a step, as history."""
    found = _done_by_itself(effects) if effects.decisions or effects.operations or effects.sent else []
    if openings:
        found += map(_created, openings)
    if effects.closed:
        found += _cancelled(environment, effects, openings)
    if environment.warnings:
        found.append(HistoryEntry("expression.warned", body={"warnings": environment.warnings}))
    if effects.ended:
        ended = effects.ended
        body = {"status": ended.status, "error_code": ended.error_code}
        found.append(HistoryEntry("instance.ended", ended.end_event_id, body))
    return found


def _done_by_itself(effects: "Effects") -> list[HistoryEntry]:
    found = [
        HistoryEntry(
            "decision.evaluated",
            record.flow_node_id,
            {"decision": record.decision_ref, "matched": [str(rule) for rule in record.result.matched]},
        )
        for record in effects.decisions
    ]
    found += [
        HistoryEntry("operation.performed", record.flow_node_id, {"operation": record.operation}, data=record.result)
        for record in effects.operations
    ]
    found += [
        HistoryEntry(
            f"{sent.kind}.sent",
            sent.flow_node_id,
            {"name": sent.name, "correlation_key": sent.correlation_key, "broadcast": sent.broadcast},
        )
        for sent in effects.sent
    ]
    return found


def _cancelled(environment: StepEnvironment, effects: "Effects", openings: Sequence[Opening]) -> list[HistoryEntry]:
    gone = [task.no for task in effects.closed if task.outcome == "cancelled"]
    if not gone:
        return []
    nodes = _nodes_of(environment, gone, openings)
    return [HistoryEntry("user_task.cancelled", nodes.get(no), {"no": str(no)}) for no in gone]


def _nodes_of(environment: StepEnvironment, numbers: Sequence[int], openings: Sequence[Opening]) -> dict[int, str]:
    nodes = {opening.task.no: opening.task.flow_node_id for opening in openings}
    older = [no for no in numbers if no not in nodes]
    if older:
        rows = environment.uow.connection.execute(
            select(TASK.c.no, TASK.c.flow_node_id).where(
                TASK.c.process_instance_id == environment.instance_id, TASK.c.no.in_(older)
            )
        )
        nodes.update({row.no: row.flow_node_id for row in rows})
    return nodes


def _created(opening: Opening) -> HistoryEntry:
    assignment, deadline = opening.assignment, opening.deadline
    body = {
        "no": str(opening.task.no),
        "name": opening.task.name,
        "assignee": assignment.assignee_id,
        "candidates": [[candidate.user_id, candidate.role, candidate.unit_id] for candidate in assignment.candidates],
        "excluded": sorted(assignment.excluded),
        "due_at": deadline.due_at.isoformat() if deadline else None,
    }
    return HistoryEntry("user_task.created", opening.task.flow_node_id, body)
