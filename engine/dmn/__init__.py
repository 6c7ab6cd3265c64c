"""DMN 1.1 to 1.5: decision tables, boxed expressions and requirement graphs on FEEL.

load_decisions(["filing.dmn"]).evaluate("filing", {"late": True}).result
"""

from engine.dmn.decisions import DecisionModel, DecisionResult, load_decisions
from engine.dmn.errors import DecisionWarning, DmnError

__all__ = ["DecisionModel", "DecisionResult", "DecisionWarning", "DmnError", "load_decisions"]
