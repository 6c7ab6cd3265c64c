"""Correct variables of a running case."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from engine import step
from engine.commands.cancel_instance import ensure_administers
from engine.errors import InvalidInputError, NotFoundError
from engine.forms import Component, FormSchema
from engine.queries.choices import CaseChoices
from engine.queries.uniqueness import OtherCasesOf
from engine.requests import remember, replayed
from engine.step.advance import without_reserved
from engine.step.environment import StepEnvironment
from engine.step.history import HistoryEntry
from engine.step.instance import LoadedInstance, load_instance
from engine.unit_of_work import UnitOfWork

COMMAND = "modify_variables"
NOT_TYPED = frozenset({"filepicker", "dynamiclist"})


def modify_variables(
    uow: UnitOfWork, instance_id: UUID, data: Mapping[str, Any], *, reason: str, request_id: str | None
) -> None:
    """Set variables from outside; conditional events that now hold are triggered.

    Raises:
        NotFoundError, NotPermittedError, ConflictError
        InvalidInputError: no reason.
    """
    instance = load_instance(uow, instance_id)
    if replayed(uow, request_id, COMMAND) is not None:
        return
    ensure_administers(uow, instance)
    if not reason.strip():
        raise InvalidInputError({"reason": "请写明理由"})
    values = without_reserved(data)
    entry = HistoryEntry("instance.modified", body={"reason": reason.strip()}, data=values, actor_id=uow.actor)
    step.advance(uow, instance, lambda execution: execution.set_variables(values), [entry])
    remember(uow, request_id, COMMAND, {})


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
    schema = schema_of_field(instance, key)
    context = StepEnvironment(uow, instance.deployed, instance.id, instance.business_key, instance.started_by).context(
        instance.variables
    )
    result = schema.parse(data, context, CaseChoices(uow, instance), OtherCasesOf(uow, instance))
    errors = dict(result.errors)
    if not reason.strip():
        errors["reason"] = "请写明理由"
    if errors:
        raise InvalidInputError(errors)
    modify_variables(uow, instance_id, {key: result.values.get(key)}, reason=reason, request_id=request_id)


def fields_of(instance: LoadedInstance) -> dict[str, Component]:
    """The fields of the process's forms that fill a variable an administrator can type, by key."""
    found: dict[str, Component] = {}
    process = instance.deployed.definitions.processes.get(instance.process_key)
    for task in process.user_tasks.values() if process else ():
        form = instance.deployed.form(task.form_key)
        for component in form.fields() if form else ():
            if component.type not in NOT_TYPED and not component.is_action and component.computed is None:
                found.setdefault(component.key, component)
    return found


def schema_of_field(instance: LoadedInstance, key: str) -> FormSchema:
    """A form of this one field, always shown and editable; ``NotFoundError`` when no form has it."""
    component = fields_of(instance).get(key)
    if component is None:
        raise NotFoundError
    shown = replace(component, hide=None, readonly=False, readonly_if=None, default=None)
    return FormSchema(id="variable", title=component.label, components=(shown,), properties={}, source={})
