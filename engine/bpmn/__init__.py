"""BPMN files: read hardened, normalise, check. Knows nothing of how they are executed."""

from engine.bpmn.diagram import Diagram, read_diagram
from engine.bpmn.problems import BpmnRefusedError, Problem

__all__ = ["BpmnRefusedError", "Diagram", "Problem", "read_diagram"]
