"""Judge filled-in values against a form: the one place that says whether an input is acceptable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.forms import profile
from engine.forms.choices import ChoiceSource
from engine.forms.convert import is_empty
from engine.forms.messages import message, own_message
from engine.forms.patterns import NAMED
from engine.forms.resolve import Resolved, barred_from, holds, options_of, resolve
from engine.forms.schema import Component, FormSchema, Rules
from engine.forms.uniqueness import OtherCases
from engine.sentences import Message

ATTACHMENTS = "attachments"  # the list of files that may be named by a file field


@dataclass(frozen=True, slots=True)
class FormResult:
    """The outcome for one form. ``errors`` and ``warnings`` are Chinese sentences by field key."""

    values: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the values may be used."""
        return not self.errors


def parse(
    schema: FormSchema,
    data: Mapping[str, object],
    context: Mapping[str, object],
    choices: ChoiceSource,
    others: OtherCases,
) -> FormResult:
    """See :meth:`FormSchema.parse`."""
    fields = list(schema.fields())
    oversized = _oversized(fields, data)
    if oversized is not None:
        return FormResult({}, {oversized: message("too_large")})
    resolved = resolve(schema, data, context)
    errors: dict[str, str] = {}
    warnings: dict[str, str] = {}
    for component in fields:
        if resolved.is_hidden(component) or component.key in resolved.readonly:
            continue
        answer = resolved.refused.get(component.key) or _judge(component, resolved, choices)
        answer = answer or _taken(component, resolved.values.get(component.key), others)
        if answer is not None:
            errors[component.key] = answer
        elif (advice := advice_on(component, resolved)) is not None:
            warnings[component.key] = advice
    values = {
        component.key: None if resolved.is_hidden(component) else resolved.values.get(component.key)
        for component in fields
        if component.key not in resolved.readonly
    }
    return FormResult(values, errors, warnings)


def advice_on(component: Component, resolved: Resolved) -> Message | None:
    """What the form advises about a filled-in value that is not as it should be; hinders nobody."""
    rules = component.rules
    if rules.warn is None or is_empty(resolved.values.get(component.key)) or holds(rules.warn, resolved.names):
        return None
    return own_message(rules.warn_message or "")


def _oversized(fields: Sequence[Component], data: Mapping[str, object]) -> str | None:
    """The key of the field that makes the whole input too large."""
    total = 0
    for component in fields:
        total += _size(data.get(component.key))
        if total > profile.MAX_POSTED:
            return component.key
    return None


def _size(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, (list, tuple)):
        return sum(_size(one) + 1 for one in value)
    if isinstance(value, Mapping):
        return sum(_size(one) + 1 for one in value.values())
    return 1


def _judge(component: Component, resolved: Resolved, choices: ChoiceSource) -> Message | None:
    """The first thing that is wrong with one visible field."""
    value = resolved.values.get(component.key)
    if component.computed is not None:
        return _checked(component, resolved.names)
    empty = is_empty(value) or (component.type == "checkbox" and value is False)
    if empty and resolved.is_required(component):
        if component.empty_message and not options_of(component, resolved.names, choices):
            return own_message(component.empty_message)
        return message(_REQUIRED.get(component.type, "required"))
    if is_empty(value):
        return _too_few(component.rules, []) if isinstance(value, list) else None
    return _judge_value(component, value, resolved.names, choices) or _checked(component, resolved.names)


def _taken(component: Component, value: Any, others: OtherCases) -> Message | None:
    scope = component.rules.unique
    if scope is None or not isinstance(value, str) or is_empty(value):
        return None
    twin = others.twin(component.key, value, scope)
    if twin is None:
        return None
    return message("taken", case=twin.name) if twin.name else message("taken_unnamed")


_REQUIRED = {
    "select": "required_choice",
    "radio": "required_choice",
    "checklist": "required_choices",
    "taglist": "required_choices",
    "checkbox": "required_check",
    "filepicker": "required_file",
}


def _checked(component: Component, names: Mapping[str, Any]) -> Message | None:
    rules = component.rules
    if rules.check is None or holds(rules.check, names):
        return None
    return own_message(rules.check_message) if rules.check_message else message("check")


