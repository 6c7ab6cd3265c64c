"""Where the options of a choice come from: the form itself, a variable, or a list that the organisation keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Choice:
    """One option. ``group`` gathers options under a heading (a delegation, a kind of unit)."""

    value: str
    label: str
    group: str = ""


class ChoiceSource(Protocol):
    """The named lists that a form may refer to by ``properties.source``.

    Names are words with an optional argument: ``units``, ``units:department``, ``people:rep``, ``categories``,
    ``open_cases``, ``sessions``, ``attachments`` (the files put to this case, for file fields) …
    """

    def options(self, source: str, context: Mapping[str, object]) -> Sequence[Choice]:
        """The options of one list for this case; empty when the list is unknown or has none."""
        ...


class NoChoices:
    """A source without any list: for forms whose options all stand in the form."""

    def options(self, source: str, context: Mapping[str, object]) -> Sequence[Choice]:
        """No options."""
        return ()


@dataclass(frozen=True, slots=True)
class FixedChoices:
    """Lists given beforehand, by name: for rehearsals and tests."""

    lists: Mapping[str, Sequence[Choice]]

    def options(self, source: str, context: Mapping[str, object]) -> Sequence[Choice]:
        """The list with this name."""
        return self.lists.get(source, ())
