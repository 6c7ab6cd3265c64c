"""What every page of a case shows: facts, attachments, decisions, next steps."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.definitions.manifest import Fact, RecordRule
from engine.errors import NotFoundError
from engine.queries.organisation import names_of
from engine.queries.roles_in_case import holder_in
from engine.rules.assignment import texts
from engine.rules.masking import masked, may_unmask
from engine.rules.visibility import may_read
from engine.secrecy.decided import read_result
from engine.step.environment import StepEnvironment
from engine.step.instance import LoadedInstance, load_instance
from engine.unit_of_work import UnitOfWork
from models import Attachment, DecisionInstance, InstanceLink, ProcessInstance, Unit

HIDDEN = "（内容不公开）"  # what stands for a case without a number that one may not read


@dataclass(frozen=True)
class FactValue:
    """One fact of a case, ready to print: ids are names already."""

    variable: str
    label: str
    value: Any
    long: bool
    type: str


@dataclass(frozen=True)
class AttachmentEntry:
    """A file of a case."""

    id: UUID
    name: str
    size: int  # bytes
    content_type: str
    field_key: str | None
    uploaded_by: str
    uploaded_at: datetime
    is_sensitive: bool


@dataclass(frozen=True)
class DecisionEntry:
    """Why a case went the way it went."""

    flow_node_id: str | None
    decision_id: str
    name: str
    at: datetime
    inputs: Mapping[str, Any]
    result: Any
    matched_rules: tuple[Any, ...]
    annotations: tuple[Any, ...]


@dataclass(frozen=True)
class NextStep:
    """A user task that is likely to come."""

    flow_node_id: str
    name: str
    lane: str | None


def readable_instance(uow: UnitOfWork, instance_id: UUID) -> LoadedInstance:
    """The case, if the actor may read it; ``NotFoundError`` otherwise, as if it did not exist."""
    query = select(ProcessInstance.id).where(ProcessInstance.id == instance_id, may_read(uow.holder))
    if uow.session.execute(query).one_or_none() is None:
        raise NotFoundError
    return load_instance(uow, instance_id, for_update=False)


def readable_variables(uow: UnitOfWork, instance: LoadedInstance) -> dict[str, Any]:
    """The process variables as this person may read them."""
    return masked(
        instance.variables,
        instance.deployed.manifest.sensitive,
        holder_in(uow, instance.id),
        is_initiator=instance.started_by is not None and instance.started_by == uow.actor,
    )


def facts_of(uow: UnitOfWork, instance: LoadedInstance) -> tuple[FactValue, ...]:
    """The facts of process.yaml that have a value and are this person's to see."""
    variables = readable_variables(uow, instance)
    environment = StepEnvironment(uow, instance.deployed, instance.id, instance.business_key, instance.started_by)
    context = environment.context(variables)
    shown = []
    for fact in instance.deployed.manifest.facts():
        value = context.get(fact.variable) if fact.linked is None else _linked_to(uow, instance.id, fact.linked)
        if value is None or value in ("", []) or not _may_see(uow, instance, fact):
            continue
        if fact.when is not None and environment.evaluate(fact.when, context) is not True:
            continue
        shown.append((fact, value))
    names = _names_for(uow, shown)
    return tuple(
        FactValue(fact.variable, fact.label, _displayed(instance, fact, value, names), fact.long, fact.type)
        for fact, value in shown
    )


def _linked_to(uow: UnitOfWork, instance_id: UUID, kind: str) -> list[str]:
    """Ids of the cases that are linked to this one, in the order in which they came."""
    query = (
        select(InstanceLink.source_id)
        .where(InstanceLink.target_id == instance_id, InstanceLink.kind == kind)
        .order_by(InstanceLink.linked_at, InstanceLink.source_id)
    )
    return [str(source) for source in uow.session.scalars(query)]


