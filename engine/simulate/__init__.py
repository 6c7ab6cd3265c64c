"""Try a diagram: the production runtime in memory, driven from Python or by a script."""

from engine.simulate.runner import run_script
from engine.simulate.script import Script, ScriptError, read_scripts
from engine.simulate.simulation import Simulation, Task

__all__ = ["Script", "ScriptError", "Simulation", "Task", "read_scripts", "run_script"]
