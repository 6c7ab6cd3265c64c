"""Splits and joins are right in every turn, however branches arrive."""

import pytest

from engine.spiff import ExecutionError
from tests.spiff.driving import active, running

REWORK = """
start s
exclusive again
parallel fork
user a
user b
parallel join
user decide
exclusive g
end e
s > again > fork
fork > a > join
fork > b > join
join > decide > g
g > again if `again`
g > e default
"""


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_parallel_join_in_a_rework_loop_waits_for_both_reviewers_in_every_turn(order):
    run = running(REWORK)
    for turn in range(4):
        # when the reviewers come in any order
        first, second = order if turn % 2 == 0 else order[::-1]
        run.complete(first)
        # then one alone is never enough
        assert active(run) == [second]
        run.complete(second)
        assert active(run) == ["decide"]
        run.complete("decide", data={"again": turn < 3})
    assert run.ended


def test_tokens_that_overtake_each_other_wait_at_the_join_until_each_flow_has_one():
    run = running(
        """
        start s
        parallel fork
        user a
        user b
        parallel join
        user after
        exclusive merge
        s > merge > fork
        fork > a > join
        fork > b > join
        join > after
        """
    )
    run.complete("a")
    assert active(run) == ["b"]
    run.complete("b")
    assert active(run) == ["after"]


def test_an_exclusive_gateway_takes_the_first_true_flow_in_the_order_of_the_file():
    run = running("start s\nexclusive g\nuser x\nuser y\ns > g\ng > x if `n > 1`\ng > y if `n > 0`", variables={"n": 5})
    assert active(run) == ["x"]


def test_an_exclusive_gateway_without_a_true_flow_takes_the_default():
    run = running("start s\nexclusive g\nuser x\nuser y\ns > g\ng > x if `n > 1`\ng > y default", variables={"n": 0})
    assert active(run) == ["y"]


def test_a_gateway_from_which_no_flow_can_be_taken_fails_and_changes_nothing():
    run = running("start s\nuser a\nexclusive g\nuser x\nuser y\ns > a > g\ng > x if `n > 1`\ng > y if `n > 2`")
    with pytest.raises(ExecutionError) as failure:
        run.complete("a", data={"n": 0})
    assert failure.value.code == "no-flow"
    assert failure.value.element == "g"
    assert active(run) == ["a"]
    assert "n" not in run.data


def test_an_unknown_name_in_a_condition_is_null_and_warned_of():
    run = running("start s\nexclusive g\nuser x\nuser y\ns > g\ng > x if `nobody > 1`\ng > y default")
    assert active(run) == ["y"]
    assert "unknown-name" in {w.code for w in run.environment.warnings}


INCLUSIVE = """
start s
inclusive split
user a
user b
user c
inclusive join
user after
s > split
split > a if `x`
split > b if `y`
split > c default
a > join
b > join
c > join
join > after
"""


@pytest.mark.parametrize(
    ("x", "y", "tasks"), [(True, True, ["a", "b"]), (True, False, ["a"]), (False, True, ["b"]), (False, False, ["c"])]
)
def test_an_inclusive_join_waits_for_exactly_the_branches_that_were_taken(x, y, tasks):
    run = running(INCLUSIVE, variables={"x": x, "y": y})
    assert active(run) == tasks
    for number, task in enumerate(tasks, 1):
        run.complete(task)
        assert active(run) == (["after"] if number == len(tasks) else tasks[number:])


def test_an_inclusive_join_fires_when_the_missing_branch_took_another_way():
    run = running(
        """
        start s
        parallel fork
        user a
        user b
        exclusive g
        user elsewhere
        inclusive join
        user after
        s > fork
        fork > a > join
        fork > b > g
        g > join if `come`
        g > elsewhere default
        join > after
        """
    )
    run.complete("a")
    assert active(run) == ["b"]
    run.complete("b", data={"come": False})
    assert active(run) == ["after", "elsewhere"]