def may_see_variable(uow: UnitOfWork, instance: LoadedInstance, name: str) -> bool:
    """Whether this reader of the case may see a variable wherever it stands: neither masked nor a fact for others."""
    manifest = instance.deployed.manifest
    if name in manifest.sensitive and not may_unmask(
        manifest.sensitive[name], holder_in(uow, instance.id), is_initiator=instance.started_by == uow.actor
    ):
        return False
    return all(_may_see(uow, instance, fact) for fact in manifest.facts() if fact.variable == name)


def displayed_value(uow: UnitOfWork, instance: LoadedInstance, fact: Fact, value: Any) -> Any:
    """A value that a fact had, ready to print."""
    return _displayed(instance, fact, value, _names_for(uow, [(fact, value)]))


def _may_see(uow: UnitOfWork, instance: LoadedInstance, fact: Fact) -> bool:
    if fact.roles and instance.started_by == uow.actor:
        return fact.initiator
    if not fact.roles:
        return True
    return bool(holder_in(uow, instance.id).role_names.intersection(fact.roles))


def _names_for(uow: UnitOfWork, shown: Iterable[tuple[Fact, Any]]) -> dict[str, str]:
    facts = [each for fact, value in shown for each in ((fact, value), *_fields_of(fact, value))]
    people = [text for fact, value in facts if fact.type in ("user", "users") for text in texts(value)]
    units = [text for fact, value in facts if fact.type in ("unit", "units") for text in texts(value)]
    names = names_of(uow.session, people)
    if units:
        rows = uow.session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(units)))
        names |= {row.id: row.name for row in rows}
    cases = [text for fact, value in facts if fact.type == "cases" for text in texts(value)]
    return names | _titles_of(uow, cases) if cases else names


def _fields_of(fact: Fact, value: Any) -> list[tuple[Fact, Any]]:
    """What a list of contexts holds for each field that is shown."""
    return [(field, record.get(field.variable)) for field in fact.fields for record in _records(value)]


def _records(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, Mapping)]


def _titles_of(uow: UnitOfWork, ids: Iterable[str]) -> dict[str, str]:
    """Cases by number and title; one that this person may not read by its number alone."""
    query = select(
        ProcessInstance.id, ProcessInstance.number, ProcessInstance.title, may_read(uow.holder).label("readable")
    )
    rows = uow.session.execute(query.where(ProcessInstance.id.in_([UUID(text) for text in ids])))
    return {
        str(row.id): " ".join(filter(None, (row.number, row.title if row.readable else None))) or HIDDEN for row in rows
    }


def _displayed(instance: LoadedInstance, fact: Fact, value: Any, names: Mapping[str, str]) -> Any:
    if fact.fields:
        return [_record(instance, fact, record, names) for record in _records(value)]
    if fact.type in ("user", "users", "unit", "units", "cases"):
        found = [names.get(text, text) for text in texts(value)]
        return found if len(found) > 1 else "".join(found)
    manifest = instance.deployed.manifest
    if isinstance(value, str):
        return manifest.value_label(fact.variable, value)
    if isinstance(value, list):
        return [manifest.value_label(fact.variable, each) if isinstance(each, str) else each for each in value]
    return value


def _record(
    instance: LoadedInstance, fact: Fact, record: Mapping[str, Any], names: Mapping[str, str]
) -> dict[str, Any]:
    """The fields of one context by their labels; what is empty is left out."""
    known = ((field, record.get(field.variable)) for field in fact.fields)
    return {field.label: _displayed(instance, field, value, names) for field, value in known if value not in (None, "")}


def attachments_of(uow: UnitOfWork, instance: LoadedInstance) -> tuple[AttachmentEntry, ...]:
    """Files that this person may open, oldest first."""
    from engine.queries.entitlement import may_open_sensitive

    query = (
        select(Attachment)
        .where(Attachment.process_instance_id == instance.id)
        .order_by(Attachment.uploaded_at, Attachment.id)
    )
    return tuple(
        AttachmentEntry(
            row.id,
            row.name,
            row.size,
            row.content_type,
            row.field_key,
            row.uploaded_by,
            row.uploaded_at,
            row.is_sensitive,
        )
        for row in uow.session.scalars(query)
        if not row.is_sensitive or may_open_sensitive(uow, instance, row)
    )


