"""Where the options of a choice come from: the form itself, a variable, or a list that the organisation keeps."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
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

    def barred(self, people: Sequence[str], staffed: Sequence[str]) -> Collection[str]:
        """The values that a list leaves out because these people must not take part.

        Args:
            people: user ids; their relatives are barred as well.
            staffed: empty: users are barred. Otherwise units are: those where these roles (several separated by commas:
                one of them is enough) are not each held by a different person who is free to act.
        """
        ...

    def working_in(self, units: Sequence[str]) -> Collection[str]:
        """Ids of the people who work in these units."""
        ...


class NoChoices:
    """A source without any list: for forms whose options all stand in the form."""

    def options(self, source: str, context: Mapping[str, object]) -> Sequence[Choice]:
        """No options."""
        return ()

    def barred(self, people: Sequence[str], staffed: Sequence[str]) -> Collection[str]:
        """Nobody."""
        return ()

    def working_in(self, units: Sequence[str]) -> Collection[str]:
        """Nobody."""
        return ()


@dataclass(frozen=True, slots=True)
class FixedChoices:
    """Lists given beforehand, by name: for rehearsals and tests."""

    lists: Mapping[str, Sequence[Choice]]

    def options(self, source: str, context: Mapping[str, object]) -> Sequence[Choice]:
        """The list with this name."""
        return self.lists.get(source, ())

    def barred(self, people: Sequence[str], staffed: Sequence[str]) -> Collection[str]:
        """The people themselves; nobody is related."""
        return () if staffed else people

    def working_in(self, units: Sequence[str]) -> Collection[str]:
        """Nobody."""
        return ()
