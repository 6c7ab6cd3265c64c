"""Values that no two cases may share: the port through which a form asks about the other cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

SCOPES = frozenset({"period", "folder"})  # cases of the same period (a congress session, a year), or all of the process


@dataclass(frozen=True, slots=True)
class Twin:
    """Another case with the same value; ``name`` is None when the person may not know which."""

    name: str | None


class OtherCases(Protocol):
    """What a form may ask about the other cases of its process."""

    def twin(self, key: str, text: str, scope: str) -> Twin | None:
        """The case whose variable ``key`` is ``text``, spaces aside; None when there is none."""
        ...


class NoOtherCases:
    """A world without other cases: for rehearsals and tests."""

    def twin(self, key: str, text: str, scope: str) -> Twin | None:
        """None."""
        return None
