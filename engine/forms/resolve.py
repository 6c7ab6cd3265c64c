"""What a form looks like for given values: which fields are hidden, read-only, computed, required, and their options.

Conditions may refer to each other, so they are evaluated until nothing changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.feel import Expression, FeelError
from engine.forms.choices import Choice, ChoiceSource
from engine.forms.convert import RefusedValue, convert
from engine.forms.schema import Component, FormSchema
from engine.sentences import Message

MAX_ROUNDS = 6  # of conditions that depend on each other; a cycle ends here


@dataclass(slots=True)
class Resolved:
    """A form together with one person's values."""

    schema: FormSchema
    values: dict[str, Any] = field(default_factory=dict)  # converted, by key; hidden ones are None
    refused: dict[str, Message] = field(default_factory=dict)  # fields whose text could not be converted
    hidden: set[int] = field(default_factory=set)  # id() of hidden components, boxes and texts included
    readonly: set[str] = field(default_factory=set)  # keys
    names: dict[str, Any] = field(default_factory=dict)  # all that an expression may refer to

    def is_hidden(self, component: Component) -> bool:
        """Whether the component, or the group around it, is hidden."""
        return id(component) in self.hidden

    def is_required(self, component: Component) -> bool:
        """Whether the field must be filled in now."""
        return component.rules.required or holds(component.rules.required_if, self.names)


def value_of(expression: Expression, names: Mapping[str, Any]) -> Any:
    """The value of an expression of the form; null when it cannot be evaluated."""
    try:
        return expression.evaluate(names).result
    except FeelError:
        return None


def holds(expression: Expression | None, names: Mapping[str, Any]) -> bool:
    """Whether a FEEL condition is true; null and errors count as not true."""
    return expression is not None and value_of(expression, names) is True


def options_of(component: Component, names: Mapping[str, Any], choices: ChoiceSource) -> tuple[Choice, ...]:
    """All options of a choice: those of the form, of a variable, and of the named list, without who is recused."""
    found = list(component.choices)
    if component.choices_expression is not None:
        found += _as_choices(value_of(component.choices_expression, names))
    if component.source:
        found += choices.options(component.source, names)
    barred = barred_from(component, names, choices)
    return tuple({choice.value: choice for choice in found if choice.value not in barred}.values())


def suggested_of(component: Component, names: Mapping[str, Any], choices: ChoiceSource) -> dict[str, list[str]]:
    """The values that a long list suggests, by heading; some may be no options."""
    found: dict[str, list[str]] = {}
    for suggestion in component.suggestions:
        values = value_of(suggestion.values, names) if suggestion.values is not None else None
        listed = values if isinstance(values, list) else [values]
        if suggestion.source:
            listed = [choice.value for choice in choices.options(suggestion.source, names)]
        found.setdefault(suggestion.label, []).extend(one for one in listed if isinstance(one, str))
    return found


def barred_from(component: Component, names: Mapping[str, Any], choices: ChoiceSource) -> Collection[str]:
    """The values that the field's list leaves out because of a recusal."""
    if component.recusal is None:
        return ()
    recusal = component.recusal
    barred = choices.barred(_texts_of(recusal.people, names), recusal.staffed)
    units = _texts_of(recusal.units, names) if recusal.units is not None else ()
    return {*barred, *choices.working_in(units)} if units else barred


def _texts_of(expression: Expression, names: Mapping[str, Any]) -> list[str]:
    found = value_of(expression, names)
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, str) and one]


def resolve(schema: FormSchema, data: Mapping[str, object], context: Mapping[str, object]) -> Resolved:
    """Convert the values and settle the conditions.

    Args:
        data: as for :meth:`FormSchema.parse`.
        context: process variables and the names of the surroundings.
    """
    resolved = Resolved(schema)
    fields = list(schema.fields())
    for component in fields:
        if component.computed is not None:
            continue
        try:
            resolved.values[component.key] = convert(component, data.get(component.key))
        except RefusedValue as refused:
            resolved.refused[component.key] = refused.answer
            resolved.values[component.key] = None
    typed = dict(resolved.values)
    for _ in range(MAX_ROUNDS):
        before = (set(resolved.hidden), set(resolved.readonly))
        _settle(resolved, fields, typed, context)
        if before == (resolved.hidden, resolved.readonly):
            break
    return resolved


def _settle(
    resolved: Resolved, fields: Sequence[Component], typed: Mapping[str, Any], context: Mapping[str, object]
) -> None:
    """One round: values from what is visible, then computed fields, then conditions."""
    names = dict(context)
    for component in fields:
        if component.key in resolved.readonly:
            continue  # keeps the case's value
        names[component.key] = None if resolved.is_hidden(component) else typed.get(component.key)
    for component in fields:
        if component.computed is not None and not resolved.is_hidden(component):
            names[component.key] = value_of(component.computed, names)
    resolved.names = names
    resolved.values = {component.key: names.get(component.key) for component in fields}
    resolved.hidden = set(_hidden(resolved.schema.components, names, inherited=False))
    resolved.readonly = {
        component.key
        for component in fields
        if component.computed is None and (component.readonly or holds(component.readonly_if, names))
    }


def _hidden(components: Sequence[Component], names: Mapping[str, Any], *, inherited: bool) -> Iterator[int]:
    for component in components:
        hidden = inherited or holds(component.hide, names)
        if hidden:
            yield id(component)
        if component.type == "group":
            yield from _hidden(component.children, names, inherited=hidden)


def _as_choices(found: Any) -> list[Choice]:
    listed = found if isinstance(found, list) else []
    choices = []
    for one in listed:
        if isinstance(one, str):
            choices.append(Choice(one, one))
        elif isinstance(one, Mapping) and isinstance(one.get("value"), str):
            choices.append(Choice(one["value"], str(one.get("label") or one["value"])))
    return choices
