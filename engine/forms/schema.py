"""A form as it is stored: read from form-js JSON, checked as a whole, immutable afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.forms.choices import Choice, ChoiceSource
from engine.forms.uniqueness import NoOtherCases, OtherCases

if TYPE_CHECKING:
    from engine.feel import Expression
    from engine.forms.parse import FormResult


_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class FormProblem:
    """One reason to refuse a form: where (the component's key, id or place) and why."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}：{self.reason}"


class FormSchemaError(ValueError):
    """The form cannot be used; ``problems`` names every component and reason."""

    def __init__(self, problems: Sequence[FormProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("；".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Rules:
    """What a value must satisfy. Bounds are inclusive; expressions are FEEL."""

    required: bool = False
    required_if: Expression | None = None
    min_length: int | None = None
    max_length: int | None = None
    min: Any = None  # Decimal
    max: Any = None  # Decimal
    decimal_digits: int | None = None
    pattern_name: str | None = None
    pattern: Any = None  # compiled RE2
    pattern_message: str | None = None
    min_items: int | None = None
    max_items: int | None = None
    accept: tuple[str, ...] = ()
    no_past: bool = False
    check: Expression | None = None
    check_message: str | None = None
    warn: Expression | None = None
    warn_message: str | None = None
    unique: str | None = None  # among which cases no other may have this value


@dataclass(frozen=True, slots=True)
class Recusal:
    """Whom a list leaves out: people, with their relatives; or units in which nobody else could do the work."""

    people: Expression  # user ids
    units: Expression | None = None  # of a list of people: ids of units, whoever works there is left out as well
    staffed: tuple[str, ...] = ()  # of a list of units: roles, each to be held there by a different person
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Options of a long list that one is likely to look for, under a heading: named by an expression, or a list."""

    label: str
    values: Expression | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    """One component of a form. ``children`` is filled for groups and dynamic lists only.

    ``key`` is the name of the process variable; texts, separators and groups have none.
    """

    type: str
    key: str
    label: str
    description: str = ""
    text: str = ""
    subtype: str = ""
    default: Any = None
    multiple: bool = False
    flat: bool = False
    adorners: tuple[str, str] = ("", "")
    choices: tuple[Choice, ...] = ()
    source: str = ""
    choices_expression: Expression | None = None
    recusal: Recusal | None = None
    suggestions: tuple[Suggestion, ...] = ()
    empty_message: str = ""  # what to do when the list has no option
    hide: Expression | None = None
    computed: Expression | None = None
    readonly: bool = False
    readonly_if: Expression | None = None
    rules: Rules = field(default_factory=Rules)
    properties: Mapping[str, Any] = field(default_factory=dict)
    children: tuple[Component, ...] = ()

    @property
    def is_input(self) -> bool:
        """Whether it has a value of its own."""
        return bool(self.key)

    def conditions(self) -> Iterator[Expression]:
        """The expressions that decide how this component looks."""
        recused = (self.recusal.people, self.recusal.units) if self.recusal else ()
        found = (self.hide, self.readonly_if, self.computed, self.choices_expression, self.rules.required_if, *recused)
        yield from (expression for expression in found if expression is not None)

    @property
    def is_action(self) -> bool:
        """Whether its options are the buttons that send the form."""
        return self.properties.get("action") in (True, "true")


@dataclass(frozen=True, slots=True)
class FormSchema:
    """A checked form. Load it once per version; it holds compiled expressions and no state."""

    id: str
    title: str
    components: tuple[Component, ...]
    properties: Mapping[str, Any]
    source: Mapping[str, Any]

    @classmethod
    def load(cls, document: Mapping[str, Any]) -> FormSchema:
        """Check a form-js document against our profile.

        Raises:
            FormSchemaError: unknown types or keys, duplicate or reserved keys, expressions that do not parse,
                bounds that contradict each other; all of them at once, each with its component.
        """
        from engine.forms.load import load_schema

        return load_schema(document)

    def fields(self) -> Iterator[Component]:
        """Every component with a value, in order, through groups but not into dynamic lists."""
        yield from _inputs(self.components)

    def field(self, key: str) -> Component | None:
        """The component with this key."""
        return next((component for component in self.fields() if component.key == key), None)

    def watched(self) -> frozenset[str]:
        """Keys of fields on which the look of the form depends: other parts refer to them, or advice is given."""
        words: set[str] = set()
        for component in _all(self.components):
            for expression in component.conditions():
                words.update(_WORD.findall(expression.text))
        return frozenset(each.key for each in self.fields() if each.key in words or each.rules.warn is not None)

    @property
    def action(self) -> Component | None:
        """The choice whose options are the page's buttons, if there is one."""
        return next((component for component in self.fields() if component.is_action), None)

    def words(self, values: Mapping[str, Any]) -> str | None:
        """What was said with a decision: the first long text of a form with buttons, or the one marked as opinion."""
        for component in self.fields():
            marked = component.properties.get("opinion")
            speaks = marked in (True, "true") or (marked is None and self.action is not None and not self.is_document)
            value = values.get(component.key)
            if component.type == "textarea" and speaks and isinstance(value, str) and value:
                return value
        return None

    def recorded(self) -> tuple[Component, ...]:
        """The choices that stand in the timeline with whoever made them."""
        return tuple(each for each in self.fields() if each.properties.get("recorded") in (True, "true"))

    @property
    def is_document(self) -> bool:
        """Whether the form is worked on over days: it saves itself and shows what the case already knows."""
        return self.properties.get("autosave") in (True, "true")

    def parse(
        self,
        data: Mapping[str, object],
        context: Mapping[str, object],
        choices: ChoiceSource,
        others: OtherCases | None = None,
    ) -> FormResult:
        """Convert and judge what a person (or the API) put in.

        Args:
            data: values by key: texts as a browser posts them, or values already typed. Unknown keys are ignored.
            context: the variables that conditions may refer to, with ``now``, ``today`` and the like.
            choices: the lists that ``properties.source`` names.
            others: asked about values that no two cases may share; None: nothing is asked.

        Returns:
            ``values`` holds exactly the form's own keys: a hidden field is None, a read-only one is missing,
            a computed one is computed. They may be used only if ``errors`` is empty.
        """
        from engine.forms.parse import parse

        return parse(self, data, context, choices, others or NoOtherCases())

    def read_posted(self, posted: Mapping[str, Sequence[str]]) -> dict[str, object]:
        """Gather a browser's name-value pairs into ``data`` for :meth:`parse`."""
        from engine.forms.posted import read_posted

        return read_posted(self, posted)


def _all(components: Sequence[Component]) -> Iterator[Component]:
    for component in components:
        yield component
        yield from _all(component.children)


def _inputs(components: Sequence[Component]) -> Iterator[Component]:
    for component in components:
        if component.type == "group":
            yield from _inputs(component.children)
        elif component.is_input:
            yield component
