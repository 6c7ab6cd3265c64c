"""The durable step: run an instance to its next wait states and write everything in one transaction."""

from engine.step.advance import StepResult, advance, begin
from engine.step.instance import LoadedInstance, load_instance

__all__ = ["LoadedInstance", "StepResult", "advance", "begin", "load_instance"]
