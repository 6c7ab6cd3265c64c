"""Tasks, sub-processes, multi-instance, loops, calls, ad-hoc and compensation."""

from decimal import Decimal

import pytest

from engine.spiff import BudgetExceededError, ExecutionError, StandIn
from tests.spiff.driving import active, running, waiting


@pytest.mark.parametrize("kind", ["task", "user", "manual"])
def test_a_task_for_a_person_waits_for_one(kind):
    run = running(f"start s\n{kind} a\nuser b\ns > a > b")
    assert active(run) == ["a"]
    run.complete("a", data={"x": 1})
    assert active(run) == ["b"]
    assert run.data == {"x": 1}


def test_a_script_sets_variables_in_order():
    run = running("start s\nscript t body=`{a: 1, b: a + n}`\nuser u\ns > t > u", variables={"n": 2})
    assert run.data == {"n": 2, "a": 1, "b": 3}


@pytest.mark.parametrize("given", [2, None, [1]])
def test_a_script_that_gives_no_context_fails(given):
    run = running("start s\nuser a\nscript t body=`given`\ns > a > t")
    with pytest.raises(ExecutionError, match="gives no context"):
        run.complete("a", data={"given": given})
    assert active(run) == ["a"]


def test_a_service_task_takes_what_its_stand_in_answers():
    run = running("start s\nservice t operation=book\nuser u\ns > t > u", services={"t": StandIn({"seat": "5A"})})
    assert run.data == {"seat": "5A"}


def test_a_service_task_may_wait_until_it_is_completed():
    run = running("start s\nservice t operation=book\nuser u\ns > t > u", services={"t": StandIn(wait=True)})
    assert active(run) == ["t"]
    run.complete("t", data={"seat": "5A"})
    assert active(run) == ["u"]


def test_a_result_variable_takes_everything_under_one_name():
    run = running("start s\nuser a resultVariable=form\nuser b\ns > a > b")
    run.complete("a", data={"x": 1})
    assert run.data == {"form": {"x": 1}}


def test_a_subprocess_without_start_and_end_runs_all_its_heads():
    run = running("start s\nsub p\n  user a\n  user b\nuser after\ns > p > after")
    run.complete("a")
    run.complete("b")
    assert active(run) == ["after"]


def test_the_scope_of_a_task_names_what_encloses_it():
    run = running("start s\nsub p\n  sub q\n    user a\ns > p")
    assert run.active[0].scope == ("p", "q")


def test_a_timer_at_a_subprocess_ends_everything_in_it():
    run = running("start s\nsub p\n  user a\n  user b\nboundary t on=p timer=P1D then=late\ns > p")
    run.advance("P1D")
    assert (active(run), waiting(run)) == (["late"], [])


def test_parallel_instances_are_open_at_once_and_numbered_from_zero():
    run = running("start s\nuser a times=3\nuser after\ns > a > after")
    assert [(t.id, t.instance) for t in run.active] == [("a", 0), ("a", 1), ("a", 2)]
    run.complete("a", instance=1)
    assert [t.instance for t in run.active] == [0, 2]
    run.complete("a")
    run.complete("a")
    assert active(run) == ["after"]


@pytest.mark.parametrize("sequential", ["", " sequential"])
def test_each_item_is_seen_by_its_instance_and_the_outputs_keep_the_order(sequential):
    run = running(
        f"start s\nuser a each=people as=person into=answers output=`person + answer`{sequential}\n"
        "user after\ns > a > after",
        variables={"people": ["x", "y", "z"]},
    )
    order = [0, 1, 2] if sequential else [2, 0, 1]
    for index in order:
        assert len(run.active) == (1 if sequential else 3 - order.index(index))
        run.complete("a", instance=index, data={"answer": str(index)})
    assert active(run) == ["after"]
    assert run.data["answers"] == ["x0", "y1", "z2"]
    assert "answer" not in run.data


def test_without_an_output_the_last_value_is_kept():
    run = running("start s\nuser a times=2\nexclusive g\nuser yes\nuser no\ns > a > g\ng > yes if `ok`\ng > no default")
    run.complete("a", data={"ok": False})
    run.complete("a", data={"ok": True})
    assert active(run) == ["yes"]


@pytest.mark.parametrize(
    "condition", ["nrOfCompletedInstances >= 2", "numberOfCompletedInstances >= 2", "count(list) = 2"]
)
@pytest.mark.parametrize("sequential", ["", " sequential"])
def test_a_completion_condition_ends_what_is_still_open(condition, sequential):
    condition = condition.replace("count(list) = 2", "nrOfInstances - nrOfCompletedInstances <= 3")
    run = running(f"start s\nuser a times=5 until=`{condition}`{sequential}\nuser after\ns > a > after")
    run.complete("a")
    assert set(active(run)) == {"a"}
    run.complete("a")
    assert active(run) == ["after"]


def test_a_completion_condition_sees_what_the_person_entered():
    run = running("start s\nuser a times=3 until=`veto`\nuser after\ns > a > after")
    run.complete("a", data={"veto": False})
    run.complete("a", data={"veto": True})
    assert active(run) == ["after"]
    assert run.data["veto"] is True


