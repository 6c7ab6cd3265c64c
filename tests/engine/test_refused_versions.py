"""A stored version that this version of ours refuses holds up nothing but its own cases."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from engine.bootstrap import Engine, open_engine
from engine.commands.broadcast_signal import broadcast_signal
from engine.commands.correlate_message import correlate_message
from engine.commands.evaluate_conditions import evaluate_conditions
from engine.unit_of_work import UnitOfWork
from models import DeploymentResource
from tests.engine.conftest import Deploy, all_cases
from tests.spiff.drawing import draw
from tests.support.fakes import MovableClock
from tests.support.folders import write_folder

STARTED = "start s {trigger}\nuser a assignee=`null`\ns > a"
TRIGGERS: dict[str, tuple[str, Callable[[UnitOfWork], object]]] = {
    "message": ("message=m", lambda uow: correlate_message(uow, "m", None, request_id=None)),
    "signal": ("signal=n", lambda uow: broadcast_signal(uow, "n", request_id=None)),
    "condition": ("when=`x = 1`", lambda uow: evaluate_conditions(uow, {"x": 1}, request_id=None)),
}


@pytest.fixture
def upgraded(engine: Engine, clock: MovableClock, tmp_path: Path, deploy: Deploy) -> Iterator[Engine]:
    """Its database holds a folder that was accepted once; it comes before the others in every order."""
    deploy(write_folder(tmp_path, "aged", draw("start s\nuser a assignee=`null`\ns > a", "aged").decode()))
    with engine.unit_of_work() as uow:
        drawn = draw("start s\nadhoc h\n  user a\n  user b\n  a > b > a\ns > h", "aged")
        is_diagram = DeploymentResource.name.like("%.bpmn")
        uow.session.execute(update(DeploymentResource).where(is_diagram).values(content=drawn))
    opened = open_engine(settings=engine.settings, clock=clock)
    yield opened
    opened.close()


@pytest.mark.parametrize(("trigger", "happens"), TRIGGERS.values(), ids=TRIGGERS)
def test_other_folders_are_started_all_the_same(
    tmp_path: Path, deploy: Deploy, upgraded: Engine, trigger: str, happens: Callable[[UnitOfWork], object]
) -> None:
    deploy(write_folder(tmp_path, "begun", draw(STARTED.format(trigger=trigger), "begun").decode()))
    with upgraded.unit_of_work() as uow:
        happens(uow)
    upgraded.run_due_jobs()
    assert [case.row.process_key for case in all_cases(upgraded)] == ["begun"]
