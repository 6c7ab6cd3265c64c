"""The id of a request answers for what it was sent for, and for nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.bootstrap import Engine
from engine.commands.begin_activity import begin_activity
from engine.commands.broadcast_signal import broadcast_signal
from engine.commands.correlate_message import correlate_message
from engine.commands.link_instances import link_instances
from engine.commands.start_instance import start_instance
from engine.errors import ConflictError
from engine.unit_of_work import UnitOfWork
from tests.engine.conftest import Deploy, Start
from tests.spiff.drawing import draw
from tests.support.folders import write_folder

Ask = Callable[[UnitOfWork, str], object]
ASKED: dict[str, Ask] = {
    "start": lambda uow, what: start_instance(uow, what, request_id="shared"),
    "message": lambda uow, what: correlate_message(uow, what, None, request_id="shared"),
    "signal": lambda uow, what: broadcast_signal(uow, what, request_id="shared"),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_one_that_was_for_a_process_message_or_signal_is_refused_to_another(
    tmp_path: Path, deploy: Deploy, engine: Engine, ask: Ask
) -> None:
    for key in ("one", "other"):
        text = f"start s\nstart t message={key}\nuser a assignee=initiator\ns > a\nt > a"
        deploy(write_folder(tmp_path, key, draw(text, key).decode()))
    answers = []
    for _ in range(2):  # the second click is the first one again
        with engine.unit_of_work("rep1") as uow:
            answers.append(ask(uow, "one"))
    assert answers[0] == answers[1]
    with pytest.raises(ConflictError, match="已用于其他操作"), engine.unit_of_work("rep1") as uow:
        ask(uow, "other")


def test_one_that_began_an_activity_is_refused_to_another_of_the_same_case(
    tmp_path: Path, deploy: Deploy, start: Start, engine: Engine
) -> None:
    text = "start s\nadhoc h\n  user a assignee=initiator\n  user b assignee=initiator\ns > h"
    deploy(write_folder(tmp_path, "inquiry", draw(text, "inquiry").decode()))
    case = start("inquiry")
    with engine.unit_of_work("rep1") as uow:
        begin_activity(uow, case.id, "a", request_id="shared")
    with pytest.raises(ConflictError, match="已用于其他操作"), engine.unit_of_work("rep1") as uow:
        begin_activity(uow, case.id, "b", request_id="shared")
    assert case.waits_at == {"a"}


def test_one_that_linked_a_case_is_refused_to_another_link_of_it(
    tmp_path: Path, deploy: Deploy, start: Start, engine: Engine
) -> None:
    text = "start s\nuser a assignee=initiator\ns > a"
    read_by = [{"roles": ["union_clerk"]}]
    deploy(write_folder(tmp_path, "plain", draw(text, "plain").decode(), visibility=read_by))
    mine, first, second = start("plain"), start("plain"), start("plain")
    for _ in range(2):
        with engine.unit_of_work("clerk1") as uow:
            link_instances(uow, mine.id, first.id, "duplicate", request_id="shared")
    with pytest.raises(ConflictError, match="已用于其他操作"), engine.unit_of_work("clerk1") as uow:
        link_instances(uow, mine.id, second.id, "duplicate", request_id="shared")