@pytest.mark.parametrize("sequential", ["", " sequential"])
def test_subprocess_instances_have_variables_of_their_own(sequential):
    run = running(
        f"""
        start s
        sub p each=items as=item into=results output=`item * factor`{sequential}
          start i
          user a
          exclusive g
          user again
          i > a > g
          g > again if `factor > 5`
          g > e default
          end e
          again > e
        user after
        s > p > after
        """,
        variables={"items": [Decimal(1), Decimal(2)]},
    )
    run.complete("a", instance=None, data={"factor": 9})
    assert "again" in active(run)
    if not sequential:
        run.complete("a", data={"factor": 2})
        run.complete("again")
    else:
        run.complete("again")
        run.complete("a", data={"factor": 2})
    assert active(run) == ["after"]
    assert run.data["results"] == [9, 4]
    assert "factor" not in run.data


def test_no_items_means_nothing_to_do():
    assert active(running("start s\nuser a each=`[]` as=x into=r\nuser b\ns > a > b")) == ["b"]


def test_a_null_collection_fails_by_name():
    with pytest.raises(ExecutionError) as failure:
        running("start s\nuser a each=nobody as=x\ns > a")
    assert failure.value.code == "mi-no-collection"


@pytest.mark.parametrize("count", [Decimal(-1), Decimal("1.5"), "x", None])
def test_a_cardinality_that_is_no_whole_number_fails_by_name(count):
    with pytest.raises(ExecutionError) as failure:
        running("start s\nuser a times=n\ns > a", variables={"n": count})
    assert failure.value.code == "mi-no-cardinality"


def test_an_event_at_a_multi_instance_activity_ends_all_of_it():
    run = running("start s\nuser a times=3\nboundary t on=a timer=P1D then=late\ns > a")
    assert waiting(run) == ["t"]
    run.complete("a")
    run.advance("P1D")
    assert (active(run), waiting(run)) == (["late"], [])


def test_an_error_in_one_instance_ends_the_others():
    run = running(
        """
        start s
        sub p times=3
          start i
          user a
          end bad error=E
          i > a > bad
        boundary x on=p error=E then=caught
        s > p
        """
    )
    run.complete("a")
    assert active(run) == ["caught"]


def test_automatic_instances_run_one_after_the_other():
    run = running(
        "start s\nscript t each=items as=i body=`{total: total + i}`\nuser u\ns > t > u",
        variables={"items": [Decimal(n) for n in range(200)], "total": Decimal(0)},
    )
    assert run.data["total"] == sum(range(200))


def test_a_standard_loop_runs_while_its_condition_holds():
    run = running("start s\nuser a loop=`again`\nuser b\ns > a > b")
    run.complete("a", data={"again": True})
    assert active(run) == ["a"]
    run.complete("a", data={"again": False})
    assert active(run) == ["b"]


def test_a_standard_loop_ends_at_its_maximum():
    run = running("start s\nuser a loop=`true` maximum=2\nuser b\ns > a > b")
    run.complete("a")
    run.complete("a")
    assert active(run) == ["b"]


def test_a_loop_that_tests_before_may_not_run_at_all():
    assert active(running("start s\nuser a loop=`false` before\nuser b\ns > a > b")) == ["b"]


CHILD = "start cs\nuser c\nend ce\ncs > c > ce"


def test_a_called_process_has_variables_of_its_own():
    run = running(
        "start s\ncall k calls=C in=`x: n + 1` out=`result: x * 2`\nuser after\ns > k > after",
        others={"C": CHILD},
        variables={"n": Decimal(1)},
    )
    assert (active(run), run.active[0].scope) == (["c"], ("k",))
    run.complete("c", data={"secret": 1})
    assert active(run) == ["after"]
    assert run.data == {"n": 1, "result": 4}


def test_without_mappings_a_call_passes_everything_in_and_out():
    run = running(
        "start s\ncall k calls=C\nuser after\ns > k > after", others={"C": CHILD}, variables={"n": Decimal(1)}
    )
    run.complete("c", data={"m": 2})
    assert run.data == {"n": 1, "m": 2}


def test_a_call_that_passes_everything_hands_back_what_it_has_set_and_no_old_copy():
    run = running(
        "start s\nparallel g\ncall k calls=C\nuser b\nparallel j\nuser after\n"
        "s > g\ng > k\ng > b\nk > j\nb > j\nj > after",
        others={"C": CHILD},
        variables={"n": Decimal(1), "m": Decimal(1)},
    )
    run.complete("b", data={"n": 2})
    run.complete("c", data={"m": 3})
    assert active(run) == ["after"]
    assert run.data == {"n": 2, "m": 3}


def test_a_value_that_the_called_process_sets_once_more_is_handed_back():
    run = running(
        "start s\nparallel g\ncall k calls=C\nuser b\nparallel j\nuser after\n"
        "s > g\ng > k\ng > b\nk > j\nb > j\nj > after",
        others={"C": CHILD},
        variables={"n": Decimal(1)},
    )
    run.complete("b", data={"n": 2})
    run.complete("c", data={"n": 1})
    assert run.data == {"n": 1}