def decisions_of(uow: UnitOfWork, instance: LoadedInstance) -> tuple[DecisionEntry, ...]:
    """Evaluated decision tables, in order; only those whose records process.yaml opens to this person now."""
    opened = _open_records(uow, instance)
    query = (
        select(DecisionInstance)
        .where(DecisionInstance.process_instance_id == instance.id, DecisionInstance.decision_id.in_(opened))
        .order_by(DecisionInstance.evaluated_at, DecisionInstance.id)
    )

    def shown(values: Mapping[str, Any]) -> dict[str, Any]:
        sensitive, is_initiator = instance.deployed.manifest.sensitive, instance.started_by == uow.actor
        return masked(values, sensitive, holder_in(uow, instance.id), is_initiator=is_initiator)

    return tuple(
        DecisionEntry(
            row.flow_node_id,
            row.decision_id,
            row.decision_name,
            row.evaluated_at,
            shown(instance.sealer.open(row.inputs, f"decision:{row.id}")),
            read_result(instance.sealer, row.id, row.result, shown),
            tuple(row.matched_rules),
            tuple(row.annotations),
        )
        for row in uow.session.scalars(query)
    )


def _open_records(uow: UnitOfWork, instance: LoadedInstance) -> list[str]:
    """Decisions whose records the actor may read in this case."""
    environment = StepEnvironment(uow, instance.deployed, instance.id, instance.business_key, instance.started_by)
    context = environment.context(instance.variables)
    held = holder_in(uow, instance.id).role_names

    def is_open(rule: RecordRule) -> bool:
        if rule.open_when is not None and environment.evaluate(rule.open_when, context) is True:
            return True
        recused = texts(environment.evaluate(rule.recused, context)) if rule.recused else []
        return uow.actor not in recused and bool(held.intersection(rule.roles))

    return [name for name, rule in instance.deployed.manifest.records.items() if is_open(rule)]


def process_name_of(instance: LoadedInstance) -> str:
    """What people call the process of a case: the folder's name for its main one, the drawn name for another."""
    manifest = instance.deployed.manifest
    process = instance.deployed.definitions.processes.get(instance.process_key)
    if process is None or instance.process_key == manifest.main_process:
        return manifest.name
    return process.name or manifest.name


def next_steps_of(instance: LoadedInstance, current: Iterable[str], limit: int = 6) -> tuple[NextStep, ...]:
    """What is likely to come after the present steps; nothing once the case has ended."""
    process = instance.deployed.definitions.processes.get(instance.process_key)
    if process is None or not instance.is_active:
        return ()
    named = _usually_next(instance.deployed.manifest.data, tuple(current))
    if named is None:
        tasks = process.next_user_tasks(current, limit)
    else:  # the usual way says more than all ways that are drawn
        tasks = [process.user_tasks[node] for node in named if node in process.user_tasks][:limit]
    return tuple(NextStep(task.id, task.name or task.id, task.lane) for task in tasks)


def _usually_next(manifest: Mapping[str, Any], current: tuple[str, ...]) -> Sequence[str] | None:
    """Flow nodes after the present ones as ``process.yaml`` tells them; None where it is silent."""
    usual: Sequence[str] = manifest.get("next_steps", ())
    beside = manifest.get("next_after", {})  # steps beside the usual way
    following = next((beside[node] for node in current if node in beside), None)
    if isinstance(following, str):  # back on the usual way
        return usual[usual.index(following) :]
    if following is not None:
        return list(following)
    reached = max((usual.index(node) for node in current if node in usual), default=None)
    return None if reached is None else usual[reached + 1 :]
