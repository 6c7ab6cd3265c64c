"""Conditions are heard where and when a value is written: before its activity is left, and what follows begins."""

import pytest

from engine.simulate.environment import SimulationEnvironment
from engine.spiff import Execution, StandIn, compile_definitions
from tests.spiff.drawing import draw
from tests.spiff.driving import NOW, active, running, waiting

KEPT = pytest.mark.parametrize("persist", [False, True])
FLAG = pytest.mark.parametrize(("flag", "then"), [("", ["c"]), (" noninterrupting", ["c", "z"])])


def bordered(activity, flag):
    """A drawing of an activity with a condition at its border."""
    return f"start s\n{activity}\nboundary x on=a when=`dear`{flag} then=c\nuser z\ns > a > z"


@KEPT
@FLAG
@pytest.mark.parametrize(
    ("activity", "say"),
    [
        ("user a", lambda run: run.complete("a", data={"dear": True})),
        ("receive a message=m", lambda run: run.message("m", data={"dear": True})),
        ("user a loop=`false`", lambda run: run.complete("a", data={"dear": True})),
        ("user a times=1", lambda run: run.complete("a", data={"dear": True})),
        ("user a times=1 sequential", lambda run: run.complete("a", data={"dear": True})),
        ("user a times=1 sets=`other: 1`", lambda run: run.complete("a", data={"dear": True})),
        ("sub a\n  user b", lambda run: run.complete("b", data={"dear": True})),
        ("sub a times=1\n  user b", lambda run: run.complete("b", data={"dear": True})),
        ("call a calls=Q", lambda run: run.complete("b", data={"dear": True})),
        ("call a calls=Q out=`dear: loud`", lambda run: run.complete("b", data={"loud": True})),
        ("call a calls=Q times=1 out=`dear: loud`", lambda run: run.complete("b", data={"loud": True})),
        ("adhoc a until=`dear`\n  user b", lambda run: run.complete("b", data={"dear": True})),
        ("transaction a\n  user b", lambda run: run.complete("b", data={"dear": True})),
    ],
)
def test_a_condition_hears_the_value_with_which_its_activity_is_completed(activity, say, flag, then, persist):
    run = running(
        bordered(activity, flag),
        others={"Q": "start q\nuser b\nq > b"},
        persist=persist,
    )
    say(run)
    assert (active(run), waiting(run)) == (then, [])


@KEPT
@FLAG
@pytest.mark.parametrize(
    "task",
    [
        "script a body=`{dear: true}`",
        "service a operation=o",
        "rule a",
        "send a message=m",
        "service a operation=o times=2",
    ],
)
def test_a_condition_hears_what_an_automatic_task_has_written(task, flag, then, persist):
    run = running(
        bordered(task, flag),
        services={} if task.startswith("script") else {"a": StandIn(data={"dear": True})},
        persist=persist,
    )
    assert (active(run), waiting(run)) == (then, [])


@KEPT
@pytest.mark.parametrize(
    "kind",
    ["script a body=`{done: true}`", "script a body=`{done: true}` times=2", "sub a\n  script i body=`{done: true}`"],
)
def test_what_is_interrupted_at_the_outset_does_nothing(kind, persist):
    run = running(
        f"start s\n{kind}\nboundary x on=a when=`dear` then=c\nuser z\ns > a > z",
        variables={"dear": True},
        persist=persist,
    )
    assert active(run) == ["c"]
    assert "done" not in run.data


@KEPT
def test_an_output_mapping_is_written_when_the_activity_is_over(persist):
    run = running(
        "start s\nsub p\n  user a sets=`dear: true`\n  boundary x on=a when=`dear` then=c\n  user z\n  a > z\n"
        "boundary y on=p when=`dear` noninterrupting then=d\ns > p",
        persist=persist,
    )
    run.complete("a")
    assert active(run) == ["d", "z"]


@KEPT
def test_an_output_mapping_at_the_end_of_a_sub_process_is_heard_at_its_border(persist):
    run = running(
        "start s\nsub p\n  user a sets=`dear: true`\nboundary y on=p when=`dear` then=d\nuser z\ns > p > z",
        persist=persist,
    )
    run.complete("a")
    assert active(run) == ["d"]


@KEPT
@pytest.mark.parametrize("say", ["user", "boundary", "message", "gateway"])
def test_what_follows_does_not_begin_once_an_interrupting_condition_has_been_heard(say, persist):
    before = {
        "user": "user a\ns > a > pay",
        "boundary": "user a\nboundary b on=a message=m\ns > a\nb > pay",
        "message": "catch a message=m\ns > a > pay",
        "gateway": "events g\ncatch a message=m\ncatch t timer=P1D\ns > g\ng > a > pay\ng > t",
    }[say]
    run = running(
        f"start s\nscript pay body=`{{paid: true}}`\nuser z\npay > z\n{before}\n"
        "event_sub h\n  start x when=`amount > 1000`\n  user stop\n  x > stop",
        persist=persist,
    )
    if say == "user":
        run.complete("a", data={"amount": 2000})
    else:
        run.message("m", data={"amount": 2000})
    assert active(run) == ["stop"]
    assert "paid" not in run.data


