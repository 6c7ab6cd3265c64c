"""The state holds the live tokens and nothing else; what a step costs does not depend on what is done."""

from base64 import b64decode
from decimal import Decimal
from itertools import count

import pytest

from engine.simulate.environment import SimulationEnvironment
from engine.spiff import (
    BudgetExceededError,
    Execution,
    ExecutionError,
    Limits,
    NotWaitingError,
    StateError,
    compile_definitions,
)
from tests.spiff.drawing import draw
from tests.spiff.driving import NOW

LOOP = "start s\nexclusive m\nuser a\nexclusive g\nend e\ns > m > a > g\ng > m if `again`\ng > e default"


def started(text, variables=None, limits=None, others=None):
    files = {"p.bpmn": draw(text), **{f"{k}.bpmn": draw(v, k) for k, v in (others or {}).items()}}
    definitions = compile_definitions(files)
    environment = SimulationEnvironment(definitions, None, NOW)
    return Execution.start(definitions, "P", variables or {}, environment, limits=limits)


def reloaded(run):
    return Execution.restore(run.definitions, run.state(), run.variables, run.environment, run.limits)


def test_five_thousand_turns_leave_no_trace_in_the_state():
    run = started(LOOP)
    size = len(run.state())
    for _ in range(5_000):
        run.complete(run.user_tasks()[0].no, {"again": True})
    assert len(run.state()) <= size + 8
    assert len(run.state()) < 100
    run.complete(run.user_tasks()[0].no, {"again": False})
    assert run.ended.status == "completed"


def test_ten_thousand_parallel_items_start_and_finish_within_sixty_four_kilobytes():
    run = started("start s\nuser a times=10000\nend e\ns > a > e")
    assert len(run.first_effects.opened) == 10_000
    assert len(run.state()) < 64 * 1024
    for task in run.user_tasks():
        run.complete(task.no, {})
    assert run.ended


def test_ten_thousand_items_with_values_and_outputs_leave_a_small_state_and_keep_their_order():
    run = started(
        "start s\nuser a each=`=for i in 1..10000 return i` as=item into=out output=`{item: item, said: said}`\nend e\n"
        "s > a > e"
    )
    tasks = run.user_tasks()
    shuffled = tasks[1::2] + tasks[0::2]
    for done, task in enumerate(shuffled):
        if done in (63, 64, 65, 5_000):
            assert len(run.state()) < 64 * 1024
            run = reloaded(run)
        run.complete(task.no, {"said": str(task.local["item"])})
    assert run.ended
    assert run.variables["out"] == [{"item": Decimal(i), "said": str(i)} for i in range(1, 10_001)]


def test_a_state_whose_items_were_stored_without_pages_goes_on():
    written_before = (
        "mAGhUAbAwJGYAADAwICQgICRnQGhYQAAwMDAmqhwYXJhbGxlbAQCAgSSxBAQAAAAIAAAADAAAABAAAAAxEB7InYiOnsiIyI6IjEwIn19eyJ2Ijp7"
        "IiMiOiIyMCJ9fXsidiI6eyIjIjoiMzAifX17InYiOnsiIyI6IjQwIn19k8QIEAAAACAAAADEIHsidiI6eyIjIjoiMzAifX17InYiOnsiIyI6IjEw"
        "In19xAgCAAAAAAAAAALEAfrAwMAAoKCQ"
    )
    run = started(
        "start s\nuser a each=`=for i in 1..4 return i * 10` as=item into=out output=item\nend e\ns > a > e",
    )
    run = Execution.restore(run.definitions, b64decode(written_before), {}, run.environment)
    assert [task.local["item"] for task in run.user_tasks()] == [20, 40]
    for task in run.user_tasks():
        run.complete(task.no, {})
        if not run.ended:
            run = reloaded(run)
    assert run.variables["out"] == [10, 20, 30, 40]


def test_a_page_of_items_that_is_spoilt_is_a_state_error():
    run = started("start s\nuser a each=`=for i in 1..200 return i` as=item into=out output=item\ns > a")
    first = run.user_tasks()[0].no
    controller = run.ranges[0]
    controller.loop.items.blob = b"\0" * len(controller.loop.items.blob)
    with pytest.raises(StateError):
        reloaded(run).complete(first, {})


def test_more_items_than_allowed_are_refused_by_name():
    with pytest.raises(BudgetExceededError, match="items"):
        started("start s\nuser a times=10001\ns > a")


@pytest.mark.parametrize(
    "text",
    [
        "start s\nexclusive m\nscript t body=`{n: 1}`\nexclusive g\nend e\n"
        "s > m > t > g\ng > m if `n = 1`\ng > e default",
        "start s\nscript t body=`{n: 1}` loop=`true`\ns > t",
        "start s\ncatch c link=L\nthrow t link=L\nexclusive m\ns > m\nc > m\nm > t",
    ],
)
def test_an_automatic_loop_without_end_is_stopped(text):
    with pytest.raises(BudgetExceededError, match="node visits"):
        started(text, limits=Limits(node_visits=5_000))


def test_a_step_that_takes_too_long_is_stopped():
    clock = count(step=1.0)
    limits = Limits(seconds=3, clock=lambda: next(clock))
    with pytest.raises(BudgetExceededError, match=" s in one step"):
        started("start s\nscript t body=`{n: 1}` loop=`true`\ns > t", limits=limits)


