"""Work done by several processes at once, each with an engine of its own on the same database."""

import os
import traceback
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from engine.bootstrap import Engine, open_engine
from engine.settings import Settings
from tests.support.fakes import MovableClock

WHOLE = os.environ.get("BANLI_TEST_SCALE") == "whole"  # make chaos
PROCESSES = get_context("forkserver")  # has imported everything already, and shares no connection with us
PROCESSES.set_forkserver_preload(
    [
        "engine.commands.complete_work_item",
        "engine.commands.deploy",
        "engine.dmn",
        "engine.operations.cases",
        "engine.worker",
        "psycopg",
        "sqlalchemy.dialects.postgresql.psycopg",
        "sqlalchemy.dialects.sqlite",
    ]
)
PATIENCE = 3600.0  # seconds until a test gives a process up

Work = Callable[..., Any]  # (engine, *arguments) -> answer; a function of a module


def all_at_once(engine: Engine, clock: MovableClock, work: Work, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Let one process for each of ``arguments`` do ``work``; they begin together. Answers what each answered."""
    begin = PROCESSES.Barrier(len(arguments))
    children, pipes = [], []
    for each in arguments:
        ours, theirs = PROCESSES.Pipe()
        children.append(PROCESSES.Process(target=_child, args=(theirs, begin, engine.settings, clock, work, each)))
        children[-1].start()
        theirs.close()
        pipes.append(ours)
    answers = [_received(pipe) for pipe in pipes]
    for child in children:
        child.join()
        assert child.exitcode == 0
    return answers


def _received(pipe: Connection) -> Any:
    assert pipe.poll(PATIENCE), "a process did not come to its end"
    failure, answer = pipe.recv()
    assert failure is None, failure
    return answer


def _child(
    pipe: Connection, begin: Any, settings: Settings, clock: MovableClock, work: Work, arguments: tuple[Any, ...]
) -> None:
    engine = open_engine(settings=settings, clock=clock)
    try:
        begin.wait()
        pipe.send((None, work(engine, *arguments)))
    except Exception:
        pipe.send((traceback.format_exc(), None))
    finally:
        engine.close()
