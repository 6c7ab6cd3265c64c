"""Syntax tree to closures: one function per node, called with the scope."""

from engine.feel.compiling import calls, comparison, iteration, paths, unary, values
from engine.feel.compiling.base import Closure, Compilation

__all__ = ["Closure", "Compilation", "calls", "comparison", "iteration", "paths", "unary", "values"]
