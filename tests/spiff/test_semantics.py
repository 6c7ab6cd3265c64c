"""Where BPMN is subtle or silent: what Camunda 7 does, each with storing after every step."""

import pytest

from engine.simulate.simulation import _Attempt as _attempt
from engine.spiff import ExecutionError, StandIn
from tests.spiff.driving import active, running, waiting


def test_an_event_sub_process_of_a_signal_and_a_boundary_event_of_it_both_hear_it():
    run = running(
        "start s\nsub p\n  user a\n  event_sub h\n    start hs signal=x noninterrupting then=b\n"
        "boundary out on=p signal=x noninterrupting then=c\ns > p"
    )
    run.signal("x")
    assert active(run) == ["a", "b", "c"]


def test_an_error_goes_to_the_inner_event_sub_process_even_from_a_sub_process_in_it():
    run = running(
        "start s\nsub p\n  start s1\n  sub q\n    start s2\n    end bad error=E\n    s2 > bad\n  s1 > q\n"
        "  event_sub h\n    start hs error=E then=b\nboundary out on=p error=E then=c\ns > p"
    )
    assert active(run) == ["b"]
    run.complete("b")
    assert run.status == "completed"


def test_a_non_interrupting_event_sub_process_runs_as_often_as_it_is_asked_and_holds_its_scope_open():
    run = running(
        "start s\nsub p\n  user a\n  event_sub h\n    start hs message=m noninterrupting then=b\nuser z\ns > p > z"
    )
    for _ in range(3):
        run.message("m")
    assert active(run) == ["a", "b", "b", "b"]
    run.complete("a")
    assert active(run) == ["b", "b", "b"]
    for _ in range(3):
        run.complete("b")
    assert active(run) == ["z"]
    assert waiting(run) == []


def test_an_error_out_of_one_parallel_instance_ends_all_the_others():
    run = running(
        "start s\nsub p times=4\n  start s1\n  user a\n  exclusive g\n  end bad error=E\n  end good\n  s1 > a > g\n"
        "  g > bad if `loopCounter = 2`\n  g > good default\nboundary out on=p error=E then=c\nuser z\ns > p > z"
    )
    run.complete("a", instance=0)
    run.complete("a", instance=2)
    assert active(run) == ["c"]


def test_a_non_interrupting_escalation_out_of_each_instance_is_caught_each_time():
    run = running(
        "start s\nsub p times=2\n  start s1\n  throw t escalation=X\n  user a\n  s1 > t > a\n"
        "boundary out on=p escalation=X noninterrupting then=c\ns > p"
    )
    assert active(run) == ["a", "a", "c", "c"]


def test_terminate_inside_a_sub_process_ends_only_that_and_goes_on():
    run = running(
        "start s\nparallel f\nsub p\n  start s1\n  parallel g\n  user a\n  user b\n  end stop terminate\n"
        "  s1 > g\n  g > a > stop\n  g > b\nuser o\nuser z\ns > f\nf > p > z\nf > o"
    )
    run.complete("a")
    assert active(run) == ["o", "z"]


def test_terminate_in_a_called_process_ends_only_the_call():
    run = running(
        "start s\ncall c calls=Q\nuser z\ns > c > z",
        others={"Q": "start q\nparallel g\nuser a\nuser b\nend stop terminate\nq > g\ng > a > stop\ng > b"},
    )
    run.complete("a")
    assert active(run) == ["z"]


@pytest.mark.parametrize("order", [("a", "b", "a", "b"), ("a", "a", "b", "b"), ("b", "a", "a", "b")])
def test_a_parallel_join_fires_once_for_each_pair_however_they_arrive(order):
    run = running(
        "start s\nparallel f\nuser more\nexclusive ma\nexclusive mb\nuser a\nuser b\nparallel j\nuser z\n"
        "parallel again\ns > f\nf > ma\nf > mb\nf > more > again\nagain > ma\nagain > mb\nma > a > j\nmb > b > j\nj > z"
    )
    run.complete("more")
    for done, task in enumerate(order):
        run.complete(task)
        pairs = min(order[: done + 1].count("a"), order[: done + 1].count("b"))
        assert active(run).count("z") == pairs


