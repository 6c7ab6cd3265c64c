"""Sentences for people that still know their figures, so that a page can say them in another language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_FIGURE = re.compile(r"\{([^\W\d][\w.]*)\}")


class Message(str):
    """A Chinese sentence that still knows its template and its figures, so that it can be said in another language.

    It is a plain ``str`` to everybody who only shows it. Figures are data: nothing in them is read as a template.
    """

    __slots__ = ("code", "figures", "template")

    code: str
    template: str
    figures: Mapping[str, object]

    def __new__(cls, code: str, template: str, figures: Mapping[str, object]) -> Message:
        text = super().__new__(cls, fill(template, figures))
        text.code, text.template, text.figures = code, template, figures
        return text

    def __reduce__(self) -> tuple[type[Message], tuple[str, str, Mapping[str, object]]]:
        return Message, (self.code, self.template, self.figures)


class Label(str):
    """A Chinese name that knows what it is called in English; a plain ``str`` to everybody who only shows it."""

    __slots__ = ("english",)

    english: str | None

    def __new__(cls, chinese: str, english: str | None = None) -> Label:
        label = super().__new__(cls, chinese)
        label.english = english
        return label

    def __reduce__(self) -> tuple[type[Label], tuple[str, str | None]]:
        return Label, (str(self), self.english)


def say(template: str, /, **figures: object) -> Message:
    """A Chinese sentence; ``{name}`` stands for a figure. Figures may be sentences themselves (`say` of a name)."""
    return Message("sentence", template, figures)


def as_json(text: str) -> Any:
    """A sentence with its template and figures as plain JSON; a text without a template is itself."""
    if not isinstance(text, Message):
        return text
    figures = {name: as_json(value) if isinstance(value, str) else str(value) for name, value in text.figures.items()}
    return {"template": text.template, "figures": figures}


def from_json(kept: Any) -> str:
    """The sentence again."""
    if not isinstance(kept, Mapping):
        return str(kept)
    return say(kept["template"], **{name: from_json(value) for name, value in kept["figures"].items()})


def fill(template: str, figures: Mapping[str, object]) -> str:
    """The template with its figures in place; a name without a figure stays as it is written."""
    return _FIGURE.sub(lambda found: str(figures.get(found[1], found[0])), template)
