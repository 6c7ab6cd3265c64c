"""Where and by what an instance begins."""

import pytest

from engine.spiff import BpmnRefusedError, ExecutionError
from tests.spiff.driving import active, running, waiting


@pytest.mark.parametrize(
    ("chosen", "task"),
    [({}, "a"), ({"message": "m"}, "b"), ({"signal": "n"}, "c"), ({"event": "st"}, "d")],
)
def test_a_process_starts_at_the_start_event_that_is_asked_for(chosen, task):
    run = running(
        """
        start s
        start sm message=m then=b
        start sn signal=n then=c
        start st cycle=R/P1D then=d
        user a
        s > a
        """,
        start=False,
    )
    run.start(**chosen)
    assert active(run) == [task]


def test_starting_by_a_message_that_starts_nothing_fails():
    run = running("start s\nuser a\ns > a", start=False)
    with pytest.raises(ExecutionError) as failure:
        run.start(message="nobody")
    assert failure.value.code == "no-start-event"


def test_the_only_start_event_is_used_even_if_it_has_a_trigger():
    assert active(running("start s message=m then=a")) == ["a"]


def test_a_receive_task_that_instantiates_is_not_waited_for_twice():
    run = running("receive r message=m instantiate\nuser a\nr > a", start=False)
    run.start(message="m")
    assert active(run) == ["a"]


def test_an_event_gateway_that_instantiates_starts_behind_the_event_that_came():
    run = running(
        "events g instantiate\ncatch x message=m\ncatch y message=n\nuser a\nuser b\ng > x > a\ng > y > b", start=False
    )
    run.start(message="n")
    assert active(run) == ["b"]


def test_an_event_gateway_of_all_starts_with_the_first_event_and_waits_for_the_others():
    drawing = (
        "events g instantiate all_of\ncatch x message=m\ncatch y message=n\nreceive z message=o\nparallel j\nuser a\n"
        "user b\ng > x > j\ng > y > b > j\ng > z > j\nj > a"
    )
    run = running(drawing, start=False)
    run.start(message="n", data={"said": "n"})
    assert (active(run), waiting(run)) == (["b"], ["x", "z"])
    run.complete("b")
    run.message("o")
    assert (active(run), waiting(run)) == ([], ["x"])
    run.message("m")
    assert active(run) == ["a"]


def test_an_event_gateway_of_all_that_is_started_by_hand_waits_for_all():
    run = running("events g instantiate all_of\ncatch x message=m\ncatch y message=n\nparallel j\nuser a\n"
                  "g > x > j\ng > y > j\nj > a")  # fmt: skip
    assert waiting(run) == ["x", "y"]
    run.message("m")
    run.message("n")
    assert active(run) == ["a"]


def test_a_start_event_of_all_begins_with_the_first_and_goes_on_with_the_last():
    run = running("start s message=m,n signal=o all_of then=a", start=False)
    run.start(message="n", data={"which": "n"})
    assert (active(run), waiting(run)) == ([], ["s", "s"])
    run.signal("o", data={"rang": True})
    run.message("m")
    assert active(run) == ["a"]
    assert run.data == {"which": "n", "rang": True}


@pytest.mark.parametrize("drawing", [
    "events g all_of\nstart s\ncatch x message=m\ncatch y message=n\ns > g\ng > x\ng > y",
    "start s when=`true` timer=PT1H all_of then=a",
    "start s\ncomplex g\nuser a\nuser b\ns > g\ng > a\ng > b",
])  # fmt: skip
def test_what_cannot_be_begun_or_told_apart_is_refused_by_name(drawing):
    with pytest.raises(BpmnRefusedError) as refused:
        running(drawing)
    assert {problem.code for problem in refused.value.problems} & {"unsupported-element", "unsupported-event"}


def test_a_message_start_beside_a_none_start_begins_only_by_its_message():
    text = "start s\nstart m message=go then=b\nuser a\ns > a"
    assert active(running(text)) == ["a"]


def test_of_several_start_events_without_trigger_only_one_begins():
    assert active(running("start s\nstart t\nuser a\nuser b\ns > a\nt > b")) == ["a"]


def test_a_timer_of_a_start_event_of_all_counts_from_the_first_of_the_others():
    run = running("start s message=m timer=PT1H all_of then=a", start=False)
    run.advance("PT3H")
    run.start(message="m")
    run.advance("PT59M")
    assert (active(run), waiting(run)) == ([], ["s"])
    run.advance("PT1M")
    assert active(run) == ["a"]