def test_an_uneven_number_of_arrivals_leaves_a_token_at_the_join_and_the_instance_open():
    run = running(
        "start s\nparallel f\nexclusive m\nuser a\nuser x\nuser b\nparallel j\nuser z\n"
        "s > f\nf > m > a > j\nf > x > m\nf > b > j\nj > z"
    )
    run.complete("x")
    run.complete("a")
    run.complete("a")
    run.complete("b")
    assert active(run) == ["z"]
    run.complete("z")
    assert (active(run), run.status) == ([], "waiting")


def test_an_inclusive_join_in_a_loop_waits_for_what_each_turn_took():
    run = running(
        "start s\nexclusive m\ninclusive f\nuser a\nuser b\nuser c\ninclusive j\nuser r\nexclusive g\nend e\n"
        "s > m > f\nf > a if `x`\nf > b if `y`\nf > c if `z`\na > j\nb > j\nc > j\nj > r > g\ng > m if `again`\n"
        "g > e default",
        variables={"x": True, "y": True, "z": False},
    )
    assert active(run) == ["a", "b"]
    run.complete("b")
    run.complete("a")
    run.complete("r", data={"again": True, "x": False, "y": True, "z": True})
    assert active(run) == ["b", "c"]
    run.complete("c")
    assert active(run) == ["b"]
    run.complete("b")
    assert active(run) == ["r"]
    run.complete("r", data={"again": False})
    assert run.status == "completed"


def test_the_first_timer_of_an_event_gateway_wins_and_the_other_never_comes():
    run = running(
        "start s\nevents g\ncatch late timer=P2D\ncatch soon timer=P1D\ncatch m message=m\nuser a\nuser b\nuser c\n"
        "s > g\ng > late > a\ng > soon > b\ng > m > c"
    )
    run.advance("P5D")
    assert active(run) == ["b"]
    assert waiting(run) == []


def test_a_cycle_of_three_reminds_three_times_while_its_task_is_open():
    text = "start s\nuser a\nboundary r on=a cycle=R3/PT1H noninterrupting then=n\nuser z\ns > a > z"
    run = running(text)
    for hours in (1, 2, 3, 4, 5):
        run.advance("PT1H")
        assert active(run).count("n") == min(hours, 3)
    short = running(text)
    short.advance("PT1H")
    short.complete("a")
    short.advance("P1D")
    assert active(short) == ["n", "z"]


def test_a_boundary_event_at_a_call_ends_everything_in_it():
    run = running(
        "start s\ncall c calls=Q\nboundary late on=c timer=P1D then=after\nuser z\ns > c > z",
        others={"Q": "start q\nsub p times=2\n  user a\nq > p"},
    )
    assert active(run) == ["a", "a"]
    run.advance("P1D")
    assert active(run) == ["after"]


def test_a_signal_reaches_every_scope_that_waits_for_it_once():
    run = running(
        "start s\nparallel f\ncatch c signal=x\nuser uc\nsub p times=2\n  start s1\n  catch i signal=x\n  user ui\n"
        "  s1 > i > ui\nuser t\nboundary b on=t signal=x then=ub\nevent_sub h\n"
        "  start hs signal=x noninterrupting then=uh\ns > f\nf > c > uc\nf > p\nf > t"
    )
    run.signal("x")
    assert active(run) == ["ub", "uc", "uh", "ui", "ui"]


def test_a_condition_hears_a_variable_of_another_branch_and_of_a_sub_process():
    run = running(
        "start s\nparallel f\nuser a\nboundary c on=a when=`amount > 10` then=big\nsub p\n  start s1\n  user b\n"
        "  s1 > b\ns > f\nf > a\nf > p",
        variables={"amount": 1},
    )
    run.complete("b", data={"amount": 11})
    assert active(run) == ["big"]


