"""An administrator moves a token or begins again at a node: exactly what waited is closed, exactly one thing opens."""

import pytest

from engine.spiff import Execution, ExecutionError, NotWaitingError
from tests.spiff.test_state import reloaded, started

LINE = "start s\nuser a\nuser b\nboundary late on=b timer=P1D\nuser c\nend e\ns > a > b > c > e\nlate > a"
FORK = "start s\nparallel f\nuser a\nuser b\nparallel j\nuser z\ns > f\nf > a > j\nf > b > j\nj > z"
INNER = "start s\nuser o\nsub p\n  start s1\n  user a\n  user b\n  s1 > a > b\nuser z\ns > o > p > z"


def open_tasks(run: Execution) -> list[str]:
    return sorted(task.flow_node_id for task in run.user_tasks())


def numbers(run: Execution) -> dict[str, int]:
    return {task.flow_node_id: task.no for task in run.user_tasks()}


def test_a_token_is_moved_forwards_and_backwards():
    run = reloaded(started(LINE))
    first = numbers(run)["a"]
    effects = run.move_token(first, "b")
    assert [(t.no, t.outcome) for t in effects.closed] == [(first, "cancelled")]
    assert [t.flow_node_id for t in effects.opened] == ["b"]
    assert [w.flow_node_id for w in effects.waits_opened] == ["late"]
    back = reloaded(run)
    effects = back.move_token(numbers(back)["b"], "a")
    assert len(effects.waits_closed) == 1
    assert open_tasks(back) == ["a"]
    assert back.waits() == []


def test_the_other_branches_stay_where_they_are():
    run = started(FORK)
    run.move_token(numbers(run)["a"], "z")
    assert open_tasks(run) == ["b", "z"]


def test_a_wait_is_moved_by_its_own_number():
    run = started("start s\ncatch c message=m\nuser a\nend e\ns > c > a > e")
    effects = run.move_token(run.waits()[0].no, "a")
    assert len(effects.waits_closed) == 1
    assert open_tasks(run) == ["a"]


def test_moving_to_the_end_ends_the_instance():
    run = started(LINE)
    assert run.move_token(numbers(run)["a"], "e").ended.status == "completed"


def test_all_instances_of_an_activity_move_together():
    run = started("start s\nuser a times=3\nuser z\ns > a > z")
    effects = run.move_token(run.user_tasks()[1].no, "z")
    assert [t.outcome for t in effects.closed] == ["cancelled"] * 3
    assert open_tasks(run) == ["z"]


def test_moving_out_of_a_sub_process_ends_it():
    run = started(INNER)
    run.complete(numbers(run)["o"], {})
    inside = reloaded(run)
    inside.move_token(numbers(inside)["a"], "b")
    assert open_tasks(inside) == ["b"]
    inside.move_token(numbers(inside)["b"], "z")
    assert open_tasks(inside) == ["z"]


@pytest.mark.parametrize(("text", "target"), [(FORK, "j"), (LINE, "late"), (LINE, "nowhere"), (INNER, "b")], ids=str)
def test_where_no_token_can_be_put_is_refused_by_name(text, target):
    run = started(text)
    with pytest.raises(ExecutionError) as failure:
        run.move_token(run.user_tasks()[0].no, target)
    assert (failure.value.code, failure.value.element) == ("not-a-target", target)


def test_nothing_waits_under_a_number_that_is_over():
    run = started(LINE)
    no = numbers(run)["a"]
    run.complete(no, {})
    with pytest.raises(NotWaitingError):
        run.move_token(no, "b")


def test_a_rewind_ends_everything_and_begins_again_at_the_node():
    run = started(FORK)
    run.complete(numbers(run)["a"], {"x": 1})
    again = reloaded(run)
    effects = again.restart_at("f")
    assert [t.outcome for t in effects.closed] == ["cancelled"]
    assert open_tasks(again) == ["a", "b"]
    assert again.variables == {"x": 1}
    for task in ("a", "b"):  # the token that had waited at the join is gone
        assert open_tasks(again) != ["z"]
        again.complete(numbers(again)[task], {})
    assert open_tasks(again) == ["z"]