@KEPT
def test_a_condition_that_holds_for_a_moment_only_is_heard(persist):
    run = running(
        "start s\nuser a\nscript up body=`{n: 5}`\nscript down body=`{n: 0}`\nuser z\ns > a > up > down > z\n"
        "event_sub h\n  start x when=`n > 3` noninterrupting\n  user c\n  x > c",
        persist=persist,
    )
    run.complete("a")
    assert active(run) == ["c", "z"]
    assert waiting(run) == ["x"]


@KEPT
def test_whoever_completed_a_task_has_completed_it_though_a_condition_leads_away(persist):
    run = running("start s\nuser a\nboundary x on=a when=`dear` then=c\nuser z\ns > a > z", persist=persist)
    case = run._cases[0]
    effects = case.complete(case.user_tasks()[0].no, {"dear": True})
    assert [task.outcome for task in effects.closed] == ["completed"]
    assert [task.flow_node_id for task in effects.opened] == ["c"]


@KEPT
@pytest.mark.parametrize("sequential", ["", " sequential"])
def test_a_condition_stops_the_instances_that_are_not_done(sequential, persist):
    run = running(
        f"start s\nscript a times=5{sequential} body=`{{n: loopCounter}}`\nboundary x on=a when=`n >= 2` then=c\n"
        "user z\ns > a > z",
        persist=persist,
    )
    assert active(run) == ["c"]
    assert run.data["n"] == 2


@KEPT
def test_a_value_of_one_instance_is_heard_in_it_before_it_goes_on(persist):
    run = running(
        "start s\nsub p each=`[1, 2]` as=item into=`all`\n  start i\n  user a\n  script pay body=`{paid: true}`\n"
        "  user b\n  i > a > pay > b\n  event_sub h\n    start x when=`dear`\n    user c\n    x > c\ns > p",
        persist=persist,
    )
    run.complete("a", instance=1, data={"dear": True})
    assert active(run) == ["a", "c"]


@KEPT
def test_a_condition_at_the_border_hears_the_counters_of_the_instances(persist):
    run = running(
        "start s\nuser a times=3\nboundary x on=a when=`nrOfCompletedInstances = 2` noninterrupting then=c\nuser z\n"
        "s > a > z",
        persist=persist,
    )
    run.complete("a")
    assert active(run) == ["a", "a"]
    run.complete("a")
    assert active(run) == ["a", "c"]
    run.complete("a")
    assert active(run) == ["c", "z"]


@KEPT
def test_the_collected_outputs_are_heard_before_the_activity_is_left(persist):
    run = running(
        "start s\nuser a times=2 into=votes output=`vote`\nboundary x on=a when=`count(votes) = 2` then=c\nuser z\n"
        "s > a > z",
        persist=persist,
    )
    run.complete("a", data={"vote": 1})
    assert active(run) == ["a"]
    run.complete("a", data={"vote": 2})
    assert active(run) == ["c"]


@KEPT
def test_a_compensation_handler_that_makes_a_condition_true_ends_the_compensation(persist):
    run = running(
        "start s\nuser a undone_by=undo\nthrow t compensate\nuser z\ns > a > t > z\n"
        "event_sub h\n  start x when=`stop`\n  user c\n  x > c",
        persist=persist,
    )
    run.complete("a")
    run.complete("undo", data={"stop": True})
    assert active(run) == ["c"]


@KEPT
def test_a_condition_heard_while_its_scope_is_left_holds_it_open(persist):
    run = running(
        "start s\nsub p\n  user a sets=`dear: true`\n  event_sub h\n    start x when=`dear` noninterrupting\n"
        "    user c\n    x > c\nuser z\ns > p > z",
        persist=persist,
    )
    run.complete("a")
    assert active(run) == ["c"]
    run.complete("c")
    assert active(run) == ["z"]


def test_what_is_written_in_one_of_many_instances_is_looked_at_in_that_one_only():
    class Counting(SimulationEnvironment):
        asked = 0

        def evaluate(self, expression, variables):
            self.asked += 1
            return super().evaluate(expression, variables)

    drawing = (
        "start s\nsub p times=100\n  start i\n  script q body=`{k: loopCounter}`\n  user a\n"
        "  boundary x on=a when=`k = 7` then=b\n  i > q > a\ns > p"
    )
    definitions = compile_definitions({"p.bpmn": draw(drawing)})
    environment = Counting(definitions, None, NOW)
    run = Execution.start(definitions, "P", {}, environment)
    assert [task.flow_node_id for task in run.user_tasks()].count("b") == 1
    assert environment.asked < 100 * 5