@pytest.mark.parametrize("loop", ["times=2", "times=2 sequential", "maximum=2", "each=`[1, 2]` as=item"])
def test_items_and_counters_do_not_come_out_of_a_call_that_passes_everything(loop):
    run = running(f"start s\ncall k calls=C {loop}\nuser after\ns > k > after", others={"C": CHILD})
    while active(run) != ["after"]:
        run.complete("c", data={"m": 1})
    assert run.data == {"m": 1}


def test_an_item_that_the_called_process_has_changed_comes_out():
    run = running(
        "start s\ncall k calls=C each=`[1, 1]` as=item into=found output=`item`\nuser after\ns > k > after",
        others={"C": CHILD},
    )
    run.complete("c", data={"item": True})
    run.complete("c")
    assert run.data["found"] == [True, 1]
    assert run.data["found"][1] is not True


def test_an_error_of_a_called_process_is_caught_by_the_caller():
    run = running(
        "start s\ncall k calls=C\nboundary b on=k error=E then=caught\ns > k",
        others={"C": "start cs\nend bad error=E\ncs > bad"},
    )
    assert active(run) == ["caught"]


def test_who_catches_an_error_may_keep_what_it_was():
    run = running(
        "start s\ncall k calls=C\nboundary b on=k error=E keeps=why then=caught\ns > k",
        others={"C": "start cs\nend bad error=E\ncs > bad"},
    )
    assert run.data["why"]["code"] == "E"


def test_a_process_that_calls_itself_without_end_is_stopped():
    with pytest.raises(BudgetExceededError, match="calls nest deeper"):
        running("start s\ncall k calls=P\ns > k")


def test_a_process_that_calls_itself_with_an_end_runs():
    run = running(
        "start s\nexclusive g\ncall k calls=P in=`n: n - 1` out=`total: total + n`\nscript z body=`{total: 0}`\nend e\n"
        "s > g\ng > k if `n > 0`\ng > z default\nk > e\nz > e",
        variables={"n": Decimal(5)},
    )
    assert run.ended


def test_a_missing_called_process_fails_by_name():
    with pytest.raises(ExecutionError) as failure:
        running("start s\ncall k calls=Nobody\ns > k")
    assert failure.value.code == "missing-called-process"


def test_parallel_calls_of_one_process_do_not_meet():
    run = running(
        "start s\ncall k calls=C times=2 in=`i: loopCounter` out=`x: i`\nuser after\ns > k > after", others={"C": CHILD}
    )
    run.complete("c")
    run.complete("c")
    assert active(run) == ["after"]


AD_HOC = """
start s
adhoc p{options}
  user a
  user b
  user c
  b > c
user after
s > p > after
"""


def test_an_ad_hoc_subprocess_offers_its_activities_until_its_condition_holds():
    run = running(AD_HOC.format(options=" until=`done`"))
    assert (active(run), run.enabled) == ([], ["a", "b"])
    run.complete("a")
    assert run.enabled == ["a", "b"]
    run.complete("b")
    assert active(run) == ["c"]
    run.complete("a", data={"done": True})
    assert active(run) == ["after"]


def test_a_sequential_ad_hoc_subprocess_offers_nothing_while_something_runs():
    run = running(AD_HOC.format(options=" sequential until=`done`"))
    run.complete("b")
    assert (active(run), run.enabled) == (["c"], [])
    run.complete("c")
    assert run.enabled == ["a", "b"]


def test_without_a_condition_an_ad_hoc_subprocess_ends_when_each_was_done():
    run = running(AD_HOC.format(options=""))
    run.complete("a")
    run.complete("b")
    run.complete("c")
    assert active(run) == ["after"]


def test_a_call_that_calls_nothing_waits_for_a_person():
    run = running("start s\ncall k\nboundary t on=k timer=P1D\nuser a\ns > k > a")
    assert (active(run), run.active[0].type) == (["k"], "callActivity")
    run.complete("k")
    assert (active(run), waiting(run)) == (["a"], [])


def test_tasks_inside_an_instance_are_told_apart_by_its_counter():
    run = running("start s\nsub p times=3\n  user a\nuser after\ns > p > after")
    assert [t.instance for t in run.active] == [0, 1, 2]
    run.complete("a", instance=2)
    assert [t.instance for t in run.active] == [0, 1]


def test_a_message_finds_the_instance_whose_item_it_names():
    run = running(
        "start s\nsub p each=items as=item\n  receive r message=m\n  user a\n  r > a\ns > p",
        variables={"items": ["x", "y"]},
    )
    run.message("m", correlation={"item": "y"})
    assert [(t.id, t.instance) for t in run.active] == [("a", 1)]


def test_a_call_of_a_process_that_only_a_message_begins_fails_by_name():
    here = 'start s\ncall c calls=`="Q"`\nuser z\ns > c > z'
    with pytest.raises(ExecutionError) as failure:
        running(here, others={"Q": "start s message=m then=q"})
    assert (failure.value.code, failure.value.element) == ("no-start-event", "c")
