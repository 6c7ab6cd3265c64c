"""Commands in any order: what the database shows is what the runtime holds, a refused one leaves nothing behind, and
the same request again changes nothing."""

import random
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from engine.bootstrap import Engine
from engine.commands.broadcast_signal import broadcast_signal
from engine.commands.cancel_instance import cancel_instance, resume_instance, suspend_instance
from engine.commands.claim_work_item import claim_work_item
from engine.commands.complete_work_item import complete_work_item
from engine.commands.correlate_message import correlate_message
from engine.commands.modify_variables import modify_variables
from engine.commands.move_token import move_token, rewind_instance
from engine.errors import DeploymentRefusedError, EngineError, StepFailedError
from engine.installation.audit import verify
from engine.queries.incidents import open_incidents
from engine.spiff import Execution
from engine.step.environment import StepEnvironment
from engine.step.instance import load_instance
from models import EventSubscription, Job, JobKind, SubscriptionKind, UserTask, WorkItem, waits
from models.base import Base
from tests.engine.conftest import Case, Deploy, Start
from tests.spiff.drawing import draw
from tests.spiff.random_diagrams import Generator
from tests.support.fakes import MovableClock
from tests.support.folders import write_folder
from tests.support.scale import WHOLE

STEPS = 20
REASON = {"reason": "r"}
HEARD = {SubscriptionKind.MESSAGE.value, SubscriptionKind.SIGNAL.value}
_PERSONAL = re.compile(r"^(\s*(?:user|manual|task) \w+)", re.MULTILINE)


def drawing_of(seed: int) -> str:
    """A random diagram whose tasks are all of them for representatives."""
    return _PERSONAL.sub(r"\1 candidateRole=rep", Generator(random.Random(seed)).drawing())


def open_work(engine: Engine, case: Case) -> list[tuple[UUID, int]]:
    """Work items that nobody has decided, with the numbers of their tasks."""
    with engine.reading() as uow:
        query = (
            select(WorkItem.id, UserTask.no)
            .join(UserTask, UserTask.id == WorkItem.user_task_id)
            .where(WorkItem.process_instance_id == case.id, WorkItem.ended_at.is_(None))
        )
        return sorted(((item, no) for item, no in uow.session.execute(query)), key=lambda row: row[1])


def heard(engine: Engine, case: Case) -> list[int]:
    """Numbers of what waits for a message or a signal."""
    with engine.reading() as uow:
        query = select(EventSubscription.no).where(
            EventSubscription.process_instance_id == case.id, EventSubscription.kind.in_(HEARD)
        )
        return sorted(uow.session.scalars(query))


def armed(engine: Engine, case: Case) -> list[tuple[int | None, Any]]:
    """Numbers and instants of its timers."""
    with engine.reading() as uow:
        query = select(Job.no, Job.due_at).where(Job.process_instance_id == case.id, Job.kind == JobKind.TIMER)
        return sorted((no, due) for no, due in uow.session.execute(query))


def has_ended(engine: Engine, case: Case) -> bool:
    """Whether it is over."""
    with engine.reading() as uow:
        return load_instance(uow, case.id, for_update=False).has_ended


def ensure_consistent(engine: Engine, case: Case) -> None:
    """The rows and the runtime tell the same; who holds nothing is told of; the history verifies."""
    with engine.reading() as uow:
        instance = load_instance(uow, case.id, for_update=False)
        shown = sorted(uow.session.scalars(select(UserTask.no).where(UserTask.process_instance_id == case.id, waits())))
        environment = StepEnvironment(uow, instance.deployed, instance.id, None, instance.started_by)
        state, variables = instance.sealer.open_state(instance.state), dict(instance.variables)
        run = Execution.restore(instance.deployed.definitions, state, variables, environment)
        tasks = [] if instance.has_ended else [task.no for task in run.user_tasks()]
        open_waits = [] if instance.has_ended else run.waits()
        told = [each.code for each in open_incidents(uow) if each.instance_id == case.id]
        assert not run.stands_still() or instance.has_ended or "stands-still" in told
    assert shown == tasks == [no for _, no in open_work(engine, case)]
    assert heard(engine, case) == [wait.no for wait in open_waits if wait.kind in HEARD]
    assert armed(engine, case) == [(wait.no, wait.due_at) for wait in open_waits if wait.kind == "timer"]


