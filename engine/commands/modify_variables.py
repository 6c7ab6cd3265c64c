"""Correct variables of a running case."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine import step
from engine.errors import InvalidInputError
from engine.queries.case_fields import field_label, nodes_of_field, schema_of_field, value_in_words
from engine.queries.choices import CaseChoices
from engine.queries.entitlement import ensure_administers
from engine.queries.uniqueness import OtherCasesOf
from engine.requests import remember, replayed
from engine.sentences import say
from engine.step.advance import without_reserved
from engine.step.environment import StepEnvironment
from engine.step.history import HistoryEntry
from engine.step.instance import LoadedInstance, load_instance
from engine.step.writes import PendingWrites, write_pending
from engine.unit_of_work import UnitOfWork
from models import UserTask, WorkItem, WorkItemState

COMMAND = "modify_variables"
NOTICE = "corrected"
SAID_WHOLE = 60  # characters of a value that a notice repeats


def modify_variables(
    uow: UnitOfWork, instance_id: UUID, data: Mapping[str, Any], *, reason: str, request_id: str | None
) -> None:
    """Set variables from outside; conditional events that now hold are triggered.

    Raises:
        NotFoundError, NotPermittedError, ConflictError
        InvalidInputError: no reason.
    """
    instance = load_instance(uow, instance_id)
    if replayed(uow, request_id, COMMAND, instance_id) is not None:
        return
    ensure_administers(uow, instance)
    if not reason.strip():
        raise InvalidInputError({"reason": "请写明理由"})
    values = without_reserved(data)
    body = {"reason": reason.strip(), "before": _before(instance, values)}
    entry = HistoryEntry("instance.modified", body=body, data=values, actor_id=uow.actor)
    step.advance(uow, instance, lambda execution: execution.set_variables(values), [entry])
    remember(uow, request_id, COMMAND, {}, about=instance_id)


def modify_field(
    uow: UnitOfWork,
    instance_id: UUID,
    key: str,
    data: Mapping[str, object],
    *,
    reason: str,
    request_id: str | None,
) -> None:
    """Correct the one variable that a field of the process's forms fills, judged as that form judges it.

    Who began the case and who filled in the field last get a notice.

    Args:
        uow: one transaction.
        instance_id: the case.
        key: of the field.
        data: what was posted for it.
        reason: kept in the history.
        request_id: the same id again changes nothing.

    Raises:
        NotFoundError: no such case or field.
        NotPermittedError, ConflictError
        InvalidInputError: at the field, or no reason.
    """
    instance = load_instance(uow, instance_id)
    ensure_administers(uow, instance)
    if replayed(uow, request_id, COMMAND, instance_id) is not None:
        return
    schema = schema_of_field(instance, key)
    context = StepEnvironment(uow, instance.deployed, instance.id, instance.business_key, instance.started_by).context(
        instance.variables
    )
    result = schema.parse(data, context, CaseChoices(uow, instance), OtherCasesOf(uow, instance))
    errors = dict(result.errors)
    if not reason.strip():
        errors["reason"] = "请写明理由"
    before, after = instance.variables.get(key), result.values.get(key)
    is_sensitive = key in instance.deployed.manifest.sensitive
    if not errors and before == after and not is_sensitive:
        errors[key] = "与原来的内容相同"
    if errors:
        raise InvalidInputError(errors)
    modify_variables(uow, instance_id, {key: after}, reason=reason, request_id=request_id)
    _tell(uow, instance, key, None if is_sensitive else (before, after), reason.strip())


def _before(instance: LoadedInstance, names: Collection[str]) -> dict[str, Any]:
    """What the variables were, for the history; sensitive ones are not repeated where they cannot be erased."""
    hidden = instance.deployed.manifest.sensitive
    return {name: instance.variables.get(name) for name in names if name not in hidden}


def _tell(uow: UnitOfWork, instance: LoadedInstance, key: str, change: tuple[Any, Any] | None, reason: str) -> None:
    told = {_last_to_fill_in(uow, instance, key)}
    if _is_for_initiator(instance, key):
        told.add(instance.started_by)
    label = say(field_label(instance, key) or key)
    title = say("{field}已更正：{title}", field=label, title=instance.title or instance.number or "")
    pending = PendingWrites()
    for person in sorted(each for each in told if each and each != uow.actor):
        pending.notice(person, instance.id, NOTICE, title, _what_changed(uow, instance, key, change, reason))
    write_pending(uow.connection, pending, instance.id, uow.now)


def _what_changed(
    uow: UnitOfWork, instance: LoadedInstance, key: str, change: tuple[Any, Any] | None, reason: str
) -> str:
    words = [value_in_words(uow, instance, key, value) for value in change or ()]
    if not words or not all(isinstance(each, str) and len(each) <= SAID_WHOLE for each in words):
        return say("由管理员更正。理由：{reason}", reason=reason)
    before, after = (say(each) for each in words)
    return say("由“{before}”更正为“{after}”。理由：{reason}", before=before, after=after, reason=reason)


def _is_for_initiator(instance: LoadedInstance, key: str) -> bool:
    facts = [fact for fact in instance.deployed.manifest.facts() if fact.variable == key]
    return all(fact.initiator for fact in facts)


def _last_to_fill_in(uow: UnitOfWork, instance: LoadedInstance, key: str) -> str | None:
    query = (
        select(WorkItem.decided_by)
        .join(UserTask, UserTask.id == WorkItem.user_task_id)
        .where(
            UserTask.process_instance_id == instance.id,
            UserTask.flow_node_id.in_(nodes_of_field(instance, key)),
            WorkItem.process_instance_id == instance.id,
            WorkItem.state == WorkItemState.COMPLETED,
        )
        .order_by(WorkItem.ended_at.desc())
        .limit(1)
    )
    return uow.session.scalar(query)
