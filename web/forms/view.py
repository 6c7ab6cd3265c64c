"""The view of a form: one object per thing to print, with its text, options, error and hints already decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from engine.feel import evaluate, strip_marker
from engine.forms import Choice, ChoiceSource, Component, FormSchema, Message
from engine.forms.convert import LOCAL
from engine.forms.messages import own_message
from engine.forms.parse import ATTACHMENTS, advice_on
from engine.forms.posted import row_name
from engine.forms.profile import SEVERAL_TYPES
from engine.forms.resolve import Resolved, options_of, resolve, suggested_of
from web.forms.picking import LISTED, Picking, grouped, likely, picking

AFRESH = frozenset({"radio", "textarea"})  # what earlier rounds said here is not this round's answer


@dataclass(frozen=True)
class ActionView:
    """The buttons that send the form."""

    name: str
    label: str
    options: tuple[tuple[Choice, str], ...]  # with the tone of each: primary, danger or secondary
    error: str | None = None


@dataclass
class FieldView:
    """One component as it is to be printed."""

    component: Component
    name: str
    id: str
    label: str
    value: Any = None  # text, list of texts, or bool
    known: Any = None  # of a read-only field: the case's value
    options: tuple[Choice, ...] = ()
    picking: Picking | None = None  # of a list too long to stand on the page
    required: bool = False
    required_for: tuple[str, ...] = ()  # labels of the buttons for which it must be filled in
    only_for: tuple[str, ...] = ()  # labels of the buttons that use it at all
    error: str | None = None
    warning: str | None = None
    readonly: bool = False
    watched: bool = False  # other parts of the form depend on it
    rows: list[list[FieldView]] = field(default_factory=list)  # of a dynamic list
    blank: list[FieldView] = field(default_factory=list)  # the row that scripts copy
    children: list[FieldView] = field(default_factory=list)  # of a group
    error_row: int | None = None  # of a dynamic list, from 0

    @property
    def type(self) -> str:
        """The component's type."""
        return self.component.type

    @property
    def described_by(self) -> str:
        """Ids of the sentences that belong to the field."""
        ids = [f"{self.id}-hint" if self.component.description else "", f"{self.id}-error" if self.error else ""]
        return " ".join(one for one in ids if one)

    @property
    def chosen(self) -> tuple[Choice, ...]:
        """The chosen options, in the order of choosing."""
        known = {option.value: option for option in self.options}
        return tuple(known[value] for value in self.value or () if value in known)

    @property
    def groups(self) -> list[tuple[str, list[Choice]]]:
        """The options under their headings, in the order of the list."""
        return grouped(self.options)


@dataclass(frozen=True)
class FormView:
    """A form as it is to be printed."""

    schema: FormSchema
    items: list[FieldView]
    action: ActionView | None
    errors: Mapping[str, str]

    @property
    def has_files(self) -> bool:
        """Whether it must be sent as multipart."""
        return any(component.type == "filepicker" for component in self.schema.fields())

    @property
    def has_textarea(self) -> bool:
        """Whether it has a place for words already."""
        return any(component.type == "textarea" for component in self.schema.fields())

    def label_of(self, key: str) -> str:
        """The label of a field, for the summary of errors."""
        component = self.schema.field(key)
        return component.label if component and component.label else key


def initial_data(
    schema: FormSchema, draft: Mapping[str, object] | None, context: Mapping[str, object]
) -> dict[str, object]:
    """What a form shows before anybody typed: the draft, else what the case knows, else the form's defaults.

    A form with ``autosave`` is a working document and shows all that the case knows; in other forms, decisions and
    words of an earlier round are asked afresh. A list that is still empty is not known yet: the default stands.
    """
    if draft:
        return dict(draft)
    data: dict[str, object] = {}
    for component in schema.fields():
        known = context.get(component.key)
        takes = not component.is_action and (schema.is_document or component.type not in AFRESH)
        data[component.key] = known if takes and known not in (None, []) else _default(component, context)
    return data


def _default(component: Component, context: Mapping[str, object]) -> object:
    """The form's default; one that begins with ``=`` is FEEL over what the case knows."""
    default = component.default
    if isinstance(default, str) and default.startswith("="):
        return evaluate(strip_marker(default), context).result
    return default


def build_view(
    schema: FormSchema,
    data: Mapping[str, object],
    context: Mapping[str, object],
    choices: ChoiceSource,
    *,
    errors: Mapping[str, str] | None = None,
    add_row: str | None = None,
    finds: Mapping[str, str] | None = None,
) -> FormView:
    """Decide everything that the templates print.

    Args:
        data: what was typed or what :func:`initial_data` gave, not necessarily valid.
        context: the case's variables and the names of the surroundings.
        errors: sentences by key, as :meth:`FormSchema.parse` or a command answered them.
        add_row: key of the list that gets one more empty row.
        finds: what is searched for in long lists, by key.
    """
    return _Builder(schema, data, context, choices, errors or {}, add_row, finds or {}).build()


