"""A value that an object computes when it is first asked for, and keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class computed_once(Generic[T]):  # noqa: N801 - used like property
    """As ``functools.cached_property``, without its lock.

    Before Python 3.12 the standard one holds one lock for all objects of a class while it computes: a transaction that
    waits for the database in it makes every other transaction of the process wait, the one it waits for included.
    Two threads that ask the same object at the same time may both compute; the last answer is kept.
    """

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self.compute = compute
        self.name = compute.__name__
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> T | Self:
        if instance is None:
            return self
        kept: dict[str, Any] = instance.__dict__
        if self.name not in kept:
            kept[self.name] = self.compute(instance)
        value: T = kept[self.name]
        return value