def test_a_non_interrupting_condition_happens_each_time_it_becomes_true():
    run = running("start s\nuser a\nboundary c on=a when=`n > 1` noninterrupting then=x\ns > a", variables={"n": 0})
    for value in (2, 3, 0, 5):
        run.set({"n": value})
    assert active(run) == ["a", "x", "x"]


@pytest.mark.parametrize(
    ("before", "condition", "maximum", "turns"),
    [
        ("", "true", 3, 3),
        ("before", "true", 3, 3),
        ("before", "false", 3, 0),
        ("", "false", 3, 1),
        ("before", "true", 0, 0),
    ],
)
def test_a_standard_loop_counts_its_turns(before, condition, maximum, turns):
    run = running(f"start s\nuser a loop=`{condition}` maximum={maximum} {before}\nuser z\ns > a > z")
    for _ in range(turns):
        assert active(run) == ["a"]
        run.complete("a")
    assert active(run) == ["z"]


def test_a_sequential_multi_instance_stops_when_its_condition_holds():
    run = running("start s\nuser a each=`[1, 2, 3]` as=i into=out output=v sequential until=`v = 9`\nuser z\ns > a > z")
    run.complete("a", data={"v": 1})
    assert active(run) == ["a"]
    run.complete("a", data={"v": 9})
    assert active(run) == ["z"]
    assert run.data["out"] == [1, 9]


def test_a_sequential_ad_hoc_sub_process_does_one_thing_at_a_time():
    run = running("start s\nadhoc p sequential until=`done`\n  user a\n  user b\nuser z\ns > p > z")
    run.complete("a")
    run.complete("a")
    run.complete("b", data={"done": True})
    assert active(run) == ["z"]


@pytest.mark.parametrize(("rest", "left"), [("", ["z"]), ("keep_rest", ["b"])])
def test_an_ad_hoc_sub_process_cancels_the_rest_or_waits_for_it(rest, left):
    run = running(f"start s\nadhoc p until=`done` {rest}\n  user a\n  user b\nuser z\ns > p > z")
    with _attempt(run):
        run._cases[0].start_enabled("b")
    run.complete("a", data={"done": True})
    assert active(run) == left
    if left == ["b"]:
        assert run.enabled == []  # its condition holds: nothing more may begin
        run.complete("b")
        assert active(run) == ["z"]


def test_an_interrupting_event_sub_process_of_a_sub_process_leaves_it_by_its_normal_flow():
    run = running(
        "start s\nsub p\n  user a\n  boundary t on=a timer=P1D then=late\n  event_sub h\n"
        "    start hs message=m then=b\nuser z\ns > p > z"
    )
    run.message("m")
    assert active(run) == ["b"]
    assert waiting(run) == []
    run.complete("b")
    assert active(run) == ["z"]


def test_an_error_of_a_loop_iteration_is_caught_at_the_activity_as_a_whole():
    run = running(
        "start s\nservice t times=3\nboundary b on=t error=E then=c\nuser z\ns > t > z",
        services={"t": StandIn(error="E")},
    )
    assert active(run) == ["c"]


def test_a_flow_that_nobody_can_take_fails_the_step_and_keeps_the_task_open():
    run = running("start s\nuser a\nexclusive g\nuser b\nuser c\ns > a > g\ng > b if `x = 1`\ng > c if `x = 2`")
    with pytest.raises(ExecutionError) as failure:
        run.complete("a", data={"x": 3})
    assert failure.value.code == "no-flow"
    assert active(run) == ["a"]


def test_terminate_in_an_event_sub_process_ends_only_that():
    run = running(
        "start s\nuser a\nevent_sub h\n  start m message=m noninterrupting\n  parallel f\n  user b\n  user c\n"
        "  end e terminate\n  m > f\n  f > b > e\n  f > c\ns > a"
    )
    run.message("m")
    run.complete("b")
    assert active(run) == ["a"]


