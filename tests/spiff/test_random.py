"""Random diagrams: one result however often the state is stored, and the same as stock's where that is right."""

import random
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.bpmn.problems import BpmnRefusedError
from engine.bpmn.report import check_files
from engine.simulate.environment import SimulationEnvironment
from engine.spiff import Execution, ExecutionError, Wait, compile_definitions
from engine.spiff.budget import Limits
from tests.spiff.drawing import draw
from tests.spiff.driving import NOW
from tests.spiff.random_diagrams import STOCK_BLOCKS, Generator
from tests.spiff.random_graphs import graph
from tests.support.scale import WHOLE

SCALE = 1 if WHOLE else 0.1
MAX_STEPS = 300


def played(drawing: str, seed: int, reload: str):
    """Complete open tasks in a random order until the end; what happened, step by step, and what was stored between."""
    dice = random.Random(seed)
    coin = random.Random(seed + 1)
    definitions = compile_definitions({"p.bpmn": draw(drawing)})
    environment = SimulationEnvironment(definitions, None, NOW)
    variables = {"steps": Decimal(0), "pick": Decimal(dice.randint(0, 3)), "again": False}
    run = Execution.start(definitions, "P", variables, environment)
    happened, stored = [run.first_effects.trace], []
    for _ in range(MAX_STEPS):
        if run.ended:
            break
        if reload != "never":
            stored.append(run.state())
        if reload == "always" or (reload == "sometimes" and coin.random() < 0.5):
            run = Execution.restore(definitions, stored[-1], run.variables, environment)
        elif reload == "kept":
            run = taken_up(run, stored[-1], environment)
        effects = act(run, dice)
        if effects is None:
            assert warned(drawing), f"nobody holds anything, it has not ended, and nobody was warned:\n{drawing}"
            break
        happened.append((effects.trace, effects.opened, effects.closed, effects.waits_opened, effects.waits_closed))
    return (happened, run.ended, run.variables), stored


def taken_up(run: Execution, state: bytes, environment: SimulationEnvironment) -> Execution:
    """As a process does that keeps what it has just worked on."""
    variables = run.variables
    if not run.put_down():
        return Execution.restore(run.definitions, state, variables, environment)
    run.resume(variables, environment)
    return run


def warned(drawing: str) -> bool:
    """Whether the check has said that tokens may wait for ever, or that it could not tell."""
    problems = check_files({"p.bpmn": draw(drawing)})[0]["problems"]
    return any(problem["code"] in {"may-deadlock", "not-bounded"} for problem in problems)


def act(run: Execution, dice: random.Random):
    """Let one of the things happen that can happen now; None if nothing can."""
    heard = [wait for wait in run.waits() if wait.kind != "condition"]  # that happens by itself
    possible = [*run.user_tasks(), *heard, *run.enabled()]
    if not possible:
        return None
    chosen = dice.choice(possible)
    if isinstance(chosen, str):
        return run.start_enabled(chosen)
    if not isinstance(chosen, Wait):
        return run.complete(chosen.no, {"again": dice.random() < 0.3})
    if chosen.kind == "timer":
        return run.fire_timer(chosen.no)
    if chosen.kind == "signal":
        return run.deliver_signal(chosen.name, {"told": True})
    return run.deliver_message(chosen.no, {"told": True})


@settings(max_examples=int(400 * SCALE), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**9), st.integers(0, 10**6))
def test_storing_and_loading_or_keeping_changes_nothing(seed, answers):
    drawing = Generator(random.Random(seed)).drawing()
    never, _ = played(drawing, answers, "never")
    always, stored = played(drawing, answers, "always")
    assert never == always
    assert (never, stored) == played(drawing, answers, "sometimes")
    assert (never, stored) == played(drawing, answers, "kept")


FEW = Limits(node_visits=2_000)  # a graph without structure may well loop without end


def wandered(definitions, seed: int, reload: str):
    """The same in a graph without structure: what happened up to the end, a failed step, or where nobody can act."""
    dice = random.Random(seed)
    environment = SimulationEnvironment(definitions, None, NOW)
    variables = {"steps": Decimal(0), "pick": Decimal(dice.randint(0, 2)), "again": False}
    happened = []
    try:
        run = Execution.start(definitions, "P", variables, environment, limits=FEW)
        happened.append(run.first_effects)
        for _ in range(MAX_STEPS // 6):
            if run.ended:
                break
            state = run.state()
            if reload == "always":
                run = Execution.restore(definitions, state, run.variables, environment, FEW)
            elif reload == "kept":
                run = taken_up(run, state, environment)
            effects = act(run, dice)
            if effects is None:
                return happened, None if run.waits() else "stuck"
            happened.append(effects)
    except ExecutionError as error:
        return happened, error.code
    return happened, run.ended


@settings(max_examples=int(300 * SCALE), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**9), st.integers(0, 10**6))
def test_a_graph_without_structure_gives_the_same_kept_or_loaded_and_hangs_only_where_the_check_warned(seed, answers):
    drawing = graph(random.Random(seed))
    try:
        definitions = compile_definitions({"p.bpmn": draw(drawing)})
    except BpmnRefusedError:
        return
    never = wandered(definitions, answers, "never")
    assert never == wandered(definitions, answers, "always")
    assert never == wandered(definitions, answers, "kept")
    assert never[1] != "stuck" or warned(drawing), drawing


def stock(drawing: str, pick: int):
    """The same diagram in stock SpiffWorkflow, with Python conditions."""
    from SpiffWorkflow.bpmn import BpmnWorkflow
    from SpiffWorkflow.bpmn.parser import BpmnParser
    from SpiffWorkflow.util.task import TaskState

    parser = BpmnParser()
    parser.add_bpmn_str(draw(drawing).replace(b"pick = ", b"pick == ").replace(b' xmlns:banli="urn:banli:bpmn:1"', b""))
    workflow = BpmnWorkflow(parser.get_spec("P"), parser.get_subprocess_specs("P"))
    workflow.get_next_task(state=TaskState.READY).data["pick"] = pick
    workflow.do_engine_steps()
    return workflow, TaskState


@settings(max_examples=int(300 * SCALE), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**9), st.integers(0, 10**6))
def test_stock_gives_the_same_open_tasks_where_it_is_right(seed, answers):
    drawing = Generator(random.Random(seed), STOCK_BLOCKS, max_depth=2).drawing()
    dice = random.Random(answers)
    pick = dice.randint(0, 3)
    workflow, state = stock(drawing, pick)
    definitions = compile_definitions({"p.bpmn": draw(drawing)})
    run = Execution.start(definitions, "P", {"pick": Decimal(pick)}, SimulationEnvironment(definitions, None, NOW))
    for _ in range(MAX_STEPS):
        theirs = list(workflow.get_tasks(state=state.READY, manual=True))
        ours = run.user_tasks()
        # a child of a multi-instance is called "x [child]" there
        assert sorted(t.flow_node_id for t in ours) == sorted(t.task_spec.name.removesuffix(" [child]") for t in theirs)
        if not ours:
            break
        chosen = dice.choice(ours)
        run.complete(chosen.no, {})
        next(t for t in theirs if t.task_spec.name.removesuffix(" [child]") == chosen.flow_node_id).run()
        workflow.do_engine_steps()
    assert run.ended is not None
    assert workflow.is_completed()


@pytest.mark.parametrize("seed", range(20))
def test_random_diagrams_are_accepted_by_the_check(seed):
    report = check_files({"p.bpmn": draw(Generator(random.Random(seed)).drawing())})[0]
    assert report["executable"], report["problems"]
