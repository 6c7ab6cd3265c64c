"""How a built-in function is declared: its name, the parameters of each of its forms, and Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.feel.errors import Refused
from engine.feel.kinds import Function
from engine.feel.runtime import Run

#: Stands for an optional argument that was not given; null is a given one.
ABSENT: Any = object()

BUILTINS: dict[str, BuiltIn] = {}


class Signature:
    """One form of a function. ``length?`` is optional, ``*list`` takes one or more."""

    __slots__ = ("maximum", "minimum", "names", "optional", "variadic")

    def __init__(self, parameters: tuple[str, ...]) -> None:
        self.names = tuple(parameter.strip("*?") for parameter in parameters)
        self.optional = tuple(parameter.endswith("?") for parameter in parameters)
        self.variadic = bool(parameters) and parameters[-1].startswith("*")
        self.minimum = sum(not parameter.endswith("?") for parameter in parameters)
        self.maximum = None if self.variadic else len(parameters)

    def takes(self, count: int) -> bool:
        """Whether this many positional arguments fit."""
        return self.minimum <= count and (self.maximum is None or count <= self.maximum)

    def takes_names(self, given: set[str]) -> bool:
        """Whether exactly these names fit."""
        required = {name for name, optional in zip(self.names, self.optional, strict=True) if not optional}
        return required <= given <= set(self.names)

    def arrange(self, named: dict[str, Any]) -> list[Any]:
        """Named arguments in order."""
        values = [named.get(name, ABSENT) for name in self.names]
        if self.variadic:
            rest = values.pop()
            values.extend(rest if isinstance(rest, list) else [rest])
        while values and values[-1] is ABSENT:
            values.pop()
        return values


class BuiltIn(Function):
    """A function of the standard library."""

    __slots__ = ("signatures",)

    def __init__(self, name: str, signatures: tuple[Signature, ...], implementation: Callable[..., Any]) -> None:
        def call(run: Run, arguments: list[Any]) -> Any:
            try:
                return implementation(run, *arguments)
            except (ArithmeticError, ValueError, TypeError, AttributeError) as error:
                raise Refused(f"“{name}”的结果超出范围") from error

        super().__init__(signatures[0].names, call, name)
        self.signatures = signatures

    def arrange(self, named: dict[str, Any]) -> list[Any]:
        """Named arguments in the order of the form they fit; of several forms, the one in the written order.

        Raises:
            Refused: they fit none.
        """
        given = set(named)
        fitting = [signature for signature in self.signatures if signature.takes_names(given)]
        if fitting:
            as_written = (signature for signature in fitting if signature.names == tuple(named))
            return next(as_written, fitting[0]).arrange(named)
        forms = "；".join(", ".join(signature.names) for signature in self.signatures)
        raise Refused(f"“{self.name}”的参数名应为：{forms}", "arguments")

    def invoke(self, run: Run, arguments: list[Any]) -> Any:
        """Call with positional arguments.

        Raises:
            Refused: another number of arguments, or values it does not take.
        """
        count = len(arguments)
        if not any(signature.takes(count) for signature in self.signatures):
            raise Refused(f"“{self.name}”不接受 {count} 个参数", "arguments")
        return self.call(run, arguments)


def builtin(name: str, *forms: tuple[str, ...]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function under its FEEL name with the parameters of each form."""

    def register(implementation: Callable[..., Any]) -> Callable[..., Any]:
        BUILTINS[name] = BuiltIn(name, tuple(Signature(form) for form in forms), implementation)
        return implementation

    return register