def test_a_boundary_branch_outlives_the_sub_process_it_left():
    run = running("start s\nsub p\n  user a\nboundary t on=p timer=P1D noninterrupting then=n\nuser z\ns > p > z")
    run.advance("P1D")
    run.complete("a")
    assert active(run) == ["n", "z"]


def test_an_event_sub_process_in_an_event_sub_process_hears_its_event():
    run = running(
        "start s\nuser a\nevent_sub h\n  start m message=m then=b\n  event_sub i\n    start n message=n then=c\ns > a"
    )
    run.message("m")
    assert (active(run), waiting(run)) == (["b"], ["n"])
    run.message("n")
    assert (active(run), waiting(run)) == (["c"], [])
    run.complete("c")
    assert run.status == "completed"


def test_a_signal_thrown_in_a_scope_starts_its_own_event_sub_process():
    run = running("start s\nuser a\nthrow t signal=x\nuser b\nevent_sub h\n  start hs signal=x then=c\ns > a > t > b")
    run.complete("a")
    assert active(run) == ["c"]


def test_an_interrupting_escalation_ends_the_thrower_before_it_goes_on():
    run = running(
        "start s\nsub p\n  start s1\n  throw t escalation=X\n  user a\n  s1 > t > a\n"
        "boundary out on=p escalation=X then=c\ns > p"
    )
    assert active(run) == ["c"]


def test_an_escalation_end_event_goes_on_by_both_ways():
    run = running(
        "start s\nsub p\n  start s1\n  end t escalation=X\n  s1 > t\n"
        "boundary out on=p escalation=X noninterrupting then=c\nuser z\ns > p > z"
    )
    assert active(run) == ["c", "z"]


def test_an_error_of_a_call_in_one_of_many_is_caught_at_the_call():
    run = running(
        "start s\ncall c calls=Q times=3\nboundary b on=c error=E then=x\nuser z\ns > c > z",
        others={"Q": "start q\nuser a\nend e error=E\nq > a > e"},
    )
    assert active(run) == ["a", "a", "a"]
    run.complete("a")
    assert active(run) == ["x"]


def test_a_timer_that_reminds_at_many_instances_reminds_once_for_all():
    run = running("start s\nuser a times=3\nboundary r on=a cycle=R2/P1D noninterrupting then=n\nuser z\ns > a > z")
    run.advance("P3D")
    assert active(run) == ["a", "a", "a", "n", "n"]


def test_an_inclusive_split_takes_its_default_only_if_nothing_else_holds():
    text = "start s\ninclusive f\nuser a\nuser b\nuser d\ns > f\nf > a if `x`\nf > b if `y`\nf > d default"
    assert active(running(text, variables={"x": False, "y": False})) == ["d"]
    assert active(running(text, variables={"x": True, "y": True})) == ["a", "b"]


def test_an_inclusive_join_does_not_wait_for_a_branch_that_a_boundary_event_took_away():
    run = running(
        "start s\ninclusive f\nuser a\nuser b\nboundary t on=b timer=P1D\nend gone\ninclusive j\nuser z\n"
        "s > f\nf > a if `true`\nf > b if `true`\na > j\nb > j\nt > gone\nj > z"
    )
    run.complete("a")
    assert active(run) == ["b"]
    run.advance("P1D")
    assert active(run) == ["z"]


def test_two_receivers_of_one_message_get_one_each():
    run = running(
        "start s\nparallel f\ncatch c message=m\ncatch d message=m\nuser x\nuser y\ns > f\nf > c > x\nf > d > y"
    )
    run.message("m")
    assert active(run) == ["x"]
    run.message("m")
    assert active(run) == ["x", "y"]