def test_a_rewind_out_of_an_interrupting_event_sub_process_lets_it_wait_again():
    run = started("start s\nuser a\nevent_sub h\n  start m message=m\n  user b\n  m > b\ns > a")
    run.deliver_message(run.waits()[0].no, {})
    assert (open_tasks(run), run.waits()) == (["b"], [])
    run.restart_at("a")
    assert open_tasks(run) == ["a"]
    assert [w.name for w in run.waits()] == ["m"]


def test_a_rewind_in_a_cancelled_transaction_lets_its_event_sub_processes_wait_again():
    run = started(
        "start s\ntransaction t\n  start i\n  user a undone_by=undo\n  end stop cancel\n  i > a > stop\n"
        "  event_sub h\n    start m message=m then=b\nboundary x on=t cancel then=c\ns > t"
    )
    run.complete(numbers(run)["a"], {})
    assert (open_tasks(run), run.waits()) == (["undo"], [])
    run.restart_at("a")
    assert open_tasks(run) == ["a"]
    assert [w.name for w in run.waits()] == ["m"]


def test_moving_out_of_an_interrupting_event_sub_process_lets_it_wait_again():
    run = started("start s\nuser a\nevent_sub h\n  start m message=m\n  user b\n  m > b\ns > a")
    run.deliver_message(run.waits()[0].no, {})
    run.move_token(numbers(run)["b"], "a")
    assert open_tasks(run) == ["a"]
    assert [w.name for w in run.waits()] == ["m"]


@pytest.mark.parametrize("undone", ["user a undone_by=undo", "sub p\n  user a undone_by=undo"])
def test_whoever_moves_what_undoes_ends_the_undoing(undone):
    first = undone.split()[1]
    run = started(f"start s\n{undone}\nthrow t compensate\nuser z\nend e\ns > {first} > t > z > e")
    run.complete(numbers(run)["a"], {})
    assert open_tasks(run) == ["undo"]
    moved = reloaded(run)
    moved.move_token(numbers(moved)["undo"], "z")
    assert open_tasks(moved) == ["z"]
    assert moved.complete(numbers(moved)["z"], {}).ended.status == "completed"


def test_what_was_still_to_undo_when_the_undoing_was_moved_away_is_undone_by_the_next():
    run = started(
        "start s\nuser a undone_by=undo_a\nuser b undone_by=undo_b\nthrow t compensate\nuser z\n"
        "throw u compensate\nuser y\ns > a > b > t > z > u > y"
    )
    for done in ("a", "b"):
        run.complete(numbers(run)[done], {})
    moved = reloaded(run)
    moved.move_token(numbers(moved)["undo_b"], "z")
    moved.complete(numbers(moved)["z"], {})
    assert open_tasks(moved) == ["undo_a"]


def test_the_rest_of_a_half_undone_sub_process_that_was_moved_away_from_is_undone_in_its_turn():
    run = started(
        "start s\nuser k undone_by=undo_k\nsub p\n  user a undone_by=undo_a\n  user b undone_by=undo_b\n  a > b\n"
        "throw t compensate\nuser z\nthrow u compensate\nuser y\ns > k > p > t > z > u > y"
    )
    for done in ("k", "a", "b"):
        run.complete(numbers(run)[done], {})
    run.move_token(numbers(run)["undo_b"], "z")
    for opened in ("z", "undo_a", "undo_k"):
        assert open_tasks(run) == [opened]
        run.complete(numbers(run)[opened], {})
    assert open_tasks(run) == ["y"]


def test_what_a_handler_had_still_to_undo_around_it_when_it_was_moved_out_is_undone_by_the_next():
    run = started(
        "start s\nuser a undone_by=undo_a\nuser b undone_by=undo_b\nuser c\nuser z\nthrow u compensate\n"
        "s > a > b > c > z > u\nevent_sub h\n  start m message=m\n  throw t compensate\n  m > t"
    )
    for done in ("a", "b"):
        run.complete(numbers(run)[done], {})
    run.deliver_message(run.waits()[0].no, {})
    run.move_token(numbers(run)["undo_b"], "z")
    run.complete(numbers(run)["z"], {})
    assert open_tasks(run) == ["undo_a"]


def test_a_rewind_inside_a_sub_process_touches_only_that():
    run = started(
        "start s\nparallel f\nuser o\nsub p\n  start s1\n  user a\n  user b\n  s1 > a > b\ns > f\nf > o\nf > p"
    )
    run.complete(numbers(run)["a"], {})
    run.restart_at("a")
    assert open_tasks(run) == ["a", "o"]