def _judge_value(component: Component, value: Any, names: Mapping[str, Any], choices: ChoiceSource) -> Message | None:
    rules = component.rules
    match component.type:
        case "textfield" | "textarea":
            return _judge_text(rules, value)
        case "number":
            return _judge_number(rules, value)
        case "datetime":
            return _judge_moment(rules, value, names)
        case "select" | "radio":
            return _judge_options(component, [value], names, choices)
        case "checklist" | "taglist":
            return _judge_options(component, value, names, choices) or _judge_count(rules, value)
        case "filepicker":
            return _judge_files(component, value, names, choices) or _judge_count(rules, value)
        case "dynamiclist":
            return _judge_rows(component, value, names, choices) or _judge_count(rules, value)
        case _:
            return None


def _judge_text(rules: Rules, text: str) -> Message | None:
    if rules.min_length is not None and len(text) < rules.min_length:
        return message("min_length", n=rules.min_length, actual=len(text))
    if rules.max_length is not None and len(text) > rules.max_length:
        return message("max_length", n=rules.max_length, actual=len(text))
    if rules.pattern_name is not None and not NAMED[rules.pattern_name](text):
        return own_message(rules.pattern_message) if rules.pattern_message else message(rules.pattern_name)
    if rules.pattern is not None and rules.pattern.search(text) is None:
        return own_message(rules.pattern_message) if rules.pattern_message else message("pattern")
    return None


def _judge_number(rules: Rules, number: Decimal) -> Message | None:
    if rules.min is not None and number < rules.min:
        return message("min", n=rules.min)
    if rules.max is not None and number > rules.max:
        return message("max", n=rules.max)
    return None


def _judge_moment(rules: Rules, value: Any, names: Mapping[str, Any]) -> Message | None:
    today = names.get("today")
    if not rules.no_past or not isinstance(today, date):
        return None
    day = value.date() if isinstance(value, datetime) else value
    return message("past_date") if isinstance(day, date) and day < today else None


def _judge_options(
    component: Component, chosen: Sequence[str], names: Mapping[str, Any], choices: ChoiceSource
) -> Message | None:
    known = {option.value for option in options_of(component, names, choices)}
    if known.issuperset(chosen):
        return None
    recusal = component.recusal
    if recusal is None or not any(one in barred_from(component, names, choices) for one in chosen):
        return message("option")
    return own_message(recusal.message) if recusal.message else message("recused")


def _judge_files(
    component: Component, chosen: Sequence[str], names: Mapping[str, Any], choices: ChoiceSource
) -> Message | None:
    known = {option.value: option.label for option in choices.options(ATTACHMENTS, names)}
    accept = tuple(ending if ending.startswith(".") else f".{ending}" for ending in component.rules.accept)
    for file in chosen:
        if file not in known:
            return message("file")
        if accept and not known[file].lower().endswith(accept):
            return message("file_type", accept="、".join(accept))
    return None


def _judge_count(rules: Rules, chosen: Sequence[Any]) -> Message | None:
    if rules.max_items is not None and len(chosen) > rules.max_items:
        return message("max_items", n=rules.max_items, actual=len(chosen))
    return _too_few(rules, chosen)


def _too_few(rules: Rules, chosen: Sequence[Any]) -> Message | None:
    if rules.min_items is not None and len(chosen) < rules.min_items:
        return message("min_items", n=rules.min_items, actual=len(chosen))
    return None


def _judge_rows(
    component: Component, rows: Sequence[Any], names: Mapping[str, Any], choices: ChoiceSource
) -> Message | None:
    """The first wrong field of the first wrong row; rows count from 1."""
    inputs = [child for child in component.children if child.is_input]
    for number, row in enumerate(rows, start=1):
        cells = {inputs[0].key: row} if component.flat else row
        inner = {**names, **cells}
        for child in inputs:
            if holds(child.hide, inner):
                continue
            answer = _judge_cell(child, cells.get(child.key), inner, choices)
            if answer is not None:
                return message("row", row=number, message=answer, field=child.key)
    return None


def _judge_cell(child: Component, value: Any, names: Mapping[str, Any], choices: ChoiceSource) -> Message | None:
    required = child.rules.required or holds(child.rules.required_if, names)
    if is_empty(value):
        return message(_REQUIRED.get(child.type, "required")) if required else None
    return _judge_value(child, value, names, choices) or _checked(child, names)
