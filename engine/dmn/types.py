"""Item definitions: whether a value conforms to a type, and the coercions DMN allows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, time
from typing import TYPE_CHECKING, Any

from engine.dmn import model as m
from engine.feel.errors import FeelError, Refused
from engine.feel.kinds import Function, kind
from engine.feel.runtime import Run
from engine.feel.temporal import combined
from engine.feel.types import BUILT_IN, Type, is_instance, takes

if TYPE_CHECKING:
    from engine.dmn.library import Library, Located

#: What coerce gives for a value that does not conform; null conforms to every type.
MISMATCH: Any = object()
_MAX_DEPTH = 40

Test = Callable[[str, Any], bool | None]


class Types:
    """The types that one file can name."""

    def __init__(self, library: Library, definitions: m.Definitions, run: Run, test: Test) -> None:
        self._library = library
        self._definitions = definitions
        self._run = run
        self._test = test
        self._depth = 0

    def coerce(self, value: Any, type_ref: str | None) -> Any:
        """The value as its type, or MISMATCH."""
        if value is None or not type_ref:
            return value
        name = m.plain_type(type_ref)
        if name in BUILT_IN:
            return _as_built_in(value, name)
        found = self._library.item(self._definitions, name)
        if found is None:
            return value
        return self._elsewhere(found).as_item(value, found.item)

    def result_of(self, type_ref: str | None) -> str | None:
        """What functions of a type give; a type that is none of functions stands for their result."""
        found = self._library.item(self._definitions, m.plain_type(type_ref)) if type_ref else None
        return found.item.function_result if found and found.item.function is not None else type_ref

    def allowed_values(self, type_ref: str | None) -> str | None:
        """The unary tests of a type's allowed values, if it has any."""
        found = self._library.item(self._definitions, m.plain_type(type_ref)) if type_ref else None
        return found.item.allowed_values if found else None

    def _elsewhere(self, found: Located) -> Types:
        if found.definitions is self._definitions:
            return self
        return Types(self._library, found.definitions, self._run, self._test)

    def as_item(self, value: Any, item: m.ItemDefinition) -> Any:
        """The value as an item definition, or MISMATCH."""
        if value is None:
            return None
        if item.function is not None:
            return value if isinstance(value, Function) and takes(value, item.function) else MISMATCH
        self._run.spend(1)
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            self._depth = 0
            return MISMATCH
        try:
            return self._as_collection(value, item) if item.is_collection else self._as_single(value, item)
        finally:
            self._depth -= 1

    def _as_collection(self, value: Any, item: m.ItemDefinition) -> Any:
        made = []
        for member in value if isinstance(value, list) else [value]:
            as_member = self._as_single(member, item, constrained=False)
            if as_member is MISMATCH:
                return MISMATCH
            made.append(as_member)
        return made if self._allowed(item.type_constraint, made) else MISMATCH

    def _as_single(self, value: Any, item: m.ItemDefinition, *, constrained: bool = True) -> Any:
        if value is None:
            return None
        made = self._as_structure(value, item) if item.components else self.coerce(value, item.type_ref)
        if made is MISMATCH or not self._allowed(item.allowed_values, made):
            return MISMATCH
        return made if not constrained or self._allowed(item.type_constraint, made) else MISMATCH

    def _as_structure(self, value: Any, item: m.ItemDefinition) -> Any:
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if not isinstance(value, dict):
            return MISMATCH
        made = dict(value)
        for component in item.components:
            if component.name not in value:
                return MISMATCH
            member = self.as_item(value[component.name], component)
            if member is MISMATCH:
                return MISMATCH
            made[component.name] = member
        return made

    def _allowed(self, tests: str | None, value: Any) -> bool:
        return not tests or value is None or self._test(tests, value) is True

    def look_up(self, name: str) -> Callable[[Any, Run], bool] | None:
        """The test behind ``instance of`` a type of this file."""
        found = self._library.item(self._definitions, name)
        if found is None:
            return None
        types = self._elsewhere(found)
        return lambda value, run: types.is_exactly(value, found.item)

    def is_exactly(self, value: Any, item: m.ItemDefinition) -> bool:
        """``instance of``: nothing is coerced, null is of no type."""
        if value is None:
            return False
        self._run.spend(1)
        if item.function is not None:
            return isinstance(value, Function) and takes(value, item.function)
        if item.is_collection:
            return isinstance(value, list) and all(self._is_single(member, item) for member in value)
        return self._is_single(value, item)

    def _is_single(self, value: Any, item: m.ItemDefinition) -> bool:
        if item.components:
            return isinstance(value, dict) and all(
                part.name in value and (value[part.name] is None or self.is_exactly(value[part.name], part))
                for part in item.components
            )
        if not self._allowed(item.allowed_values, value):
            return False
        name = m.plain_type(item.type_ref or "Any")
        found = self._library.item(self._definitions, name)
        if found is not None:
            return self._elsewhere(found).is_exactly(value, found.item)
        try:
            return is_instance(value, Type(name), self._run)
        except (Refused, FeelError):
            return False


def _as_built_in(value: Any, name: str) -> Any:
    of = kind(value)
    if name in ("Any", of):
        return value
    if name == "list":
        return [value]
    if of == "list" and len(value) == 1:
        return None if value[0] is None else _as_built_in(value[0], name)
    if name == "date and time" and of == "date":
        return combined(value, time(tzinfo=UTC))
    return MISMATCH
