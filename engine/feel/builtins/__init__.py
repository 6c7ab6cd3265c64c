"""The built-in functions of DMN 1.5, by name."""

from engine.feel.builtins import contexts, conversion, dates, lists, numbers, ranges, strings
from engine.feel.builtins.registry import BUILTINS, BuiltIn

__all__ = ["BUILTINS", "BuiltIn", "contexts", "conversion", "dates", "lists", "numbers", "ranges", "strings"]