class _Builder:
    def __init__(
        self,
        schema: FormSchema,
        data: Mapping[str, object],
        context: Mapping[str, object],
        choices: ChoiceSource,
        errors: Mapping[str, str],
        add_row: str | None,
        finds: Mapping[str, str],
    ) -> None:
        self.schema = schema
        self.data = data
        self.choices = choices
        self.errors = errors
        self.add_row = add_row
        self.finds = finds
        self.action = schema.action
        self.watched = schema.watched()
        self.resolved = resolve(schema, data, context)
        self.by_button = self._resolve_by_button(context)

    def build(self) -> FormView:
        return FormView(self.schema, self.items(self.schema.components), self.action_view(), self.errors)

    def _resolve_by_button(self, context: Mapping[str, object]) -> dict[str, Resolved]:
        """The form as each of its buttons would leave it, by the button's label; they are not pressed yet."""
        if self.action is None:
            return {}
        options = options_of(self.action, self.resolved.names, self.choices)
        return {
            option.label: resolve(self.schema, {**self.data, self.action.key: option.value}, context)
            for option in options
        }

    # ---- components

    def items(self, components: Sequence[Component]) -> list[FieldView]:
        views = (self.item(component) for component in components if component is not self.action)
        return [view for view in views if view is not None]

    def item(self, component: Component) -> FieldView | None:
        shown_for = [label for label, resolved in self.by_button.items() if not resolved.is_hidden(component)]
        if not shown_for and (self.by_button or self.resolved.is_hidden(component)):
            return None
        view = FieldView(component, component.key, f"field-{component.key}", component.label)
        if 0 < len(shown_for) < len(self.by_button):
            view.only_for = tuple(shown_for)
        if component.type == "group":
            view.children = self.items(component.children)
            return view if view.children else None
        if component.is_input:
            self.fill(view, component)
        return view

    def fill(self, view: FieldView, component: Component) -> None:
        view.error = self.errors.get(component.key)
        view.warning = None if view.error else advice_on(component, self.resolved)
        view.watched = component.key in self.watched
        view.readonly = component.key in self.resolved.readonly or component.computed is not None
        self.fill_required(view, component)
        raw = self.resolved.names.get(component.key) if view.readonly else self.data.get(component.key)
        if component.type == "dynamiclist":
            self.fill_rows(view, component, raw)
            return
        view.value, view.known = as_typed(component, raw), raw
        if component.type == "filepicker":
            view.options = tuple(self.choices.options(ATTACHMENTS, self.resolved.names))
        else:
            view.options = options_of(component, self.resolved.names, self.choices)
            if component.type in SEVERAL_TYPES and len(view.options) > LISTED:
                near = likely(view.options, suggested_of(component, self.resolved.names, self.choices))
                view.picking = picking(view.options, near, self.finds.get(component.key, ""), view.value)
            if component.empty_message and not view.options and not view.error:
                view.warning = own_message(component.empty_message)

    def fill_required(self, view: FieldView, component: Component) -> None:
        minimum = component.rules.min_items or 0
        if not self.by_button:
            view.required = self.resolved.is_required(component) or minimum > 0
            return
        labels = tuple(label for label, resolved in self.by_button.items() if resolved.is_required(component))
        view.required = len(labels) == len(self.by_button) or minimum > 0
        view.required_for = () if view.required else labels

    def fill_rows(self, view: FieldView, component: Component, raw: object) -> None:
        rows = list(raw) if isinstance(raw, (list, tuple)) else []
        least = max(component.rules.min_items or 0, 1)
        spare = 1 if self.add_row == component.key else 0
        wanted = max(len(rows) + spare, least)
        if component.rules.max_items is not None:
            wanted = min(wanted, max(component.rules.max_items, len(rows)))
        rows += [{}] * (wanted - len(rows))
        view.rows = [self.row(component, number, row) for number, row in enumerate(rows)]
        view.blank = self.row(component, "__index__", {})
        if isinstance(view.error, Message) and "row" in view.error.figures:
            self.point_at_row(view, view.error)

    def row(self, component: Component, number: int | str, raw: object) -> list[FieldView]:
        inputs = [child for child in component.children if child.is_input]
        cells = raw if isinstance(raw, Mapping) else {inputs[0].key: raw}
        views = []
        for child in inputs:
            name = row_name(component, number, child)
            view = FieldView(child, name, f"field-{name}", child.label)
            view.value = as_typed(child, cells.get(child.key))
            view.options = options_of(child, self.resolved.names, self.choices)
            view.required = child.rules.required
            views.append(view)
        return views

    def point_at_row(self, view: FieldView, error: Message) -> None:
        """Put the sentence at the cell that it is about."""
        number = int(str(error.figures["row"])) - 1
        if not 0 <= number < len(view.rows):
            return
        view.error_row = number
        for cell in view.rows[number]:
            if cell.component.key == error.figures.get("field"):
                inner = error.figures.get("message")
                cell.error = inner if isinstance(inner, str) else str(error)

    # ---- buttons

    def action_view(self) -> ActionView | None:
        action = self.action
        if action is None or self.resolved.is_hidden(action):
            return None
        options = options_of(action, self.resolved.names, self.choices)
        tones = action.properties.get("tones")
        given = tones if isinstance(tones, Mapping) else {}
        fallback = "secondary" if "primary" in given.values() else "primary"
        toned = tuple((option, str(given.get(option.value, fallback))) for option in options)
        return ActionView(action.key, action.label, toned, self.errors.get(action.key))


def as_typed(component: Component, value: object) -> Any:
    """A value as it stands in the page's input: text, list of texts or bool."""
    if component.type == "checkbox":
        return value is True or (isinstance(value, str) and value in ("on", "true", "1"))
    if component.type in ("checklist", "taglist", "filepicker"):
        listed = value if isinstance(value, (list, tuple)) else ([value] if value else [])
        return [str(one) for one in listed]
    if isinstance(value, (list, tuple)):
        value = value[0] if value else None
    return _as_text(component, value)


def _as_text(component: Component, value: object) -> str:
    if value is None or isinstance(value, Mapping):
        return ""
    if isinstance(value, datetime):
        local = value.astimezone(LOCAL)
        return local.date().isoformat() if component.subtype == "date" else f"{local:%Y-%m-%dT%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)
