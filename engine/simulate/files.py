"""The files of a simulation: diagrams, and decisions they may call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.bpmn.problems import BpmnRefusedError, Problem
from engine.spiff import Definitions, compile_definitions


@dataclass(frozen=True, slots=True)
class Files:
    """Compiled diagrams and decisions."""

    definitions: Definitions
    decisions: Any  # engine.dmn model, None without a .dmn file
    main_process: str

    def choose(self, wanted: str | None) -> str | None:
        """The process to run: the one that is named, if it is there."""
        if wanted is None:
            return self.main_process
        if wanted in self.definitions.processes:
            return wanted
        named = [p.id for p in self.definitions.processes.values() if p.name == wanted]
        return named[0] if len(named) == 1 else None


def load_files(files: Mapping[str, bytes]) -> Files:
    """Compile files; the first one holds the process.

    Raises:
        BpmnRefusedError: they cannot be executed.
    """
    diagrams = {name: data for name, data in files.items() if not name.lower().endswith(".dmn")}
    tables = {name: data for name, data in files.items() if name.lower().endswith(".dmn")}
    definitions = compile_definitions(diagrams)
    if not definitions.processes:
        raise BpmnRefusedError([Problem("no-process", "error", "there is no diagram among the files")])
    return Files(definitions, _load_decisions(tables), _main(definitions, next(iter(diagrams), "")))


def _load_decisions(tables: Mapping[str, bytes]) -> Any:
    if not tables:
        return None
    from engine.dmn import DmnError, load_decisions

    try:
        return load_decisions(dict(tables))
    except DmnError as error:
        problem = Problem(
            "dmn",
            "error",
            str(error),
            getattr(error, "element", None),
            line=getattr(error, "line", None),
            file=getattr(error, "file", None),
        )
        raise BpmnRefusedError([problem]) from error


def _main(definitions: Definitions, first_file: str) -> str:
    """The executable process of the first file, else its first process with nodes, else any."""
    processes = [p for p in definitions.processes.values() if p.nodes]
    here = [p for p in processes if p.file == first_file] or processes
    executable = [p for p in here if p.executable]
    for chosen in (executable, here):
        startable = [p for p in chosen if not p.start_events or any(s.trigger == "none" for s in p.start_events)]
        if startable or chosen:
            return (startable or chosen)[0].id
    return ""