@pytest.mark.parametrize("timer", ["timer=P999999999999Y", "cycle=R/PT0S", "cycle=R999999999/PT0.000001S"])
def test_absurd_timers_are_refused_by_name(timer):
    from engine.spiff import BpmnRefusedError

    with pytest.raises(BpmnRefusedError) as refusal:
        started(f"start s\ncatch c {timer}\ns > c")
    assert {p.code for p in refusal.value.problems if p.severity == "error"} == {"timer-no-time"}


@pytest.mark.parametrize("value", ["P999999999999Y", "P", "", "R/PT0S", "soon", None, True, Decimal(5), []])
def test_an_absurd_timer_from_a_variable_fails_by_name(value):
    with pytest.raises(ExecutionError) as failure:
        started("start s\ncatch c timer=`=x`\ns > c", {"x": value})
    assert failure.value.code == "timer-no-time"


def test_a_number_is_never_given_twice():
    run = started(LOOP)
    seen = set()
    for _ in range(5):
        task = run.user_tasks()[0]
        assert task.no not in seen
        seen.add(task.no)
        run = reloaded(run)
        run.complete(task.no, {"again": True})


def test_completing_a_task_twice_is_refused():
    run = started("start s\nuser a times=2\nuser b\ns > a > b")
    first = run.user_tasks()[0].no
    run.complete(first, {})
    with pytest.raises(NotWaitingError):
        reloaded(run).complete(first, {})


def test_a_timer_is_not_a_message():
    run = started("start s\ncatch c timer=P1D\nuser a\ns > c > a")
    with pytest.raises(NotWaitingError):
        run.deliver_message(run.waits()[0].no, {})
    assert reloaded(run).fire_timer(run.waits()[0].no).opened[0].flow_node_id == "a"


def test_effects_say_what_opened_and_closed():
    run = started("start s\nuser a\nboundary t on=a timer=P1D\nuser b\ns > a\nt > b")
    task, timer = run.first_effects.opened[0], run.first_effects.waits_opened[0]
    effects = run.fire_timer(timer.no)
    assert [(c.no, c.outcome) for c in effects.closed] == [(task.no, "cancelled")]
    assert effects.waits_closed == [timer.no]
    assert [o.flow_node_id for o in effects.opened] == ["b"]
    assert effects.trace == ["t", "t_b", "b"]


def test_a_cancelled_instance_closes_everything():
    run = started("start s\nuser a times=3\nboundary t on=a timer=P1D\nsub p\n  user b\ns > a\ns > p")
    effects = run.cancel()
    assert len(effects.closed) == 4
    assert run.ended.status == "cancelled"
    assert (run.user_tasks(), run.waits()) == ([], [])
    with pytest.raises(ExecutionError, match="has ended"):
        run.set_variables({})


def test_local_variables_come_with_the_task():
    run = started("start s\nuser a each=people as=person\ns > a", {"people": ["x", "y"]})
    assert [dict(t.local) for t in run.first_effects.opened] == [
        {"loopCounter": 0, "person": "x"},
        {"loopCounter": 1, "person": "y"},
    ]


@pytest.mark.parametrize("state", [b"", b"\x00", b"\x93\x01\x02\x03", b"not msgpack", bytes(300)])
def test_bytes_that_are_no_state_are_refused_by_name(state):
    run = started(LOOP)
    with pytest.raises(StateError):
        Execution.restore(run.definitions, state, {}, run.environment)


def test_a_state_of_a_changed_diagram_is_refused_by_name():
    run = started("start s\nuser a\ns > a")
    other = compile_definitions({"p.bpmn": draw("start s\nuser b\ns > b")})
    with pytest.raises(StateError, match="no flow node a"):
        Execution.restore(other, run.state(), {}, run.environment)


def test_a_chain_of_five_thousand_automatic_tasks_runs_in_one_step():
    names = [f"t{n}" for n in range(5_000)]
    text = "start s\n" + "\n".join(f"script {n} body=`{{n: n + 1}}`" for n in names) + "\ns > " + " > ".join(names)
    run = started(text, {"n": Decimal(0)})
    assert run.ended
    assert run.variables["n"] == 5_000


def test_sub_processes_may_nest_as_deep_as_a_file_may():
    depth = 60
    text = "start s\n" + "".join("  " * n + f"sub p{n}\n" for n in range(depth)) + "  " * depth + "user a\ns > p0"
    run = started(text)
    assert len(run.user_tasks()[0].scope) == depth
    run = reloaded(run)
    run.complete(run.user_tasks()[0].no, {})
    assert run.ended


def test_twenty_parallel_blocks_start_at_once():
    text = "start s\n"
    path = "s"
    for block in range(20):
        text += f"parallel f{block}\nparallel j{block}\n" + "".join(f"user u{block}_{w}\n" for w in range(3))
        text += "".join(f"f{block} > u{block}_{w} > j{block}\n" for w in range(3)) + f"{path} > f{block}\n"
        path = f"j{block}"
    run = started(text)
    assert len(run.user_tasks()) == 3
    assert len(run.state()) < 200


def test_a_call_in_progress_is_loaded_with_the_definitions_it_began_with():
    run = started("start s\ncall k calls=C\ns > k", others={"C": "start cs\nuser c\ncs > c"})
    again = reloaded(run)
    assert again.user_tasks()[0].flow_node_id == "c"
    assert again.user_tasks()[0].process_id == "C"


def test_items_within_items_are_counted_together():
    with pytest.raises(BudgetExceededError, match="items in one step"):
        started("start s\nsub p times=200\n  user a times=200\ns > p")


def test_whatever_a_person_completed_is_closed_as_completed():
    run = started("start s\ncall c\nuser z\ns > c > z")
    effects = run.complete(run.user_tasks()[0].no, {})
    assert [closed.outcome for closed in effects.closed] == ["completed"]
