"""Cases that this process has just worked on, decoded: the next step of one need not read them again.

What is kept is known by the very bytes that the database holds. A step reads those anyway; where they differ, because
another process, a repair or a rollback came between, what is kept is not used. So nothing need be told of a change.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from engine.values import as_stored

if TYPE_CHECKING:
    from engine.spiff import Execution
    from engine.spiff.definitions import Definitions

_OF_TEXT: Final = 6  # bytes of memory for one of stored variables
_OF_STATE: Final = 12
_OF_ENTRY: Final = 4_000


@dataclass(slots=True)
class _Kept:
    text: str  # variables as stored
    variables: dict[str, Any]  # what the text says, what is sealed in it still sealed; nobody else holds its lists
    changeable: tuple[str, ...]  # names of lists and contexts
    state: bytes = b""
    execution: Execution | None = None
    size: int = 0


class KeptCases:
    """The cases used last, in bounded memory; one object for all threads of an engine.

    Args:
        limit: cases; 0 keeps none.
        size: bytes of memory, roughly.
    """

    def __init__(self, limit: int, size: int) -> None:
        self.limit = limit
        self._room = size
        self._cases: OrderedDict[int, _Kept] = OrderedDict()  # by the number of the id, which is quickly hashed
        self._used = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._cases)

    @property
    def used(self) -> int:
        """Bytes of memory, roughly."""
        return self._used

    def variables(self, instance_id: UUID, text: str) -> dict[str, Any] | None:
        """The variables of a stored text, in objects of the caller's own; None where they are not here."""
        case = self._cases.get(instance_id.int)
        if case is None or case.text != text:
            return None
        values = case.variables.copy()
        for name in case.changeable:
            values[name] = _own(values[name])
        return values

    def take_execution(self, instance_id: UUID, state: bytes, definitions: Definitions) -> Execution | None:
        """The execution of a stored state; it is the caller's then, until it is kept again."""
        with self._lock:
            case = self._cases.get(instance_id.int)
            if case is None or case.execution is None or case.state != state:
                return None
            execution, case.execution = case.execution, None
        return execution if execution.definitions is definitions else None

    def keep(
        self,
        instance_id: UUID,
        text: str,
        variables: Mapping[str, Any] | None,
        state: bytes,
        execution: Execution | None,
    ) -> None:
        """Keep what a step has written.

        Args:
            instance_id: the case.
            text: its variables as stored.
            variables: what the text was made of; None when it is the one that the step began with.
            state: its state as stored.
            execution: as that state was made of it, put down; None where it must be loaded again.
        """
        known = self._cases.get(instance_id.int)
        if known is not None and known.text == text:
            kept, changeable = known.variables, known.changeable
        elif variables is not None:
            kept = {name: as_stored(value) for name, value in variables.items()}
            changeable = tuple([name for name, value in kept.items() if type(value) in _CHANGEABLE])
        else:
            self.forget(instance_id)
            return
        size = _OF_ENTRY + _OF_TEXT * len(text) + (_OF_STATE * len(state) if execution is not None else 0)
        self._put(instance_id.int, _Kept(text, kept, changeable, state, execution, size))

    def forget(self, instance_id: UUID) -> None:
        """Keep nothing of a case."""
        with self._lock:
            self._drop(instance_id.int)

    def _put(self, number: int, case: _Kept) -> None:
        with self._lock:
            self._drop(number)
            if case.size > self._room:
                return
            self._cases[number] = case
            self._used += case.size
            while self._used > self._room or len(self._cases) > self.limit:
                _, oldest = self._cases.popitem(last=False)
                self._used -= oldest.size

    def _drop(self, number: int) -> None:
        case = self._cases.pop(number, None)
        if case is not None:
            self._used -= case.size


_CHANGEABLE: Final = frozenset((list, dict))


def _own(value: Any) -> Any:
    """A stored value in lists and contexts of its own."""
    kind = type(value)
    if kind is list:
        return value.copy() if _CHANGEABLE.isdisjoint(map(type, value)) else [_own(item) for item in value]
    if kind is dict:
        return {key: _own(item) for key, item in value.items()}
    return value
