"""Who may handle a work item: named people, or holders of a role (at a unit), minus those excluded by recusal."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct


class Candidate(Struct, frozen=True):
    """A person, or everyone who holds ``role`` (at ``unit_id``; None: wherever it is held)."""

    user_id: str | None = None
    role: str | None = None
    unit_id: str | None = None


class Assignment(Struct, frozen=True):
    """Whom a user task waits for."""

    assignee_id: str | None = None
    candidates: tuple[Candidate, ...] = ()
    excluded: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """True if nobody is named at all."""
        return self.assignee_id is None and not self.candidates


class Holder(Struct, frozen=True):
    """A person and the roles held today, each with the unit where it is held (None: it counts at every unit)."""

    user_id: str
    roles: frozenset[tuple[str, str | None]] = frozenset()

    def holds(self, role: str, unit_id: str | None = None) -> bool:
        """Whether the role is held, at ``unit_id`` if one is given."""
        if unit_id is None:
            return any(held == role for held, _ in self.roles)
        return (role, unit_id) in self.roles or (role, None) in self.roles

    @property
    def role_names(self) -> frozenset[str]:
        """The roles, wherever held."""
        return frozenset(role for role, _ in self.roles)


def assign(
    assignee: Any, roles: Any, units: Any, excluded: Iterable[str], relatives: Mapping[str, set[str]]
) -> Assignment:
    """Work out an assignment from the values of the diagram's attributes.

    Args:
        assignee: user id, list of user ids (candidates) or None.
        roles: role id, list of them or None.
        units: unit id, list of them or None; without it a role counts wherever it is held.
        excluded: people who must not handle this; their relatives must not either.
        relatives: declared relatives of those people.

    An excluded assignee drops out: the task then waits for its candidates, or for nobody, which is an incident.
    """
    banned = frozenset(excluded) | {relative for person in excluded for relative in relatives.get(person, ())}
    people = texts(assignee)
    if isinstance(assignee, str) and people and not banned.intersection(people):
        return Assignment(assignee_id=people[0], excluded=banned)
    named = [Candidate(user_id=person) for person in people if person not in banned]
    unit_ids: list[str | None] = list(texts(units)) if units is not None else [None]
    held = [Candidate(role=role, unit_id=unit) for role in texts(roles) for unit in unit_ids]
    return Assignment(candidates=tuple(named + held), excluded=banned)


def may_handle(holder: Holder, assignment: Assignment) -> bool:
    """Whether the person may decide the work item (as assignee, or by claiming it)."""
    if holder.user_id in assignment.excluded:
        return False
    if assignment.assignee_id is not None:
        return assignment.assignee_id == holder.user_id
    return matching_candidate(holder, assignment.candidates) is not None


def matching_candidate(holder: Holder, candidates: Iterable[Candidate]) -> Candidate | None:
    """The first candidate entry that means this person; it tells in which role the person acts."""
    for candidate in candidates:
        if candidate.user_id == holder.user_id:
            return candidate
        if candidate.role is not None and holder.holds(candidate.role, candidate.unit_id):
            return candidate
    return None


def can_all_be_filled(posts: Sequence[Collection[str]]) -> bool:
    """Whether every post can be given to a different person of those who may hold it."""
    if not posts:
        return True
    first, rest = posts[0], posts[1:]
    return any(can_all_be_filled([others - {person} for others in map(frozenset, rest)]) for person in first)


def texts(value: Any) -> list[str]:
    """The non-empty texts of a value that may be a text, a list or nothing; each once, in order."""
    if not isinstance(value, list | tuple):
        return [value] if isinstance(value, str) and value else []
    return list(dict.fromkeys(item for item in value if isinstance(item, str) and item))