def stored(engine: Engine) -> dict[str, list[str]]:
    """Every row of the database."""
    with engine.reading() as uow:
        tables = Base.metadata.sorted_tables
        return {table.name: sorted(map(repr, uow.connection.execute(select(table)))) for table in tables}


def a_command(engine: Engine, case: Case, dice: random.Random, nodes: list[str]) -> tuple[str, Callable[..., Any]]:
    """Whose it is, and what he does in a transaction, given the id of the request."""
    items = open_work(engine, case)
    numbers = [*(no for _, no in items), *heard(engine, case), 10**6]
    item = dice.choice(items)[0] if items else uuid4()
    kind = dice.choice(
        ("done",) * 6 + ("claim", "move", "rewind", "suspend", "resume", "resume", "set", "told", "cancel")
    )
    commands: dict[str, tuple[str, Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = {
        "done": ("rep1", complete_work_item, (item, {}), {"expected_version": None}),
        "claim": (dice.choice(["rep1", "rep2"]), claim_work_item, (item,), {}),
        "move": ("admin1", move_token, (case.id, dice.choice(numbers), dice.choice(nodes)), REASON),
        "rewind": ("admin1", rewind_instance, (case.id, dice.choice(nodes)), REASON),
        "suspend": ("admin1", suspend_instance, (case.id,), REASON),
        "resume": ("admin1", resume_instance, (case.id,), REASON),
        "set": ("admin1", modify_variables, (case.id, {"again": dice.random() < 0.5}), REASON),
        "told": ("admin1", correlate_message, ("m", None), {"instance_id": case.id}),
        "cancel": ("admin1", cancel_instance, (case.id,), REASON),
    }
    actor, command, arguments, options = commands[kind]
    return actor, lambda uow, request: command(uow, *arguments, **options, request_id=request)


def let_time_pass(engine: Engine, clock: MovableClock, dice: random.Random) -> None:
    """Some time, perhaps with a signal in it, and what falls due in it."""
    if dice.random() < 0.3:
        with engine.unit_of_work() as uow:
            broadcast_signal(uow, "n", request_id=None)
    clock.advance(hours=dice.choice([0, 1, 24, 60]))
    engine.run_due_jobs()


@settings(
    max_examples=60 if WHOLE else 12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.integers(0, 10**9), st.integers(0, 10**6))
def test_commands_in_any_order_leave_nothing_open_that_is_over_and_nothing_over_that_is_open(
    engine: Engine, deploy: Deploy, start: Start, clock: MovableClock, tmp_path: Path, seed: int, order: int
) -> None:
    dice, key = random.Random(order), f"random_{uuid4().hex[:8]}"
    diagram = draw(drawing_of(seed), key).decode()
    nodes = re.findall(r'<\w+ id="(\w+)"', diagram)
    try:
        deploy(write_folder(tmp_path, key, diagram))
        case = start(key, variables={"steps": Decimal(0), "pick": Decimal(dice.randint(0, 3)), "again": False})
    except (DeploymentRefusedError, StepFailedError):
        return
    for _ in range(STEPS):
        ensure_consistent(engine, case)
        if has_ended(engine, case):
            break
        actor, command = a_command(engine, case, dice, nodes)
        before, request = stored(engine), uuid4().hex
        try:
            with engine.unit_of_work(actor) as uow:
                answer = command(uow, request)
        except EngineError:
            assert stored(engine) == before
            continue
        done = stored(engine)
        with engine.unit_of_work(actor) as uow:
            assert command(uow, request) == answer
        assert stored(engine) == done
        let_time_pass(engine, clock, dice)
    assert verify(engine).ok
