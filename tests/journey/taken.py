"""Which user tasks a journey takes in the browser: declared by the journey, compared with the history of its cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask, Response, g, request
from lxml import etree
from sqlalchemy import select

from engine.bootstrap import Engine
from models import HistoryEvent

Event = tuple[object, int, str | None]
USER_TASK = "{http://www.omg.org/spec/BPMN/20100524/MODEL}userTask"


def takes(*flow_node_ids: str) -> pytest.MarkDecorator:
    """The journey's table: these user tasks, and no others, are completed by people at a page."""
    return pytest.mark.takes(*flow_node_ids)


def steps_of(function: Callable[..., Any]) -> set[str]:
    """What a journey has declared."""
    marks: Iterable[pytest.Mark] = getattr(function, "pytestmark", ())
    return {step for mark in marks if mark.name == "takes" for step in mark.args}


def steps_of_module(module: ModuleType) -> set[str]:
    """What all journeys of a file have declared."""
    journeys = [value for name, value in vars(module).items() if name.startswith("test_")]
    return {step for journey in journeys for step in steps_of(journey)}


def user_tasks_of(diagram: Path) -> set[str]:
    """The user tasks drawn in a diagram, those of its sub-processes included."""
    return {node.get("id") or "" for node in etree.parse(diagram).iter(USER_TASK)}


def watch(app: Flask) -> set[str]:
    """The user tasks completed while a posted form was worked on; grows as people work.

    What a journey lets happen without a browser goes straight to the engine's commands and is not counted.
    """
    engine: Engine = app.extensions["banli"]
    taken: set[str] = set()

    def before() -> None:
        if request.method == "POST":
            g.completed_before = _completed(engine)

    def after(response: Response) -> Response:
        if "completed_before" in g:
            taken.update(node for _, _, node in _completed(engine) - g.completed_before if node is not None)
        return response

    app.before_request_funcs.setdefault(None, []).insert(0, before)
    app.after_request(after)
    return taken


def _completed(engine: Engine) -> set[Event]:
    found = select(HistoryEvent.process_instance_id, HistoryEvent.seq, HistoryEvent.flow_node_id)
    with engine.reading() as uow:
        rows = uow.session.execute(found.where(HistoryEvent.kind == "work_item.completed"))
        return {(instance, seq, node) for instance, seq, node in rows}
