"""Run in a process of its own: text that is good FEEL and good Python in every place of a diagram and a table.

Prints what Python was asked to compile, execute or open while they ran.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from engine.bpmn.report import check_files
from engine.dmn import DmnError, load_decisions
from engine.feel import FeelError, compile_expression, compile_unary_tests, validate
from engine.simulate import Simulation
from tests.dmn.models import definitions, input_data, literal, table
from tests.spiff.drawing import draw

WATCHED = ("exec", "compile", "os.system", "os.exec", "os.spawn", "subprocess.Popen", "socket.connect", "code.__new__")
FOLDER = Path(tempfile.mkdtemp(prefix="banli-python-"))
VICTIM = FOLDER / "victim"
PYTHON = f'open("{VICTIM}", "w")'
PLACES = [
    "start s\nexclusive g\nend a\nend b\ns > g\ng > a if `{python}`\ng > b default",
    "start s\nscript t body=`{{x: {python}}}`\nend a\ns > t > a",
    "start s\nscript t body=`{python}`\nend a\ns > t > a",
    "start s\nuser t each=`={python}` as=x\nend a\ns > t > a",
    "start s\nuser t times=`{python}`\nend a\ns > t > a",
    "start s\ntask t times=2 until=`{python}` sequential\nend a\ns > t > a",
    "start s\ntask t loop=`{python}` maximum=3\nend a\ns > t > a",
    "start s\nuser t assignee=`={python}`\nend a\ns > t > a",
    "start s\nuser t candidateRole=`={python}`\nend a\ns > t > a",
    "start s\ncatch t timer=`={python}`\nend a\ns > t > a",
    "start s\ncatch t date=`={python}`\nend a\ns > t > a",
    "start s\ncatch t when=`{python}`\nend a\ns > t > a",
    "start s\ncatch t message=m key=`{python}`\nend a\ns > t > a",
    "start s\nsend t message=m with=`x: {python}`\nend a\ns > t > a",
    "start s\ncall t calls=Q in=`x: {python}`\nend a\ns > t > a",
    "start s\nservice t operation=o with=`x: {python}`\nend a\ns > t > a",
    "start s name=`{python}`\nend a\ns > a",
]


def in_diagrams() -> None:
    for number, place in enumerate(PLACES):
        path = FOLDER / f"{number}.bpmn"
        path.write_bytes(draw(place.format(python=PYTHON)))
        check_files({path.name: path.read_bytes()}, strict=True)
        with suppress(Exception):  # refused, or stopped by an incident: either is well
            simulation = Simulation.from_files([path], process="P", now="2030-01-01T09:00:00Z", variables={})
            simulation.start()
            simulation.advance("P1D")


def in_decisions() -> None:
    allowed = f"<allowedValues><text>{PYTHON}</text></allowedValues>"
    kind = f'<itemDefinition name="t"><typeRef>string</typeRef>{allowed}</itemDefinition>'
    files = [
        table([("x", "number")], [[PYTHON, "1"]]),
        table([("x", "number")], [["-", PYTHON]]),
        table([(PYTHON, "number")], [["-", "1"]]),
        table([("x", "number")], [["< 0", "1"]], default=PYTHON),
        table([("x", "number")], [["-", "1"], ["-", "2"]], policy="PRIORITY", values=PYTHON),
        definitions(literal("d", PYTHON)),
        definitions(kind + input_data("x", "t") + literal("d", "x", requires=["i:x"])),
    ]
    for file in files:
        with suppress(DmnError):
            load_decisions({"a.dmn": file}).evaluate("d", {"x": "1"})


def in_expressions() -> None:
    for text in (PYTHON, "__import__(1)", "().__class__", "x.__class__", "eval(x)", "[c for c in x]", "x.mro()", "{x}"):
        validate(text, {"x"})
        with suppress(FeelError):
            compile_expression(text).evaluate({"x": PYTHON})
        with suppress(FeelError):
            compile_unary_tests(text).test(PYTHON, {"x": PYTHON})


def watched(*actions: Callable[[], None]) -> list[str]:
    """What happens in Python while these run a second time; the first time modules are loaded."""
    for action in actions:
        action()
    seen: list[str] = []
    watching = True

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and (event in WATCHED or (event == "open" and str(arguments[0]) == str(VICTIM))):
            seen.append(f"{event} {arguments!r}"[:200])

    sys.addaudithook(watch)
    for action in actions:
        action()
    watching = False
    return seen


if __name__ == "__main__":
    found = watched(in_diagrams, in_decisions, in_expressions)
    modules = sorted(name for name in sys.modules if name.startswith("SpiffWorkflow.dmn"))
    json.dump({"seen": found, "written": VICTIM.exists(), "modules": modules}, sys.stdout)
