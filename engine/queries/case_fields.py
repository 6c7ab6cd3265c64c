"""The fields that the forms of a process fill: which there are, what people call them and their values."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from engine.definitions.manifest import Fact
from engine.errors import NotFoundError
from engine.forms import Component, FormSchema
from engine.queries.cases import displayed_value
from engine.step.instance import LoadedInstance
from engine.unit_of_work import UnitOfWork

NOT_TYPED = frozenset({"filepicker", "dynamiclist"})


def fields_of(instance: LoadedInstance) -> dict[str, Component]:
    """The fields of the process's forms that fill a variable an administrator can type, by key."""
    return {key: component for key, (_node_id, component) in fields_with_nodes(instance).items()}


def fields_with_nodes(instance: LoadedInstance) -> dict[str, tuple[str, Component]]:
    """The same, each with the first user task whose form has it."""
    found: dict[str, tuple[str, Component]] = {}
    for node_id, component in _components(instance):
        found.setdefault(component.key, (node_id, component))
    return found


def nodes_of_field(instance: LoadedInstance, key: str) -> frozenset[str]:
    """The user tasks whose form has this field for people to fill in."""
    return frozenset(
        node_id for node_id, component in _components(instance) if component.key == key and not component.readonly
    )


def schema_of_field(instance: LoadedInstance, key: str) -> FormSchema:
    """A form of this one field, always shown and editable; ``NotFoundError`` when no form has it."""
    component = fields_of(instance).get(key)
    if component is None:
        raise NotFoundError
    shown = replace(component, hide=None, readonly=False, readonly_if=None, default=None)
    return FormSchema(id="variable", title=component.label, components=(shown,), properties={}, source={})


def field_label(instance: LoadedInstance, key: str) -> str | None:
    """How people call a variable: as the case's facts do, else as its form does; None when nobody ever sees it."""
    label = instance.deployed.manifest.label(key)
    if label != key:
        return label
    component = fields_of(instance).get(key)
    return component.label if component else None


def value_in_words(uow: UnitOfWork, instance: LoadedInstance, key: str, value: Any) -> Any:
    """A value of a variable as people call it: names for ids, the words of a choice."""
    component = fields_of(instance).get(key)
    labels = {choice.value: choice.label for choice in component.choices} if component else {}
    if isinstance(value, str) and value in labels:
        return labels[value]
    facts = [fact for fact in instance.deployed.manifest.facts() if fact.variable == key]
    fact = facts[0] if facts else Fact(key, key, _type_of(component))
    return displayed_value(uow, instance, fact, value)


def _type_of(component: Component | None) -> str:
    source = component.source if component else ""
    return {"people": "users", "units": "units"}.get(source.partition(":")[0], "text")


def _components(instance: LoadedInstance) -> Iterator[tuple[str, Component]]:
    process = instance.deployed.definitions.processes.get(instance.process_key)
    for node_id, task in process.user_tasks.items() if process else ():
        form = instance.deployed.form(task.form_key)
        for component in form.fields() if form else ():
            if component.type not in NOT_TYPED and not component.is_action and component.computed is None:
                yield node_id, component
