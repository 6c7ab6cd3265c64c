"""Stock SpiffWorkflow as its documentation uses it: load, complete one user task, save, in one transaction."""

import sqlite3
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.util.task import TaskState

Answer = Callable[[str], dict[str, Any]]
Timed = Callable[[Callable[[], None]], None]


class Stock:
    """One database of serialised workflows."""

    def __init__(self, path: str, diagram: str, process_id: str) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".bpmn", encoding="utf-8") as file:
            file.write(diagram)
            file.flush()
            parser = SpiffBpmnParser()
            parser.add_bpmn_file(str(Path(file.name)))
        self._specs = parser.get_spec(process_id), parser.get_subprocess_specs(process_id)
        self._serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute("CREATE TABLE IF NOT EXISTS w (id INTEGER PRIMARY KEY, version INT, state TEXT)")
        self._connection.execute("CREATE TABLE IF NOT EXISTS h (w INT, seq INT, body TEXT, PRIMARY KEY (w, seq))")

    def life(self, answer: Answer, timed: Timed) -> int:
        """Run one instance to its end; every completed user task is one timed step. Answers their number."""
        workflow = BpmnWorkflow(*self._specs)
        workflow.do_engine_steps()
        state = self._serializer.serialize_json(workflow)
        row = self._connection.execute("INSERT INTO w (version, state) VALUES (0, ?)", (state,)).lastrowid
        steps = 0
        while not self._is_over(row):
            if self._needs_message(row):
                continue
            timed(lambda: self._step(row, answer))
            steps += 1
        return steps

    def _read(self, row: int | None) -> tuple[int, Any]:
        version, state = self._connection.execute("SELECT version, state FROM w WHERE id = ?", (row,)).fetchone()
        return version, self._serializer.deserialize_json(state)

    def _is_over(self, row: int | None) -> bool:
        return bool(self._read(row)[1].is_completed())

    def _needs_message(self, row: int | None) -> bool:
        version, workflow = self._read(row)
        if workflow.get_next_task(state=TaskState.READY, manual=True) is not None:
            return False
        workflow.send_event(BpmnEvent(MessageEventDefinition("session"), {}))
        workflow.do_engine_steps()
        self._write(row, version, workflow)
        return True

    def _step(self, row: int | None, answer: Answer) -> None:
        version, workflow = self._read(row)
        task = workflow.get_next_task(state=TaskState.READY, manual=True)
        data = answer(task.task_spec.bpmn_id)
        task.data.update({key: int(value) if isinstance(value, Decimal) else value for key, value in data.items()})
        task.run()
        workflow.do_engine_steps()
        self._write(row, version, workflow)

    def _write(self, row: int | None, version: int, workflow: Any) -> None:
        state = self._serializer.serialize_json(workflow)
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "UPDATE w SET version = ?, state = ? WHERE id = ? AND version = ?", (version + 1, state, row, version)
        )
        connection.execute("INSERT INTO h VALUES (?, ?, ?)", (row, version, '{"task": "x"}'))
        connection.execute("COMMIT")
