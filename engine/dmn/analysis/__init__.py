"""What is wrong with decision tables before anybody uses them."""

from engine.dmn.analysis.check import analyse, check_dmn
from engine.dmn.analysis.examples import Example, boundary_examples
from engine.dmn.analysis.problems import Problem

__all__ = ["Example", "Problem", "analyse", "boundary_examples", "check_dmn"]
