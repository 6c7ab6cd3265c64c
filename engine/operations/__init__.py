"""Registered service operations: what a service task may do, by name. Generic; no process has code of its own."""

from engine.operations.registry import OperationCall, names, perform

__all__ = ["OperationCall", "names", "perform"]
