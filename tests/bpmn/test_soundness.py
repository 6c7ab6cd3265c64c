"""The check says where tokens may wait for ever."""

import random
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.bpmn.report import check_files
from engine.simulate.environment import SimulationEnvironment
from engine.spiff import BpmnRefusedError, BudgetExceededError, Execution, Limits, compile_definitions
from tests.spiff.drawing import draw
from tests.spiff.driving import NOW
from tests.spiff.random_diagrams import BLOCKS, Generator


def warned(text):
    report = check_files({"p.bpmn": draw(text)})[0]
    return [p["element"] for p in report["problems"] if p["code"] in {"may-deadlock", "not-bounded"}]


def test_a_parallel_join_behind_an_exclusive_split_is_warned_of():
    text = "start s\nexclusive g\nuser a\nuser b\nparallel j\ns > g\ng > a if `x`\ng > b default\na > j\nb > j"
    assert warned(text) == ["j"]


def test_a_branch_that_leaves_a_parallel_block_is_warned_of():
    assert warned(
        "start s\nparallel f\nuser a\nuser b\nexclusive g\nend e\nparallel j\ns > f\nf > a > j\nf > b > g\n"
        "g > e if `x`\ng > j default"
    ) == ["j"]


def test_a_deadline_that_leaves_a_parallel_block_is_warned_of():
    assert warned(
        "start s\nparallel f\nuser a\nuser b\nboundary t on=b timer=P1D\nend e\nparallel j\n"
        "s > f\nf > a > j\nf > b > j\nt > e"
    ) == ["j"]


def test_a_rework_loop_around_a_parallel_block_is_sound():
    assert not warned(
        "start s\nexclusive m\nparallel f\nuser a\nuser b\nparallel j\nexclusive g\nend e\ns > m > f\n"
        "f > a > j\nf > b > j\nj > g\ng > m if `x`\ng > e default"
    )


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**9))
def test_block_structured_diagrams_are_never_warned_of(seed):
    # what is called out without interrupting brings a second token to the merge behind it
    blocks = tuple(b for b in BLOCKS if b not in {"inclusive", "called_out"})
    assert not warned(Generator(random.Random(seed), blocks, max_depth=2).drawing())


def unstructured(dice: random.Random) -> str:
    """Gateways and tasks joined at random."""
    kinds = [dice.choice(["user", "user", "exclusive", "parallel", "end"]) for _ in range(dice.randint(3, 9))]
    names = [f"n{i}" for i in range(len(kinds))]
    lines = ["start s", *(f"{k} {n}" for k, n in zip(kinds, names, strict=True)), f"s > {dice.choice(names)}"]
    for kind, name in zip(kinds, names, strict=True):
        if kind == "end":
            continue
        targets = dice.sample(names, min(len(names), dice.randint(1, 2)))
        for place, target in enumerate(targets):
            mark = ""
            if kind == "exclusive" and len(targets) > 1:
                mark = " default" if place == 0 else " if `go`"
            lines.append(f"{name} > {target}{mark}")
    return "\n".join(lines)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**9), st.integers(0, 10**6))
def test_no_instance_gets_stuck_unless_the_check_had_said_so(seed, answers):
    text = unstructured(random.Random(seed))
    dice = random.Random(answers)
    try:
        definitions = compile_definitions({"p.bpmn": draw(text)})
    except BpmnRefusedError:
        return
    environment = SimulationEnvironment(definitions, None, NOW)
    limits = Limits(node_visits=2_000)
    try:
        run = Execution.start(definitions, "P", {"go": dice.random() < 0.5}, environment, limits=limits)
        for _ in range(30):
            tasks = run.user_tasks()
            if run.ended or not tasks:
                break
            run.complete(dice.choice(tasks).no, {"go": dice.random() < 0.5, "n": Decimal(1)})
    except BudgetExceededError:
        return
    if not run.ended and not run.user_tasks():
        assert warned(text), text
