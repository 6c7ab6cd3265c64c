"""Ad-hoc sub-processes end when they are done, whatever happened last in them."""

import pytest

from tests.spiff.driving import active, begin, running

KEPT = "start s\nadhoc p keep_rest until=`enough`\n  user a\n  user b\n{more}user z\ns > p > z"


def test_it_ends_when_the_last_token_has_come_to_an_end_event():
    run = running(KEPT.format(more="  end e\n  a > e\n"))
    run.complete("a", data={"enough": True})
    assert active(run) == ["z"]


def test_without_a_condition_it_ends_when_what_follows_the_last_activity_is_over():
    run = running("start s\nadhoc p\n  user a\n  user b\n  throw t signal=n\n  a > t\nuser z\ns > p > z")
    run.complete("b")
    run.complete("a")
    assert active(run) == ["z"]
    assert run.trace == ("a", "a_t", "t", "p_z", "z")


@pytest.mark.parametrize("more", ["", "  end e\n  late > e\n", "  user c\n  late > c\n"])
def test_once_its_condition_holds_a_boundary_event_may_end_the_last_activity(more):
    run = running(KEPT.format(more="  boundary late on=b timer=P1D\n" + more))
    begin(run, "b")
    run.complete("a", data={"enough": True})
    assert (active(run), run.enabled) == (["b"], [])
    run.advance("P1D")
    if "c" in more:
        run.complete("c")
    assert active(run) == ["z"]


def test_what_a_boundary_event_ended_is_offered_again_while_the_condition_does_not_hold():
    run = running(KEPT.format(more="  boundary late on=b timer=P1D\n"))
    begin(run, "b")
    run.advance("P1D")
    assert (active(run), run.enabled) == ([], ["a", "b"])


@pytest.mark.parametrize("until", ["", " until=`enough`"])
def test_an_interrupting_event_sub_process_is_the_last_thing_in_it(until):
    run = running(
        f"start s\nadhoc p{until}\n  user a\n  event_sub h\n    start x message=m\n    user b\n"
        "    x > b\nuser z\ns > p > z"
    )
    begin(run, "a")
    run.message("m")
    assert (active(run), run.enabled) == (["b"], [])
    run.complete("b")
    assert active(run) == ["z"]


@pytest.mark.parametrize("until", ["", " until=`true`"])
@pytest.mark.parametrize(
    ("head", "more"),
    [
        ("throw t signal=n", ""),
        ("exclusive t", "  user b\n  t > b default\n"),
        ("events t", "  receive b message=m\n  t > b\n"),
    ],
)
def test_what_is_offered_that_is_no_activity_counts_as_done(head, more, until):
    run = running(f"start s\nadhoc p{until}\n  {head}\n{more}user z\ns > p > z")
    assert run.enabled == ["t"]
    begin(run, "t")
    if "user" in more:
        run.complete("b")
    elif more:
        run.message("m")
    assert active(run) == ["z"]


def test_a_start_event_in_it_begins_nothing():
    run = running("start s\nadhoc p until=`done`\n  start i\n  user a\n  user b\n  i > a\nuser z\ns > p > z")
    assert (active(run), run.enabled) == ([], ["a", "b"])
    run.complete("b", data={"done": True})
    assert active(run) == ["z"]


@pytest.mark.parametrize("first", ["a", "m"])
def test_what_its_start_event_leads_to_is_offered_though_a_loop_comes_back_to_it(first):
    merge = "  exclusive m\n  i > m > a\n" if first == "m" else "  i > a\n"
    run = running(
        f"start s\nadhoc p\n  start i\n{merge}  user a\n  exclusive g\n  end e\n  a > g\n"
        f"  g > {first} if `again`\n  g > e default\nuser z\ns > p > z"
    )
    assert (active(run), run.enabled) == ([], [first])
    begin(run, first)
    run.complete("a", data={"again": True})
    run.complete("a", data={"again": False})
    assert active(run) == ["z"]