def test_a_finished_call_hands_out_what_its_mapping_says_for_each_instance():
    run = running(
        "start s\ncall c calls=Q each=`[1, 2, 3]` as=i into=all output=r in=`n: i` out=`r: n * 10`\nuser z\ns > c > z",
        others={"Q": "start q\nuser a\nq > a"},
    )
    for instance in (2, 0, 1):
        run.complete("a", instance=instance)
    assert run.data["all"] == [10, 20, 30]
    assert "n" not in run.data


def test_a_multi_instance_inside_a_multi_instance_keeps_its_items_apart():
    run = running(
        "start s\nsub p each=`[[1, 2], [3]]` as=row into=sums output=`sum(row_out)`\n  start s1\n"
        "  user a each=row as=x into=row_out output=`x * 2`\n  s1 > a\nuser z\ns > p > z"
    )
    while active(run) != ["z"]:
        run.complete("a")
    assert run.data["sums"] == [6, 6]


def test_an_interrupted_task_cannot_be_completed_and_its_other_events_are_gone():
    run = running("start s\nuser a\nboundary t on=a timer=P1D then=x\nboundary m on=a message=m then=y\ns > a")
    run.advance("P1D")
    assert waiting(run) == []
    with pytest.raises(ExecutionError):
        run.complete("a")
    with pytest.raises(ExecutionError):
        run.message("m")
    assert active(run) == ["x"]


def test_a_timer_event_sub_process_with_a_cycle_starts_again_and_again():
    run = running("start s\nuser a\nevent_sub h\n  start t cycle=R2/P1D noninterrupting then=n\ns > a")
    run.advance("P5D")
    assert active(run) == ["a", "n", "n"]


def test_a_cycle_may_begin_at_a_date():
    run = running("start s\nuser a\nboundary r on=a cycle=R2/2030-01-10T00:00:00Z/P1D noninterrupting then=n\ns > a")
    run.advance("P1D")
    assert active(run) == ["a"]
    run.advance("P30D")
    assert active(run) == ["a", "n", "n"]


def test_a_condition_in_an_instance_hears_its_own_variables_only():
    run = running(
        "start s\nsub p times=2\n  start s1\n  parallel f\n  user a\n  catch c when=`done = true`\n  user b\n"
        "  s1 > f\n  f > a\n  f > c > b\ns > p"
    )
    run.complete("a", data={"done": True}, instance=0)
    assert active(run) == ["a", "b"]
    assert waiting(run) == ["c"]


@pytest.mark.parametrize(("thrown", "heard"), [("signal", ["y"]), ("message", ["n"])])
def test_what_a_branch_throws_reaches_the_event_gateway_of_another(thrown, heard):
    run = running(
        "start s\nparallel f\nevents g\ncatch c signal=x\ncatch d message=x\nuser y\nuser n\nuser a\n"
        f"end e {thrown}=x\ns > f\nf > g\ng > c > y\ng > d > n\nf > a > e"
    )
    run.complete("a")
    assert (active(run), waiting(run)) == (heard, [])


def test_an_escalation_leaves_a_called_process_and_a_signal_enters_it():
    run = running(
        "start s\ncall c calls=Q\nboundary b on=c escalation=X noninterrupting then=n\nuser z\ns > c > z",
        others={"Q": "start q\nthrow t escalation=X\ncatch k signal=x\nuser a\nq > t > k > a"},
    )
    assert active(run) == ["n"]
    run.signal("x")
    run.complete("a")
    assert active(run) == ["n", "z"]


def test_an_inclusive_join_waits_for_a_whole_parallel_block_in_one_of_its_branches():
    run = running(
        "start s\ninclusive f\nparallel pf\nuser a\nuser b\nparallel pj\nuser c\ninclusive j\nuser z\ns > f\n"
        "f > pf if `true`\npf > a > pj\npf > b > pj\npj > j\nf > c if `true`\nc > j\nj > z"
    )
    for task in ("c", "a"):
        run.complete(task)
        assert "z" not in active(run)
    run.complete("b")
    assert active(run) == ["z"]