def test_an_inclusive_join_in_a_loop_is_right_in_every_turn():
    run = running(
        """
        start s
        exclusive again
        inclusive split
        user a
        user b
        inclusive join
        user decide
        exclusive g
        end e
        s > again > split
        split > a if `true`
        split > b if `true`
        a > join
        b > join
        join > decide > g
        g > again if `again`
        g > e default
        """
    )
    for turn in range(3):
        run.complete("b" if turn % 2 else "a")
        run.complete("a" if turn % 2 else "b")
        assert active(run) == ["decide"]
        run.complete("decide", data={"again": turn < 2})
    assert run.ended


def test_two_inclusive_joins_that_wait_only_for_each_other_do_not_wait_for_ever():
    run = running(
        """
        start s
        parallel fork
        user a
        user b
        inclusive one
        inclusive two
        user after
        exclusive g
        exclusive h
        s > fork
        fork > a > one
        fork > b > two
        one > g
        g > two if `true`
        g > after default
        two > h
        h > one if `false`
        h > after default
        """
    )
    run.complete("a")
    run.complete("b")
    assert "after" in active(run)


def test_flows_out_of_a_task_split_without_a_gateway():
    run = running("start s\nuser a\nuser b\nuser c\ns > a\na > b\na > c")
    run.complete("a")
    assert active(run) == ["b", "c"]


def test_conditional_and_default_flows_leave_an_activity():
    text = "start s\nuser a\nuser b\nuser c\nuser d\ns > a\na > b if `n > 1`\na > c if `n > 2`\na > d default"
    for n, expected in ((3, ["b", "c"]), (2, ["b"]), (0, ["d"])):
        run = running(text)
        run.complete("a", data={"n": n})
        assert active(run) == expected


def test_two_flows_into_a_task_start_it_twice():
    run = running("start s\nparallel f\nuser a\nuser b\nuser c\ns > f\nf > a > c\nf > b > c")
    run.complete("a")
    run.complete("b")
    assert active(run) == ["c", "c"]


def test_an_event_based_gateway_goes_on_with_the_event_that_happens_first():
    text = """
    start s
    events g
    catch m message=paid
    catch t timer=P2D
    user thanks
    user remind
    s > g
    g > m > thanks
    g > t > remind
    """
    run = running(text)
    assert sorted(w.flow_node_id for w in run.waiting) == ["m", "t"]
    run.message("paid", data={"amount": 3})
    assert active(run) == ["thanks"]
    assert run.waiting == []
    assert run.trace == ("g_m", "m", "m_thanks", "thanks")
    late = running(text)
    late.advance("P2D")
    assert active(late) == ["remind"]


def test_an_event_based_gateway_may_lead_to_a_receive_task():
    run = running("start s\nevents g\nreceive m message=paid\ncatch t timer=P2D\nuser x\ns > g\ng > m > x\ng > t")
    run.message("paid")
    assert active(run) == ["x"]


def test_an_inclusive_join_does_not_wait_for_a_parallel_join_that_waits_for_it():
    run = running(
        """
        start s
        exclusive again
        parallel fork
        inclusive split
        user a
        user b
        inclusive join
        user c
        parallel end_join
        user decide
        exclusive g
        user after
        s > again > fork
        fork > split
        split > a if `true`
        split > b if `both`
        a > join
        b > join
        join > end_join
        fork > c > end_join
        end_join > decide > g
        g > again if `back`
        g > after default
        """,
        variables={"both": False, "back": False},
    )
    run.complete("c")
    run.complete("a")
    assert active(run) == ["decide"]
    run.complete("decide", data={"back": True, "both": True})
    run.complete("c")
    run.complete("b")
    assert active(run) == ["a"]
    run.complete("a")
    assert active(run) == ["decide"]


def test_an_inclusive_join_waits_for_a_branch_that_may_yet_go_back_before_the_split():
    run = running(
        """
        start s
        exclusive again
        inclusive split
        user a
        user b
        exclusive g
        inclusive join
        user after
        s > again > split
        split > a if `true`
        split > b if `true`
        a > join
        b > g
        g > again if `back`
        g > join default
        join > after
        """
    )
    run.complete("a")
    assert active(run) == ["b"]
    run.complete("b")
    assert active(run) == ["after"]
